"""Which ids are taken: what providers state in a chain, and what stands against it."""

import pytest

from pipeline.discover import Answer, Evidence, Failure, Kind, decide
from pipeline.discover.evidence import Said
from pipeline.model import Collected
from spiders.items import AuthorRecord, CandidateItem, OutcomeKind, WorkRecord
from spiders.registry import PROVIDERS

ORCID = "orcid:0000-0002-1825-0097"
OTHER = "orcid:0000-0001-5109-3700"
PAPERS = range(1, 6)


def record(provider, own, *, name="Ada Test", ids=(), homepage=None):
    scheme = PROVIDERS[provider].id_schemes[0]
    return AuthorRecord(
        provider=provider,
        author_id=own,
        name=name,
        homepage=homepage,
        ids=(f"{scheme}:{own}", *ids) if own else tuple(ids),
    )


def works(provider, papers):
    return tuple(
        WorkRecord(
            provider=provider,
            record_id=f"{provider}:X{n}",
            title=f"A long title of the paper number {n} of tests",
            year=2020,
            authors=("Ada Test",),
            ids=(f"{provider}:X{n}", f"doi:10.1234/p{n}"),
        )
        for n in papers
    )


def answer(provider, asked, own, *, papers=PAPERS, **said):
    author = record(provider, own, **said)
    collected = Collected(
        author_key=asked, provider=provider, author=author, works=works(provider, papers)
    )
    return Answer(provider=provider, asked=asked, collected=collected)


def candidate(provider, own, *, papers=(), **said):
    return CandidateItem(
        provider=provider,
        author_key="search: name",
        author=record(provider, own, **said),
        works=works(provider, papers),
    )


def failure(provider, asked, kind=OutcomeKind.BLOCKED):
    return Failure(provider=provider, asked=asked, kind=kind, reason="a reason")


def kinds(*answers, given=(ORCID,), said=None, **more):
    found = decide(Evidence(given=given, answers=answers, **more), said)
    return {f.id: f.kind for f in found}


def doubts(*answers, of, given=(ORCID,), **more):
    found = decide(Evidence(given=given, answers=answers, **more))
    return "; ".join(next(f for f in found if f.id == of).doubts)


BY_ORCID = answer("openalex", ORCID, "A1", ids=(ORCID,))


def test_an_id_that_a_provider_names_beside_a_given_one_is_taken():
    (given, found) = decide(Evidence(given=(ORCID,), answers=(BY_ORCID,)))
    assert (given.kind, found.kind) == (Kind.GIVEN, Kind.STATED)
    assert found.id == "openalex:A1"
    assert found.statement.provider == "openalex"
    assert found.statement.beside == ORCID


def test_statements_make_a_chain():
    page = "homepage:https://ada.example/"
    found = kinds(
        answer("google_scholar", "google_scholar:AAAAAAJ", "AAAAAAJ", homepage=page[9:]),
        answer("homepage", page, page[9:], ids=("dblp:1/2",)),
        answer("dblp", "dblp:1/2", "1/2", ids=(ORCID,)),
        BY_ORCID,
        given=("google_scholar:AAAAAAJ",),
    )
    assert found == {
        "google_scholar:AAAAAAJ": Kind.GIVEN,
        page: Kind.STATED,
        "dblp:1/2": Kind.STATED,
        ORCID: Kind.STATED,
        "openalex:A1": Kind.STATED,
    }


def test_a_profile_that_names_a_given_id_is_taken_though_the_given_one_does_not_name_it():
    twin = answer("semantic_scholar", "semantic_scholar:7", "7", ids=(ORCID,))
    found = kinds(BY_ORCID, twin, candidates=(candidate("semantic_scholar", "7"),))
    assert found["semantic_scholar:7"] is Kind.STATED


