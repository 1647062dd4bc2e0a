"""Ids out of the text of an input."""

import pytest

from pipeline.errors import ConfigError
from pipeline.jobs.people import author_id, author_ids, chosen
from pipeline.model import Author

ORCID = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("LZ5D_p4AAAAJ", "google_scholar:LZ5D_p4AAAAJ"),
        ("-abc_defAAAJ", "google_scholar:-abc_defAAAJ"),
        ("A5023888391", "openalex:A5023888391"),
        ("a5023888391", "openalex:A5023888391"),
        (ORCID, f"orcid:{ORCID}"),
        ("2262347", "semantic_scholar:2262347"),
        ("scholar:LZ5D_p4AAAAJ", "google_scholar:LZ5D_p4AAAAJ"),
        ("s2:2262347", "semantic_scholar:2262347"),
        (
            "https://scholar.google.com/citations?hl=en&user=LZ5D_p4AAAAJ",
            "google_scholar:LZ5D_p4AAAAJ",
        ),
        ("https://scholar.google.co.uk/citations?user=LZ5D_p4AAAAJ", "google_scholar:LZ5D_p4AAAAJ"),
        (f"https://orcid.org/{ORCID}", f"orcid:{ORCID}"),
        ("https://openalex.org/A5023888391", "openalex:A5023888391"),
        ("https://openalex.org/authors/a5023888391", "openalex:A5023888391"),
        ("https://www.semanticscholar.org/author/A-Name/2262347", "semantic_scholar:2262347"),
    ],
)
def test_an_id_is_told_by_its_form(word, found):
    assert author_id(word) == found


@pytest.mark.parametrize(
    "word",
    [
        "0000-0002-1825-0098",  # a wrong check digit
        "short",
        "much_too_long_to_be_one",
        "$(id)",
        "`id`",
        "doi:10.1000/x",
        ":LZ5D_p4AAAAJ",
        "arxiv:2311.16503",
        "https://example.org/A5023888391",
        "https://scholar.google.com.example.org/citations?user=LZ5D_p4AAAAJ",
        "https://scholar.google.com/citations",
        "https://[::1/x",
        "Ada",
        "AAAAAAAAAAA\u0430",  # the last letter is Cyrillic
    ],
)
def test_what_is_no_id_is_not_guessed_at(word):
    assert author_id(word) is None


def test_a_list_is_one_author_in_one_order():
    text = f" 2262347,LZ5D_p4AAAAJ;\n{ORCID}\tA5023888391 2262347"
    assert author_ids(text) == (
        f"orcid:{ORCID}",
        "openalex:A5023888391",
        "semantic_scholar:2262347",
        "google_scholar:LZ5D_p4AAAAJ",
    )


def test_an_empty_input_names_nobody():
    assert author_ids(" ,\n") == ()


def test_two_ids_of_a_kind_would_be_two_people():
    with pytest.raises(ConfigError, match="two people"):
        author_ids("A5023888391 A5023888392")


def test_a_word_that_is_no_id_is_named_in_one_line():
    with pytest.raises(ConfigError, match=r"'\$\(touch' is no author id") as error:
        author_ids("$(touch pwned)")
    assert "\n" not in str(error.value)


def test_a_very_long_word_is_cut_in_the_message():
    with pytest.raises(ConfigError) as error:
        author_ids("x" * 10_000)
    assert len(str(error.value)) < 400


AUTHORS = (
    Author(key="ada", name=None, ids=("openalex:A5023888391",)),
    Author(key="bob", name=None, ids=("google_scholar:LZ5D_p4AAAAJ",)),
)


@pytest.mark.parametrize(
    ("text", "keys"),
    [("", ()), ("bob", ("bob",)), ("A5023888391, ada", ("ada",)), ("bob ada", ("bob", "ada"))],
)
def test_configured_authors_are_chosen_by_key_or_id(text, keys):
    assert chosen(text, AUTHORS, name="file") == keys


def test_somebody_who_is_not_configured_is_refused():
    with pytest.raises(ConfigError, match=r"'A1111111' is neither key nor id.*there are ada, bob"):
        chosen("A1111111", AUTHORS, name="file")
