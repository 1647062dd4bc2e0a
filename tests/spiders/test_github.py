"""GitHub by the spider: one query with a token, one request a repository without."""

from __future__ import annotations

import json
import re

import pytest

from spiders.items import OutcomeKind, Target

GONE = "ada/gone"


def repository(name, stars, *, archived=False):
    return {"full_name": name, "stargazers_count": stars, "archived": archived}


@pytest.fixture(scope="module")
def graphql(reply):
    """Answers a query: as many stars as the repository's name is long; one moved, one is gone."""

    def answer(asked):
        query = json.loads(asked.body)["query"]
        parts = re.findall(r'(\w+): repository\(owner: "(.*?)", name: "(.*?)"\)', query)
        data, errors = {}, []
        for alias, owner, name in parts:
            if f"{owner}/{name}" == GONE:
                data[alias] = None
                errors.append({"type": "NOT_FOUND", "path": [alias], "message": "no"})
                continue
            now = "lab/moved" if name == "moved" else f"{owner}/{name}"
            stars = {"nameWithOwner": now, "stargazerCount": len(name), "isArchived": False}
            data[alias] = stars
        return reply.json({"data": data, "errors": errors} if errors else {"data": data})

    return answer


@pytest.fixture(scope="module")
def world(stand_in, reply, graphql):
    """One stand-in a situation."""
    rest = {
        "/repos/ada/one": reply.json(repository("Ada/One", 128)),
        "/repos/ada/moved": reply(status=301, headers={"Location": "/repositories/7"}),
        "/repositories/7": reply.json(repository("lab/moved", 9, archived=True)),
    }
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1790000000"}
    limited = reply(
        status=403, body=b'{"message":"API rate limit exceeded for 192.0.2.1."}', headers=spent
    )
    outside = reply(status=301, headers={"Location": "https://elsewhere.example/repos/ada/one"})

    def silent(asked):
        value = json.loads(graphql(asked).body)
        return reply.json({"data": dict(list(value["data"].items())[:1])})

    return {
        "rest": stand_in(rest),
        "few_left": stand_in(
            {
                "/repos/ada/one": reply.json(
                    repository("ada/one", 1), **{"X-RateLimit-Remaining": "1"}
                )
            }
        ),
        "limited": stand_in({"/repos/ada/one": limited}),
        "crowd": stand_in(rest),
        "outside": stand_in(rest | {"/repos/ada/one": outside}),
        "nothing": stand_in(),
        "keyed": stand_in({"/graphql": graphql}),
        "keyed_crowd": stand_in({"/graphql": graphql}),
        "keyed_silent": stand_in({"/graphql": silent}),
        "keyed_bad": stand_in({"/graphql": reply.json({"message": "Bad credentials"}, status=401)}),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    plans = []
    for name, server in world.items():
        one = plan("github", server, api_key="CANARY-token" if "keyed" in name else None)
        repos = [f"ada/r{n}" for n in range(101)] if "crowd" in name else ["ada/one", "ada/moved"]
        follow = tuple(f"github:{repo}" for repo in [*repos, GONE])
        keys = (name, f"{name}_also") if name in ("limited", "keyed_bad") else (name,)
        one["targets"] = tuple(Target(author_key=k, id="orcid:x", follow=follow) for k in keys)
        plans.append(one)
    return crawl(*plans)


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["github", name]


@pytest.fixture
def found(done):
    return lambda name: done.collected["github", name]


@pytest.mark.parametrize(("name", "stars"), [("rest", (128, 9)), ("keyed", (3, 5))])
def test_stars_come_under_the_names_that_were_asked_for(name, stars, outcome, found):
    assert outcome(name).kind is OutcomeKind.FRESH, outcome(name).reason
    ids = {work.record_id: work.extra["stars"] for work in found(name).works}
    assert ids == dict(zip(("github:ada/one", "github:ada/moved"), stars, strict=True))


@pytest.mark.parametrize("name", ["rest", "keyed"])
def test_a_repository_that_is_gone_leaves_the_others_standing_and_is_told(name, found):
    assert found(name).author.anomalies == ("gone:ada/gone", "renamed:ada/moved>lab/moved")
    assert found(name).author.works_expected == 2


def test_a_renamed_repository_is_known_by_both_names(found):
    moved = found("rest").works[1]
    assert moved.ids == ("github:ada/moved", "github:lab/moved")
    assert moved.extra == {"stars": 9, "is_archived": 1, "renamed_to": "lab/moved"}


def test_a_redirect_to_another_host_is_not_followed(outcome):
    assert outcome("outside").kind is OutcomeKind.OFFLINE
    assert "HTTP 301" in outcome("outside").reason


def test_a_token_makes_a_hundred_repositories_one_request(outcome, found, world):
    assert outcome("keyed").requests == 1
    assert outcome("keyed_crowd").requests == 2
    assert len(found("keyed_crowd").works) == 101
    (first, _) = world["keyed_crowd"].asked
    assert (first.method, first.headers["Content-Type"]) == ("POST", "application/json")
    assert first.headers["Authorization"] == "Bearer CANARY-token"


def test_the_token_is_never_logged(done):
    assert "CANARY" not in done.log


def test_more_repositories_than_an_hour_allows_are_not_begun_without_a_token(outcome, world):
    assert outcome("crowd").kind is OutcomeKind.REFUSED
    assert "set GITHUB_TOKEN" in outcome("crowd").reason
    assert world["crowd"].asked == []


def test_what_is_left_of_the_hour_is_not_spent_on_half_a_list(outcome, world):
    assert outcome("few_left").kind is OutcomeKind.BUDGET_SPENT
    assert "1 requests are left" in outcome("few_left").reason
    assert len(world["few_left"].asked) == 1


def test_a_spent_hour_ends_it_for_everybody(outcome, world):
    for name in ("limited", "limited_also"):
        assert outcome(name).kind is OutcomeKind.BUDGET_SPENT
    assert len(world["limited"].asked) == 1


def test_a_bad_token_ends_it_for_everybody(outcome, world):
    for name in ("keyed_bad", "keyed_bad_also"):
        assert outcome(name).kind is OutcomeKind.REFUSED
        assert "GITHUB_TOKEN" in outcome(name).reason
    assert len(world["keyed_bad"].asked) == 1


def test_a_repository_that_is_passed_over_in_silence_makes_the_list_incomplete(outcome):
    assert outcome("keyed_silent").kind is OutcomeKind.REFUSED
    assert "1 of 3 repositories came" in outcome("keyed_silent").reason


def test_none_of_them_being_there_is_told(outcome):
    assert outcome("nothing").kind is OutcomeKind.NOT_FOUND
