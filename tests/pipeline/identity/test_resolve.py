"""What holds of every answer: no order matters, nothing is lost, ids stay."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.identity import resolve

TITLES = [
    "Compact models of very wide and tall things",
    "Compact models of very-wide and tall things",
    "Compact models of very wide and ta…",
    "Compact models of very wide and tall things+",
    "Secret lives of common tools",
    "Wide transfinite representability",
    "Editorial",
    None,
]
IDS = ["doi:10.1000/1", "doi:10.1000/2", "arxiv:2001.00001", "arxiv:2001.00002", "pmid:1", "mag:1"]
AUTHORS = [(), ("Ada Moreno",), ("A Moreno", "L Okafor"), ("Okafor, Lin", "Bo Chen")]
VENUES = [None, "Journal", "arXiv"]


@st.composite
def draws(draw):
    return {
        "title": draw(st.sampled_from(TITLES)),
        "year": draw(st.sampled_from([None, 2015, 2016, 2017, 2018, 2020])),
        "ids": tuple(draw(st.lists(st.sampled_from(IDS), max_size=2, unique=True))),
        "authors": draw(st.sampled_from(AUTHORS)),
        "venue": draw(st.sampled_from(VENUES)),
        "seen": draw(st.integers(0, 3)),
        "work_id": draw(st.sampled_from([None, None, "doi:10.1000/1", "openalex:W1", "x:1"])),
    }


NAMES = [f"{p}:{n}" for p in ("openalex", "arxiv", "google_scholar") for n in ("W1", "W2", "W3")]
many = st.lists(draws(), max_size=len(NAMES))
relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def records_of(make, drawn):
    return [make(name, **fields) for name, fields in zip(NAMES, drawn, strict=False)]


@relaxed
@given(drawn=many, data=st.data())
def test_the_order_of_the_records_makes_no_difference(make, drawn, data):
    records = records_of(make, drawn)
    shuffled = data.draw(st.permutations(records))
    pairs = [["openalex:W1", "arxiv:W2"]]
    assert resolve(shuffled) == resolve(records)
    assert resolve(shuffled, not_same_work=pairs) == resolve(records, not_same_work=pairs)


@relaxed
@given(drawn=many)
def test_every_record_is_in_one_work_and_no_two_works_share_an_id(make, drawn):
    records = records_of(make, drawn)
    works = resolve(records)
    counted = [c.record_id for work in works for c in work.counts]
    assert sorted(counted) == sorted(o.record.record_id for o in records)
    assert len({work.work_id for work in works}) == len(works)
    assert [w.work_id for w in works] == sorted(w.work_id for w in works)


@relaxed
@given(drawn=many)
def test_a_work_has_one_merge_less_than_records(make, drawn):
    for work in resolve(records_of(make, drawn)):
        assert len(work.merges) == len(work.counts) - 1


@relaxed
@given(drawn=many)
def test_the_next_run_gives_the_same_answer(make, drawn):
    records = records_of(make, drawn)
    works = resolve(records)
    home = {c.record_id: w.work_id for w in works for c in w.counts}
    again = resolve([replace(o, work_id=home[o.record.record_id]) for o in records])
    assert again == works


@relaxed
@given(drawn=many, pair=st.sampled_from(list(combinations(NAMES, 2))))
def test_a_forbidden_pair_is_never_in_one_work(make, drawn, pair):
    works = resolve(records_of(make, drawn), not_same_work=[pair])
    assert not any(set(pair) <= {c.record_id for c in work.counts} for work in works)


def test_nothing_comes_of_nothing():
    assert resolve([]) == ()


@pytest.mark.parametrize("heavy", ["pandas", "pyarrow", "scrapy", "rapidfuzz", "anyascii"])
def test_importing_it_loads_nothing_heavy(heavy):
    code = f"import sys, pipeline.identity; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_work_grows_with_the_records_and_not_with_their_pairs(make, monkeypatch):
    """Comparisons are counted, not seconds."""
    from pipeline.identity import titles

    compared = []
    real = titles.gap
    monkeypatch.setattr(titles, "gap", lambda a, b: compared.append(1) or real(a, b))
    records = [make(f"openalex:W{n}", f"Paper about the matter of x{n}") for n in range(2000)]
    records += [make(f"arxiv:2001.{n:05d}", f"Paper about the matter of x{n}") for n in range(2000)]
    assert len(resolve(records)) == 2000
    assert len(compared) == 2000
