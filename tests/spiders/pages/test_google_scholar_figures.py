"""What counts as a figure, and whether the list and the table of indices agree."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.errors import LayoutChanged
from spiders.pages.google_scholar import parse

CASES = Path(__file__).with_name("fixtures") / "google_scholar"


def body(case="complete"):
    return (CASES / case / "body.html").read_bytes()


def change(old, new, case="complete", count=1):
    page = body(case)
    old, new = old.encode(), new.encode()
    assert old in page
    return page.replace(old, new, count)


def read(page, **arguments):
    (parsed,) = parse(page, **arguments)
    return parsed


ROW = (
    '<tr class="gsc_a_tr"><td><a href="/citations?citation_for_view=SampleAdaAAA:{pub}" '
    'class="gsc_a_at">T {pub}</a><div class="gs_gray">A Sample</div><div class="gs_gray"></div>'
    '</td><td class="gsc_a_c"><a href="" class="gsc_a_ac {cls}">{n}</a>{star}</td>'
    '<td class="gsc_a_y"><span class="gsc_a_h">2020</span></td></tr>'
)
STAR = '<span class="gsc_a_m"><a class="gsc_a_am">*</a></span>'


def with_rows(rows, *, cells=None, more=False):
    """The complete fixture with other rows: (count, is_starred, is_struck), other indices."""
    html = "".join(
        ROW.format(
            pub=f"p{i}", n=n or "", cls="gsc_a_acm" if struck else "", star=STAR if starred else ""
        )
        for i, (n, starred, struck) in enumerate(rows)
    )
    page = body().decode()
    start = page.index('<tbody id="gsc_a_b">') + len('<tbody id="gsc_a_b">')
    page = page[:start] + html + page[page.index("</tbody>", start) :]
    page = page.replace("Articles 1&ndash;8", f"Articles 1&ndash;{len(rows)}")
    if cells:
        values = iter([cells[0], 0, cells[1], 0, cells[2], 0])
        page = re.sub(r'(gsc_rsb_std">)\d+', lambda m: m.group(1) + str(next(values)), page)
    return (page.replace(" disabled ", " ") if more else page).encode()


def indices(counts):
    ranked = enumerate(sorted(counts, reverse=True), 1)
    return sum(counts), sum(n >= rank for rank, n in ranked), sum(n >= 10 for n in counts)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1,234*",
        "72*",
        "1,23",
        "12,34",
        "0,720",
        "1,234.567",
        "1 234",
        "7 2",
        "-72",
        "+72",
        "72.0",
        "7e1",
        "N/A",
        "—",
        "²",
        "1_000",
        "9999999999",
        "<b>72</b> <b>1</b>",
    ],
)
@pytest.mark.parametrize(
    ("place", "case"),
    [
        ('gsc_rsb_std">72<', "complete"),
        ('gsc_rsb_std">3<', "complete"),
        ('gs_ibl">22<', "complete"),
        ('gsc_g_al">9<', "complete"),
    ],
)
def test_a_figure_that_is_no_whole_number_is_never_a_zero(place, case, said):
    if place.startswith("gs_ibl") and not said:
        said = "?"
    with pytest.raises(LayoutChanged, match="no whole number"):
        parse(change(place, re.sub(r">\d+<", f">{said}<", place), case))


@pytest.mark.parametrize("said", ["202", "20200", "0999", "2101", "n.d.", "2020a", "20 20"])
def test_a_year_that_is_none_is_a_changed_layout(said):
    with pytest.raises(LayoutChanged, match="no year"):
        parse(change('gsc_a_hc gs_ibl">2020<', f'gsc_a_hc gs_ibl">{said}<'))


@pytest.mark.parametrize(
    ("grouped", "number"),
    [
        ("1,234", 1234),
        ("1.234.567", 1234567),
        ("1\u00a0234", 1234),
        ("1\u2009234", 1234),
        ("1\u202f234", 1234),
        ("1’234", 1234),
        ("\u00a072\u00a0", 72),
        ("७२", 72),
    ],
)
def test_a_grouped_figure_is_read_whole_and_kept_raw(grouped, number):
    author = read(change('gsc_rsb_std">72<', f'gsc_rsb_std">{grouped}<')).author
    assert author.cited_by_count == number
    assert author.raw["cited_by_count"] == grouped.strip()


def test_seven_cells_in_the_table_are_a_changed_layout():
    cell = '<td class="gsc_rsb_std">72</td>'
    with pytest.raises(LayoutChanged, match="7 figures, not 6"):
        parse(change(cell, cell * 2))


@pytest.mark.parametrize(
    ("case", "is_zero"), [("no_citations", True), ("no_articles", True), ("complete", False)]
)
def test_a_missing_table_is_a_zero_only_where_nothing_is_cited(case, is_zero):
    page = re.sub(rb'<table id="gsc_rsb_st">.*?</table>', b"", body(case), flags=re.DOTALL)
    if is_zero:
        author = read(page).author
        assert (author.cited_by_count, author.h_index, author.i10_index) == (0, 0, 0)
    else:
        with pytest.raises(LayoutChanged, match="no table of indices"):
            parse(page)


def test_a_missing_table_beside_a_histogram_is_a_changed_layout():
    chart = re.search(rb'<div class="gsc_md_hist_w">.*?</div></div>', body(), re.DOTALL).group()
    page = body("no_citations").replace(b'id="gsc_rsb_cit">', b'id="gsc_rsb_cit">' + chart)
    with pytest.raises(LayoutChanged, match="no table of indices"):
        parse(page)


def test_a_missing_table_of_a_cut_list_in_another_order_is_no_zero():
    page = (
        body("no_citations")
        .replace(b" disabled ", b" ")
        .replace(b"&amp;cit", b"&amp;sortby=pubdate&amp;cit")
    )
    with pytest.raises(LayoutChanged, match="no table of indices"):
        parse(page)


def test_a_missing_table_of_a_cut_list_of_zeros_is_a_zero():
    assert read(change(" disabled ", " ", "no_citations")).author.cited_by_count == 0


@pytest.mark.parametrize(("heading", "year"), [("2021 年至今", 2021), ("Recent", None)])
def test_the_year_of_the_since_columns_is_read_in_any_language(heading, year):
    assert read(change("Since 2021", heading)).author.recent_since_year == year


def test_bars_belong_to_years_by_their_place_from_the_right():
    years = {y.year: y.cited_by_count for y in read(body()).author.counts_by_year}
    assert (years[2015], years[2018], years[2023], years[2024]) == (0, 0, 0, 20)


def test_a_copy_of_the_histogram_in_an_opened_dialog_is_left_alone():
    chart = re.search(rb'<div class="gsc_md_hist_w">.*?</div></div>', body(), re.DOTALL).group()
    page = change(
        '<div id="gs_bdy">', '<div id="gsc_md_hist_c">' + chart.decode() + '</div><div id="gs_bdy">'
    )
    assert read(page).author.counts_by_year == read(body()).author.counts_by_year


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("z-index:11", "z-index:12", "no year"),
        ("z-index:11", "z-index:0", "no year"),
        ("z-index:11", "z-index:1", "no year"),
        (">2015</span>", ">2014</span>", "do not rise"),
        (">2015</span>", "></span>", "do not rise"),
    ],
)
def test_a_histogram_that_contradicts_itself_is_a_changed_layout(old, new, says):
    with pytest.raises(LayoutChanged, match=says):
        parse(change(old, new))


COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=25)
FLAGS = st.tuples(st.booleans(), st.booleans())


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.booleans()), min_size=1, max_size=25)
)
def test_a_complete_list_recomputes_to_what_the_table_states(rows):
    cells = indices([n for n, _, struck in rows if not struck])
    page = read(with_rows(rows, cells=cells).replace(b'"gsc_g_', b'"other_'))
    assert page.author.anomalies == ()
    assert [work.cited_by_count for work in page.works] == [n for n, _, _ in rows]
    assert [(work.is_merged, work.is_excluded) for work in page.works] == [r[1:] for r in rows]


@given(COUNTS, st.integers(0, 2), st.sampled_from([-1, 1]))
def test_one_figure_off_by_one_is_named(counts, which, by):
    cells = list(indices(counts))
    cells[which] += by
    if cells[which] < 0:
        return
    author = read(
        with_rows([(n, False, False) for n in counts], cells=cells).replace(b'"gsc_g_', b'"o_')
    ).author
    names = "stated_citations_disagree stated_h_index_disagrees stated_i10_index_disagrees"
    assert author.anomalies == (names.split()[which],)


@given(COUNTS, st.integers(1, 25))
def test_a_cut_list_of_falling_counts_never_contradicts_the_truth(counts, shown):
    counts = sorted(counts, reverse=True)
    rows = [(n, False, False) for n in counts[:shown]]
    author = read(
        with_rows(rows, cells=indices(counts), more=True).replace(b'"gsc_g_', b'"o_')
    ).author
    assert author.is_truncated
    assert author.anomalies == ()


@pytest.mark.parametrize(
    ("counts", "cells", "named"),
    [
        ([9, 2, 2], (30, 3, 0), ("stated_h_index_disagrees",)),
        ([9, 3, 3], (30, 4, 0), ("stated_h_index_disagrees",)),
        ([9, 4, 4], (30, 4, 0), ()),
        ([20, 9], (40, 3, 2), ("stated_i10_index_disagrees",)),
        ([20, 10], (40, 3, 3), ()),
        ([5, 1, 0], (7, 1, 0), ("stated_citations_disagree",)),
        ([5, 1, 1], (8, 1, 0), ()),
        ([50, 40], (80, 2, 2), ("stated_citations_disagree",)),
    ],
)
def test_a_cut_list_contradicts_where_it_is_exact_or_already_more(counts, cells, named):
    page = with_rows([(n, False, False) for n in counts], cells=cells, more=True)
    assert read(page.replace(b'"gsc_g_', b'"o_')).author.anomalies == named


def test_a_cut_list_in_another_order_contradicts_only_by_having_more():
    page = with_rows(
        [(1, False, False), (5, False, False), (0, False, False)], cells=(90, 7, 3), more=True
    )
    assert read(page).author.anomalies == ()
    page = with_rows([(1, False, False), (5, False, False)], cells=(4, 7, 3), more=True)
    assert read(page.replace(b'"gsc_g_', b'"o_')).author.anomalies == ("stated_citations_disagree",)


def test_a_struck_row_does_not_unsort_the_list():
    page = with_rows([(5, False, False), (9, False, True), (5, True, False)], cells=(10, 2, 0))
    page = page.replace(b'"gsc_g_', b'"o_')
    assert read(page).author.is_sorted
    assert read(page).author.anomalies == ()
