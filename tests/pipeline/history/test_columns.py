from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.history import columns, tables
from pipeline.history.columns import Column

SPEC = (
    Column("word", "string", is_dictionary=True),
    Column("text", "string"),
    Column("count", "int"),
    Column("flag", "bool"),
    Column("day", "date"),
    Column("moment", "time"),
    Column("share", "float"),
)

values = st.tuples(
    st.none() | st.sampled_from(["a", "b", ""]),
    st.none() | st.text(),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.booleans(),
    st.none() | st.dates(),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.floats(allow_nan=False),
)


@given(rows=st.lists(values, max_size=30))
def test_rows_come_back_exactly(rows):
    data = columns.pack(SPEC, columns.table(SPEC, rows), mark={"kind": "test"})
    assert list(columns.rows(columns.unpack(data), SPEC)) == rows


def test_the_same_rows_give_the_same_bytes():
    rows = [("a", "text", 1, True, date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), 0.5)]
    first, second = (
        columns.pack(SPEC, columns.table(SPEC, rows), mark={"b": 1, "a": 2}) for _ in range(2)
    )
    assert first == second


def test_text_that_is_no_unicode_is_stored_with_a_mark_in_its_place():
    spec = (Column("text", "string"),)
    data = columns.pack(spec, columns.table(spec, [("a\ud800b",)]), mark={})
    assert list(columns.rows(columns.unpack(data), spec)) == [("a?b",)]


def test_pages_are_checksummed_and_encoded_as_promised():
    rows = [
        ("ada", "openalex", f"W{n}", "cited_by_count", n, date(2026, 3, 2), n) for n in range(9)
    ]
    data = columns.pack(tables.CHANGES, columns.table(tables.CHANGES, rows), mark={})
    group = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0)
    by_name = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    for name in ("run", "date", "value"):
        assert "DELTA_BINARY_PACKED" in by_name[name].encodings
    assert "PLAIN" in by_name["work"].encodings
    assert not any(c.has_dictionary_page for c in by_name.values())
    assert {c.compression for c in by_name.values()} == {"ZSTD"}
    place = by_name["value"].data_page_offset + by_name["value"].total_compressed_size - 1
    broken = bytearray(data)
    broken[place] ^= 1
    with pytest.raises(ValueError, match="its seal is broken"):
        columns.unpack(bytes(broken))
    broken = broken.replace(b'"seal": "', b'"none": "')
    with pytest.raises(ValueError, match=r"no readable Parquet file: .*CRC"):
        columns.unpack(bytes(broken))


def test_a_footer_says_whose_file_it_is():
    spec = (Column("text", "string"),)
    data = columns.pack(spec, columns.table(spec, []), mark={"schema": 1})
    assert columns.marked(data) == {"schema": 1}
    foreign = io.BytesIO()
    pq.write_table(columns.table(spec, [("x",)]), foreign)
    assert columns.marked(foreign.getvalue()) is None
    assert columns.marked(b"no parquet") is None


def test_a_column_of_a_later_version_is_ignored():
    data = columns.pack(SPEC[:2], columns.table(SPEC[:2], [("a", "b")]), mark={})
    assert list(columns.rows(columns.unpack(data), SPEC[:1])) == [("a",)]


def test_a_missing_column_is_told_by_name():
    data = columns.pack(SPEC[:1], columns.table(SPEC[:1], [("a",)]), mark={})
    with pytest.raises(StorageError, match="no column text"):
        columns.rows(columns.unpack(data), SPEC[:2])


@pytest.mark.parametrize("count", [0, 4, 12_000])
def test_texts_that_repeat_come_back_exactly_as_dictionaries(count):
    rows = [("a", "1"), (None, "é"), ("", ""), ("a", None)] * (count // 4)
    data = columns.pack(SPEC[:2], columns.table(SPEC[:2], rows), mark={})
    content = columns.unpack(data, repeated=("word", "text"))
    assert all(isinstance(column.type, pa.DictionaryType) for column in content.columns)
    assert list(columns.rows(content, SPEC[:2])) == rows


def test_only_the_columns_asked_for_are_read():
    data = columns.pack(SPEC[:2], columns.table(SPEC[:2], [("a", "b")]), mark={})
    assert columns.unpack(data, columns=("text",)).column_names == ["text"]
