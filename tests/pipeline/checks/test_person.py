"""Whose papers these are: by the id that was asked for, by name, and by what is known."""

from dataclasses import replace

import pytest

from pipeline.checks import blocking, check
from spiders.registry import PROVIDERS


@pytest.fixture
def person():
    """The verdict on an answer: `refused`, `told` or `believed`, and its line."""

    def judge(found, *, asked="openalex:A1", **more):
        results = check(found, provider=PROVIDERS[found.provider], asked=asked, **more)
        (one,) = [r for r in results if r.name == "person"]
        if one.passed:
            return "believed", one.detail
        return ("refused" if one.blocking else "told"), one.detail

    return judge


def test_a_first_answer_with_no_name_configured_and_nothing_known_passes(made, person):
    assert person(made.answer("Wei Li", range(5)))[0] == "believed"
    assert person(made.answer(None, ()))[0] == "believed"


def test_a_profile_that_was_taken_over_is_refused(made, person):
    before = made.state(made.answer("Ada Lovelace", range(5)))
    verdict, line = person(made.answer("Wei Li", range(20, 25)), before=before)
    assert verdict == "refused"
    assert "“Ada Lovelace”'s and is now “Wei Li”'s, with 0 of the 5 papers known before" in line
    assert line.endswith("`--accept` takes it")
    assert "correct the id in the configuration" in line


def test_a_profile_that_was_merged_into_anothers_larger_one_is_refused(made, person):
    before = made.state(made.answer("Ada Lovelace", range(5)))
    mixed = made.answer("Wei Li", [*range(2), *range(20, 30)])
    assert person(mixed, before=before)[0] == "refused"


def test_a_namesakes_id_is_refused_and_the_line_says_what_to_do(made, person):
    others = [made.witness("Ada Lovelace", range(5))]
    found = made.answer("Wei Li", range(20, 25))
    verdict, line = person(found, name="Ada Lovelace", others=others)
    assert verdict == "refused"
    assert "“Wei Li”'s, and “Ada Lovelace” is followed" in line
    assert "0 of its papers are among those of google_scholar" in line
    assert "correct it, or `name`, in the configuration; if it is the same person" in line


def test_another_name_than_the_configured_one_is_refused_where_no_papers_are_known(made, person):
    assert person(made.answer("Wei Li", range(5)), name="Ada Lovelace")[0] == "refused"
    assert person(made.answer("Wei Li", ()), name="Ada Lovelace")[0] == "refused"


def test_without_a_configured_name_the_names_of_other_providers_tell(made, person):
    others = [made.witness("Ada Lovelace", range(5))]
    assert person(made.answer("Wei Li", range(20, 25)), others=others)[0] == "refused"
    assert person(made.answer("A. Lovelace", range(5)), others=others)[0] == "believed"


def test_a_namesake_of_the_same_name_is_refused_when_no_paper_is_in_common(made, person):
    others = [made.witness("Wei Li", range(3))]
    found = made.answer("Wei Li", range(20, 23))
    verdict, line = person(found, name="Wei Li", others=others)
    assert verdict == "refused"
    assert "none of its 3 papers is among those of google_scholar: a namesake" in line


def test_fewer_than_three_papers_tell_nothing_of_a_namesake(made, person):
    others = [made.witness("Wei Li", range(2))]
    assert person(made.answer("Wei Li", range(20, 25)), others=others)[0] == "believed"
    others = [made.witness("Wei Li", range(5))]
    assert person(made.answer("Wei Li", range(20, 22)), others=others)[0] == "believed"


def test_titles_that_cannot_tell_papers_apart_tell_nothing_of_a_namesake(made, person):
    others = [made.witness("Wei Li", range(5), titles=False)]
    assert person(made.answer("Wei Li", range(20, 25)), others=others)[0] == "believed"


def test_one_paper_in_common_is_enough_where_the_name_fits(made, person):
    others = [made.witness("Wei Li", range(5))]
    assert person(made.answer("Wei Li", [4, *range(20, 25)]), others=others)[0] == "believed"


def test_a_doi_in_common_is_a_paper_in_common_whatever_the_titles(made, person):
    doi = ("doi:10.1000/x",)
    ours = made.works(range(20, 24))
    theirs = made.witness("Wei Li", range(5))
    found = made.answer("Wei Li", (), works=(*ours, replace(ours[0], ids=doi)))
    others = [replace(theirs, works=(*theirs.works, replace(theirs.works[0], ids=doi)))]
    assert person(found, others=others)[0] == "believed"


def test_a_name_changed_by_marriage_is_only_told_while_the_papers_are_there(made, person):
    before = made.state(made.answer("A. Lovelace", range(5)))
    verdict, line = person(made.answer("A. King", range(6)), before=before)
    assert verdict == "told"
    assert "the name was “A. Lovelace” and is now “A. King”; 5 of the 5 papers" in line


def test_a_name_in_another_script_is_only_told_while_the_papers_are_there(made, person):
    before = made.state(made.answer("Yushi Huang", range(5)))
    assert person(made.answer("黄雨诗", range(5)), before=before)[0] == "told"


