from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.history import encode
from spiders.items import AuthorRecord, WorkRecord, YearCount

text = st.text(max_size=20)
maybe = st.none() | text
figure = st.none() | st.integers(0, 2**62)
years = st.lists(
    st.builds(YearCount, year=st.integers(1, 3000), cited_by_count=st.integers(0)), max_size=3
).map(tuple)
texts = st.lists(text, max_size=3).map(tuple)
numbers = st.floats(allow_nan=False, allow_infinity=False)
extra = st.dictionaries(text, numbers | st.integers() | text, max_size=3).map(MappingProxyType)
works = st.builds(
    WorkRecord,
    provider=text,
    record_id=text,
    title=maybe,
    year=st.none() | st.integers(),
    publication_date=maybe,
    venue=maybe,
    authors=texts,
    authors_count=figure,
    ids=texts,
    cited_by_count=figure,
    cited_by_count_raw=maybe,
    self_citations=figure,
    counts_by_year=years,
    is_merged=st.booleans(),
    is_excluded=st.booleans(),
    is_retracted=st.none() | st.booleans(),
    cites_ids=texts,
    extra=extra,
)
authors = st.builds(
    AuthorRecord,
    provider=text,
    author_id=maybe,
    name=maybe,
    interests=texts,
    ids=texts,
    works_count=figure,
    h_index=figure,
    counts_by_year=years,
    counts_by_year_meaning=maybe,
    is_truncated=st.booleans(),
    is_sorted=st.booleans(),
    anomalies=texts,
    extra=extra,
    raw=st.dictionaries(text, text, max_size=3).map(MappingProxyType),
)


@given(record=works)
def test_a_work_comes_back_exactly(record):
    found = encode.loads(encode.dumps(record), WorkRecord)
    assert found == record
    assert type(found.extra) is MappingProxyType


@given(record=authors)
def test_an_author_comes_back_exactly(record):
    assert encode.loads(encode.dumps(record), AuthorRecord) == record


@given(record=works)
def test_equal_records_give_equal_text(record):
    again = encode.loads(encode.dumps(record), WorkRecord)
    assert encode.dumps(again) == encode.dumps(record)


def test_text_is_plain_ascii_json_without_what_is_not_said():
    record = WorkRecord(provider="openalex", record_id="openalex:W1", title="Über \ud800 alles")
    said = encode.dumps(record)
    assert said.isascii()
    assert set(json.loads(said)) == {"provider", "record_id", "title"}
    assert encode.loads(said, WorkRecord) == record


def test_zero_and_false_are_said():
    record = AuthorRecord(provider="p", author_id=None, h_index=0, is_sorted=False)
    assert json.loads(encode.dumps(record)) == {
        "provider": "p",
        "author_id": None,
        "h_index": 0,
        "is_sorted": False,
    }


def test_a_key_of_a_later_version_is_ignored():
    found = encode.loads('{"provider":"p","record_id":"r","title":null,"colour":3}', WorkRecord)
    assert found == WorkRecord(provider="p", record_id="r", title=None)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"provider":"p","counts_by_year":3}'])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  json has its own words
        encode.loads(text, WorkRecord)


def test_many_texts_are_read_as_each_of_them_is():
    texts = [
        '{"provider":"p","record_id":"a","title":null,"counts_by_year":[[2020,1]]}',
        ' {"provider":"p","record_id":"b","title":"B","counts_by_year":[[2020,true],[2020,1]]} ',
        '{"provider":"p","record_id":"c","title":null,"authors":["A"],"extra":{"n":1}}',
    ]
    found = encode.loads_all(texts, WorkRecord)
    assert found == [encode.loads(text, WorkRecord) for text in texts]
    assert [type(y.cited_by_count) for y in found[1].counts_by_year] == [bool, int]
    assert found[2].authors == ("A",)
    assert found[0].authors == ()
    with pytest.raises(ValueError, match="no WorkRecord"):
        encode.loads_all([*texts, "{}"], WorkRecord)


def test_times_are_brought_to_utc():
    local = datetime(2026, 3, 2, 5, 17, tzinfo=timezone(timedelta(hours=2)))
    assert encode.utc(local).isoformat() == "2026-03-02T03:17:00+00:00"
    assert encode.moment("2026-03-02T05:17:00+02:00") == local
    assert encode.moment(None) is None
