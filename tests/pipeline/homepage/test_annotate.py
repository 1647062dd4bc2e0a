"""What is written into a page, where, and what never is."""

import pytest

from pipeline.errors import ConfigError
from pipeline.homepage.site import Site

TITLE = "Paper number {} on synthetic homepages"
ARXIV = "https://arxiv.org/abs/2401.0000"
FRONT = "---\npermalink: /\ntitle: 'Publications'\n---\n\n"
ASSIGN = (
    '{% assign base = "https://cdn.example/" %}\n'
    '{% assign url = base | append: "google-scholar-stats/gs_data_shieldsio.json" %}\n\n'
)


def span(number):
    return (
        f" <strong><span class='show_paper_citations' data='arxiv:2401.0000{number}'></span>"
        "</strong>"
    )


def entry(said, count):
    return {"bib": {"title": said, "pub_year": "2024"}, "num_citations": count}


@pytest.fixture
def page(card):
    head = f"{FRONT}{ASSIGN}# About\n\nHello.\n\n# Selected Publications \n"
    return f"{head}(\\* equal)\n{card(1)}\n{card(2)}\n# Services\n- None\n"


def test_total_badge_and_papers_are_added_each_in_its_place(page, data, annotate, inserts):
    planned, after = annotate(page, data(1, 2))
    assert planned.added == ("the total", "the badge", "2 papers")
    assert len(inserts(page, after)) == 3
    head = after[after.index("# Selected Publications \n") :].split("\n")
    assert head[1].startswith("Citations: <span id='total_cit'>161</span> <img src=")
    assert head[2:4] == ["", "(\\* equal)"]
    assert f'slideToggle()">Abstract</a>{span(1)}\n    <div class=' in after


def test_twice_is_once(page, data, annotate):
    _, once = annotate(page, data(1, 2))
    planned, twice = annotate(once, data(1, 2))
    assert (twice, planned.edits, planned.notes) == (once, (), ())


def test_another_total_does_not_touch_a_page_that_has_one(page, data, annotate):
    _, once = annotate(page, data(1, 2))
    _, twice = annotate(once, data(1, 2, citedby=999))
    assert twice == once


def test_a_paper_that_nobody_counted_is_named_and_comes_later(page, data, annotate, inserts):
    planned, first = annotate(page, data(2))
    assert "2401.00001'" not in first
    assert planned.notes == (
        "arxiv:2401.00001: left without citations: no provider that was asked has counted it yet",
    )
    _, later = annotate(first, data(1, 2))
    assert len(inserts(first, later)) == 1
    assert later == annotate(page, data(1, 2))[1]


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("tail", [True, False], ids=["ended", "unended"])
def test_line_ends_byte_order_mark_and_ending_stay(ends, mark, tail, page, data, annotate, inserts):
    body = mark + (page if tail else page.rstrip("\n")).replace("\n", ends).encode()
    _, after = annotate(body, data(1, 2))
    assert len(inserts(body, after)) == 3
    assert after.count(b"\n") == body.count(b"\n") + 2
    assert (b"\r" in after) is (ends == "\r\n")
    assert b"\r" not in after.replace(b"\r\n", b"")
    assert after.endswith(b"\n") is tail
    assert annotate(after, data(1, 2))[1] == after


@pytest.mark.parametrize("said", ["Müller", "ðŸ“§ Zoë", "üìß", "\x85\xa0"])
@pytest.mark.parametrize("codec", ["utf-8", "latin-1", "cp1252"])
def test_letters_of_any_encoding_stay_byte_for_byte(said, codec, page, data, annotate, inserts):
    strange = said.encode(codec, "ignore")
    body = page.encode().replace(b"Bo Sample", b"Bo Sample " + strange + b"\n\n" + strange)
    _, after = annotate(body, data(1, 2))
    assert len(inserts(body, after)) == 3


HIDING = {
    "comment": "<!-- {} -->",
    "open comment": "\n<!-- {}",
    "liquid comment": "{{% comment %}}{}{{% endcomment %}}",
    "raw": "{{% raw %}}{}{{% endraw %}}",
    "fence": "```html\n{}\n```",
    "tildes": "~~~\n{}\n~~~",
    "script": "<script>var x = `{}`;</script>",
    "template": "<template>{}</template>",
    "code": "<pre><code>{}</code></pre>",
}


@pytest.mark.parametrize("around", HIDING.values(), ids=HIDING)
def test_what_is_hidden_stays_as_it_is(around, card, data, annotate, inserts):
    hidden = around.format(f"# Publications\n- [{TITLE.format(2)}]({ARXIV}2)\n{card(2)}")
    page = f"# Papers\n\n{card(1)}\n{hidden}\n"
    _, after = annotate(page, data(1, 2), badge=False)
    assert hidden in after
    assert len(inserts(page, after)) == 2


