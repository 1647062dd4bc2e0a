"""Which records become one paper by their titles, and which stay apart."""

from __future__ import annotations

import pytest

from pipeline.identity import resolve

LONG = "Compact models of very wide and tall things"
PREPRINT = {"venue": "arXiv", "work_type": "preprint"}
JOURNAL = {"venue": "Journal of Examples"}


def pair(make, left, right, title=LONG):
    """Two records, `openalex:W1` and `openalex:W2`, of the same title unless given."""
    fields = ({"title": title, **left}, {"title": title, **right})
    return [make(f"openalex:W{n}", **f) for n, f in enumerate(fields, 1)]


def count(records, **options):
    return len(resolve(records, **options))


@pytest.mark.parametrize(("gap", "papers"), [(0, 1), (1, 1), (2, 2)])
def test_equal_titles_are_one_paper_within_a_year(make, gap, papers):
    assert count(pair(make, {"year": 2020}, {"year": 2020 + gap})) == papers


def test_the_title_rule_is_told_with_its_key(make):
    (work,) = resolve(pair(make, {}, {}))
    (merge,) = work.merges
    assert (merge.left, merge.right, merge.rule, merge.evidence) == (
        "openalex:W1",
        "openalex:W2",
        "title",
        "compact models of very wide and tall things",
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "COMPACT MODELS of very wide\nand tall things.",
        r"Compact \textbf{Models} of very wide {and} tall things",
        "Compact <i>models</i> of very-wide and tall things",
    ],
)
def test_spellings_of_one_title_are_one_paper(make, spelling):
    assert count(pair(make, {}, {"title": spelling})) == 1


def test_a_title_without_a_shared_surname_is_two_papers(make):
    assert count(pair(make, {"authors": ("Ada Moreno",)}, {"authors": ("Bo Chen",)})) == 2


def test_a_tool_and_its_sequel_stay_apart(make):
    titles = ("TOOL: Benchmarking model compression", "TOOL+: Benchmarking model compression")
    assert count(pair(make, {"title": titles[0]}, {"title": titles[1]})) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Categories of many triangles I", "Categories of many triangles II"),
        ("Theory of wide operads", "Theory of wide operads, II: change of base"),
        ("Yearly report of the working group 2019", "Yearly report of the working group 2020"),
    ],
)
def test_parts_and_years_of_a_series_stay_apart(make, left, right):
    assert count(pair(make, {"title": left}, {"title": right})) == 2


@pytest.mark.parametrize("title", ["Deep learning", "Editorial: the year in review", None])
def test_a_title_that_says_nothing_joins_nothing(make, title):
    assert count(pair(make, {}, {}, title=title)) == 2


# preprint and published version


@pytest.mark.parametrize(("lag", "papers"), [(2, 1), (5, 1), (6, 2)])
def test_a_preprint_may_precede_its_published_version_by_years(make, lag, papers):
    preprint = {"year": 2015, "ids": ("doi:10.48550/arxiv.1501.00001",), **PREPRINT}
    published = {"year": 2015 + lag, "ids": ("doi:10.1000/x",), **JOURNAL}
    assert count(pair(make, preprint, published)) == papers


def test_a_published_version_does_not_precede_its_preprint_by_years(make):
    assert count(pair(make, {"year": 2018, **PREPRINT}, {"year": 2015, **JOURNAL})) == 2


def test_a_lag_needs_two_names(make):
    preprint = {"year": 2015, "authors": ("Ada Moreno", "Bo Chen"), **PREPRINT}
    published = {"year": 2018, "authors": ("Ada Moreno", "Kim Park"), **JOURNAL}
    assert count(pair(make, preprint, published)) == 2


def test_a_lag_forgives_a_mistyped_name(make):
    preprint = {"year": 2015, "authors": ("Ada Moreno", "Hans Baues"), **PREPRINT}
    published = {"year": 2018, "authors": ("Ada Moreno", "Hans Bauer"), **JOURNAL}
    assert count(pair(make, preprint, published)) == 1


def test_two_published_versions_with_dois_are_one_paper_within_two_years(make):
    preprint = make("arxiv:1901.00001", LONG, year=2019, **PREPRINT)
    meeting = make("openalex:W1", LONG, year=2020, ids=("doi:10.1000/a",), venue="Meeting")
    journal = make("openalex:W2", LONG, year=2021, ids=("doi:10.1000/b",), **JOURNAL)
    assert count([preprint, meeting, journal]) == 1


def test_two_published_versions_years_apart_are_not_chained_by_a_preprint(make, groups):
    preprint = make("arxiv:1901.00001", LONG, year=2019, **PREPRINT)
    meeting = make("openalex:W1", LONG, year=2019, ids=("doi:10.1000/a",), venue="Meeting")
    journal = make("openalex:W2", LONG, year=2023, ids=("doi:10.1000/b",), **JOURNAL)
    assert groups(resolve([preprint, meeting, journal])) == {
        frozenset({"arxiv:1901.00001", "openalex:W1"}),
        frozenset({"openalex:W2"}),
    }


def test_yearly_reports_of_one_name_are_not_chained(make):
    records = [make(f"openalex:W{n}", LONG, year=2010 + n) for n in range(9)]
    works = resolve(records)
    spans = [{int(c.record_id[-1]) for c in work.counts} for work in works]
    assert max(max(span) - min(span) for span in spans) <= 2


def test_years_that_an_identifier_joined_do_not_stand_in_the_way(make):
    records = [
        make("openalex:W1", LONG, year=2015, ids=("doi:10.1000/a",), **JOURNAL),
        make("openalex:W2", LONG, year=2019, ids=("doi:10.1000/a",), **JOURNAL),
        make("openalex:W3", LONG, year=2018, **JOURNAL),
    ]
    assert count(records) == 1


