"""What was recorded of GitHub, read by the page module: the stars must be its own."""

import json
import os
from pathlib import Path

import pytest

from spiders.errors import BadRequest, BudgetSpent, LayoutChanged, Unavailable
from spiders.pages import github

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded") / "github"

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

ERRORS = {
    "error_401_00.json": BadRequest,
    "error_403_ratelimit_01.json": BudgetSpent,
    "nonjson_body_00.xml": Unavailable,
    "retry_5xx_00.json": Unavailable,
}
REPOSITORIES = {
    "gh3_GitHub_repository_00.json": "sigmavirus24/github3.py",
    "octokit_get-repository_00.json": "octokit-fixture-org/hello-world",
    "repo_setup_00.json": "pygithub/pygithub",
}
NOT_APPLICABLE = {
    "error_403_ratelimit_00.json": "a person, asked for before the limit: no repository, refused",
    "error_404_00.json": "a person, asked for before the 404: no repository, refused",
    "graphql_query_00.json": "a query that asked for an address and not for stars: refused",
}


def parse(name, *, is_saved=False):
    meta = json.loads((RECORDED / name).with_suffix(".meta.json").read_text("utf-8"))
    url = None if is_saved else meta["request"]["url"]
    status = None if is_saved else meta["response"]["status"]
    body = (RECORDED / name).read_bytes()
    return github.parse(body, url=url, status=status, headers=meta["response"]["headers"])


def test_every_recorded_answer_is_covered(capsys):
    answers = {p.name for p in RECORDED.iterdir() if not p.name.endswith(".meta.json")}
    with capsys.disabled():
        print(f"\nGitHub: {len(answers)} recorded answers read")
    assert answers == {*ERRORS, *REPOSITORIES, *NOT_APPLICABLE}
    assert len(answers) == 10


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_refusal_raises_its_error(name, is_saved):
    with pytest.raises(ERRORS[name]):
        parse(name, is_saved=is_saved)


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_recorded_repository_has_the_stars_that_it_states(name, is_saved):
    (page,) = parse(name, is_saved=is_saved)
    (work,) = page.works
    stated = json.loads((RECORDED / name).read_bytes())
    assert work.record_id == f"github:{REPOSITORIES[name]}"
    assert work.title == stated["full_name"]
    flag = {"is_archived": int(stated["archived"])} if "archived" in stated else {}
    assert work.extra == {"stars": stated["stargazers_count"], **flag}
    assert work.cited_by_count is None


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", NOT_APPLICABLE)
def test_what_has_no_stars_is_refused(name, is_saved):
    with pytest.raises(LayoutChanged):
        parse(name, is_saved=is_saved)