def test_a_stated_id_that_its_provider_would_not_show_is_taken_with_a_note():
    page = answer("orcid", ORCID, ORCID[6:], ids=("google_scholar:AAAAAAJ",))
    blocked = failure("google_scholar", "google_scholar:AAAAAAJ")
    assert kinds(page, failures=(blocked,))["google_scholar:AAAAAAJ"] is Kind.STATED
    assert "not looked at" in doubts(page, of="google_scholar:AAAAAAJ", failures=(blocked,))


def test_a_stated_id_that_its_provider_does_not_know_is_left_out():
    page = answer("orcid", ORCID, ORCID[6:], ids=("dblp:1/2",))
    gone = failure("dblp", "dblp:1/2", OutcomeKind.NOT_FOUND)
    assert kinds(page, failures=(gone,))["dblp:1/2"] is Kind.LEFT


def test_a_stated_profile_of_another_name_and_other_papers_is_asked():
    own = answer("orcid", ORCID, ORCID[6:], ids=("dblp:1/2",))
    stranger = answer("dblp", "dblp:1/2", "1/2", name="Bob Else", papers=range(50, 60))
    assert kinds(own, stranger)["dblp:1/2"] is Kind.OPEN
    assert "“Bob Else”" in doubts(own, stranger, of="dblp:1/2")


def test_what_a_doubtful_profile_names_waits_for_the_answer_about_it():
    own = answer("orcid", ORCID, ORCID[6:], ids=("dblp:1/2",))
    stranger = answer(
        "dblp",
        "dblp:1/2",
        "1/2",
        name="Bob Else",
        papers=range(50, 60),
        ids=("google_scholar:BBBBBBJ",),
    )
    assert kinds(own, stranger)["google_scholar:BBBBBBJ"] is Kind.LEFT
    said = Said(yes=frozenset({"dblp:1/2"}))
    found = kinds(own, stranger, said=said)
    assert found["dblp:1/2"] is Kind.CONFIRMED
    assert found["google_scholar:BBBBBBJ"] is Kind.STATED


def test_a_doubtful_profile_vouches_for_nothing_though_it_names_a_given_id():
    stranger = answer(
        "dblp",
        "dblp:1/2",
        "1/2",
        name="Bob Else",
        papers=range(50, 60),
        ids=(ORCID, "google_scholar:BBBBBBJ"),
    )
    found = kinds(BY_ORCID, stranger)
    assert found["dblp:1/2"] is Kind.OPEN
    assert found["google_scholar:BBBBBBJ"] is Kind.LEFT


@pytest.mark.parametrize(
    ("papers", "no"), [(range(70, 80), frozenset()), (PAPERS, frozenset({"semantic_scholar:8"}))]
)
def test_what_only_a_namesake_names_is_left_out_with_it(papers, no):
    namesake = answer(
        "semantic_scholar", "semantic_scholar:8", "8", papers=papers, homepage="https://x.example/"
    )
    own = answer("homepage", "homepage:https://x.example/", "https://x.example/", ids=("dblp:1/2",))
    more = {"candidates": (candidate("semantic_scholar", "8"),)}
    found = kinds(BY_ORCID, namesake, own, said=Said(no=no), **more)
    assert found["homepage:https://x.example/"] is Kind.LEFT


def test_a_profile_that_states_another_orcid_than_the_given_one_is_asked():
    own = answer("orcid", ORCID, ORCID[6:], ids=("semantic_scholar:7",))
    other = answer("semantic_scholar", "semantic_scholar:7", "7", ids=(OTHER,))
    found = kinds(own, other)
    assert found["semantic_scholar:7"] is Kind.OPEN
    assert found[OTHER] is Kind.LEFT
    yes = Said(yes=frozenset({"semantic_scholar:7"}))
    assert kinds(own, other, said=yes)[OTHER] is Kind.OPEN
    assert OTHER in doubts(own, other, of="semantic_scholar:7")


