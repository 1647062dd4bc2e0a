"""ORCID by the spider: works and person, asked for as JSON."""

import json
from pathlib import Path

import pytest

from spiders.items import OutcomeKind

FIXTURES = Path(__file__).parent / "pages/fixtures/orcid"
ORCID = "0000-0002-1825-0097"
OTHER = "0000-0002-1694-233X"
WORKS, PERSON = f"/v3.0/{ORCID}/works", f"/v3.0/{ORCID}/person"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation; `also` is a second author who is always there."""

    def site(works=None, person=None):
        also = {
            f"/v3.0/{OTHER}/{part}": body(case).replace(ORCID.encode(), OTHER.encode())
            for part, case in (("works", "works_none"), ("person", "person_bare"))
        }
        well = {WORKS: works or body("works"), PERSON: person or body("person")}
        return stand_in(well | also)

    html = reply(status=500, body=body("error_server"), headers={"Content-Type": "text/html"})
    closed = json.loads(body("error_deactivated"))
    burst = reply(status=503, headers={"Retry-After": "2"})
    return {
        "well": site(),
        "burst": site([burst, burst, reply(body=body("works"))]),
        "always_burst": site(burst),
        "tomcat": site([html, reply(body=body("works"))]),
        "closed": site(reply.json(closed, status=409)),
        "unknown": site(reply.json(json.loads(body("error_not_found")), status=404)),
        "quota": site(reply.json({}, status=429)),
        "page": site(reply(body=body("challenge_200"), headers={"Content-Type": "text/html"})),
        "nameless": site(person=reply(status=404)),
        "half": site(person=reply(status=400)),
        "mixed": site(person=body("person").replace(ORCID.encode(), OTHER.encode())),
        "merged": site(
            reply(status=301, headers={"Location": f"/v3.0/{OTHER}/works"}),
            reply(status=301, headers={"Location": f"/v3.0/{OTHER}/person"}),
        ),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan("orcid", server, **{name: f"orcid:{ORCID}", f"{name}_also": f"orcid:{OTHER}"})
            for name, server in world.items()
        )
    )


@pytest.fixture
def outcome(done):
    return lambda name: done.outcomes["orcid", name]


def test_works_and_person_are_two_requests_and_one_answer(done, outcome, world):
    assert (outcome("well").kind, outcome("well").requests) == (OutcomeKind.FRESH, 2)
    assert world["well"].paths()[:2] == [WORKS, PERSON]
    found = done.collected["orcid", "well"]
    assert (found.author.name, len(found.works)) == ("Ada B. Test", 5)
    assert "google_scholar:AdaTestAAAAJ" in found.author.ids


def test_json_is_asked_for(world):
    assert {asked.headers["Accept"] for asked in world["well"].asked} == {"application/json"}


@pytest.mark.parametrize(("name", "requests"), [("burst", 4), ("tomcat", 3)])
def test_what_passes_is_tried_again(name, requests, outcome):
    assert (outcome(name).kind, outcome(name).requests) == (OutcomeKind.FRESH, requests)


def test_a_burst_that_lasts_is_offline_after_three_tries(outcome):
    found = outcome("always_burst")
    assert (found.kind, found.requests) == (OutcomeKind.OFFLINE, 3)


@pytest.mark.parametrize("name", ["closed", "unknown"])
def test_a_record_that_is_not_shown_is_not_found_and_others_are_asked_for(name, outcome):
    assert outcome(name).kind is OutcomeKind.NOT_FOUND
    assert outcome(f"{name}_also").kind is OutcomeKind.FRESH


@pytest.mark.parametrize(
    ("name", "kind"), [("quota", OutcomeKind.BUDGET_SPENT), ("page", OutcomeKind.BLOCKED)]
)
def test_a_spent_quota_and_a_web_page_stop_the_provider(name, kind, outcome, world):
    assert (outcome(name).kind, outcome(f"{name}_also").kind) == (kind, kind)
    assert len(world[name].asked) == 1


def test_a_list_without_a_person_is_taken_without_a_name(done, outcome):
    assert outcome("nameless").kind is OutcomeKind.FRESH
    found = done.collected["orcid", "nameless"]
    assert (found.author.author_id, found.author.name, len(found.works)) == (ORCID, None, 5)


@pytest.mark.parametrize(
    ("name", "kind"), [("half", OutcomeKind.REFUSED), ("mixed", OutcomeKind.LAYOUT_CHANGED)]
)
def test_works_whose_person_could_not_be_read_are_not_taken(name, kind, outcome, done):
    assert outcome(name).kind is kind
    assert ("orcid", name) not in done.collected


def test_a_merged_record_says_the_id_that_answered(done):
    assert done.collected["orcid", "merged"].author.author_id == OTHER
