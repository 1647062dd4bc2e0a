"""GitHub's answers where they are odd: what is gone is named, and nothing odd becomes stars."""

import json

import pytest

from spiders.errors import BadRequest, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.pages import github

NODE = {"nameWithOwner": "ada/one", "stargazerCount": 3, "isArchived": False}


def parse(value, **told):
    (page,) = github.parse(json.dumps(value).encode(), **told)
    return page


def test_a_query_names_each_repository_in_its_alias():
    said = github.query(["github:ada/one", "github:ada/two.py"])
    assert said.count("repository(") == 2
    assert 'r6164612f6f6e65: repository(owner: "ada", name: "one")' in said
    page = parse({"data": {"r6164612f6f6e65": {**NODE, "nameWithOwner": "lab/one"}}})
    assert page.works[0].ids == ("github:ada/one", "github:lab/one")


@pytest.mark.parametrize("alias", ["r1", "rxyz", "repository", "rc3a9"])
def test_an_alias_of_another_kind_names_nothing(alias):
    assert parse({"data": {alias: NODE}}).works[0].record_id == "github:ada/one"


@pytest.mark.parametrize("said", [None, -1, 1.5, True, "many"])
def test_stars_that_are_none_are_refused(said):
    with pytest.raises(LayoutChanged):
        parse({"full_name": "ada/one", "stargazers_count": said})
    with pytest.raises(LayoutChanged):
        parse({"data": {"r1": {**NODE, "stargazerCount": said}}})


@pytest.mark.parametrize("name", ["one", "ada/one/two", "ada/", "", None, 5])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(LayoutChanged):
        parse({"full_name": name, "stargazers_count": 1})


def test_what_is_there_and_gone_at_once_is_refused():
    error = {"type": "NOT_FOUND", "path": ["r1"], "message": "no"}
    with pytest.raises(LayoutChanged, match="at the same time"):
        parse({"data": {"r1": NODE}, "errors": [error]})


def test_a_repository_that_comes_twice_is_refused():
    with pytest.raises(LayoutChanged, match="twice"):
        parse({"data": {"r1": NODE, "r2": NODE}})


def test_no_data_without_a_reason_is_refused():
    with pytest.raises(LayoutChanged, match="data is missing"):
        parse({"data": None})


def test_a_null_is_gone_and_no_zero():
    page = parse({"data": {"r1": NODE, "r2": None}})
    assert page.author.anomalies == ("gone:r2",)
    assert [work.extra["stars"] for work in page.works] == [3]


def test_an_empty_answer_is_empty():
    assert parse({"data": {}}).works == ()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"message": "Not Found"}, NotFound),
        ({"message": "Bad credentials"}, BadRequest),
        ({"message": "API rate limit exceeded"}, BudgetSpent),
        ({"error": "Server Error"}, Unavailable),
        ({"message": "Problems parsing JSON"}, BadRequest),
        ({}, LayoutChanged),
    ],
)
def test_a_saved_refusal_is_told_by_its_words(body, error):
    with pytest.raises(error):
        parse(body)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "60"}, 60.0),
        ({"X-RateLimit-Reset": "1790000000", "Date": "Mon, 21 Sep 2026 13:00:00 GMT"}, 4400.0),
        ({"X-RateLimit-Reset": "1790000000", "Date": "Mon, 21 Sep 2026 23:00:00 GMT"}, None),
        ({"X-RateLimit-Reset": "1790000000"}, None),
        ({"Date": "Mon, 21 Sep 2026 13:00:00 GMT"}, None),
        ({"X-RateLimit-Reset": "soon", "Date": "today"}, None),
    ],
)
def test_the_wait_is_from_the_answers_own_date(headers, wait):
    told = {"X-RateLimit-Remaining": "0", **headers}
    with pytest.raises(BudgetSpent) as caught:
        parse({"message": "API rate limit exceeded"}, status=403, headers=told)
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("status", [403, 429])
def test_an_allowance_that_is_used_up_is_told_by_its_header(status):
    with pytest.raises(BudgetSpent):
        parse({"message": "Sorry"}, status=status, headers={"x-ratelimit-remaining": "0"})


def test_haste_that_passes_may_be_tried_again():
    with pytest.raises(Unavailable):
        parse({"message": "Slow down"}, status=429, headers={"retry-after": "5"})