def test_of_two_orcids_that_are_stated_neither_is_taken():
    given = ("openalex:A1", "dblp:1/2")
    found = kinds(
        answer("openalex", "openalex:A1", "A1", ids=(ORCID,)),
        answer("dblp", "dblp:1/2", "1/2", ids=(OTHER,)),
        given=given,
    )
    assert found == dict.fromkeys(given, Kind.GIVEN) | {ORCID: Kind.OPEN, OTHER: Kind.OPEN}


def test_what_only_an_orcid_in_doubt_leads_to_is_not_taken():
    found = kinds(
        answer("openalex", "openalex:A1", "A1", ids=(ORCID,)),
        answer("dblp", "dblp:1/2", "1/2", ids=(OTHER,)),
        answer("orcid", OTHER, OTHER[6:], ids=("google_scholar:BBBBBBJ",)),
        given=("openalex:A1", "dblp:1/2"),
    )
    assert found["google_scholar:BBBBBBJ"] is Kind.LEFT


def test_a_confirmed_orcid_settles_which_of_two_it_is():
    answers = (
        answer("openalex", "openalex:A1", "A1", ids=(ORCID,)),
        answer("dblp", "dblp:1/2", "1/2", ids=(OTHER,)),
    )
    said = Said(yes=frozenset({ORCID}), no=frozenset({OTHER}))
    found = kinds(*answers, given=("openalex:A1", "dblp:1/2"), said=said)
    assert found[ORCID] is Kind.CONFIRMED
    assert found[OTHER] is Kind.LEFT


@pytest.mark.parametrize("papers", [PAPERS, ()])
def test_a_profile_that_only_looks_alike_is_asked_whatever_they_have_in_common(papers):
    twin = answer("semantic_scholar", "semantic_scholar:7", "7", papers=papers)
    found = kinds(BY_ORCID, twin, candidates=(candidate("semantic_scholar", "7"),))
    assert found["semantic_scholar:7"] is Kind.OPEN


def test_how_many_papers_are_in_common_is_told():
    twin = answer("semantic_scholar", "semantic_scholar:7", "7", papers=range(3, 9))
    evidence = Evidence(
        given=(ORCID,),
        answers=(BY_ORCID, twin),
        candidates=(candidate("semantic_scholar", "7"),),
    )
    found = next(f for f in decide(evidence) if f.id == "semantic_scholar:7")
    assert (found.common, found.compared, found.papers) == (3, 5, 6)


def test_a_namesake_without_any_of_the_papers_is_left_out():
    namesake = answer("semantic_scholar", "semantic_scholar:8", "8", papers=range(70, 80))
    found = kinds(BY_ORCID, namesake, candidates=(candidate("semantic_scholar", "8"),))
    assert found["semantic_scholar:8"] is Kind.LEFT


def test_a_search_result_of_another_name_is_not_even_shown():
    found = kinds(BY_ORCID, candidates=(candidate("semantic_scholar", "9", name="Bob Else"),))
    assert "semantic_scholar:9" not in found


def test_an_author_of_known_papers_with_the_orcid_is_stated():
    named = candidate("semantic_scholar", "7", name="A. Test", ids=(ORCID,), papers=(1, 2))
    assert kinds(BY_ORCID, candidates=(named,))["semantic_scholar:7"] is Kind.STATED


def test_an_author_of_known_papers_without_the_orcid_is_asked():
    named = candidate("semantic_scholar", "7", papers=(1, 2))
    assert kinds(BY_ORCID, candidates=(named,))["semantic_scholar:7"] is Kind.OPEN
    assert "2 of the person's papers" in doubts(
        BY_ORCID, of="semantic_scholar:7", candidates=(named,)
    )


def test_a_second_profile_at_a_provider_is_taken_when_it_is_stated_and_was_looked_at():
    given = ("openalex:A1", ORCID)
    found = kinds(
        answer("openalex", "openalex:A1", "A1"),
        answer("orcid", ORCID, ORCID[6:]),
        answer("openalex", ORCID, "A2", ids=(ORCID,)),
        given=given,
    )
    assert found["openalex:A2"] is Kind.STATED


