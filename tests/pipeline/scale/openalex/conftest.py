"""Snapshots made for a test, and what plain Python says of them."""

import gzip
import importlib.util
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
NOBODY = {9_999_999_999, 5_317_838_346}


def _module(name):
    path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def maker():
    """The benchmark's generator of snapshots."""
    return _module("snapshot_maker")


def number(text):
    return int(text.rsplit("/", 1)[-1][1:])


def rows(path):
    """Works of a data file as dictionaries."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt") as lines:
            yield from map(json.loads, lines)
        return
    import pyarrow.parquet as pq

    columns = ["id", "cited_by_count", "publication_year", "authorships"]
    yield from pq.read_table(path, columns=columns).to_pylist()


def gone(root):
    """Ids of deleted and merged works."""
    for path in root.rglob("*.csv*"):
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        header, *lines = text.decode().splitlines()
        at = next(i for i, n in enumerate(header.split(",")) if n in ("work_id", "id"))
        yield from (number(line.split(",")[at]) for line in lines)


def figures(papers):
    """Figures of one author out of (count or None, year or None) pairs."""
    counts = sorted((count or 0 for count, _ in papers), reverse=True)
    h = sum(count >= rank for rank, count in enumerate(counts, 1))
    known = [count for count, _ in papers if count is not None]
    g = max(n for n in range(len(known) + 1) if sum(counts[:n]) >= n * n)
    years = [year for _, year in papers if year]
    found = {
        "citations": sum(counts),
        "h_index": h,
        "g_index": g,
        "i10_index": sum(count >= 10 for count in counts),
        "e_index": math.sqrt(sum(counts[:h]) - h * h),
    }
    return {
        "papers": len(papers),
        "papers_unknown_citations": sum(count is None for count, _ in papers),
        "papers_unknown_year": sum(not year for _, year in papers),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        **(found if known else dict.fromkeys(found)),
    }


@pytest.fixture(scope="session")
def reference():
    """Every author's figures, by a dictionary of works in which the last version wins."""

    def of(root):
        works = {}
        for path in sorted(p for p in root.rglob("part_*") if p.is_file()):
            for row in rows(path):
                works[number(row["id"])] = row
        for work in gone(root):
            works.pop(work, None)
        papers, by_year = defaultdict(list), defaultdict(list)
        for row in works.values():
            ids = (item["author"]["id"] for item in row["authorships"] or ())
            for author in {number(i) for i in ids if i} - NOBODY:
                paper = row["cited_by_count"], row["publication_year"]
                papers[author].append(paper)
                if paper[1]:
                    by_year[author, paper[1]].append(paper[0])
        return {a: figures(p) for a, p in papers.items()}, {
            key: (len(c), None if set(c) == {None} else sum(filter(None, c)))
            for key, c in by_year.items()
        }

    return of


@pytest.fixture(scope="session")
def result():
    """Rows of a result by author, and of its table by year by author and year."""
    import pyarrow.parquet as pq

    def of(output):
        authors = {row.pop("author_id"): row for row in pq.read_table(output).to_pylist()}
        years = pq.read_table(output.with_name(f"{output.stem}.years.parquet")).to_pylist()
        return authors, {
            (row["author_id"], row["publication_year"]): (row["papers"], row["citations"])
            for row in years
        }

    return of


@pytest.fixture
def measured(result):
    """Measures a snapshot; its rows, its rows by year, and the report."""
    from pipeline.scale.openalex import Request, measure_snapshot

    def of(root, output, **more):
        request = Request(snapshot=root, output=output, now_year=2026, threads=2, **more)
        report = measure_snapshot(request, tell=lambda line: None)
        return *result(output), report

    return of


@pytest.fixture
def lines(tmp_path):
    """Writes works (dictionaries, or lines as they are) into a snapshot of gzipped JSON lines."""

    def write(works, *, day="2026-01-01", part="part_0000.gz", root=tmp_path / "snapshot"):
        path = root / "data" / "works" / f"updated_date={day}" / part
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(w if isinstance(w, str) else json.dumps(w) + "\n" for w in works)
        path.write_bytes(gzip.compress(text.encode()))
        return path

    return write


@pytest.fixture
def work():
    """A work as OpenAlex writes it, with what a test says otherwise."""

    def of(number=1, *authors, cited=5, year=2020, **more):
        people = [{"author": {"id": f"https://openalex.org/A{a}"}} for a in authors]
        return {
            "id": f"https://openalex.org/W{number}",
            "cited_by_count": cited,
            "publication_year": year,
            "authorships": people,
            **more,
        }

    return of
