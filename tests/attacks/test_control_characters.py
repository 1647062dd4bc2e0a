"""Texts that mislead or overflow: every output stays clean, readable and of a bounded size."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import bibtexparser
import pytest
import yaml

from pipeline.writers.formatting import LONGEST, clean

MEGA = 1_000_000
BAD = {
    "long": "A" + "b" * MEGA,
    "words": "word " * 20_000,
    "zalgo": "z" + "\u0301" * 60_000,
    "marks": "e\u0300\u0301\u0302\u0303\u0304\u0305\u0306" * 1000,
    "override": "\u202e" * 5000 + "fdp.exe",
    "isolates": "\u2066" * 5000 + "open" + "\u2067" * 100,
    "invisible": "a" + "\u200b\u200d\u2060\ufeff\u00ad" * 5000 + "b",
    "tags": "flag" + "".join(chr(0xE0000 + n) for n in range(128)) * 50,
    "surrogates": "half \ud800 of \udfff a pair",
    "nul": "before\x00after" * 100,
    "spaces": "x" + "\u3000\u2028\u2029\xa0\t\n" * 10000 + "y",
    "blank": " \u200b\u2060 ",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 and \U0001f1e9\U0001f1ea",
    "arabic": "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
    "vietnamese": unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Ẩn"),
    "tibetan": "\u0f40\u0fb3\u0f74\u0f0b\u0f60\u0f56\u0fb2\u0f74\u0f42",
}
MISLEADING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@pytest.fixture(scope="module")
def out(stand_in, reply, configured, command, tmp_path_factory):
    """The outputs of a refresh in which every text field is one of these."""

    def works(asked):
        results = [
            {
                "id": f"https://openalex.org/W{number}",
                "title": text,
                "doi": f"10.1000/{number}{text[:2000]}",
                "type": text,
                "cited_by_count": 100 + number,
                "publication_date": text,
                "authorships": [{"author": {"display_name": text}}, {"raw_author_name": text}],
                "primary_location": {"source": {"display_name": text}},
            }
            for number, text in enumerate(BAD.values(), 1)
        ]
        return reply.json({"meta": {"count": len(BAD), "per_page": 100}, "results": results})

    size = len(BAD)
    about = {
        "id": "https://openalex.org/A1",
        "display_name": BAD["zalgo"][:5000] + BAD["override"] + BAD["long"],
        "works_count": size,
        "cited_by_count": sum(range(101, 101 + size)),
        "summary_stats": {"h_index": size, "i10_index": size},
        "last_known_institutions": [{"display_name": BAD["words"]}],
    }
    server = stand_in({"/authors/A1": reply.json(about), "/works": works})
    folder = tmp_path_factory.mktemp("control")
    configured(folder, authors={"ada": ["openalex:A1"]}, providers={"openalex": server.url})
    done = command(folder, "refresh")
    assert done.code == 0, done.stderr
    assert not MISLEADING.search(done.stdout + done.stderr)
    told = command(folder, "explain", "e")
    assert not MISLEADING.search(told.stdout)
    assert len(told.stdout) < 50_000
    return folder / "out"


def test_every_file_stays_small(out):
    sizes = {path: path.stat().st_size for path in out.rglob("*") if path.is_file()}
    shown = {path: size for path, size in sizes.items() if "history" not in path.parts}
    assert max(shown.values()) < 40 * 4 * LONGEST, max(shown.items(), key=lambda one: one[1])
    print(f"\n{len(BAD)} texts, {sum(shown.values())} bytes written")


def test_every_file_is_clean_and_parses(out):
    for path in (p for p in out.rglob("*") if p.is_file() and "history" not in p.parts):
        if path.suffix == ".parquet":
            continue
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        assert not MISLEADING.search(text), path
        if path.suffix == ".json":
            json.loads(text)
    assert len(bibtexparser.parse_file(str(out / "works.bib")).entries) == len(BAD)
    assert yaml.safe_load((out / "citations.yml").read_text())["papers"] is not None
    rows = list(csv.DictReader(io.StringIO((out / "works.csv").read_bytes().decode())))
    assert len(rows) == len(BAD)


def test_what_is_written_by_people_is_kept(out):
    rows = csv.DictReader(io.StringIO((out / "works.csv").read_bytes().decode()))
    titles = {row["title"] for row in rows}
    for name in ("emoji", "arabic", "vietnamese", "tibetan"):
        assert clean(BAD[name]) in titles, name
        assert BAD[name] in titles, name


@pytest.mark.parametrize("name", BAD)
def test_cleaning_ends_where_it_began(name):
    once = clean(BAD[name])
    assert clean(once) == once
    assert len(once) <= LONGEST
    assert not MISLEADING.search(once)
