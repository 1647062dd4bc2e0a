from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from itertools import repeat

import pytest

from pipeline.history.bulk import made


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    one: int
    other: str = "-"


def test_values_are_as_the_constructor_makes_them():
    found = made(Pair, 3, {"one": [1, 2, 3], "other": repeat("x")})
    assert found == [Pair(one=n, other="x") for n in (1, 2, 3)]
    with pytest.raises(FrozenInstanceError):
        found[0].one = 4  # type: ignore[misc]


@pytest.mark.parametrize("names", [("one",), ("one", "other", "third")])
def test_a_field_too_few_or_too_many_is_refused(names):
    with pytest.raises(TypeError, match="Pair takes each of its fields"):
        made(Pair, 1, {name: [1] for name in names})
