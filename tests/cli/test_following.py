"""`refresh` with providers that follow what others list: the second round of the same run."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.sample import AUTHOR_IDS

FOLLOWERS = ("crossref", "opencitations", "github")
ALL = ("openalex", "homepage", *FOLLOWERS)
COUNTS = {"10.5555/sample.2024.013": 31, "10.5555/sample.2017.002": 7}
PAGE = """<html><body><div class="paper-box"><div class="paper-box-text">
<p><a href="https://doi.org/10.5555/sample.2024.013">Counting Pebbles in Parallel on Sundays</a>
<img src="https://img.shields.io/github/stars/Ada-Sample/pebbles?style=social"></p>
<p><strong>Ada Sample</strong>, Bob Example</p></div></div></body></html>"""
REFUSED = {"path": "*", "status": 403, "body": "refused.html"}


def work(doi, count):
    return {"DOI": doi, "title": [], "is-referenced-by-count": count, "type": "journal-article"}


@pytest.fixture
def followed(home):
    """A home whose stand-ins know two of the sample's DOIs and one repository."""
    items = [work(doi, count) for doi, count in COUNTS.items()]
    message = {"total-results": len(items), "items": items}
    listed = {"status": "ok", "message-type": "work-list", "message": message}
    repository = {"full_name": "ada-sample/pebbles", "stargazers_count": 12, "archived": False}
    counts = [
        {"path": f"/citation-count/doi:{doi}", "body": f"{count}.json"}
        for doi, count in COUNTS.items()
    ]
    years = [{"path": f"/citations/doi:{doi}", "body": "none.json"} for doi in COUNTS]
    bodies = {f"{count}.json": [{"count": str(count)}] for count in COUNTS.values()}
    serve(home, "crossref", [{"path": "/works", "body": "a.json"}], {"a.json": listed})
    serve(home, "opencitations", [*counts, *years], {**bodies, "none.json": []})
    repos = [{"path": "/repos/ada-sample/pebbles", "body": "a.json"}]
    serve(home, "github", repos, {"a.json": repository})
    serve(home, "homepage", [{"path": "/", "body": "a.html"}], {})
    (home.pages("homepage") / "a.html").write_text(PAGE)
    home.environment = {"PATH": "/usr/bin:/bin"}
    return home


def serve(home, provider, routes, bodies):
    folder = home.root / "providers" / provider
    folder.mkdir(parents=True)
    (folder / "routes.json").write_text(json.dumps(routes))
    for name, value in bodies.items():
        (folder / name).write_text(json.dumps(value))
    home._folders[provider] = folder


def configure(home, *providers):
    home.configure(*providers, ids=(*AUTHOR_IDS, "homepage:https://ada.example/"))


def refuse(home, provider, *providers):
    """Let a provider refuse everything, at once and without another try."""
    (home.pages(provider) / "refused.html").write_text("<html><body>No.</body></html>")
    home.answer(provider, REFUSED)
    configure(home, *providers)


def refresh(home, *args):
    return home.run("refresh", *args, env=home.environment)


def outcomes(home):
    return {o["provider"]: o["kind"] for o in home.read("run.json")["outcomes"]}


def asked(home, provider):
    return [request.target for request in home.running[provider].requests]


def sources(home):
    (author,) = home.read("metrics.json")["authors"]
    return author["sources"]


def test_counts_and_stars_come_in_the_same_run_as_the_ids_they_are_asked_by(followed):
    configure(followed, *ALL)
    result = refresh(followed)
    assert result.returncode == 0, result.stderr
    assert outcomes(followed) == dict.fromkeys(ALL, "fresh")
    (listed,) = asked(followed, "crossref")
    wanted = parse_qs(urlsplit(listed).query)["filter"][0]
    assert "doi:10.5555/sample.2024.013" in wanted
    assert "10.48550" not in wanted
    assert sources(followed)["crossref"]["stated"]["citations"] == 38
    assert sources(followed)["opencitations"]["stated"]["citations"] == 38
    assert asked(followed, "github") == ["/repos/ada-sample/pebbles"]
    repositories = followed.read("metrics.json")["authors"][0]["repositories"]
    assert repositories["github:ada-sample/pebbles"]["stars"] == 12


def test_a_failing_provider_of_ids_leaves_those_known_from_before(followed):
    configure(followed, *ALL)
    assert refresh(followed).returncode == 0
    before = asked(followed, "crossref")
    refuse(followed, "openalex", *ALL)
    assert refresh(followed).returncode == 1
    assert outcomes(followed)["openalex"] == "blocked"
    assert {outcomes(followed)[name] for name in FOLLOWERS} == {"unchanged"}
    assert asked(followed, "crossref") == before
    assert refresh(followed, "--provider", "crossref").returncode == 0
    assert asked(followed, "crossref") == before * 2


def test_nobody_is_asked_about_nothing(followed):
    refuse(followed, "openalex", "openalex", *FOLLOWERS)
    assert refresh(followed).returncode == 3
    assert [asked(followed, name) for name in FOLLOWERS] == [[], [], []]
    assert outcomes(followed) == {"openalex": "blocked"}


def test_to_ask_only_about_what_is_not_known_is_a_wrong_call(followed):
    configure(followed, *ALL)
    result = refresh(followed, "--provider", "crossref")
    assert result.returncode == 2
    assert "run a refresh without --provider first" in result.stderr
    assert not followed.output.exists()


def test_a_failing_follower_leaves_the_others_fresh(followed):
    refuse(followed, "crossref", *ALL)
    result = refresh(followed)
    assert result.returncode == 1
    assert outcomes(followed) == dict.fromkeys(ALL, "fresh") | {"crossref": "blocked"}
    assert "ada, crossref: blocked: " in result.stderr
    assert "crossref" not in sources(followed)


def test_nobody_follows_the_works_of_an_answer_that_was_refused(followed):
    """Another person's papers must not come in by the DOIs of a page that was not believed."""
    path = followed.pages("openalex") / "author.json"
    answer = json.loads(path.read_text())
    path.write_text(json.dumps(answer | {"display_name": "Zoe Stranger"}))
    configure(followed, "openalex", *FOLLOWERS)
    assert refresh(followed).returncode == 4
    assert outcomes(followed) == {"openalex": "refused"}
    assert [asked(followed, name) for name in FOLLOWERS] == [[], [], []]
