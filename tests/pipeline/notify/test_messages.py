import re
from datetime import UTC, datetime

import pytest

from pipeline.history import SummaryRow
from pipeline.notify import messages
from pipeline.notify.digest import AuthorDigest, Digest, FigureChange, Followed, PaperChange

AT = datetime(2027, 3, 1, tzinfo=UTC)
HOSTILE = [
    "@everyone look",
    "<!channel> look",
    "<@U123> look",
    "[x](https://evil.example/a)",
    "![x](https://evil.example/a)",
    "<https://evil.example|x>",
    "www.evil.example",
    "WWW.evil.example",
    "<script>alert(1)</script>",
    "<a href='javascript:x'>x</a>",
    "*bold* _it_ `code` ~~x~~ ||x||",
    "# heading\r\n- item\n\n1. one",
    "\u202egnp.exe\u202c \x1b[31mred\x07",
    "{{ 7*7 }} ${HOME} $(id) %s",
]


def news_of(title):
    who = Followed(
        author_key="ada", name=title, provider="openalex", title="OpenAlex", figures="stated"
    )
    line = PaperChange(title=title, old=1, new=3)
    author = AuthorDigest(
        who=who,
        figures=(FigureChange(metric="h_index", old=9, new=10),),
        changed=(line,),
        new=(line,),
        gone=(line,),
    )
    return messages.compose([messages.news(Digest(since=AT, until=AT, authors=(author,)))])


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_links_mentions_or_breaks_out_of_its_line(title):
    message = news_of(title)
    for body in (message.text, message.markdown):
        assert not re.search(r"@(?!\u200b)\S|://|<[@!#]|www\.", body, re.IGNORECASE)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e]", body)
        assert len([line for line in body.splitlines() if line]) == 5
    assert title not in message.title


@pytest.mark.parametrize("title", HOSTILE)
def test_markdown_shows_a_title_as_it_is(title):
    shown = messages.escaped(title)
    assert not re.search(r"(?<!\\)[*_`\[\]<>#|~!]", re.sub(r"\\\\", "", shown))
    assert re.sub(r"\\(.)", r"\1", shown) == messages.harmless(title)


def test_a_digest_says_old_and_new_in_words_for_people():
    lines = news_of("On A").text.splitlines()
    assert lines == [
        "From 2027-03-01 to 2027-03-01:",
        "- On A (OpenAlex): h-index 9 → 10",
        "- 1 → 3 (+2): On A",
        "- newly listed: On A (3 citations)",
        "- no longer listed: On A (1 citations)",
    ]


def test_unknown_counts_are_called_unknown_and_never_0():
    who = Followed(author_key="a", name="A", provider="x", title="X", figures="stated")
    author = AuthorDigest(
        who=who,
        figures=(),
        changed=(PaperChange(title="B", old=None, new=2),),
        new=(PaperChange(title="C", old=None, new=None),),
        gone=(),
    )
    text = messages.compose([messages.news(Digest(since=AT, until=AT, authors=(author,)))]).text
    assert "A (X): totals unchanged" in text
    assert "unknown → 2: B" in text
    assert "newly listed: C (unknown citations)" in text


def test_a_long_list_is_cut_and_the_rest_counted():
    section = messages.failure(3, [f"reason {n}" for n in range(60)])
    assert len(section.lines) == messages.MOST + 2
    assert section.lines[-2] == f"and {60 - messages.MOST} more reasons"


def test_a_long_title_is_cut():
    assert max(map(len, news_of("x" * 100_000).text.splitlines())) < 300


def test_a_failure_says_the_code_the_reasons_once_and_where_to_look():
    section = messages.failure(3, ["a wall", "a wall", " "])
    assert "exit code 3: nothing fresh" in section.heading
    assert section.lines[0] == "a wall"
    assert len(section.lines) == 2
    assert "scholar-metrics doctor" in section.lines[1]


def test_a_killed_run_is_a_failure_with_words_of_its_own():
    assert "it was ended" in messages.failure(-9, []).heading


def test_stale_figures_come_with_their_age_and_reason():
    row = SummaryRow(
        author_key="ada", provider="openalex", name=None, stated={}, listed={},
        is_truncated=False, gone=0, as_of=AT, checked_at=AT, changed_at=AT, outcome=None,
        reason=None, asked_at=AT, run_id="r",
    )  # fmt: skip
    section = messages.staleness([row], stale_after=14.0)
    assert "more than 14 days" in section.heading
    assert section.lines[0] == "ada, openalex: last confirmed 2027-03-01"


def test_the_gravest_comes_first_and_gives_the_title():
    news = messages.Section(kind="digest", heading="news", lines=())
    message = messages.compose([news, messages.failure(5, ["disk full"])])
    assert message.kind == "failure"
    assert "failed" in message.title
    assert message.text.index("disk full") < message.text.index("news")
