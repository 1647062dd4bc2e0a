"""Works out of a gzipped JSON Lines file, decompressed and parsed a piece at a time.

A piece ends with a whole line whatever its length, since a work of a large collaboration is
longer than any fixed block. Only four keys are kept; pyarrow skips the others while it scans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError
from pipeline.scale.openalex.layout import Source
from pipeline.scale.openalex.parquet import author_ids
from pipeline.scale.openalex.works import Raw, Works, Wrong, works

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 16 << 20
"""Bytes that are decompressed before a parse; a longer line makes its piece longer."""
LONGEST = 1 << 30
"""Bytes of one line; the longest works are some tens of MB."""
_KEYS = ("id", "cited_by_count", "publication_year", "authorships")
_AGAIN = "download it again"


def read_jsonl(source: Source) -> Iterator[Works]:
    """Batches of works, in the order of the file.

    Raises:
        ConfigError: the file is damaged or cut, or a line holds what it should not.
    """
    done = 0
    for piece in _pieces(source):
        if not done:
            _check_keys(source, piece)
        try:
            table = _parsed(piece)
            for batch in table.to_batches():
                yield works(_raw(batch))
        except (ValueError, Wrong) as error:  # pyarrow's errors are ValueErrors too
            before = _lines(source, done)
            raise _told(source, piece, before=before, error=error) from error
        done += len(piece)


def _pieces(source: Source) -> Iterator[bytes]:
    """The decompressed file, cut behind line ends."""
    import pyarrow as pa

    if not source.size:
        raise ConfigError(f"{source.path}: the file is empty, not even gzip data; {_AGAIN}")
    kept: list[bytes] = []
    length = 0
    try:
        with (
            pa.OSFile(str(source.path)) as raw,
            pa.CompressedInputStream(raw, "gzip") as stream,
        ):
            while block := stream.read(PIECE):
                cut = block.rfind(b"\n") + 1
                if cut:
                    yield b"".join([*kept, block[:cut]])
                    kept, length = [block[cut:]], len(block) - cut
                else:
                    kept.append(block)
                    length += len(block)
                if length > LONGEST:
                    raise ConfigError(f"{source.path}: a line of over {LONGEST:,} bytes; {_AGAIN}")
    except OSError as error:
        raise ConfigError(f"{source.path}: damaged gzip data ({error}); {_AGAIN}") from error
    if length:
        yield b"".join(kept)


def _parsed(piece: bytes) -> pa.Table:
    import pyarrow as pa
    from pyarrow import json as pa_json

    author = pa.struct([("author", pa.struct([("id", pa.string())]))])
    kinds = [pa.string(), pa.int64(), pa.int64(), pa.list_(author)]
    return pa_json.read_json(
        pa.BufferReader(piece),
        read_options=pa_json.ReadOptions(use_threads=False, block_size=len(piece) + 1),
        parse_options=pa_json.ParseOptions(
            explicit_schema=pa.schema(list(zip(_KEYS, kinds, strict=True))),
            unexpected_field_behavior="ignore",
        ),
    )


def _raw(batch: pa.RecordBatch) -> Raw:
    return Raw(**{name: batch.column(name) for name in _KEYS[:3]}, authors=author_ids(batch))


def _lines(source: Source, until: int) -> int:
    """Number of the line that begins behind so many bytes; counted only when something is wrong."""
    line, done = 1, 0
    for piece in _pieces(source):
        if done >= until:
            break
        line += piece.count(b"\n")
        done += len(piece)
    return line


def _check_keys(source: Source, piece: bytes) -> None:
    """The first work has every key: a file of other things would give authors without works."""
    first = next((text for text in piece.splitlines() if text.strip()), b"")
    try:
        work = json.loads(first)
    except ValueError:
        return
    missing = [key for key in _KEYS if isinstance(work, dict) and key not in work]
    if missing:
        raise ConfigError(
            f"{source.path}, line 1: no key {missing[0]}; {_AGAIN}, these are no works"
        )


def _told(source: Source, piece: bytes, *, before: int, error: Exception) -> ConfigError:
    """The error with the line that it comes from; `before` is the number of the piece's first."""
    number = before
    row = -1
    for number, text in enumerate(piece.split(b"\n"), start=before):
        if not text.strip():
            continue
        row += 1
        reason = _fault(text)
        if isinstance(error, Wrong):
            reason = str(error) if row == error.row else None
        if reason:
            return ConfigError(f"{source.path}, line {number}, {reason}; {_AGAIN}")
    reason = str(error).splitlines()[0]
    return ConfigError(f"{source.path}, lines {before} to {number}: {reason}; {_AGAIN}")


def _fault(text: bytes) -> str | None:
    """What is wrong with one line; `None` when nothing is."""
    try:
        work = json.loads(text)
    except ValueError as error:
        return f"not JSON, or cut off ({error})"
    if not isinstance(work, dict):
        return "not a JSON object"
    for key in _KEYS[1:3]:
        value = work.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            return f"column {key}: {value!r}, not a whole number"
    if not isinstance(work.get("id"), str | None):
        return f"column id: {work['id']!r}, not text"
    return _author_fault(work.get("authorships"))


def _author_fault(authorships: Any) -> str | None:
    if authorships is None:
        return None
    if not isinstance(authorships, list):
        return f"column authorships: {authorships!r:.40}, not a list"
    for item in authorships:
        author = item.get("author") if isinstance(item, dict) else item
        if item is not None and not isinstance(item, dict):
            return f"column authorships: {item!r:.40}, not an object"
        if author is not None and not isinstance(author, dict):
            return f"column authorships.author: {author!r:.40}, not an object"
        if author and not isinstance(author.get("id"), str | None):
            return f"column authorships.author.id: {author['id']!r:.40}, not text"
    return None