def test_a_total_in_a_comment_or_a_script_is_no_total(card, data, annotate):
    page = (
        "<!-- <span id='total_cit'></span> -->\n<script>x('<i id=\"total_cit\">')</script>\n"
        f"# Papers\n\n{card(1)}"
    )
    planned, after = annotate(page, data(1), badge=False)
    assert "the total" in planned.added
    assert "# Papers\n\nCitations: <span id='total_cit'>161</span>\n\n<div" in after


@pytest.mark.parametrize("said", ["id='total_cit'", 'id="total_cit"', "id=total_cit"])
def test_a_total_of_the_page_is_enough(said, card, data, annotate):
    page = f"I have <b><span {said}>many</span></b> citations.\n\n# Papers\n{card(1)}"
    planned, _ = annotate(page, data(1), badge=False)
    assert planned.added == ("1 paper",)


def test_a_total_and_a_badge_of_the_layout_are_enough(page, data, annotate):
    site = Site(has_total=True, has_badge=True)
    planned, _ = annotate(page, data(1, 2), site=site)
    assert planned.added == ("2 papers",)


HEADS = {
    "atx": ("## My papers ##\n", "{head}{line}\n\n"),
    "blank below": ("# Publications\n\n", "# Publications\n\n{line}\n\n"),
    "setext": ("Publications\n------------\n", "{head}{line}\n\n"),
    "html": ("<h2>Selected <b>Publications</b></h2>\n", "<h2>Selected <b>Publications</b></h2>\n<p>{line}</p>\n"),  # noqa: E501
    "chinese": ("# 论文\n", "{head}{line}\n\n"),
    "none": ("# Work\n\n", "{head}{line}\n\n"),
    "emoji": ("# \N{MEMO} Publications \n", "{head}{line}\n\n"),
}  # fmt: skip


@pytest.mark.parametrize(("heading", "wanted"), HEADS.values(), ids=HEADS)
def test_the_total_stands_at_the_head_of_the_publications(heading, wanted, card, data, annotate):
    page = f"# News on papers\n\nNothing.\n\n{heading}{card(1)}"
    _, after = annotate(page, data(1), badge=False)
    line = "Citations: <span id='total_cit'>161</span>"
    assert f"Nothing.\n\n{wanted.format(head=heading, line=line)}<div class='paper-box'>" in after


def test_the_badge_is_that_of_the_pages_own_liquid_variable(page, data, annotate):
    _, after = annotate(page, data(1, 2, provider="google_scholar"))
    assert (
        "<a href='https://scholar.google.com/citations?user=AAAAAAAAAAAJ'><img "
        'src="https://img.shields.io/endpoint?url={{ url | url_encode }}&logo=Google%20Scholar&'
        'labelColor=f6f6f6&color=9cf&style=flat&label=citations" alt="citations"></a>'
    ) in after


def test_only_figures_of_google_scholar_have_its_logo_and_link(page, data, annotate):
    _, after = annotate(page, data(1, 2))
    assert "logo=" not in after
    assert "scholar.google" not in after


@pytest.mark.parametrize("printed", ["{{ url | url_encode }}", "{{url}}", "{{- url -}}"])
def test_a_variable_that_is_printed_already_brings_no_badge(printed, page, data, annotate):
    there = page.replace("Hello.", f"![c](https://badges.example/?u={printed})")
    planned, _ = annotate(there, data(1, 2))
    assert "the badge" not in planned.added


def test_a_page_without_liquid_gets_a_badge_by_its_repository_only(card, data, annotate):
    from pipeline.homepage.markup import address

    page = f"# Papers\n{card(1)}"
    planned, without = annotate(page, data(1))
    assert "shields.io" not in without
    assert [n for n in planned.notes if "--repository" in n]
    raw = address("ada/page", "google-scholar-stats")
    _, after = annotate(page, data(1), address=raw)
    assert (
        "endpoint?url=https%3A%2F%2Fraw.githubusercontent.com%2Fada%2Fpage%2F"
        "google-scholar-stats%2Fgs_data_shieldsio.json&label"
    ) in after


@pytest.mark.parametrize(
    "said", ["https://gist.github.com/a/b", "ada", "a/b/c", "a b/c", "https://example.org/a/b", ""]
)
def test_what_shields_would_not_read_is_no_repository(said):
    from pipeline.homepage.markup import address

    with pytest.raises(ConfigError, match="OWNER/NAME"):
        address(said, "main")


