"""One person whom a provider took for several, read as one."""

from dataclasses import replace

import pytest

from spiders.items import AuthorRecord, OutcomeKind, PageVerdict, ParsedPage, Target, WorkRecord
from spiders.union import united


def page(author_id, *numbers, **author):
    works = tuple(
        WorkRecord(provider="openalex", record_id=f"openalex:W{n}", title=f"Paper {n}")
        for n in numbers
    )
    record = AuthorRecord(
        provider="openalex", author_id=author_id, ids=(f"openalex:{author_id}",), **author
    )
    return ParsedPage(verdict=PageVerdict.PROFILE, author=record, works=works)


def test_one_profile_is_left_as_it_is():
    pages = [page("A1", 1), replace(page("A1", 2), author=None)]
    assert united([pages]) is pages


def test_a_paper_in_two_profiles_comes_once():
    found = united([[page("A1", 1, 2)], [page("A2", 2, 3)]])
    assert [w.record_id[-1] for p in found for w in p.works] == ["1", "2", "3"]


def test_totals_of_parts_are_not_those_of_the_whole():
    (first, second) = united(
        [
            [page("A1", 1, cited_by_count=5, h_index=1, works_count=1, extra={"fwci": 1.0})],
            [page("A2", 2, cited_by_count=7, h_index=1, works_count=1)],
        ]
    )
    assert second.author is None
    author = first.author
    assert (author.author_id, author.ids) == ("A1", ("openalex:A1", "openalex:A2"))
    assert (author.cited_by_count, author.h_index, author.works_count) == (None, None, None)
    assert author.works_expected == 2
    assert not author.extra


def test_a_cut_list_among_them_cuts_the_whole():
    (first, _) = united([[page("A1", 1, is_truncated=True)], [page("A2", 2)]])
    assert first.author.is_truncated
    assert not first.author.is_sorted
    assert first.author.works_expected is None


@pytest.fixture(scope="module")
def split(stand_in, crawl, plan, answers):
    def works(asked):
        numbers = range(1, 4) if "A1" in asked.target else range(3, 6)
        return answers.openalex_works(numbers, total=3)

    server = stand_in(
        {
            "/authors/A1": answers.openalex_author("A1", 3),
            "/authors/A2": answers.openalex_author("A2", 3),
            "/works": works,
        }
    )
    asked = plan("openalex", server)
    asked["targets"] = (
        Target(author_key="ada", id="openalex:A1", also=("openalex:A2",)),
        Target(author_key="bo", id="openalex:A1", also=("openalex:A9",)),
    )
    return crawl(asked), server


def test_all_profiles_of_a_person_are_asked_for_and_joined(split):
    done, server = split
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.FRESH
    assert len(done.collected["openalex", "ada"].works) == 5
    assert server.paths()[:4] == ["/authors/A1", "/works", "/authors/A2", "/works"]


def test_a_profile_that_cannot_be_had_leaves_no_half_person(split):
    done, _ = split
    assert done.outcomes["openalex", "bo"].kind is OutcomeKind.NOT_FOUND
    assert ("openalex", "bo") not in done.collected
