"""Pairs sorted and matched, beside what plain Python does with tuples."""

import numpy as np
import pytest

from pipeline.scale.ledger.pairs import Pairs, matched, order_of


def columns(pairs):
    return tuple(np.array(ids, dtype=np.int64) for ids in zip(*pairs, strict=True))


@pytest.mark.parametrize("bits", [3, 33, 50])
def test_pairs_of_any_width_are_sorted_by_author_and_work(bits):
    rng = np.random.default_rng(bits)
    pairs = sorted(map(tuple, rng.integers(0, 1 << bits, (500, 2)).tolist()))
    order = rng.permutation(len(pairs))
    mixed = [pairs[n] for n in order]
    found = order_of(*columns(mixed))
    assert [mixed[n] for n in found] == pairs
    assert order_of(*columns(pairs)) is None
    ordered = Pairs.of(*columns(mixed))
    assert [mixed[n] for n in ordered.code] == pairs


@pytest.mark.parametrize("bits", [5, 33, 50])
@pytest.mark.parametrize("shares", [(1.0, 1.0), (0.99, 0.99), (0.5, 0.9), (0.9, 0.01)])
def test_each_row_finds_its_pair_and_no_other(bits, shares):
    """More than a block of each, and lists whose least author differs."""
    rng = np.random.default_rng(7)
    pairs = sorted({tuple(p) for p in rng.integers(0, 1 << bits, (9000, 2)).tolist()})
    one, other = ([p for p in pairs if rng.random() < share] for share in shares)
    places = {pair: place for place, pair in enumerate(other)}
    found = matched(columns(one), columns(other))
    assert found.tolist() == [places.get(pair, -1) for pair in one]


def test_nothing_matches_nothing():
    nothing = np.zeros(0, dtype=np.int64)
    some = np.array([1, 2])
    assert matched((nothing, nothing), (some, some)).tolist() == []
    assert matched((some, some), (nothing, nothing)).tolist() == [-1, -1]
