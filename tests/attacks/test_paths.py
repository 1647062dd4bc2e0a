"""No name leads a file out of its folder or over another one, and no link is written through."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.writers.names import slug

KEYS = (
    *("con", "nul.txt", "COM1.json", "aux", "lpt9.a", "prn", "conin", "a..b", "a...", "A.B"),
    *("a.b-", "papers", "index", "authors", "badges", "history", "metrics.json", "gs_data.json"),
    *("run.json", "a-0123456789", "0", "z--", "x" * 64, "x" * 63 + "y", "X" * 62 + "yz", "ada_"),
)
DOIS = (
    *("../../../../etc/passwd", "..%2f..%2fx", "a%00b", "CON", "con.json", "nul", "-rf"),
    *("a" * 300, "a" * 299 + "b", "caf\u00e9", "cafe\u0301", "\uff46ull", "x.", "index"),
    *("a:b|c?d*e", "a\\..\\b", "~root", "$(touch owned)", "%2e%2e", ".htaccess", ".git/hooks"),
    *("\u202eright", "stra\u00dfe", "STRASSE", "\u0130i", "k", "\ud83d\ude00"),
)
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def is_sound(name):
    """Whether every file system takes a name, and takes it for the same one."""
    return (
        re.fullmatch(r"[A-Za-z0-9._-]{1,120}", name)
        and not RESERVED.match(name)
        and name.strip(".-") != ""
        and not name.startswith("-")
        and not name.endswith(".")
    )


@pytest.fixture(scope="module")
def tree(stand_in, reply, configured, command, tmp_path_factory):
    """A refresh of people and papers with the worst names there are."""

    def works(asked):
        results = [
            {
                "id": f"https://openalex.org/W{number}",
                "doi": f"10.1000/{doi}",
                "title": f"Paper number {number} of its own kind {'x' * number}",
                "cited_by_count": 100 + number,
            }
            for number, doi in enumerate(DOIS, 1)
        ]
        return reply.json({"meta": {"count": len(DOIS), "per_page": 100}, "results": results})

    size = len(DOIS)
    about = {
        "works_count": size,
        "cited_by_count": sum(range(101, 101 + size)),
        "summary_stats": {"h_index": size, "i10_index": size},
        "display_name": "Ada Test",
    }
    routes = {
        f"/authors/A{n}": reply.json({"id": f"https://openalex.org/A{n}"} | about)
        for n in range(1, len(KEYS) + 1)
    }
    server = stand_in(routes | {"/works": works})
    around = tmp_path_factory.mktemp("paths")
    folder = around / "home"
    authors = {key: [f"openalex:A{n}"] for n, key in enumerate(KEYS, 1)}
    configured(folder, authors=authors, providers={"openalex": server.url})
    before = set(around.rglob("*"))
    done = command(folder, "refresh")
    assert done.code == 0, done.stderr
    return around, folder / "out", set(around.rglob("*")) - before


def test_every_file_lies_in_the_output_folder_under_a_sound_name(tree):
    around, out, made = tree
    assert made
    for path in made:
        assert path == out or path.is_relative_to(out)
        assert not path.is_symlink()
        odd = [p for p in path.relative_to(around / "home").parts if not is_sound(p)]
        assert odd == [] or path.is_relative_to(out / "history"), path
    print(f"\n{len(KEYS)} people, {len(DOIS)} papers, {len(made)} files")


def test_no_two_people_or_papers_share_a_file_on_any_file_system(tree):
    _, out, made = tree
    files = [unicodedata.normalize("NFKC", str(path)).casefold() for path in made]
    assert len(set(files)) == len(files)
    assert len(list((out / "authors").iterdir())) == len(KEYS)
    for person in (out / "badges").iterdir():
        papers = [p for p in (person / "papers").iterdir() if p.name != "index.json"]
        assert len(papers) == len(DOIS), person


@pytest.fixture(scope="module")
def author(stand_in, answers):
    return stand_in({"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(2)})


@pytest.mark.parametrize(
    "place",
    [
        *("badges", "badges/ada", "badges/ada/papers", "authors", "authors/ada", "history/state"),
        *("gs_data.json", "run.json", "works.csv", "metrics.json", "authors/ada/works.bib"),
        *("history/.lock", "history/.holder.json", "history/manifest.json"),
    ],
)
def test_no_link_is_written_through(command, configured, author, tmp_path, place):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    link = tmp_path / "home" / "out" / place
    link.parent.mkdir(parents=True)
    is_file = "." in place.rpartition("/")[2]
    link.symlink_to(outside / "precious" if is_file else outside)
    configured(
        tmp_path / "home", authors={"ada": ["openalex:A1"]}, providers={"openalex": author.url}
    )
    done = command(tmp_path / "home", "refresh")
    assert {p.name: p.read_text() for p in outside.iterdir()} == {"precious": "mine"}
    assert done.code in (0, 5)
    assert done.code == 0 or done.stderr.count("\n") == 1


NAMES = st.text(max_size=120) | st.sampled_from(
    [*KEYS, *DOIS, "..", ".", "/", "\\", "\0", "", " ", "CON", "con", "Con.", "a/../b", "a\nb"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, max_size=8, unique=True))
def test_different_texts_have_different_sound_names(texts):
    names = [slug(text) for text in texts]
    assert all(map(is_sound, names))
    assert len({name.casefold() for name in names}) == len(texts)
