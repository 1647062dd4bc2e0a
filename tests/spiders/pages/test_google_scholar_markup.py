"""What a page must have to be read: its marks, its owner, the whole list from its first row."""

import re
from pathlib import Path

import pytest

from spiders.errors import LayoutChanged, Truncated
from spiders.items import PageVerdict
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


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("complete", 'class="gsc_a_tr"'),
        ("complete", 'class="gsc_a_at"'),
        ("complete", 'class="gs_gray"'),
        ("complete", 'class="gsc_a_ac gs_ibl"'),
        ("complete", 'class="gsc_a_h gsc_a_hc gs_ibl"'),
        ("complete", "citation_for_view="),
        ("complete", 'id="gsc_rsb_st"'),
        ("complete", 'class="gsc_rsb_std"'),
        ("complete", 'class="gsc_g_t"'),
        ("complete", 'class="gsc_g_a"'),
        ("complete", 'class="gsc_g_al"'),
        ("complete", "z-index"),
        ("complete", 'id="gsc_bpf_more"'),
        ("browser_saved_2015", 'class="gsc_g_t"'),
        ("browser_saved_2015", 'class="gsc_g_a"'),
        ("no_articles", 'class="gsc_a_e"'),
        ("no_citations", 'class="gsc_a_ac gs_ibl"'),
    ],
)
def test_a_renamed_mandatory_mark_is_a_changed_layout(case, name):
    page = body(case).replace(name.encode(), name.translate(str.maketrans("_-", "-_")).encode())
    with pytest.raises(LayoutChanged):
        parse(page)


def test_one_renamed_row_is_a_changed_layout():
    with pytest.raises(LayoutChanged, match="no article"):
        parse(change('<tr class="gsc_a_tr">', '<tr class="gsc_b_tr">'))


def test_a_renamed_mark_of_struck_rows_shows_as_a_disagreement():
    page = body().replace(b'gs_ibl gsc_a_acm"', b'gs_ibl"')
    assert read(page).author.anomalies == (
        "stated_citations_disagree",
        "stated_h_index_disagrees",
        "stated_i10_index_disagrees",
    )


def test_a_count_that_moved_out_of_its_link_is_no_zero():
    with pytest.raises(LayoutChanged, match="cited, but no count"):
        parse(change(' gs_ibl">30</a>', ' gs_ibl"></a>30'))


def test_a_row_without_a_title_is_a_changed_layout():
    with pytest.raises(LayoutChanged, match="title or id"):
        parse(change(">Robots say sorry</a>", "> </a>"))


def test_a_profile_without_a_name_is_a_changed_layout():
    page = re.sub(rb'(id="gsc_prf_in">)[^<]*', rb"\1", body())
    with pytest.raises(LayoutChanged, match="no name"):
        parse(page)


def test_a_row_with_one_grey_line_has_no_venue():
    page = change('<div class="gs_gray">Sample Letters<span class="gs_oph">, 2020</span></div>', "")
    assert read(page).works[2].venue is None


def test_articles_of_somebody_else_are_a_changed_layout():
    with pytest.raises(LayoutChanged, match="SampleBobAAA"):
        parse(change("citation_for_view=SampleAdaAAA", "citation_for_view=SampleBobAAA"))


def test_the_canonical_link_names_the_profile_even_where_another_was_asked_for():
    page = read(body(), url="https://scholar.google.com/citations?user=approximate1")
    assert page.author.author_id == "SampleAdaAAA"


@pytest.mark.parametrize("url", [None, "http://127.0.0.1/citations?user=approximate1"])
def test_without_a_canonical_link_the_articles_name_the_profile(url):
    page = change('rel="canonical"', 'rel="other"')
    assert read(page, url=url).author.author_id == "SampleAdaAAA"


def test_without_canonical_link_and_articles_the_address_names_the_profile():
    page = change('rel="canonical"', 'rel="other"', "no_articles")
    url = "https://scholar.google.com/citations?user=SampleHalAAA"
    assert read(page, url=url).author.author_id == "SampleHalAAA"


def test_without_a_canonical_link_articles_of_two_people_are_refused():
    page = change("SampleAdaAAA:star", "SampleBobAAA:star").replace(b'rel="canonical"', b"")
    with pytest.raises(LayoutChanged, match="SampleBobAAA"):
        parse(page)


def test_a_page_that_does_not_say_whose_it_is_is_a_changed_layout():
    with pytest.raises(LayoutChanged, match="whose it is"):
        parse(change('rel="canonical"', 'rel="other"', "no_articles"))


def test_a_repeated_article_counts_once_and_is_named():
    row = re.search(rb'<tr class="gsc_a_tr">.*?</tr>', body(), re.DOTALL).group()
    page = read(body().replace(row, row + row))
    assert len(page.works) == 8
    assert page.author.anomalies == ("duplicate_ids",)


def test_fewer_rows_than_the_page_counts_are_named():
    assert read(change("1&ndash;8", "1&ndash;9")).author.anomalies == ("fewer_rows_than_range",)


def test_an_order_by_date_is_known_even_where_the_counts_fall():
    page = body("first_page").replace(
        b"&amp;citation_for_view", b"&amp;sortby=pubdate&amp;citation_for_view"
    )
    assert not read(page).author.is_sorted


def test_an_order_by_date_is_known_by_the_address():
    assert not read(
        body(), url="https://scholar.google.com/citations?user=SampleAdaAAA&sortby=title"
    ).author.is_sorted


@pytest.mark.parametrize(
    "page",
    [
        change("Articles 1&ndash;8", "Articles 21&ndash;28"),
        change('id="gsc_bpf_prev" disabled=""', 'id="gsc_bpf_prev"', "browser_saved_2015"),
    ],
)
def test_a_page_that_begins_later_in_the_list_is_refused(page):
    with pytest.raises(Truncated, match="first article"):
        parse(page)


def test_an_address_that_skips_articles_is_refused():
    with pytest.raises(Truncated, match="first article"):
        parse(body(), url="https://scholar.google.com/citations?user=SampleAdaAAA&cstart=100")


def test_a_next_button_that_works_means_more_articles():
    page = change('id="gsc_bpf_next" disabled=""', 'id="gsc_bpf_next"', "browser_saved_2015")
    assert read(page).verdict is PageVerdict.TRUNCATED


def test_no_articles_shown_where_there_are_more_is_no_empty_profile():
    with pytest.raises(Truncated, match="none is shown"):
        parse(change(" disabled ", " ", "no_articles"))


def test_a_list_without_a_single_row_is_no_empty_profile():
    page = re.sub(rb'<tr class="gsc_a_tr">.*?</tr>', b"", body("no_articles"))
    with pytest.raises(LayoutChanged, match="neither articles nor the line"):
        parse(page)


def test_citations_without_articles_are_named():
    table = re.search(rb'<table id="gsc_rsb_st">.*?</table>', body(), re.DOTALL).group()
    page = body("no_articles").replace(b'id="gsc_rsb_cit">', b'id="gsc_rsb_cit">' + table)
    assert "stated_citations_disagree" in read(page).author.anomalies


def test_an_empty_profile_needs_no_button():
    page = re.sub(rb'<div id="gsc_lwp">.*?</div></div>', b"", body("no_articles"), flags=re.DOTALL)
    assert read(page).verdict is PageVerdict.EMPTY
