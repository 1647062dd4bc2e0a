"""Several profiles as one person: what the configuration changed by hand, and whose they are."""

from dataclasses import replace

import pytest

from pipeline.checks import blocking, check
from pipeline.checks.profiles import by_hand
from spiders.registry import PROVIDERS

ONE, TWO, THREE = "openalex:A1", "openalex:A2", "openalex:A3"
NAMES = {ONE: "Ada Test", TWO: "A. B. Test", THREE: "Bob Other"}


@pytest.fixture
def of(made):
    """An answer about these profiles, with a hundred papers each unless said."""

    def answer(*ids, papers=None, **stated):
        numbers = papers or range(100 * len(ids))
        found = made.answer("Ada Test", numbers, author_id=ids[0].partition(":")[2], **stated)
        lines = "\n".join(f"{i} {NAMES.get(i, 'Ada Test')}" for i in ids)
        raw = {"profiles": lines} if len(ids) > 1 else {}
        return replace(found, author=replace(found.author, ids=ids, raw=raw))

    return answer


@pytest.mark.parametrize(
    ("then", "asked", "now", "added", "taken_out"),
    [
        ([ONE], [ONE, TWO], [ONE, TWO], (TWO,), ()),
        ([ONE, TWO], [ONE], [ONE], (), (TWO,)),
        ([ONE, TWO], [TWO], [TWO], (), (ONE,)),
        ([ONE, TWO], [ONE, THREE], [ONE, THREE], (THREE,), (TWO,)),
        ([ONE], [ONE], [ONE], (), ()),
        ([ONE], [TWO], [TWO], (), ()),  # nothing in common: another person's, perhaps
        ([ONE], [ONE, TWO], [ONE], (), ()),  # a saved page of one of the two
        ([ONE], [ONE], [ONE, TWO], (), ()),  # the provider's own doing
        ([ONE, TWO], [ONE], [ONE, TWO], (), ()),  # the provider still names both
    ],
)
def test_only_what_was_asked_and_answered_was_changed_by_hand(
    of, made, then, asked, now, added, taken_out
):
    found = by_hand(of(*now), made.state(of(*then)), asked)
    assert (found.added, found.taken_out) == (added, taken_out)


def test_without_a_known_answer_nothing_was_changed(of):
    assert not by_hand(of(ONE, TWO), None, (ONE, TWO))


def test_an_id_that_another_scheme_was_asked_by_is_no_change(of, made):
    known = made.state(of(ONE, "orcid:0000-0002-1825-0097", papers=range(3)))
    assert not by_hand(of(ONE), known, ("orcid:0000-0002-1825-0097",))


def failing(new, old, *asked, **more):
    results = check(
        new, provider=PROVIDERS["openalex"], asked=asked[0], also=asked[1:], before=old, **more
    )
    return {r.name for r in blocking(results)}


def test_an_added_profile_explains_a_leap_and_no_vanished_paper(of, made):
    old = made.state(of(ONE, papers=range(10)))
    assert failing(of(ONE, TWO, papers=range(500)), old, ONE, TWO) == set()
    assert failing(of(ONE, papers=range(500)), old, ONE) == {"jump"}
    assert failing(of(ONE, TWO, papers=range(6, 500)), old, ONE, TWO) == {"vanished"}


def test_a_profile_taken_out_explains_vanished_papers(of, made):
    old = made.state(of(ONE, TWO, papers=range(50)))
    assert failing(of(ONE, papers=range(10)), old, ONE) == set()
    assert failing(of(ONE, TWO, papers=range(10)), old, ONE, TWO) == {"drop", "vanished"}


def test_an_added_profile_of_another_name_is_another_person(of, made):
    old = made.state(of(ONE, papers=range(10)))
    new = of(ONE, THREE, papers=range(12))
    assert failing(new, old, ONE, THREE) == {"person"}
    assert failing(new, old, ONE, THREE, accept=True) == set()
    assert failing(new, made.state(new), ONE, THREE) == set()
    assert failing(new, None, ONE, THREE) == {"person"}


def test_an_added_profile_may_be_the_one_that_bears_the_configured_name(of, made):
    old = made.state(of(ONE, papers=range(10)))
    assert failing(of(ONE, THREE, papers=range(12)), old, ONE, THREE, name="Bob Other") == set()
