"""Plainly made-up records, as short as a test needs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.model import Observed
from spiders.items import WorkRecord

START = datetime(2026, 1, 1, tzinfo=UTC)


def make(record_id, title="A plainly made up paper title", *, day=0, seen=0, **fields):
    """One observed record; the provider is the scheme of its id unless given."""
    watched = {k: fields.pop(k) for k in ("is_gone", "work_id") if k in fields}
    ids = fields.pop("ids", ())
    record = WorkRecord(
        provider=fields.pop("provider", record_id.partition(":")[0]),
        record_id=record_id,
        title=title,
        year=fields.pop("year", 2020),
        authors=fields.pop("authors", ("Ada Moreno", "Lin Okafor")),
        ids=(record_id, *ids),
        **fields,
    )
    return Observed(
        record=record,
        as_of=START + timedelta(days=day),
        first_seen=START + timedelta(days=seen),
        **watched,
    )


@pytest.fixture(name="make")
def make_fixture():
    return make


@pytest.fixture
def groups():
    """Record ids of each work, as sets, so that an expectation reads as a partition."""

    def partition(works):
        return {frozenset(c.record_id for c in work.counts) for work in works}

    return partition


@pytest.fixture
def one():
    """The only partition in which all these records are one paper."""

    def joined(*record_ids):
        return {frozenset(record_ids)}

    return joined


@pytest.fixture
def apart():
    """The partition in which each of these records is a paper."""

    def separated(*record_ids):
        return {frozenset({r}) for r in record_ids}

    return separated
