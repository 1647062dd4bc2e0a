"""Makes a snapshot of OpenAlex works, of any size, in the layout that OpenAlex publishes.

    python benchmarks/snapshot_maker.py DIR --works 1e6 --format parquet [--updates 3] [--seed 7]

The same seed gives the same works, in either format. Each update partition brings works that stand
in earlier ones too, with other citations, years and authors; a list of deleted works, and in the
older layout one of merged works, name some that are still there. Citations have a power-law
tail, authors run from none to thousands a work, and how much an author wrote falls as in Zipf's
law. Some counts, years and author ids are null, some authors stand twice on a work, some stand
for nobody, as in the real files.
"""

from __future__ import annotations

import argparse
import gzip
import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

CHUNK = 50_000
NOBODY = (9_999_999_999, 5_317_838_346)
FIRST_DAY = date(2025, 11, 6)
PRIME_WORKS, PRIME_AUTHORS = 3_000_000_019, 100_000_007


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to make."""

    works: int
    """Different works, deleted ones among them."""
    format: Literal["parquet", "jsonl", "mixed"] = "parquet"
    layout: Literal["current", "legacy"] = "current"
    updates: int = 3
    """Partitions after the two first ones, each with moved and new works."""
    moved: float = 0.05
    """Share of all works that stand again in each update."""
    new: float = 0.02
    """Share of all works that each update brings."""
    gone: float = 0.002
    """Share of all works that were deleted since."""
    part: int = 200_000
    """Works a file; OpenAlex has up to 400,000."""
    padding: int = 0
    """Bytes a work that no reader needs, in the place of abstracts and references."""
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One data file to be."""

    day: date
    number: int
    works: Any
    """Indexes of its works."""
    is_parquet: bool


def work_ids(index: Any) -> Any:
    """Half of the ids spread as those of older works, half dense as those of newer ones."""
    spread = index * 2_654_435_761 % PRIME_WORKS + 2_000_000
    return np.where(index % 2, 4_200_000_000 + index, spread)


def make(root: Path, plan: Plan) -> Path:
    """Make the snapshot in `root`; the folder of its works."""
    folder = root / "data" / "works"
    if plan.layout == "current":
        folder = root / "data" / ("parquet" if plan.format != "jsonl" else "jsonl") / "works"
    parts = list(_parts(plan))
    with ThreadPoolExecutor(2) as pool:
        entries = list(pool.map(lambda part: _write(root, folder, plan, part), parts))
    rng = np.random.default_rng([plan.seed, 1])
    gone = work_ids(np.sort(rng.choice(plan.works, int(plan.works * plan.gone), replace=False)))
    half = len(gone) // 2 if plan.layout == "legacy" else len(gone)
    _lists(root, folder, gone[:half], gone[half:])
    total = {
        key: sum(e["meta"][key] for e in entries) for key in ("record_count", "content_length")
    }
    if plan.layout == "current":
        head = {"date": parts[-1].day.isoformat(), "format": plan.format, "entity": "works"}
        document, name = {**head, **total, "files": entries}, "manifest.json"
    else:
        document, name = {"entries": entries, "meta": total}, "manifest"
    (folder / name).write_text(json.dumps(document, indent=1))
    return folder


def _parts(plan: Plan) -> Iterator[Part]:
    rng = np.random.default_rng([plan.seed, 0])
    known = int(plan.works * (1 - plan.updates * plan.new))
    half = known // 2
    lists = [np.arange(half), np.arange(half, known)]
    for update in range(plan.updates):
        until = plan.works if update + 1 == plan.updates else known + int(plan.works * plan.new)
        moved = rng.choice(known, min(known, int(plan.works * plan.moved)), replace=False)
        lists.append(np.concatenate([moved, np.arange(known, until)]))
        known = until
    for number, works in enumerate(lists):
        day = FIRST_DAY + timedelta(days=30 * number)
        is_parquet = plan.format == "parquet" or (plan.format == "mixed" and number % 2 == 0)
        for at, start in enumerate(range(0, len(works), plan.part)):
            piece = works[start : start + plan.part]
            yield Part(day=day, number=at, works=piece, is_parquet=is_parquet)


