"""What is asked, in which order, and how much at most: plans, before anything is sent."""

import pytest

from pipeline.collect import Collection
from pipeline.discover import rounds
from pipeline.discover.places import Places
from pipeline.model import Collected, Outcome
from spiders.items import AuthorRecord, CandidateItem, OutcomeKind, WorkRecord

ORCID = "orcid:0000-0002-1825-0097"


def begin(*given, name=None):
    return rounds._Rounds(config=Places().config(None), given=given, name=name)


def asked(plans):
    return {p.provider.name: [t.id for t in p.targets] for p in plans}


def said(provider, key, own, *ids, papers=0):
    author = AuthorRecord(provider=provider, author_id=own, name="Ada Test", ids=ids)
    works = tuple(
        WorkRecord(
            provider=provider,
            record_id=f"{provider}:{n}",
            title=f"Paper {n}",
            ids=(f"{provider}:{n}", f"doi:10.1234/p{n}", f"arxiv:2001.0000{n}"),
            authors_count=9 - n,
        )
        for n in range(papers)
    )
    return Collected(author_key=key, provider=provider, author=author, works=works)


def came(*collected, outcomes=(), candidates=()):
    return Collection(collected=collected, outcomes=outcomes, candidates=candidates)


def failed(provider, key, kind):
    return Outcome(author_key=key, provider=provider, kind=kind, reason="a reason")


def test_an_id_is_asked_for_wherever_it_can_be():
    first = asked(begin(ORCID).next())
    assert first == {p: [ORCID] for p in ("openalex", "orcid", "arxiv", "inspire")}


def test_a_provider_that_wants_a_key_is_not_asked():
    assert not {"ads", "serpapi"} & set(asked(begin(ORCID, "google_scholar:AAAAAAJ").next()))


def test_a_provider_is_asked_for_its_own_id_before_another_one():
    assert asked(begin(ORCID, "openalex:A1").next())["openalex"] == ["openalex:A1"]


def test_what_a_record_names_is_not_asked_for_again_there():
    run = begin("openalex:A1", ORCID)
    run.next()
    plans = run.then(came(said("openalex", "openalex:A1", "A1", "openalex:A1", ORCID)))
    assert "openalex" not in asked(plans)


def test_a_record_without_the_given_orcid_is_asked_for_by_it_as_well():
    run = begin("openalex:A1", ORCID)
    run.next()
    plans = run.then(came(said("openalex", "openalex:A1", "A1", "openalex:A1")))
    assert asked(plans)["openalex"] == [ORCID]


def test_semantic_scholar_is_asked_who_wrote_the_papers_each_of_them_once():
    run = begin("openalex:A1")
    run.next()
    (plan,) = run.then(came(said("openalex", "openalex:A1", "A1", papers=3)))
    assert plan.provider.name == "semantic_scholar"
    assert plan.provider.spider.startswith("spiders.candidates:")
    # Papers of few authors first: they tell most.
    assert plan.targets[0].follow == ("doi:10.1234/p2", "doi:10.1234/p1", "doi:10.1234/p0")


def test_a_name_is_searched_for_where_statements_lead_nowhere():
    run = begin("openalex:A1")
    run.next()
    plans = run.then(came(said("openalex", "openalex:A1", "A1")))
    assert asked(plans) == {p: ["name:Ada Test"] for p in ("semantic_scholar", "dblp")}


def test_nothing_is_searched_for_at_a_provider_that_does_not_answer():
    run = begin("openalex:A1")
    run.next()
    blocked = failed("dblp", "dblp:1/2", OutcomeKind.BLOCKED)
    plans = run.then(came(said("openalex", "openalex:A1", "A1"), outcomes=(blocked,)))
    assert asked(plans) == {"semantic_scholar": ["name:Ada Test"]}


def test_a_profile_that_a_search_found_is_read_unless_it_is_very_long():
    run = begin("openalex:A1")
    run.next()
    run.asked |= {("semantic_scholar", "search: name"), ("dblp", "search: name")}
    found = [
        CandidateItem(
            provider="semantic_scholar",
            author_key="search: name",
            author=AuthorRecord(
                provider="semantic_scholar", author_id=i, name="Ada Test", works_count=n
            ),
        )
        for i, n in (("7", 40), ("8", 4000))
    ]
    plans = run.then(came(said("openalex", "openalex:A1", "A1"), candidates=tuple(found)))
    assert asked(plans) == {"semantic_scholar": ["semantic_scholar:7"]}


@pytest.mark.parametrize("named", [500])
def test_a_record_that_names_very_many_ids_makes_few_questions(named):
    run = begin(ORCID)
    run.next()
    ids = tuple(f"google_scholar:AAAAAA{n}" for n in range(named))
    plans = run.then(came(said("orcid", ORCID, ORCID[6:], *ids)))
    assert len(asked(plans)["google_scholar"]) == rounds.MOST_EACH
    assert "google_scholar" not in asked(run.then(came(said("orcid", ORCID, ORCID[6:], *ids))))