def test_a_star_badge_keeps_its_place(card, data, annotate):
    star = "<img src='https://img.shields.io/github/stars/ada/one.svg?style=social' alt=\"sym\">"
    below = (
        f"\n[**Code**](https://github.com/ada/one) {star}\n- Lorem [blog](https://example.org)\n"
    )
    page = f"# Papers\n{card(1, below=below, star=star)}"
    _, after = annotate(page, data(1), badge=False)
    assert f"[**Code**](https://github.com/ada/one) {star}{span(1)}\n- Lorem" in after


def test_a_card_without_links_shows_citations_behind_its_authors(card, data, annotate):
    page = f"# Papers\n{card(1, below='- Lorem ipsum')}"
    _, after = annotate(page, data(1), badge=False)
    assert f"**Ada Test**, Bo Sample{span(1)}\n- Lorem" in after


LISTS = {
    "labels": "- **{t}**. Ada Test. *ICML*. [[pdf]({a}1)] [[code](https://x.example)]{s}\n",
    "title link": "- [{t}]({a}1). **Ada Test**,\n  Bo Sample. ICML 2024.{s}\n",
    "attributes": '1. [{t}]({a}1){{:target="_blank"}}{s}  \n   Ada Test\n',
    "nested": "- [{t}]({a}1). Ada Test.{s}\n  - a [talk](https://x.example) on it\n",
    "paragraph": "[{t}]({a}1)\nAda Test, Bo Sample. ICML.{s}\n",
    "item": '<ul><li><a href="{a}1">{t}</a>, Ada Test, <i>ICML</i>{s}</li></ul>\n',
    "open item": "<ul>\n<li><a href={a}1>{t}</a>, Ada{s}\n<li>More\n</ul>\n",
    "row": (
        '<table><tr><td><a href="{a}1">{t}</a><br>Ada Test<br>\n'
        '<a href="{a}1">arXiv</a> / <a href="c">code</a>{s}<p>We test.</p></td></tr></table>\n'
    ),
}


