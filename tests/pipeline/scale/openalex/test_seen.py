"""The set of works that were met."""

import numpy as np

from pipeline.scale.openalex.seen import Seen


def test_it_is_a_set_for_ids_in_any_order_and_with_repeats():
    rng = np.random.default_rng(3)
    seen, known = Seen(5000), set()
    for _ in range(30):
        ids = rng.integers(0, 5001, 400)
        fresh = {i: place for place, i in enumerate(ids.tolist()) if i not in known}
        found = seen.newest(ids)
        assert set(np.flatnonzero(found)) == set(fresh.values())
        known |= fresh.keys()


def test_added_ids_are_met_already_and_those_out_of_range_are_left_out():
    seen = Seen(9)
    assert seen.add(np.array([3, 9, 3, 10, 10**12])) == 2
    assert seen.newest(np.array([3, 8, 9])).tolist() == [False, True, False]
