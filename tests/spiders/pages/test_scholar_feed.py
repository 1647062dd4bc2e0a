"""Scholar Feed's pages beyond their fixtures: strictness, dates, and names that stay."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders import ids
from spiders.errors import LayoutChanged, ProviderError, Truncated
from spiders.items import PageVerdict
from spiders.pages import scholar_feed
from spiders.pages.scholar_feed.figures import impossible
from spiders.pages.slugs import LONGEST, slug

FIXTURES = Path(__file__).parent / "fixtures" / "scholar_feed"
TEXT = (FIXTURES / "page_text" / "body.txt").read_text("utf-8")
READ = {"Date": "Sun, 31 May 2026 10:00:00 GMT"}


def parse(text, **told):
    (page,) = scholar_feed.parse(text.encode(), **told)
    return page


def test_impossible_figures_are_carried_as_they_stand():
    author = parse(TEXT).author
    assert (author.h_index, author.works_count, author.cited_by_count) == (28, 4, 1061)
    assert "impossible_h_index" in author.anomalies


def test_a_score_is_never_a_count():
    assert {work.cited_by_count for work in parse(TEXT).works} == {None}


@pytest.mark.parametrize(
    ("read_at", "day"),
    [
        ("Sun, 31 May 2026 10:00:00 GMT", "2026-05-29"),
        ("2026-05-29", "2026-05-29"),
        ("2026-05-28", "2026-05-29"),  # the page may be made a time zone ahead
        ("2026-05-20", None),  # then the page was not read that day
        ("nonsense", None),
        ("9999-12-31", None),
        (None, None),
    ],
)
def test_a_date_without_a_year_is_of_the_year_it_was_read_in(read_at, day):
    headers = {"date": read_at} if read_at else {}
    work = parse(TEXT, headers=headers).works[0]
    assert (work.publication_date, work.year) == (day, int(day[:4]) if day else None)
    assert work.extra["date"] == "May 29"


def test_at_new_year_a_page_may_be_of_the_year_before():
    text = TEXT.replace("May 29", "Dec 30")
    assert parse(text, headers={"Date": "2027-01-01"}).works[0].publication_date == "2026-12-30"


def test_years_that_cannot_be_known_are_told():
    assert "years_unknown:2" in parse(TEXT).author.anomalies
    assert not any("years" in name for name in parse(TEXT, headers=READ).author.anomalies)


@pytest.mark.parametrize(
    ("papers", "citations", "h_index", "is_impossible"),
    [
        (17, 161, 28, True),
        (11, 1023, 27, True),
        (50, 4076, 30, False),
        (40, 161, 13, True),
        (2, 4, 2, False),
        (None, None, 9, False),
        (None, 80, 9, True),
        (5, 30, None, False),
    ],
)
def test_an_h_index_that_cannot_be_of_these_papers_is_noticed(
    papers, citations, h_index, is_impossible
):
    found = impossible(papers=papers, citations=citations, h_index=h_index)
    assert found == (("impossible_h_index",) if is_impossible else ())


@pytest.mark.parametrize("day", ["Feb 30", "Feb 30, 2024", "Feb 29, 2023", "Jan 0"])
def test_a_day_that_no_calendar_has_is_refused(day):
    with pytest.raises(LayoutChanged, match=r"line 12: .* is no day of the calendar"):
        parse(TEXT.replace("May 29", day), headers=READ)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("CV\nh-index28", "CVX\nh-index28", 3),
        ("h-index28", "h-index 28", 4),
        ("1,061citations", "1,06citations", 6),
        ("Novelty52%", "Novelty152%", 7),
        ("AI Score61", "h-index61", 8),
        ("h-index28\n", "", 9),
        ("97.5CLMay 29Code", "97.55CLMay 29Code", 12),
        ("97.5CLMay 29Code", "CLMay 29 Code", 12),
        ("Ada Test, Bob Example\n", "Ada Test, , Bob Example\n", 15),
        ("Ada Test, Bob Example\n", "Ada Test, 17\n", 15),
        ("7.6LGDec 3, 2024", "7.6LGDec 3, 24", 26),
        ("Étude on Sand\n", "Étude on Sand\nof Every Kind\n", 32),
    ],
)
def test_a_line_that_fits_nowhere_is_named(old, new, line):
    assert old in TEXT
    with pytest.raises(LayoutChanged, match=rf"line {line}: "):
        parse(TEXT.replace(old, new, 1), headers=READ)


def test_more_papers_than_announced_are_as_wrong_as_fewer():
    with pytest.raises(LayoutChanged, match="3 papers, then 3, are announced, and 4 came"):
        parse(TEXT.replace("4papers", "3papers").replace("4 Papers", "3 Papers"))
    with pytest.raises(Truncated, match="5 papers, then 4, are announced, and 4 came"):
        parse(TEXT.replace("4papers", "5papers"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n\n"])
def test_blank_lines_and_line_ends_say_nothing(end):
    assert parse(TEXT.replace("\n", end) + end) == parse(TEXT)


def test_without_an_address_nobody_knows_whose_number_it_is():
    assert parse(TEXT).author.author_id is None
    assert parse(TEXT, url="https://www.scholarfeed.org/author/7?tab=papers").author.ids == (
        "scholar_feed:7",
    )


def test_a_paper_is_called_alike_in_the_page_and_in_the_api():
    page = parse(TEXT)
    (answer,) = scholar_feed.parse((FIXTURES / "api_papers" / "body.json").read_bytes())
    assert page.works[0].record_id == answer.works[0].record_id


@pytest.mark.parametrize(
    "title",
    [
        r"Towards $\mathcal{O}(n)$  Attention: L$^2$",
        "Towards O(n) attention — L2",
        "TOWARDS\nO(n) Attention, L²",
    ],
)
def test_spellings_of_a_title_have_one_slug(title):
    assert slug(title) == "towards-o-n-attention-l2"


def test_a_long_title_is_told_from_another_with_the_same_beginning():
    names = {slug("Pebbles and stones " * 8 + end) for end in ("one", "two")}
    assert len(names) == 2
    assert {len(name) <= LONGEST for name in names} == {True}
    assert all(ids.normalise(f"scholar_feed:{name}") for name in names)


def test_a_title_of_signs_has_a_name_too():
    assert slug("!?") != slug("?!") != ""
    assert slug("石頭") == slug(" 石頭 ")


def test_llmc_plus_is_another_paper_than_llmc():
    assert slug("LLMC+: Benchmarking") != slug("LLMC: Benchmarking")


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b'{"id": "x", "name": "Ada Test"}',
        b'{"id": 1}',
        b'{"papers": [{"title": null}]}',
        b'{"papers": [{"title": "A", "authors": [1]}]}',
        b'{"papers": [{"title": "A", "citation_count": "many"}]}',
        b'{"papers": 3}',
        b"\xff",
        b"  \n ",
        b"<html><script>1</script></html>",
    ],
)
def test_what_cannot_be_read_is_a_changed_layout(answer):
    with pytest.raises(LayoutChanged):
        scholar_feed.parse(answer)


def test_an_answer_that_says_error_is_a_refusal():
    with pytest.raises(ProviderError, match=r"refuses the request .* no quota left"):
        scholar_feed.parse(b'{"error": "quota", "message": "no quota left"}')


def test_a_page_that_is_not_full_is_the_last():
    (page,) = scholar_feed.parse(b'{"papers": [{"title": "A"}], "limit": 2, "page": 3}')
    assert (page.next_cursor, page.total, page.verdict) == (None, None, PageVerdict.PROFILE)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, 30), st.text(max_size=8))
def test_damage_ends_in_a_page_or_in_an_error_of_one_line(at, cut, put):
    page = parse_or_error(TEXT[:at] + put + TEXT[at + cut :])
    if isinstance(page, ProviderError):
        assert str(page).isprintable()
    else:
        assert len(page.works) == page.author.works_count


def parse_or_error(text):
    try:
        return parse(text, headers=READ)
    except ProviderError as error:
        return error


def test_an_element_with_more_attributes_than_any_page_has_is_refused_unread():
    heavy = b"<html><p " + b" ".join(b"a%d=1" % n for n in range(30_000)) + b">"
    with pytest.raises(LayoutChanged, match="attributes"):
        scholar_feed.parse(heavy)
