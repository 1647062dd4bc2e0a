from __future__ import annotations

import pytest

from pipeline.writers.colours import brightness, in_hex, is_light


@pytest.mark.parametrize(
    ("colour", "found"),
    [
        ("blue", "#007ec6"),
        ("critical", "#dd4343"),
        ("lightgray", "#939393"),
        ("FFF", "#fff"),
        ("#007EC6", "#007ec6"),
        ("#007ec680", "#007ec680"),
    ],
)
def test_names_and_digits_become_hex(colour, found):
    assert in_hex(colour) == found


@pytest.mark.parametrize(
    ("colour", "value"),
    [("#000", 0), ("#fff", 1), ("#ffff", 1), ("#A6CE39", 0.69), ("#4285f480", 0.49), ("#f00", 0.3)],
)
def test_brightness_is_that_of_badge_maker(colour, value):
    assert brightness(colour) == value


def test_light_starts_above_the_threshold():
    assert [is_light(c) for c in ("#A6CE39", "#b0b0b0", "#b2b2b2")] == [False, False, True]
