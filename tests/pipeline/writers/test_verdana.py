from __future__ import annotations

import unicodedata

import pytest

from pipeline.writers.verdana import width


@pytest.mark.parametrize(("text", "pixels"), [("citations", 47), ("1.3k", 25), ("551074", 41)])
def test_latin_is_as_wide_as_verdana(text, pixels):
    assert width(text) == pixels


def test_a_width_is_always_odd_to_meet_whole_pixels():
    assert {width("i" * n) % 2 for n in range(60)} == {1}


def test_a_mark_takes_no_room():
    text = "Ångström, Łódź, Nguyễn"
    assert (
        width(unicodedata.normalize("NFD", text)) == width(text) == width("Angstrom, Łodz, Nguyen")
    )


def test_an_ideograph_is_a_square():
    assert width("引" * 10) == 111


def test_a_letter_that_is_not_known_is_as_wide_as_an_m():
    assert width("\ufffd" * 10) == width("m" * 10)