def test_a_title_that_very_many_papers_carry_joins_none(make):
    records = [make(f"openalex:W{n}", LONG, ids=(f"doi:10.1000/{n}",)) for n in range(60)]
    assert count(records) == 60


# what the provider does not say


def test_without_authors_a_long_title_and_the_year_suffice(make):
    assert count(pair(make, {}, {"authors": ()})) == 1


def test_without_authors_a_shorter_title_does_not_suffice(make):
    assert count(pair(make, {}, {"authors": ()}, title="Models of tall things")) == 2


def test_without_authors_and_year_a_title_does_not_suffice(make):
    assert count(pair(make, {}, {"authors": (), "year": None})) == 2


def test_without_a_year_two_names_suffice(make):
    assert count(pair(make, {}, {"year": None})) == 1


def test_without_a_year_one_name_of_two_does_not_suffice(make):
    assert count(pair(make, {}, {"year": None, "authors": ("Ada Moreno", "Bo Chen")})) == 2


def test_without_a_year_the_only_author_suffices(make):
    alone = {"authors": ("Ada Moreno",)}
    assert count(pair(make, alone, {"year": None, **alone})) == 1


def test_without_years_on_both_sides_two_names_suffice(make):
    assert count(pair(make, {"year": None}, {"year": None})) == 1


def test_without_a_year_a_record_that_fits_two_papers_stays_alone(make, groups, apart):
    records = [
        make("openalex:W1", LONG, year=2010),
        make("openalex:W2", LONG, year=2018),
        make("openalex:W3", LONG, year=None),
    ]
    assert groups(resolve(records)) == apart("openalex:W1", "openalex:W2", "openalex:W3")


# titles of three words


def test_a_title_of_three_words_joins_with_equal_year_and_names(make):
    assert count(pair(make, {}, {}, title="Transfinite wide representability")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"year": 2021},
        {"year": None},
        {"authors": ("Ada Moreno",)},
        {"authors": ("Ada Moreno", "Bo Chen")},
        {"authors": ()},
    ],
)
def test_a_title_of_three_words_joins_with_nothing_less(make, other):
    assert count(pair(make, {}, other, title="Transfinite wide representability")) == 2


def test_a_short_title_of_three_words_joins_nothing(make):
    assert count(pair(make, {}, {}, title="Wide deep nets")) == 2


# titles that were cut

WHOLE = "Compact models of very wide and tall things in warm water"
CUT = "Compact models of very wide and tall thi…"


def cut_record(make, **fields):
    name = "google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb"
    return make(name, **{"title": CUT, "authors": ("A Moreno", "L Okafor"), **fields})


@pytest.mark.parametrize("ending", ["…", " …", "...", " ..."])
def test_a_cut_title_is_the_paper_that_begins_so(make, ending):
    cut = cut_record(make, title=CUT.removesuffix("…") + ending)
    (work,) = resolve([cut, make("openalex:W1", WHOLE)])
    assert work.title == WHOLE
    assert [m.rule for m in work.merges] == ["title"]
    assert work.merges[0].evidence == "compact models of very wide and tall …"


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Compact models of very wi…"},
        {"authors": ("B Chen",)},
        {"authors": ()},
        {"year": 2014},
        {"year": None, "authors": ("A Moreno", "B Chen")},
        {"title": "Compact models of rather wide and tall thi…"},
    ],
)
def test_a_cut_title_needs_six_words_a_name_and_a_year(make, fields):
    assert count([cut_record(make, **fields), make("openalex:W1", WHOLE)]) == 2


def test_a_cut_title_without_a_year_needs_two_names(make):
    assert count([cut_record(make, year=None), make("openalex:W1", WHOLE)]) == 1


def test_a_cut_title_that_begins_two_papers_joins_neither(make):
    records = [
        cut_record(make),
        make("openalex:W1", WHOLE + " I"),
        make("openalex:W2", WHOLE + " II"),
    ]
    assert count(records) == 3


def test_a_cut_title_that_begins_two_records_of_one_paper_joins_it(make):
    same = {"ids": ("doi:10.1000/x",)}
    records = [cut_record(make), make("openalex:W1", WHOLE, **same), make("arxiv:1", WHOLE, **same)]
    assert count(records) == 1


def test_two_titles_cut_alike_are_not_one_paper_for_that(make):
    other = make("google_scholar:AAAAAAAAAAAA:cccccccccccc", CUT, authors=("A Moreno", "L Okafor"))
    assert count([cut_record(make), other]) == 2


def test_a_cut_title_does_not_stretch_the_years_of_a_paper(make):
    records = [
        make("openalex:W1", WHOLE, year=2015, ids=("doi:10.1000/a",), **JOURNAL),
        make("openalex:W2", WHOLE, year=2015, **PREPRINT),
        cut_record(make, year=2018, ids=("doi:10.1000/b",), **JOURNAL),
    ]
    assert count(records) == 2


def test_a_beginning_that_very_many_papers_share_joins_none(make):
    many = [
        make(f"openalex:W{n}", WHOLE, year=1000, ids=(f"doi:10.1000/{n}",)) for n in range(1200)
    ]
    assert count([*many, cut_record(make), make("openalex:W9999", WHOLE)]) == 1202


def test_a_struck_through_row_joins_the_paper_that_it_repeats_and_does_not_count(make):
    row = {"cited_by_count": 21, "is_excluded": True, "provider": "google_scholar"}
    records = [
        make("google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb", LONG, cited_by_count=30),
        make("google_scholar:AAAAAAAAAAAA:cccccccccccc", LONG, **row),
    ]
    (work,) = resolve(records)
    assert work.cited_by_count("google_scholar", "sum_versions") == 30