def test_where_scripts_differ_the_papers_alone_decide(made, person):
    before = made.state(made.answer("Yushi Huang", range(5)))
    assert person(made.answer("黄雨诗", range(20, 25)), before=before)[0] == "refused"
    found = made.answer("黄雨诗", range(5))
    assert person(found, name="Yushi Huang")[0] == "believed"
    others = [made.witness("Yushi Huang", range(20, 25))]
    assert person(found, name="Yushi Huang", others=others)[0] == "refused"


@pytest.mark.parametrize(
    "new", ["Y. Huang", "Huang Yushi", "Huang, Yushi", "Yu-Shi Huang", "Yushi B. Huang"]
)
def test_another_spelling_of_the_name_is_not_even_told(made, person, new):
    before = made.state(made.answer("Yushi Huang", range(5)))
    found = made.answer(new, range(5))
    assert person(found, name="Yushi Huang", before=before)[0] == "believed"


def test_the_same_name_with_none_of_three_known_papers_is_refused(made, person):
    before = made.state(made.answer("Ada Lovelace", range(3)))
    verdict, line = person(made.answer("Ada Lovelace", range(20, 25)), before=before)
    assert verdict == "refused"
    assert "none of the 3 papers known before" in line
    before = made.state(made.answer("Ada Lovelace", range(2)))
    assert person(made.answer("Ada Lovelace", range(20, 25)), before=before)[0] == "believed"


def test_records_that_were_all_renumbered_are_known_by_their_titles(made, person):
    before = made.state(made.answer("Ada Lovelace", range(5)))
    found = made.answer("Ada Lovelace", range(5), tag="N")
    assert person(found, before=before)[0] == "believed"


def test_records_without_titles_are_known_by_their_ids(made, person):
    before = made.state(made.answer("Ada Lovelace", range(5), titles=False))
    found = made.answer("Ada Lovelace", [4, *range(20, 25)], titles=False)
    assert person(found, before=before)[0] == "believed"


def test_a_profile_that_was_mended_is_believed_when_others_know_its_papers(made, person):
    before = made.state(made.answer("Ada Lovelace", range(20, 25)))
    others = [made.witness("Ada Lovelace", range(5))]
    assert person(made.answer("Ada Lovelace", range(5)), before=before, others=others)[0] == (
        "believed"
    )


def test_a_corrected_id_is_not_held_against_the_papers_of_the_wrong_one(made, person):
    before = made.state(made.answer("Wei Li", range(20, 25), author_id="A9"))
    found = made.answer("Ada Lovelace", range(5))
    assert person(found, name="Ada Lovelace", before=before)[0] == "believed"
    assert person(found, before=before)[0] == "believed"


def test_a_first_answer_under_another_name_is_told_when_others_know_its_papers(made, person):
    others = [made.witness("A. Lovelace", range(5))]
    verdict, line = person(made.answer("A. King", range(5)), name="A. Lovelace", others=others)
    assert verdict == "told"
    assert "5 of its papers are among those of google_scholar: believed" in line


def test_a_co_authors_id_is_refused_although_the_papers_are_in_common(made, person):
    both = ("A Lovelace", "W Li")
    others = [made.witness("Ada Lovelace", range(9), authors=both)]
    found = made.answer("Wei Li", range(5), authors=both)
    verdict, line = person(found, name="Ada Lovelace", others=others)
    assert verdict == "refused"
    assert "papers name both, so these are two people" in line


def test_a_supervisors_id_is_refused_although_all_papers_are_on_it(made, person):
    both = ("A Lovelace", "W Li")
    others = [made.witness("Ada Lovelace", range(4), authors=both)]
    own = made.works(range(20, 60), authors=("W Li", "B Babbage"))
    found = made.answer("Wei Li", (), works=(*made.works(range(4), authors=both), *own))
    assert person(found, name="Ada Lovelace", others=others)[0] == "refused"


def test_a_stranger_with_a_minority_of_the_papers_is_refused(made, person):
    others = [made.witness("Ada Lovelace", range(5))]
    found = made.answer("Wei Li", [1, *range(20, 25)])
    assert person(found, name="Ada Lovelace", others=others)[0] == "refused"


def test_papers_that_have_gone_are_known_papers_still(made, person):
    state = made.state(made.answer("Ada Lovelace", range(5)))
    gone = replace(state, works=tuple(replace(o, is_gone=True) for o in state.works))
    assert person(made.answer("Ada Lovelace", range(20, 25)), before=gone)[0] == "refused"
    assert person(made.answer("Ada Lovelace", range(5)), before=gone)[0] == "believed"


def test_an_emptied_profile_is_left_to_its_own_check(made):
    before = made.state(made.answer("Ada Lovelace", range(5)))
    found = made.answer("Ada Lovelace", ())
    results = check(found, provider=PROVIDERS["openalex"], asked="openalex:A1", before=before)
    assert [r.name for r in blocking(results)] == ["not_emptied"]


def test_a_person_may_vouch_for_a_person(made, person):
    found = made.answer("Wei Li", range(5))
    verdict, line = person(found, name="Ada Lovelace", accept=True)
    assert verdict == "told"
    assert line.endswith("(accepted by hand)")


def test_what_was_accepted_once_is_believed_from_then_on(made, person):
    before = made.state(made.answer("Wei Li", range(5)))
    found = made.answer("Wei Li", range(6))
    others = [made.witness("Ada Lovelace", range(20, 25))]
    assert person(found, name="Ada Lovelace", before=before, others=others)[0] == "believed"
