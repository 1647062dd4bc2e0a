"""Whatever a provider says, the summary shows it as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.jobs.markdown import table, text
from pipeline.writers.formatting import clean

HOSTILE = [
    "a | b",
    r"a \| b",
    "`code` ``x``",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table><h1>x",
    "<!-- hidden -->",
    "&lt;b&gt; &amp; &#65;",
    "[text](https://example.org)",
    "![image](https://example.org/x.png)",
    "[a]: https://example.org",
    "<https://example.org>",
    "https://example.org/a_b_c",
    "www.example.org",
    "mail ada@example.org",
    "@octocat and ada/page#12, GH-12",
    "**bold** _it_ ~~gone~~ *x*",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "::error::x",
    "##[error]x",
    "$\\mathcal{O}(n)$ and $$x$$",
    ":tada: :+1:",
    "a\n\n# b\n| c |",
    "a\u202eb\u2066c\u200b",
    "\x00\x1b[31m",
    "--- | ---",
    "\\",
    "a\\",
    "{{ x }} ^1 [^1]",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
]


def cells(lines):
    """Every cell of a table, as its tokens."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse("\n".join(lines))
    kinds = {t.type for t in found if not t.type.startswith(("table", "thead", "tbody"))}
    assert kinds <= {"tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "inline"}
    return [t.children for t in found if t.type == "inline"]


def shown(tokens):
    """What a reader sees; anything but text and our own comment fails."""
    for token in tokens:
        assert token.type in ("text", "text_special", "html_inline"), token
        if token.type == "html_inline":
            assert token.content == "<!-- -->"
    return "".join(t.content for t in tokens if t.type != "html_inline")


@pytest.mark.parametrize("value", HOSTILE)
def test_in_a_table_it_is_one_cell_of_text(value):
    rows = cells(table(["paper", ">n"], [[text(value), "1"], ["next", "2"]]))
    assert [shown(c) for c in rows] == ["paper", "n", clean(value), "1", "next", "2"]


@pytest.mark.parametrize("value", HOSTILE)
def test_in_a_list_it_is_text(value):
    parsed = MarkdownIt("commonmark").parse(f"- **Name**: {text(value)}\n")
    (inline,) = [t for t in parsed if t.type == "inline"]
    assert shown([t for t in inline.children if not t.type.startswith("strong")]) == (
        f"Name: {clean(value)}".rstrip()
    )


@given(st.text(max_size=80))
def test_any_text_is_one_cell_of_itself(value):
    rows = cells(table(["a", "b"], [[text(value), "1"]]))
    assert [shown(c) for c in rows] == ["a", "b", clean(value), "1"]


@pytest.mark.parametrize(
    "value",
    ["https://example.org", "www.example.org", "a@example.org", "@octocat", "a/b#12", "GH-12"],
)
def test_nothing_that_github_would_link_is_left_in_one_piece(value):
    assert "<!-- -->" in text(value)


def test_an_emoji_name_and_a_hash_are_cut_apart_too():
    assert "<!-- -->" in text(":tada:")
    assert "<!-- -->" in text("deadbeefdeadbeef")


def test_a_long_title_is_cut_and_says_so():
    line = text("x" * 1000)
    assert line.endswith("…")
    assert len(line) < 300


def test_an_unknown_title_is_empty():
    assert text(None) == ""


def test_a_common_title_stays_readable():
    assert text("Deep learning (part 2): a survey, revisited") == (
        r"Deep learning (part 2)\: a survey, revisited"
    )
