"""Which charts there are, and that their tables and words say what is known, no more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.model import Author, Past
from pipeline.writers.report.charts import charts

ORDER = ("google_scholar", "openalex", "semantic_scholar")


@pytest.fixture
def of(make):
    """Charts of an author by name."""

    def drawn(author=None, **options):
        found = charts(author or make.author(), order=ORDER, **options)
        return {chart.name: chart for chart in found}

    return drawn


@pytest.fixture
def paper(make):
    """A paper as providers count it: `paper("a", google_scholar=3, openalex=None)`."""

    def made(name, **counts):
        said = [make.count(f"{p}:{name}", n, provider=p) for p, n in counts.items()]
        return make.work(f"doi:10.1000/{name}", counts=said)

    return made


def test_a_chart_with_nothing_to_show_is_left_out(of, make):
    nobody = make.author(shown=None, sources=(), works=(), metrics=())
    assert of(nobody) == {}


def test_years_are_told_in_order_and_a_year_nobody_speaks_of_is_no_zero(of, make):
    author = make.author(metrics=(make.metrics(counts_by_year={2025: 500, 2022: 700}),))
    assert of(author)["citations-per-year"].rows == ((2022, 700, "yes"), (2025, 500, "yes"))


def test_the_year_of_the_figures_is_not_over(of, make):
    chart = of(make.author(metrics=(make.metrics(counts_by_year={2025: 5, 2026: 9}),)))[
        "citations-per-year"
    ]
    assert chart.rows == ((2025, 5, "yes"), (2026, 9, "no"))
    assert "2026 is counted up to that day only" in chart.note
    assert chart.summary.startswith("Google Scholar counts the most in 2025: 5 citations")


def test_the_year_is_over_by_the_figures_own_date_whatever_the_clock_says(of, make):
    old = datetime(2011, 5, 2, tzinfo=UTC)
    author = make.author(
        metrics=(make.metrics(counts_by_year={2010: 5, 2011: 9}),),
        sources=(make.source(as_of=old),),
    )
    chart = of(author)["citations-per-year"]
    assert chart.rows[-1] == (2011, 9, "no")
    assert "2 May 2011" in chart.note


def test_citations_without_a_year_are_told(of, make):
    author = make.author(metrics=(make.metrics(counts_by_year_unknown=8),))
    assert "8 more citations are in the total" in of(author)["citations-per-year"].note


def test_years_without_a_citation_are_no_chart(of, make):
    author = make.author(metrics=(make.metrics(counts_by_year={2024: 0, 2025: 0}),))
    assert "citations-per-year" not in of(author)


def _past(provider, day, citations, h_index=None):
    return Past(
        provider=provider, date=date.fromisoformat(day), citations=citations, h_index=h_index
    )


def test_one_day_is_no_history(of, make):
    days = (_past("google_scholar", "2025-01-01", 5), _past("openalex", "2025-01-01", 4))
    assert "history" not in of(make.author(past=days))


def test_a_line_is_carried_to_the_last_answer_of_its_provider(of, make):
    days = (
        _past("google_scholar", "2025-01-01", 5, 1),
        _past("google_scholar", "2025-02-01", 7, 2),
        _past("openalex", "2026-03-01", 4),
    )
    chart = of(make.author(past=days))["history"]
    assert chart.rows == (
        ("Google Scholar", "2025-01-01", 5, 1),
        ("Google Scholar", "2025-02-01", 7, 2),
        ("Google Scholar", "2026-03-01", 7, 2),
        ("OpenAlex", "2026-03-01", 4, None),
    )
    assert "5 citations on 1 Jan 2025, 7 on 1 Mar 2026; h-index 1 and 2" in chart.summary
    assert "OpenAlex 4" in chart.summary


def test_a_provider_that_is_asked_no_more_ends_where_it_was_last_known(of, make):
    days = (_past("inspire", "2025-01-01", 5), _past("inspire", "2025-02-01", 6))
    assert of(make.author(past=days))["history"].rows[-1][1] == "2025-02-01"


def test_papers_cited_alike_are_one_row_of_the_h_core(of, make, paper):
    works = [paper(f"p{n}", google_scholar=c) for n, c in enumerate([9, 4, 4, 4, 0])]
    chart = of(make.author(works=tuple(works)))["h-core"]
    assert chart.rows == ((1, 1, 9), (2, 4, 4), (5, 5, 0))
    assert "h = 4: 4 papers of 5 have 4 citations or more" in chart.summary


def test_stated_figures_rank_records_and_resolved_ones_rank_papers(of, make):
    stated = of()["h-core"]
    resolved = of(make.author(figures="resolved"))["h-core"]
    assert [row[2] for row in stated.rows] == [1000, 200, 50]
    assert [row[2] for row in resolved.rows] == [1000, 50]


def test_gone_excluded_and_uncounted_records_are_not_ranked(of, make):
    said = [
        make.count("google_scholar:a", 9, is_gone=True),
        make.count("google_scholar:b", 8, is_excluded=True),
        make.count("google_scholar:c", None),
        make.count("google_scholar:d", 1),
    ]
    assert of(make.author(works=(make.work(counts=said),)))["h-core"].rows == ((1, 1, 1),)


def test_another_h_than_the_list_gives_is_told(of, make, paper):
    author = make.author(works=(paper("a", google_scholar=4),))
    assert "The h-index shown is 2" in of(author)["h-core"].note


def test_papers_that_nobody_cites_are_no_h_core(of, make, paper):
    assert "h-core" not in of(make.author(works=(paper("a", google_scholar=0),)))


def test_combined_figures_rank_the_count_of_each_paper_over_all(of, make, paper):
    author = make.author(
        figures="combined",
        works=(paper("a", google_scholar=4, openalex=6), paper("b", openalex=3)),
        metrics=(make.metrics("combined", "combined", rule="max"),),
    )
    chart = of(author)["h-core"]
    assert chart.rows == ((1, 1, 6), (2, 2, 3))
    assert chart.note.startswith("All providers combined")


def test_each_paper_is_in_one_set_of_providers(of):
    chart = of()["coverage"]
    assert chart.columns == ("Listed by", "Google Scholar", "OpenAlex", "Papers")
    assert chart.rows == (
        ("Both", "yes", "yes", 1),
        ("Google Scholar only", "yes", "no", 1),
        ("OpenAlex only", "no", "yes", 1),
        ("In all", 2, 2, 3),
    )
    assert "Of 3 papers, 1 is listed by both." in chart.summary


def test_one_list_alone_is_not_compared(of, make, paper):
    author = make.author(works=(paper("a", openalex=1), paper("b", openalex=2)))
    assert "coverage" not in of(author)


def test_a_provider_of_no_papers_has_no_part_in_who_knows_which(of, make, paper):
    author = make.author(works=(paper("a", google_scholar=1, openalex=1, github=5),))
    assert "GitHub" not in of(author)["coverage"].columns


def test_many_sets_of_providers_are_told_by_the_largest_and_the_rest(of, make, paper):
    names = ("google_scholar", "openalex", "semantic_scholar", "crossref")
    title = {"title": "any"}
    sources = [make.changed(make.source(), provider=name, **title) for name in names]
    works = [
        paper(f"p{bits}x{n}", **{name: 1 for at, name in enumerate(names) if bits >> at & 1})
        for bits in range(1, 16)
        for n in range(bits)
    ]
    chart = of(make.author(sources=tuple(sources), works=tuple(works)))["coverage"]
    assert len(chart.rows) == 9 + 1 + 1
    assert chart.rows[-2] == ("6 other sets", None, None, None, None, 1 + 2 + 3 + 4 + 5 + 6)
    assert sum(row[-1] for row in chart.rows[:-1]) == chart.rows[-1][-1] == len(works)


def _member(make, key, name, citations):
    values = {"citations": citations, "h_index": 2}
    known = (make.metrics(values=values),) if citations is not None else ()
    shown = "google_scholar" if citations is not None else None
    return make.author(key, author=Author(key=key, name=name, ids=()), metrics=known, shown=shown)


def test_members_are_told_most_cited_first_and_the_unknown_last(of, make):
    people = [_member(make, "a", "Ada", 5), _member(make, "b", "Bo", None)]
    people += [_member(make, "c", "Cy", 70), _member(make, "d", "Stranger", 900)]
    chart = of(make.author("lab", members=("a", "b", "c")), people=people)["members"]
    assert [row[:3] for row in chart.rows] == [("Cy", 70, 2), ("Ada", 5, 2), ("Bo", None, None)]
    assert chart.note == "1 member without figures."
    assert "3 members with 75 citations" in chart.summary


def test_a_person_has_no_chart_of_members(of, make):
    people = [_member(make, "a", "Ada", 5), _member(make, "b", "Bo", 6)]
    assert "members" not in of(people=people)


def test_a_members_name_is_cleaned_and_cut(of, make):
    people = [_member(make, "a", "A\u202e\x00da\n" + "x" * 500, 5), _member(make, "b", "Bo", 1)]
    name = of(make.author("lab", members=("a", "b")), people=people)["members"].rows[0][0]
    assert name.startswith("Ada x")
    assert len(name) <= 60
