from __future__ import annotations

import re

import pytest

from pipeline.writers import bibtex

UNLATEX = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciitilde}": "~",
    r"{\textasciicircum}": "^",
    r"{\textless}": "<",
    r"{\textgreater}": ">",
    r"{\textbar}": "|",
    r"{\textquotedbl}": '"',
    **{"\\" + c: c for c in "&%$#_"},
}

HOSTILE = [
    "} unbalanced { braces \\",
    "{{{",
    r"$\mathcal{O}(n)$ \textbf{50\%} & #1_2 ~ ^ <|>",
    'He said "x" @article{evil,',
    "\\input{/etc/passwd}",
    "引用 Ünïcödé",
    "% comment",
    "\\",
]


def printed(text):
    """What LaTeX would print."""
    pattern = "|".join(map(re.escape, UNLATEX))
    return re.sub(pattern, lambda found: UNLATEX[found[0]], text)


def fields(text):
    """A reader of our own: entries by key, values by field, braces counted as BibTeX counts."""
    entries = {}
    position = 0
    while (at := text.find("@", position)) >= 0:
        kind, _, rest = text[at + 1 :].partition("{")
        key, _, _ = rest.partition(",")
        position = at + len(kind) + len(key) + 3
        found = {}
        while match := re.compile(r"\s*(\w+) = \{").match(text, position):
            depth, end = 1, match.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            found[match[1]] = text[match.end() : end - 1]
            assert text[end] == ","
            position = end + 1
        assert text[position : position + 2] == "\n}"
        position += 2
        entries[key] = (kind, found)
    return entries


def bib(make, files, **work):
    made = make.work(counts=[make.count("openalex:W1", 7)], **work)
    [(kind, found)] = fields(
        files(make.snapshot(make.author(works=(made,))))["works.bib"].decode()
    ).values()
    return kind, found


def test_an_entry_has_the_paper_and_who_counted_it_when(make, files):
    found = fields(files(make.snapshot())["works.bib"].decode())
    assert found["doi:10.1000/one"] == (
        "article",
        {
            "title": "{A Paper on Synthetic Data}",
            "author": "Ada Example and Bo Sample",
            "year": "2024",
            "journal": "Journal of Made-Up Results",
            "doi": "10.1000/one",
            "eprint": "2401.00001",
            "archiveprefix": "arXiv",
            "note": "Cited by 1000 (Google Scholar, 2026-03-01)",
        },
    )
    assert len(found) == 3


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_hostile_title_prints_as_it_stands(make, files, title):
    _, found = bib(make, files, title=title, venue=title, authors=(title,), authors_count=1)
    assert printed(found["title"].removeprefix("{").removesuffix("}")) == title
    assert printed(found["journal"]) == title


def test_another_reader_agrees(make, files):
    bibtexparser = pytest.importorskip("bibtexparser")
    works = tuple(
        make.work(f"openalex:W{n}", counts=[make.count(f"openalex:W{n}", n)], title=title)
        for n, title in enumerate(HOSTILE)
    )
    text = files(make.snapshot(make.author(works=works)))["works.bib"].decode()
    if not hasattr(bibtexparser, "parse_string"):
        pytest.skip("needs bibtexparser 2")
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    assert len(library.entries) == len(HOSTILE)


@pytest.mark.parametrize(
    ("word", "kind", "venue"),
    [
        ("article", "article", "journal"),
        ("JournalArticle", "article", "journal"),
        ("proceedings-article", "inproceedings", "booktitle"),
        ("Conference", "inproceedings", "booktitle"),
        ("book-chapter", "incollection", "booktitle"),
        ("book", "book", "publisher"),
        ("dissertation", "phdthesis", "school"),
        ("preprint", "misc", "howpublished"),
        ("posted-content", "misc", "howpublished"),
        ("dataset", "misc", "howpublished"),
        (None, "misc", "howpublished"),
    ],
)
def test_the_entry_follows_the_providers_word(make, files, word, kind, venue):
    found, values = bib(make, files, work_type=word, venue="Somewhere")
    assert found == kind
    assert values[venue] == "Somewhere"


def test_what_is_not_known_is_left_out(make, files):
    kind, found = bib(make, files, work_id="openalex:W9", venue=None, year=None, authors=())
    assert kind == "misc"
    assert set(found) == {"title", "note"}


def test_a_paper_that_nobody_counted_has_no_note(make, files):
    work = make.work(counts=[make.count("openalex:W1", None)])
    text = files(make.snapshot(make.author(works=(work,))))["works.bib"].decode()
    assert "note" not in text


def test_papers_of_somebody_without_figures_name_their_provider(make, files):
    work = make.work(counts=[make.count("openalex:W1", 3)])
    author = make.author(works=(work,), shown=None, metrics=())
    text = files(make.snapshot(author))["works.bib"].decode()
    assert r"Cited by 3 (openalex, 2026-03-01)" in text


@pytest.mark.parametrize(
    ("names", "count", "expected"),
    [
        (("A B", "C D"), 2, "A B and C D"),
        (("A B",), 5, "A B and others"),
        (("A B", "..."), None, "A B and others"),
        (("A B", "\x00"), None, "A B and others"),
        (("Salt and Pepper Group",), 1, "{Salt and Pepper Group}"),
        (("X, Y, Z, Inc",), 1, "{X, Y, Z, Inc}"),
        (("Ends,",), 1, "{Ends,}"),
        (("Doe, Jane",), 1, "Doe, Jane"),
        (("Al & Bo",), 1, r"Al \& Bo"),
    ],
)
def test_names_are_joined_as_bibtex_reads_them(make, files, names, count, expected):
    _, found = bib(make, files, authors=names, authors_count=count)
    assert found["author"] == expected


def test_a_doi_that_would_break_an_entry_is_left_out(make, files):
    _, found = bib(make, files, work_id="doi:10.1000/a{b")
    assert "doi" not in found


def test_keys_depend_on_the_id_alone_and_are_told_apart_without_case():
    assert bibtex.key("doi:10.1000/abc") == "doi:10.1000/abc"
    assert bibtex.key("arxiv:2401.00001") == "arxiv:2401.00001"
    one, other = bibtex.key("openalex:Wa"), bibtex.key("openalex:WA")
    assert one.casefold() != other.casefold()
    assert re.fullmatch(r"[a-z0-9._-]+", bibtex.key("doi:10.1000/(x){y},%z"))


def test_no_papers_give_an_empty_file(make, files):
    assert files(make.snapshot(make.author(works=())))["works.bib"] == b""