@pytest.mark.parametrize("entry_", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_in_a_list_citations_end_the_papers_line(entry_, ends, data, annotate):
    told = [
        f"# Publications\n\n{entry_.format(t=TITLE.format(1), a=ARXIV, s=s)}\n# News\n".replace(
            "\n", ends
        )
        for s in ("", span(1))
    ]
    _, after = annotate(told[0], data(1), badge=False)
    line = f"Citations: <span id='total_cit'>161</span>{ends}{ends}"
    assert after.replace(line, "", 1) == told[1]


def test_a_plain_web_page_is_annotated_too(data, annotate, inserts):
    page = (
        "<!doctype html><html><head><title>Papers</title></head><body>\n<p>Ada</p>\n"
        f'  <ul class="list">\n    <li><a href="{ARXIV}1">{TITLE.format(1)}</a>, Ada Test</li>\n'
        "  </ul>\n</body></html>\n"
    )
    _, after = annotate(page, data(1), name="index.html", badge=False)
    assert len(inserts(page, after)) == 2
    assert f", Ada Test{span(1)}</li>" in after
    line = "  <p>Citations: <span id='total_cit'>161</span></p>\n  <ul class=\"list\">"
    assert line in after


def test_a_paper_named_in_the_news_too_is_shown_among_the_publications(data, annotate):
    item = f"- [{TITLE.format(1)}]({ARXIV}1)"
    page = f"# News\n{item} is out!\n\n# Publications\n{item}, Ada Test\n"
    _, after = annotate(page, data(1), badge=False)
    assert f"{item}, Ada Test{span(1)}\n" in after
    assert f"{item} is out!\n\n# Publications\nCitations:" in after


def test_a_span_that_names_nothing_is_mended_where_its_paper_is_known(card, data, annotate):
    old = "<span class='show_paper_citations' data='AAAAAAAAAAAJ:goneGONEgon'></span>"
    page = f"<i id='total_cit'></i>\n# Papers\n{card(1, below=f'[Paper](x) {old}')}"
    planned, after = annotate(page, data(1), badge=False)
    assert after == page.replace("AAAAAAAAAAAJ:goneGONEgon", "arxiv:2401.00001")
    assert (planned.added, planned.is_broken) == (("1 mended",), False)


def test_a_span_without_data_gets_it(card, data, annotate, inserts):
    bare = "<span class='show_paper_citations'></span>"
    page = f"<i id='total_cit'></i>\n# Papers\n{card(1, below=bare)}"
    _, after = annotate(page, data(1), badge=False)
    assert inserts(page, after) == [" data='arxiv:2401.00001'"]


def test_a_span_that_nobody_knows_is_reported_and_left(card, data, annotate):
    lost = "<span class='show_paper_citations' data='nobody'></span>"
    page = f"{lost}\n# Papers\n{card(1)}"
    planned, after = annotate(page, data(1), badge=False)
    assert lost in after
    assert planned.is_broken
    assert [n for n in planned.notes if n.startswith("data='nobody'")]


def test_a_span_that_liquid_makes_is_left_alone(card, data, annotate):
    made = "<span class='show_paper_citations' data='{{ paper.id }}'></span>"
    page = f"<i id='total_cit'></i>\n# Papers\n{card(1, below=f'[Paper](x) {made}')}"
    planned, after = annotate(page, data(1), badge=False)
    assert (after, planned.is_broken) == (page, False)


@pytest.mark.parametrize(
    "key",
    ["doi:10.1/x'onload='y", 'doi:10.1/x">', "doi:10.1/<b>", "doi:10.1/{{x}}", "doi:10.1/a b&c;"],
)
def test_a_hostile_id_never_gets_into_a_page(key, card, data, annotate):
    named = "A title that only the hostile data have"
    known = data(papers={key: entry(named, 7)})
    planned, after = annotate(f"# Papers\n{card(1, named=named)}", known, badge=False)
    assert key not in after
    assert [n for n in planned.notes if "its id cannot stand in a page" in n]


def test_a_hostile_user_gets_no_link(page, data, annotate):
    known = data(1, 2, provider="google_scholar", scholar_id="x'><script>")
    assert "<script" not in annotate(page, known)[1]


def test_the_data_of_somebody_else_are_refused(card, data, annotate):
    page = (
        f"[Google Scholar](https://scholar.google.com/citations?user=BBBBBBBBBBBJ)\n\n"
        f"# Papers\n{card(1)}"
    )
    with pytest.raises(ConfigError, match="BBBBBBBBBBBJ, the data are of AAAAAAAAAAAJ"):
        annotate(page, data(1))


def test_data_of_another_name_without_one_paper_of_the_page_are_refused(card, data, annotate):
    page = f"# Papers\n{card(1)}\n{card(2)}"
    with pytest.raises(ConfigError, match="of Ada Test, the data are of Cy Third"):
        annotate(page, data(3, name="Cy Third"))
    assert annotate(page, data(1, name="Cy Third"))[1] != page


def test_data_without_a_total_are_refused(page, data, annotate):
    with pytest.raises(ConfigError, match="has no total"):
        annotate(page, data(1, citedby=None))


def test_a_page_without_a_listed_paper_is_refused(card, data, annotate):
    profile = "[Google Scholar](https://scholar.google.com/citations?user=AAAAAAAAAAAJ)"
    page = f"{profile}\n<!-- {card(1)} -->"
    with pytest.raises(ConfigError, match="no paper is listed"):
        annotate(page, data(1))


def test_lines_that_end_in_cr_alone_are_refused(page, data, annotate):
    with pytest.raises(ConfigError, match="CR alone"):
        annotate(page.replace("\n", "\r"), data(1))


def test_an_author_before_a_span_is_not_taken_for_the_owner(card, data, annotate):
    page = f"# Papers\n{card(1, below='- Lorem')}\n{card(2, below='- Lorem')}"
    _, after = annotate(page, data(1, 2), badge=False)
    assert f"Bo Sample{span(1)}" in after
    with pytest.raises(ConfigError, match="of Ada Test, the data"):
        annotate(after, data(3, name="Bo Sample"))


def test_a_heading_below_the_first_paper_is_not_its_head(data, annotate):
    page = f"Hello.\n\n- [{TITLE.format(1)}]({ARXIV}1), Ada\n\n# Publications\n\n- Others\n"
    _, after = annotate(page, data(1), badge=False)
    assert after.startswith("Hello.\n\nCitations: <span id='total_cit'>161</span>\n\n- [")


def test_the_total_is_never_put_into_a_comment_that_begins_on_the_headings_line(
    card, data, annotate
):
    page = f"# Papers <!-- of\nall years -->\n{card(1)}"
    _, after = annotate(page, data(1), badge=False)
    assert after.startswith("# Papers <!-- of\nall years -->\n\nCitations: <span id=")


def test_backticks_of_an_html_page_are_no_code(data, annotate):
    page = (
        "---\nlayout: x\n---\n<p>It costs ` 5</p>\n"
        f"<ul><li><a href='{ARXIV}1'>{TITLE.format(1)}</a> ` x</li></ul>\n"
    )
    _, after = annotate(page, data(1), name="index.html", badge=False)
    assert f"` x{span(1)}</li>" in after
