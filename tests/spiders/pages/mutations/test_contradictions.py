"""Pages that contradict themselves in a way that mutants showed: each is refused, not read."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from spiders.errors import LayoutChanged
from spiders.registry import PROVIDERS

FIXTURES = Path(__file__).parents[1] / "fixtures"


def body(provider, case):
    (path,) = (FIXTURES / provider / case).glob("body.*")
    return path.read_bytes()


def parse(provider, page, **told):
    if not isinstance(page, bytes):
        page = json.dumps(page).encode()
    (found,) = import_module(PROVIDERS[provider].page).parse(page, **told)
    return found


def scholar(old, new, case="complete"):
    page = body("google_scholar", case).decode()
    assert re.search(old, page, re.DOTALL)
    return parse("google_scholar", re.sub(old, new, page, count=1, flags=re.DOTALL).encode())


def table_row(label):
    return rf'<tr><td class="gsc_rsb_sc1">[^/]*>{label}</a>.*?</tr>'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (f"({table_row('h-index')})({table_row('i10-index')})", r"\2\1", "rows of the table"),
        (r"(<th[^>]*>All</th>)(<th[^>]*>Since 2021</th>)", r"\2\1", "columns of the table moved"),
        (r"(<td class=\"gsc_rsb_std\">)72<", r"\1 7<sup>2</sup><", "no whole number"),
        (r"(gs_ibl\">)22<", r"\1 <s>22</s>24<", "no whole number"),
        (r"<span class=\"gsc_g_t\"[^>]*>2017</span>", "", "do not rise one by one"),
        (r"<a [^>]*class=\"gsc_g_a\"[^>]*>(<span class=\"gsc_g_al\">9)", r"\1", "lost a bar"),
        (r"(<span class=\"gsc_g_al\">9</span>)", r"<i>\1</i>", "has no count"),
        (r"(gsc_a_acm\">)12<", r"\g<1>12.000<", "'12.000' is above the total 72"),
        (r"(<span class=\"gsc_a_h [^>]*>2018</span>)", r"\1\1", "two .gsc_a_h"),
        (r"(<div class=\"gs_gray\">A Sample, B)", r'<div class="gs_gray">x</div>\1', "two lines"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(old, new, says):
    with pytest.raises(LayoutChanged, match=says):
        scholar(old, new)


@pytest.mark.parametrize("grouped", ["1.000", "1,000", "1\u00a0000"])
def test_a_grouped_count_beside_ungrouped_thousands_may_be_a_decimal(grouped):
    with pytest.raises(LayoutChanged, match="thousands are grouped in"):
        scholar(r"(gs_ibl\">)1<", rf"\g<1>{grouped}<", "french_by_date")


def test_a_histogram_of_more_citations_than_there_are_is_left_out_and_named():
    author = scholar(r"(gsc_g_al\">)20<", r"\1 200<").author
    assert author.counts_by_year == ()
    assert author.counts_by_year_meaning is None
    assert author.anomalies == ("histogram_above_total",)
    assert author.cited_by_count == 72


def test_a_table_in_another_language_keeps_its_order():
    page = body("google_scholar", "complete").decode()
    for old, new in (("Citations", "引用"), ("h-index", "h 指数"), ("i10-index", "i10 指数")):
        page = page.replace(f">{old}</a>", f">{new}</a>")
    author = parse("google_scholar", page.encode()).author
    assert (author.cited_by_count, author.h_index, author.i10_index) == (72, 4, 3)


def test_a_number_within_one_more_element_is_still_one_number():
    assert scholar(r"(gsc_rsb_std\">)72<", r"\1<b> 72 </b><").author.cited_by_count == 72


def test_a_list_with_more_works_than_it_counts_is_refused():
    page = json.loads(body("openalex", "works_page"))
    page["meta"]["count"] = len(page["results"]) - 1
    with pytest.raises(LayoutChanged, match="count is 3, and 4 works came"):
        parse("openalex", page)


@pytest.mark.parametrize(
    ("provider", "case", "key"),
    [("openalex", "works_page", "results"), ("semantic_scholar", "papers_page", "data")],
)
def test_a_list_without_one_title_is_a_changed_layout(provider, case, key):
    page = json.loads(body(provider, case))
    for work in page[key]:
        work["name"] = work.pop("title", None)
    with pytest.raises(LayoutChanged, match="title is missing, here and in all others"):
        parse(provider, page)


@pytest.mark.parametrize("key", ["paperCount", "citationCount", "hIndex"])
def test_totals_of_which_one_has_gone_are_a_changed_layout(key):
    author = json.loads(body("semantic_scholar", "author_with_papers"))
    del author[key]
    with pytest.raises(LayoutChanged, match=f"{key} is missing"):
        parse("semantic_scholar", author)


def test_a_paper_without_the_key_of_its_id_is_refused_and_one_with_a_null_is_not():
    paper = {"title": "T", "citationCount": 1, "corpusId": 5}
    with pytest.raises(LayoutChanged, match="paperId is missing"):
        parse("semantic_scholar", {"data": [paper]})
    assert parse("semantic_scholar", {"data": [{**paper, "paperId": None}]}).works


def test_two_records_of_one_corpus_id_are_one_paper_and_the_first_is_kept():
    papers = [
        {"paperId": sha, "title": "T", "citationCount": count, "corpusId": 5}
        for sha, count in (("a" * 40, 12), (None, 1))
    ]
    (work,) = parse("semantic_scholar", {"data": papers}).works
    assert work.cited_by_count == 12


PAPERS = "https://api.semanticscholar.org/graph/v1/author/1/papers?offset=4&limit=2"


@pytest.mark.parametrize(("shown", "following"), [(1, None), (2, "6")])
def test_a_full_page_that_says_no_next_is_not_believed_to_be_the_last(shown, following):
    papers = [
        {"paperId": f"{n:040x}", "title": f"Paper {n}", "citationCount": n} for n in range(shown)
    ]
    page = parse("semantic_scholar", {"offset": 4, "data": papers}, url=PAPERS)
    assert page.next_cursor == following


def test_more_papers_than_were_asked_for_are_refused():
    papers = [{"paperId": f"{n:040x}", "title": "T", "citationCount": n} for n in range(3)]
    with pytest.raises(LayoutChanged, match="2 papers were asked for, and 3 came"):
        parse("semantic_scholar", {"offset": 4, "data": papers}, url=PAPERS)


def test_a_row_that_stands_twice_with_two_counts_is_refused():
    page = body("google_scholar", "first_page").decode()
    row = re.search(r"<tr class=\"gsc_a_tr\">.*?</tr>", page, re.DOTALL)[0]
    same = parse("google_scholar", page.replace(row, row + row).encode())
    assert same.author.anomalies == ("duplicate_ids",)
    other = re.sub(r"(gs_ibl\">)40<", r"\1 39<", row)
    assert other != row
    with pytest.raises(LayoutChanged, match="twice, with two counts"):
        parse("google_scholar", page.replace(row, row + other).encode())


def test_a_bare_list_is_no_page_of_an_authors_papers():
    paper = {"paperId": "a" * 40, "title": "T", "citationCount": 1}
    with pytest.raises(LayoutChanged, match="a bare list came"):
        parse("semantic_scholar", [paper], url=PAPERS)
    assert parse("semantic_scholar", [paper]).works