def _write(root: Path, folder: Path, plan: Plan, part: Part) -> dict[str, Any]:
    ending = "parquet" if part.is_parquet else "gz"
    path = folder / f"updated_date={part.day}" / f"part_{part.number:04}.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([plan.seed, 2, part.day.toordinal(), part.number])
    chunks = (
        _rows(plan, part, rng, part.works[at : at + CHUNK])
        for at in range(0, len(part.works), CHUNK)
    )
    if part.is_parquet:
        _write_parquet(path, chunks)
    else:
        _write_jsonl(path, chunks)
    inside = path.relative_to(root).as_posix()
    meta = {"content_length": path.stat().st_size, "record_count": len(part.works)}
    return {"url": f"s3://openalex/{inside}", "meta": meta}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Columns of some works."""

    work: Any
    citations: pa.Array
    year: pa.Array
    offsets: Any
    author: pa.Array
    day: str
    padding: pa.Array


def _rows(plan: Plan, part: Part, rng: np.random.Generator, index: Any) -> Rows:
    count = len(index)
    tail = np.clip(1 + rng.pareto(0.9, count) * 4, 1, 400_000)
    citations = np.where(rng.random(count) < 0.4, 0, tail).astype(np.int64)
    year = (2026 - np.clip(rng.exponential(11, count), 0, 120)).astype(np.int64)
    size = 1 + np.clip(rng.lognormal(0.75, 0.8, count), 0, 60).astype(np.int64)
    large = rng.random(count) < 0.0003
    size[large] += np.clip(rng.pareto(1.1, large.sum()) * 60, 0, 5000).astype(np.int64)
    size[rng.random(count) < 0.02] = 0
    offsets = np.concatenate([[0], np.cumsum(size)])
    author, is_null = _authors(plan, rng, offsets)
    text = rng.integers(97, 123, plan.padding, dtype=np.uint8).tobytes().decode()
    return Rows(
        work=work_ids(index),
        citations=pa.array(citations, mask=rng.random(count) < 0.005),
        year=pa.array(year, mask=rng.random(count) < 0.005),
        offsets=offsets.astype(np.int32),
        author=pa.array(author, mask=is_null),
        day=part.day.isoformat(),
        padding=pa.scalar(text),
    )


def _authors(plan: Plan, rng: np.random.Generator, offsets: Any) -> tuple[Any, Any]:
    count, people = int(offsets[-1]), max(10, int(plan.works * 0.6))
    rank = (people * rng.random(count) ** 1.5).astype(np.int64)
    author = 5_000_000_000 + rank * 40_503_001 % PRIME_AUTHORS
    author[rng.random(count) < 0.0005] = NOBODY[0]
    author[rng.random(count) < 0.0005] = NOBODY[1]
    again = np.flatnonzero(rng.random(count) < 0.001)
    again = again[(again > 0) & ~np.isin(again, offsets)]
    author[again] = author[again - 1]
    return author, rng.random(count) < 0.002


def _address(letter: str, numbers: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(
        f"https://openalex.org/{letter}", numbers.cast(pa.string()), ""
    )


def _write_parquet(path: Path, chunks: Iterator[Rows]) -> None:
    writer = None
    for rows in chunks:
        table = _table(rows)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="snappy")
        writer.write_table(table)
    if writer:
        writer.close()


def _table(rows: Rows) -> pa.Table:
    count, people = len(rows.work), len(rows.author)
    ids = _address("A", rows.author)
    names = pc.binary_join_element_wise("Author", rows.author.cast(pa.string()), " ")
    person = pa.StructArray.from_arrays(
        [ids, names, pa.nulls(people, pa.string())], ["id", "display_name", "orcid"]
    )
    institution = pa.struct([("id", pa.string()), ("display_name", pa.string())])
    institutions = pa.ListArray.from_arrays(
        pa.array(np.zeros(people + 1, dtype=np.int32)), pa.nulls(0, institution)
    )
    position = (
        pa.array(["middle"])
        .dictionary_encode()
        .dictionary.take(pa.array(np.zeros(people, dtype=np.int32)))
    )
    authorship = pa.StructArray.from_arrays(
        [position, person, institutions, names],
        ["author_position", "author", "institutions", "raw_author_name"],
    )
    work = pa.array(rows.work)
    constant = np.zeros(count, dtype=np.int32)
    return pa.table(
        {
            "id": _address("W", work),
            "doi": pa.nulls(count, pa.string()),
            "title": pc.binary_join_element_wise("A study of case", work.cast(pa.string()), " "),
            "publication_year": rows.year.cast(pa.int32()),
            "type": pa.array(["article"]).take(pa.array(constant)),
            "cited_by_count": rows.citations.cast(pa.int32()),
            "is_retracted": pa.array(np.zeros(count, dtype=np.bool_)),
            "authorships": pa.ListArray.from_arrays(pa.array(rows.offsets), authorship),
            "abstract": pa.array([rows.padding.as_py()]).take(pa.array(constant)),
            "updated_date": pa.array([rows.day]).take(pa.array(constant)),
        }
    )


def _write_jsonl(path: Path, chunks: Iterator[Rows]) -> None:
    packer = zlib.compressobj(level=1, wbits=31)
    with path.open("wb") as file:
        for rows in chunks:
            file.write(packer.compress(_lines(rows)))
        file.write(packer.flush())


def _lines(rows: Rows) -> bytes:
    def text(column: pa.Array) -> pa.Array:
        return pc.fill_null(column.cast(pa.string()), "null")

    ids = pc.fill_null(
        pc.binary_join_element_wise('"', _address("A", rows.author), '"', ""), "null"
    )
    names = pc.binary_join_element_wise('"Author ', text(rows.author), '"', "")
    one = pc.binary_join_element_wise(
        '{"author_position":"middle","author":{"id":', ids, ',"display_name":', names,
        ',"orcid":null},"institutions":[],"raw_author_name":', names, "}", "",
    )  # fmt: skip
    authorships = pc.binary_join(pa.ListArray.from_arrays(pa.array(rows.offsets), one), ",")
    number = pa.array(rows.work).cast(pa.string())
    lines = pc.binary_join_element_wise(
        '{"id":"https://openalex.org/W', number, '","doi":null,"title":"A study of case ', number,
        '","publication_year":', text(rows.year), ',"type":"article","cited_by_count":',
        text(rows.citations), ',"is_retracted":false,"authorships":[', authorships,
        '],"abstract":"', rows.padding, '","updated_date":"', rows.day, '"}\n', "",
    )  # fmt: skip
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    return lines.buffers()[2].to_pybytes()[offsets[0] : offsets[len(lines)]]


def _lists(root: Path, folder: Path, deleted: Any, merged: Any) -> None:
    rows = [f"https://openalex.org/W{work},2026-08-14\n" for work in deleted.tolist()]
    (folder / "deleted_ids.csv").write_text("".join(["work_id,deleted_date\n", *rows]))
    if len(merged):
        path = root / "data" / "merged_ids" / "works" / "2026-01-01.csv.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [f"2026-01-01,W{work},W1\n" for work in merged.tolist()]
        text = "".join(["merge_date,id,merge_into_id\n", *rows])
        path.write_bytes(gzip.compress(text.encode(), mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--works", type=float, default=1e6)
    parser.add_argument("--format", choices=["parquet", "jsonl", "mixed"], default="parquet")
    parser.add_argument("--layout", choices=["current", "legacy"], default="current")
    parser.add_argument("--updates", type=int, default=3)
    parser.add_argument("--part", type=float, default=2e5)
    parser.add_argument("--padding", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    given = vars(parser.parse_args())
    root = given.pop("root")
    whole = {name: int(given.pop(name)) for name in ("works", "part")}
    print(make(root, Plan(**given, **whole)))


if __name__ == "__main__":
    main()
