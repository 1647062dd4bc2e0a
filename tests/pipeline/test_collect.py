"""One crawl over a dozen of scripted providers: who answers, who fails, and what it costs."""

from __future__ import annotations

import pytest

from spiders.items import OutcomeKind


@pytest.fixture(scope="module")
def good(stand_in, crawl, plan, answers):
    """All three providers, asked at the same time for authors of several sizes."""
    scholar = stand_in({"/citations": answers.scholar(), "/robots.txt": b""})
    openalex = stand_in(
        {
            "/authors/A1": answers.openalex_author("A1"),
            "/authors/orcid:0000-0002-1825-0097": answers.openalex_author("A1"),
            "/works": answers.openalex_pages(300),
        }
    )
    empty = stand_in(
        {"/authors/A2": answers.openalex_author("A2", 0), "/works": answers.openalex_pages(0)}
    )
    papers = stand_in({"/author/1": answers.semantic_scholar()})
    done = crawl(
        plan("google_scholar", scholar, ada="google_scholar:AAAAAAAAAAAJ"),
        plan(
            "openalex",
            openalex,
            api_key="CANARY-KEY",
            ada="openalex:A1",
            bob="orcid:0000-0002-1825-0097",
        ),
        plan("openalex", empty, eve="openalex:A2"),
        plan("semantic_scholar", papers, api_key="CANARY-KEY", ada="semantic_scholar:1"),
    )
    return done, {"scholar": scholar, "openalex": openalex, "empty": empty, "papers": papers}


def test_every_author_of_every_provider_has_exactly_one_outcome(good):
    done, _ = good
    assert set(done.outcomes) == {
        ("google_scholar", "ada"),
        ("openalex", "ada"),
        ("openalex", "bob"),
        ("openalex", "eve"),
        ("semantic_scholar", "ada"),
    }
    assert {o.kind for o in done.outcomes.values()} == {OutcomeKind.FRESH}


def test_works_of_all_pages_come_together(good):
    done, _ = good
    found = done.collected["openalex", "ada"]
    assert len(found.works) == 300
    assert found.author.author_id == "A1"
    assert found.author.works_expected == 300
    assert not found.author.is_truncated


def test_three_hundred_works_cost_four_requests_and_no_empty_page(good):
    done, servers = good
    assert done.outcomes["openalex", "ada"].requests == 4
    assert servers["openalex"].paths()[:4] == ["/authors/A1", "/works", "/works", "/works"]


def test_an_orcid_is_asked_for_in_its_free_short_form(good):
    _, servers = good
    assert servers["openalex"].paths()[4] == "/authors/orcid:0000-0002-1825-0097"


def test_an_author_without_works_is_fresh_and_asked_for_once(good):
    done, servers = good
    assert done.collected["openalex", "eve"].works == ()
    assert servers["empty"].paths() == ["/authors/A2", "/works"]


def test_scholar_is_asked_robots_first_and_then_the_one_allowed_address(good):
    done, servers = good
    assert servers["scholar"].targets() == [
        "/robots.txt",
        "/citations?user=AAAAAAAAAAAJ&hl=en&pagesize=100",
    ]
    assert done.outcomes["google_scholar", "ada"].requests == 1
    assert done.stats["google_scholar/robotstxt/request_count"] == 1


def test_apis_are_not_asked_for_robots(good):
    _, servers = good
    assert "/robots.txt" not in servers["openalex"].paths() + servers["papers"].paths()


def test_semantic_scholar_costs_one_request(good):
    done, servers = good
    assert done.outcomes["semantic_scholar", "ada"].requests == 1
    assert "papers.citationCount" in servers["papers"].asked[0].target
    assert len(done.collected["semantic_scholar", "ada"].works) == 2


def test_who_asks_is_told_honestly_and_without_cookies(good):
    _, servers = good
    for server in servers.values():
        for asked in server.asked:
            assert asked.headers["User-Agent"] == "scholar-metrics/9.9 (test@example.org)"
            assert asked.headers["Accept-Language"] == "en"
            assert not {"Cookie", "Referer"} & set(asked.headers)


def test_keys_travel_in_headers_in_the_documented_spelling(good):
    _, servers = good
    assert servers["openalex"].asked[0].headers["Authorization"] == "Bearer CANARY-KEY"
    assert servers["papers"].asked[0].headers["x-api-key"] == "CANARY-KEY"
    assert all("CANARY" not in a.target for s in servers.values() for a in s.asked)


def test_no_key_is_ever_logged_and_nothing_is_printed(good):
    done, _ = good
    assert "Crawled (200)" in done.log
    assert "CANARY" not in done.log
    assert done.stdout == ""


def test_progress_tells_a_line_an_author(good):
    done, _ = good
    assert min(done.progress) == "google_scholar: ada: 2 works"
    assert len(done.progress) == len(done.outcomes)


def test_seconds_run_from_the_first_request_to_the_last_answer(good):
    done, _ = good
    assert 0 < done.outcomes["openalex", "ada"].seconds < done.seconds


def test_nobody_to_ask_starts_nothing():
    from pipeline.collect import collect

    found = collect([], user_agent="x")
    assert (found.collected, found.outcomes, dict(found.stats)) == ((), (), {})
