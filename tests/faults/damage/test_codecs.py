"""One flipped bit in a Parquet file is never read as different data, whatever the codec.

Three guards, each tried alone: the manifest's SHA-256, the seal in the footer, and Parquet's page
checksums, of which the last leaves the footer unguarded.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StorageError
from pipeline.history import columns, tables
from pipeline.history import manifest as listing
from pipeline.history.files import Files
from pipeline.model import Observed, ProviderState
from spiders.items import AuthorRecord, WorkRecord

CODECS = ("none", "snappy", "gzip", "brotli", "zstd", "lz4")
FLIPS = 300
AT = datetime(2026, 3, 2, 3, 17, tzinfo=UTC)


def changes():
    return [
        ("ada", ("crossref", "openalex")[n % 2], f"openalex:W{n % 40}", "cited_by_count", n // 8,
         date(2026, 3, 2) + timedelta(n // 8), n * n % 997 if n % 13 else None)
        for n in range(160)
    ]  # fmt: skip


def state():
    works = tuple(
        Observed(
            record=WorkRecord(
                provider="openalex",
                record_id=f"openalex:W{n}",
                title=f"On subject {n}, again",
                year=2000 + n % 20,
                cited_by_count=n * n % 997 if n % 7 else None,
            ),
            as_of=AT + timedelta(days=n % 3),
            first_seen=AT,
            is_gone=n % 9 == 0,
            work_id=f"doi:10.1000/{n}",
        )
        for n in range(40)
    )
    author = AuthorRecord(provider="openalex", author_id="A1", name="Ada Example")
    return ProviderState(
        author_key="ada",
        provider="openalex",
        author=author,
        works=works,
        as_of=AT,
        checked_at=AT,
        changed_at=AT,
    )


TABLES = {
    "changes": ("changes/flipped.parquet", tables.CHANGES, sorted(changes(), key=lambda r: r[:5])),
    "state": ("state/records.parquet", tables.RECORDS, tables.record_rows([state()])),
}


@pytest.fixture(params=CODECS)
def codec(request):
    return request.param


@pytest.fixture(params=TABLES)
def stored(request):
    return TABLES[request.param]


@pytest.fixture
def packed(monkeypatch, codec, stored):
    """The file as the product writes it, but for the codec and what a test leaves out."""

    def pack(*, is_checksummed=True, is_sealed=True):
        real = pq.ParquetWriter

        def writer(sink, schema, **options):
            if codec != "zstd":
                options.pop("compression_level")
            told = {"compression": codec, "write_page_checksum": is_checksummed}
            return real(sink, schema, **(options | told))

        _, spec, rows = stored
        with monkeypatch.context() as patch:
            patch.setattr(pq, "ParquetWriter", writer)
            if not is_sealed:
                patch.setattr(columns, "_sealed", lambda d: d.replace(b'"seal": "', b'"none": "'))
            mark = {"schema": 1, "kind": "changes", "first": 1, "last": 20}
            data = columns.pack(spec, columns.table(spec, rows), mark=mark)
        group = pq.ParquetFile(pa.BufferReader(data)).metadata.row_group(0)
        name = {"none": "UNCOMPRESSED"}.get(codec, codec.upper())
        assert {group.column(i).compression for i in range(len(spec))} <= {name, "LZ4"}
        return data

    return pack


def footer(data):
    return len(data) - 8 - int.from_bytes(data[-8:-4], "little")


def flips(data, seed):
    """The file with one bit flipped, so many times, and whether that is in the footer."""
    chance = random.Random(seed)
    for _ in range(FLIPS):
        bit = chance.randrange(len(data) * 8)
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped), bit // 8 >= footer(data)


def classed(data, read, rows, seed):
    """How many flips are refused, harmless, and silent: in the pages and in the footer."""
    found = Counter()
    for flipped, is_footer in flips(data, seed):
        try:
            told = read(flipped)
        except (ValueError, OverflowError, StorageError):
            kind = "refused"
        else:
            kind = "harmless" if told == rows else "silent"
        found[kind] += 1
        found[kind, "footer" if is_footer else "pages"] += 1
    assert found["refused"] + found["harmless"] + found["silent"] == FLIPS
    return found


def report(guard, codec, stored, found):
    figures = ", ".join(f"{found[kind]} {kind}" for kind in ("refused", "harmless", "silent"))
    print(f"{guard}, {codec}, {stored[0]}: {figures}")


def test_the_seal_and_page_checksums_let_no_flip_through(packed, codec, stored):
    _, spec, rows = stored
    found = classed(packed(), lambda d: list(columns.rows(columns.unpack(d), spec)), rows, codec)
    report("seal and page checksums", codec, stored, found)
    assert found["silent"] == 0
    assert found["refused"] >= FLIPS - 10, "what passes only renames the seal"


def test_the_seal_alone_lets_no_flip_through(packed, codec, stored):
    _, spec, rows = stored
    data = packed(is_checksummed=False)
    found = classed(data, lambda d: list(columns.rows(columns.unpack(d), spec)), rows, codec)
    report("seal", codec, stored, found)
    assert found["silent"] == 0


def test_page_checksums_alone_let_no_flip_in_a_page_through(packed, codec, stored):
    _, spec, rows = stored
    data = packed(is_sealed=False)
    found = classed(data, lambda d: list(columns.rows(columns.unpack(d), spec)), rows, codec)
    report("page checksums", codec, stored, found)
    assert found["silent", "pages"] == 0


def test_the_manifest_alone_lets_no_flip_through(packed, codec, stored, tmp_path):
    path, spec, rows = stored
    data = packed(is_checksummed=False, is_sealed=False)
    entry = listing.Entry(
        sha256=listing.digest(data), size=len(data), rows=len(rows), first=1, last=20
    )
    manifest = listing.Manifest(sequence=20, files=MappingProxyType({path: entry}))
    place = tmp_path / path
    place.parent.mkdir(parents=True)

    problems = []
    files = Files(tmp_path, problems)

    def read(flipped):
        problems.clear()
        place.write_bytes(flipped)
        told = files.fetch(manifest, path, lambda d: list(columns.rows(columns.unpack(d), spec)))
        if told is None:
            assert [p.path for p in problems] == [path]
            raise ValueError(problems[0].what)
        return told

    assert read(data) == rows
    with files.lock.hold():
        found = classed(data, read, rows, codec)
    report("manifest", codec, stored, found)
    assert (found["refused"], found["silent"]) == (FLIPS, 0)


def test_without_any_guard_flips_do_get_through(packed, codec, stored):
    _, spec, rows = stored
    data = packed(is_checksummed=False, is_sealed=False)
    found = classed(data, lambda d: list(columns.rows(columns.unpack(d), spec)), rows, codec)
    report("nothing", codec, stored, found)
    assert found["silent"] > (0 if codec == "gzip" else 10), "the trials above prove something"
