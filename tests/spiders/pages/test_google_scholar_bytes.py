"""Cut, damaged and oddly encoded pages."""

import random
from pathlib import Path

import pytest

from spiders.errors import LayoutChanged, ProviderError, Truncated
from spiders.pages.google_scholar import parse

CASES = Path(__file__).with_name("fixtures") / "google_scholar"


def body(case="complete"):
    return (CASES / case / "body.html").read_bytes()


def read(page, **arguments):
    (parsed,) = parse(page, **arguments)
    return parsed


GOOD = [
    "browser_saved_2015",
    "complete",
    "first_page",
    "french_by_date",
    "grouped_figures",
    "latin1",
    "no_articles",
    "no_citations",
    "reindented",
]


@pytest.mark.parametrize("case", GOOD)
def test_a_page_cut_anywhere_is_refused_or_says_the_very_same(case):
    page = body(case)
    whole = read(page)
    outcomes = set()
    for end in [*range(0, len(page), 13), *range(len(page) - 400, len(page))]:
        try:
            assert read(page[:end]) == whole
            outcomes.add("same")
        except (LayoutChanged, Truncated):
            outcomes.add("refused")
    assert outcomes == {"same", "refused"}


@pytest.mark.parametrize("case", GOOD)
def test_damaged_bytes_raise_nothing_but_provider_errors(case):
    page = body(case)
    chance = random.Random(7)
    for _ in range(60):
        damaged = bytearray(page)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read(bytes(damaged))
        except ProviderError as error:
            assert "\n" not in str(error)  # noqa: PT017 - not each damage must be refused


def test_a_row_list_cut_and_closed_properly_lacks_its_button():
    page = body()
    page = page[: page.index(b'<div id="gsc_lwp">')] + b"</form></div></body></html>"
    with pytest.raises(LayoutChanged, match="gsc_bpf_more"):
        parse(page)


def test_a_nul_byte_is_no_text():
    with pytest.raises(LayoutChanged, match="NUL"):
        parse(body().replace(b">30<", b">3\x000<"))


def test_bytes_outside_the_declared_charset_are_refused():
    with pytest.raises(LayoutChanged, match="utf-8"):
        parse(body("latin1").replace(b"ISO-8859-1", b"UTF-8"))


@pytest.mark.parametrize(
    "header",
    [
        "text/html; charset=ISO-8859-1",
        'text/html; Charset="windows-1252"',
        "text/html;charset=ascii",
    ],
)
def test_the_charset_of_the_header_comes_before_that_of_the_page(header):
    page = body("latin1").replace(b"ISO-8859-1", b"UTF-8")
    assert read(page, headers={"content-TYPE": header}).author.name == "Fréd Exemplé"


def test_a_page_saved_anew_in_utf_8_under_an_old_charset_is_read_as_utf_8():
    page = body("latin1").decode("cp1252").encode()
    assert read(page) == read(body("latin1"))


@pytest.mark.parametrize(
    "label", ["", "unheard-of", "base64", "undefined", "utf-16", "punycode", "utf-7"]
)
def test_a_charset_that_is_none_leaves_it_to_the_page(label):
    page = read(body("latin1"), headers={"Content-Type": f"text/html; charset={label}"})
    assert page.author.name == "Fréd Exemplé"


def test_a_charset_that_the_bytes_defy_in_its_own_way_is_refused():
    with pytest.raises(LayoutChanged, match="euc_jp"):
        parse(body("latin1"), headers={"Content-Type": "text/html; charset=euc-jp"})


def test_without_any_charset_it_is_utf_8_with_or_without_its_mark():
    page = b"\xef\xbb\xbf" + body("reindented").replace(b";charset=UTF-8", b"")
    assert read(page) == read(body("reindented"))