def test_a_second_profile_that_could_not_be_looked_at_is_asked():
    second = "google_scholar:BBBBBBJ"
    found = kinds(
        answer("orcid", ORCID, ORCID[6:], ids=(second,)),
        given=(ORCID, "google_scholar:AAAAAAJ"),
        failures=(failure("google_scholar", second),),
    )
    assert found[second] is Kind.OPEN


def test_one_homepage_under_two_spellings_is_one():
    found = kinds(
        answer("orcid", ORCID, ORCID[6:], homepage="http://www.ada.example"),
        given=(ORCID, "homepage:https://ada.example/"),
    )
    assert [i for i in found if i.startswith("homepage:")] == ["homepage:https://ada.example/"]


def test_a_homepage_that_could_not_be_read_is_left_out():
    found = kinds(answer("orcid", ORCID, ORCID[6:], homepage="https://ada.example/"))
    assert found["homepage:https://ada.example/"] is Kind.LEFT


def test_an_id_that_leads_to_another_one_is_asked_and_replaced_by_a_yes():
    moved = answer("openalex", "openalex:A1", "A9")
    given = ("openalex:A1",)
    assert kinds(moved, given=given)["openalex:A9"] is Kind.OPEN
    found = kinds(moved, given=given, said=Said(yes=frozenset({"openalex:A9"})))
    assert found == {"openalex:A1": Kind.LEFT, "openalex:A9": Kind.CONFIRMED}


def test_given_ids_of_two_people_are_both_kept_with_a_note():
    mine = answer("openalex", "openalex:A1", "A1")
    other = answer("dblp", "dblp:1/2", "1/2", name="Bob Else", papers=range(50, 60))
    given = ("openalex:A1", "dblp:1/2")
    assert set(kinds(mine, other, given=given).values()) == {Kind.GIVEN}
    assert "“Bob Else”" in doubts(mine, other, of="dblp:1/2", given=given)


def test_a_no_is_not_asked_again():
    twin = answer("semantic_scholar", "semantic_scholar:7", "7")
    more = {"candidates": (candidate("semantic_scholar", "7"),)}
    said = Said(no=frozenset({"semantic_scholar:7"}))
    assert kinds(BY_ORCID, twin, said=said, **more)["semantic_scholar:7"] is Kind.LEFT


def test_other_bais_of_one_inspire_record_are_not_other_profiles():
    found = kinds(
        answer("inspire", ORCID, "A.Test.1", ids=(ORCID, "inspire_bai:A.Test.2")),
    )
    assert "inspire_bai:A.Test.2" not in found
    assert found["inspire_bai:A.Test.1"] is Kind.STATED


def test_ids_of_papers_are_nobody():
    papers = ("openalex:W7", f"semantic_scholar:{7:040x}", "google_scholar:AAAAAAJ:BBBBBBJ")
    found = kinds(answer("orcid", ORCID, ORCID[6:], ids=(*papers, "doi:10.1/x")))
    assert set(found) == {ORCID}


def test_a_record_that_names_very_many_ids_is_heard_on_twenty():
    many = tuple(f"google_scholar:AAAAAA{n}" for n in range(500))
    assert len(kinds(answer("orcid", ORCID, ORCID[6:], ids=many))) == 20


def test_of_several_ids_of_a_kind_that_could_not_be_looked_at_none_is_taken():
    found = kinds(
        answer("orcid", ORCID, ORCID[6:], ids=("google_scholar:AAAAAAJ", "google_scholar:BBBBBBJ"))
    )
    assert set(found.values()) == {Kind.GIVEN, Kind.OPEN}


def test_a_search_result_is_asked_about_though_another_one_names_it():
    twin = answer("semantic_scholar", "semantic_scholar:7", "7", ids=("dblp:1/2",))
    found = (candidate("semantic_scholar", "7"), candidate("dblp", "1/2"))
    assert kinds(BY_ORCID, twin, candidates=found)["dblp:1/2"] is Kind.OPEN
