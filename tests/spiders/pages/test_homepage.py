"""Homepages beyond their fixtures: marks, garbled text, comments, and whose ids they are."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import LayoutChanged, ProviderError, Unavailable
from spiders.pages import homepage
from spiders.pages.homepage import links, names
from spiders.pages.homepage.mojibake import mend

FIXTURES = Path(__file__).parent / "fixtures" / "homepage"
CARD = """<div class='paper-box'><div class="badge">ICTT 2024</div>
<div class='paper-box-text' markdown="1">

[{title}]({link}){stars}

{authors}
</div></div>
"""


def card(title="Round Stones of Every Kind", link="https://arxiv.org/abs/2401.00001", **more):
    given_parts = {"stars": "", "authors": "**Ada Test**, Bob Example"} | more
    return CARD.format(title=title, link=link, **given_parts)


def parse(text, **told):
    (page,) = homepage.parse(text.encode() if isinstance(text, str) else text, **told)
    return page


def only(text):
    (work,) = parse(text).works
    return work


@pytest.mark.parametrize(
    "authors",
    [
        r"**Ada Test\***, Bob Example\*, Dan Müller📧",
        r"**Ada Test**\*, Bob Example†, Dan Müller✉️",
        "__Ada Test__¹, Bob Example², and Dan Müller‡",
        "**Ada Test**<sup>1,*</sup>, Bob Example<sup>2</sup> & Dan Müller (corresponding author)",
        "<u>Ada Test</u>; Bob Example#; Dan Müller.",
        "<b>Ada Test*, Bob Example</b>, Dan Müller⋆",
        "**Ada Test**, Bob Example, Dan MüllerðŸ“§",
    ],
)
def test_marks_behind_names_are_dropped(authors):
    work = only(card(authors=authors))
    assert work.authors == ("Ada Test", "Bob Example", "Dan Müller")
    assert work.authors_count == 3


@pytest.mark.parametrize(
    "line",
    [
        "We sort pebbles, and stones.",
        "ICTT 2024, Oral Presentation",
        "Bob Example",  # might as well be a prize
        "Ada Test, Bob Example,",
        "Ada Test, Bob Example, 2024",
        "",
    ],
)
def test_a_line_that_is_not_names_all_through_names_nobody(line):
    assert names.read(line) is None


def test_a_list_that_ends_in_et_al_has_an_unknown_number_of_authors():
    work = only(card(authors="**Ada Test**, Bob Example, et al."))
    assert (work.authors, work.authors_count) == (("Ada Test", "Bob Example"), None)


def test_the_owner_is_who_is_bold_in_most_papers():
    pages = [
        card(link=f"https://arxiv.org/abs/2401.0000{n}", authors=authors)
        for n, authors in enumerate(["**Ada Test**, B. Example", "B. Example, **Ada Test**"])
    ]
    assert parse("".join(pages)).author.name == "Ada Test"
    split = [pages[0], card(authors="Ada Test, **Bob Example**")]
    assert parse("".join(split)).author.name is None


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("https://img.shields.io/github/stars/Pebbles/Bench.svg?style=social", "pebbles/bench"),
        ("https://img.shields.io/github/stars/Pebbles/Bench.js", "pebbles/bench.js"),
        ("https://img.shields.io/github/forks/Pebbles/Bench", None),
        ("https://img.shields.io/github/stars/Pebbles", None),
    ],
)
def test_a_star_badge_names_the_repository(image, repository):
    found = only(card(stars=f"<img src='{image}'>")).ids[2:]
    assert found == ((f"github:{repository}",) if repository else ())


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://arxiv.org/pdf/2401.00001v2.pdf#page=2", ("arxiv:2401.00001",)),
        ("http://www.arxiv.org/abs/2401.00001/", ("arxiv:2401.00001",)),
        ("https://openreview.net/forum?id=AbCdEf0001&noteId=x", ("openreview:AbCdEf0001",)),
        ("https://doi.org/10.48550/arXiv.2401.00001", ("arxiv:2401.00001",)),
        ("https://dl.acm.org/doi/abs/10.5555/1.2?x=10.1/3", ("doi:10.5555/1.2",)),
        ("https://link.springer.com/chapter/10.5555/978-3_4.pdf", ("doi:10.5555/978-3_4",)),
        ("https://example.org/10.5555/1", ()),
        ("https://arxiv.org/list/cs.CV/recent", ()),
        ("http://[broken", ()),
        ("", ()),
    ],
)
def test_an_address_names_a_paper(address, found):
    assert links.paper(address) == found


@pytest.mark.parametrize("label", ["[paper]", "PDF", "arXiv:2401.00001v2", "Project Page", "", "1"])
def test_a_label_is_no_title(label):
    assert links.is_label(label)
    assert not links.is_label("Paper Clips")


def test_a_long_text_is_told_from_a_label_at_once():
    assert not links.is_label("arxiv 1 " * 20_000 + "stones")


def test_a_card_without_a_known_id_is_called_by_its_title():
    work = only(card(link="https://proceedings.example/paper.pdf"))
    assert work.ids == ("homepage:round-stones-of-every-kind",)


def test_what_stands_in_a_comment_is_flagged_and_not_listed():
    hidden = card(title="Hidden Stones", link="https://arxiv.org/abs/2402.00002")
    for open_comment, close_comment in (
        ("<!--", "-->"),
        ("<!--", ""),
        ("{% comment %}", "{%- endcomment -%}"),
    ):
        page = parse(f"{card()}{open_comment}{hidden}{close_comment}")
        assert [work.is_excluded for work in page.works] == [False, True]
        assert dict(page.works[1].extra) == {"is_commented_out": 1}
        assert page.total == 1


def test_a_paper_that_is_listed_and_commented_out_is_listed():
    page = parse(f"<!-- {card()} -->{card()}")
    assert [work.is_excluded for work in page.works] == [False]
    assert page.author.anomalies == ()


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
def test_text_that_was_read_in_a_wrong_encoding_is_mended(codec):
    meant = "Dan Müller – 📝 “Étude” 🎉🎉"
    garbled = "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in meant.encode())
    assert garbled != meant
    assert mend(garbled) == meant
    assert mend(f"{garbled} {garbled} ø") == f"{meant} {meant} ø"


@pytest.mark.parametrize("text", ["„SPAß“", "NÅ”", "Größe, où, naïve", "石頭 – 沙", "√∑", ""])
def test_text_that_is_right_stays(text):
    assert mend(text) == text


SCHOLAR = "https://scholar.google.com/citations?user="


def test_a_link_on_a_name_is_somebody_elses_profile():
    page = parse(f"[Cleo Muster]({SCHOLAR}BBBBBBBBBBBJ) {card()}")
    assert page.author.ids == ()


def test_two_profiles_of_a_kind_are_nobodys():
    own = f"[Google Scholar]({SCHOLAR}AAAAAAAAAAAJ) [Scholar]({SCHOLAR}BBBBBBBBBBBJ)"
    page = parse(own + card())
    assert page.author.ids == ()
    assert page.author.anomalies == ("several_google_scholar_ids",)


def span(user):
    return f"<span class='show_paper_citations' data='{user}:pub000000001'></span>"


def test_the_entry_that_a_paper_shows_counts_of_is_one_of_its_ids():
    page = parse(card(stars=span("AAAAAAAAAAAJ")))
    assert page.author.ids == ("google_scholar:AAAAAAAAAAAJ",)
    assert page.works[0].ids[-1] == "google_scholar:AAAAAAAAAAAJ:pub000000001"


def test_a_span_behind_the_authors_makes_the_last_of_them_no_owner():
    filled = f"**Ada Test**, Bob Example <strong>{span('AAAAAAAAAAAJ')}</strong>"
    assert parse(card(authors=filled)).author.name == "Ada Test"
    assert parse(card(authors=filled.replace("**", ""))).author.name is None


def test_papers_listed_behind_the_cards_are_papers_too():
    cards = [card(link=f"https://arxiv.org/abs/2401.{n:05d}") for n in range(20)]
    entries = [
        f"- Bob Example, [A Paper about Stones, Number {n}](https://arxiv.org/abs/2402.{n:05d})\n"
        for n in range(200)
    ]
    found = {i for work in parse("".join([*cards, *entries])).works for i in work.ids}
    assert found >= {f"arxiv:2402.{n:05d}" for n in range(200)}


@pytest.mark.parametrize("linked", [True, False])
def test_an_entry_that_a_template_forgot_there_is_not(linked):
    own = f"[Google Scholar]({SCHOLAR}AAAAAAAAAAAJ) " if linked else ""
    page = parse(own + card(stars=span("DhtAFkwAAAAJ")))
    assert not any("DhtAFkwAAAAJ" in i for i in (*page.author.ids, *page.works[0].ids))


def test_the_address_is_the_owners_id_here():
    author = parse(card(), url="https://ada.example/me?lang=en#papers").author
    assert author.author_id == "https://ada.example/me?lang=en"
    assert author.ids == ("homepage:https://ada.example/me?lang=en",)


@pytest.mark.parametrize("label", ["utf-8", "latin-1", "utf-16", "gbk"])
def test_a_page_is_read_in_its_encoding(label):
    title = "Études 石頭 of Every Kind" if label in {"utf-16", "gbk"} else "Étude of Every Kind"
    title = title.replace("É", "E") if label == "gbk" else title
    body = card(title=title).encode(label)
    told = {"headers": {"Content-Type": f"text/plain; charset={label}"}}
    assert parse(body, **told).works[0].title == title


@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_page_that_is_refused_for_now_is_asked_for_later(status):
    with pytest.raises(Unavailable):
        homepage.parse(b"no", status=status)


@pytest.mark.parametrize("body", [b"", b" \n", b"a\0b", b"nothing here", b"<div>" * 600])
def test_what_holds_no_papers_and_no_owner_is_refused(body):
    with pytest.raises(LayoutChanged):
        homepage.parse(body)


GARBLED = (FIXTURES / "cards_markdown" / "body.md").read_text("utf-8")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(GARBLED)), st.integers(0, 200), st.text(max_size=8))
def test_damage_ends_in_a_page_or_in_an_error_of_one_line(at, cut, put):
    page = parse_or_error(GARBLED[:at] + put + GARBLED[at + cut :])
    if isinstance(page, ProviderError):
        assert str(page).isprintable()
    else:
        assert all(work.title and work.cited_by_count is None for work in page.works)


def parse_or_error(text):
    try:
        return parse(text)
    except ProviderError as error:
        return error


def test_an_element_with_more_attributes_than_any_page_has_is_refused_unread():
    heavy = b"<html><p " + b" ".join(b"a%d=1" % n for n in range(30_000)) + b">"
    with pytest.raises(LayoutChanged, match="attributes"):
        homepage.parse(heavy)
