"""A drawn file is kept exactly while what it was made of is the same, and while it is whole."""

import pytest

from pipeline.writers.kept import kept

MADE_OF = {"figure": 161, "version": 1}


@pytest.fixture
def drawn():
    return kept(None, MADE_OF, lambda: "<svg>161</svg>\n")


def refuse():
    raise AssertionError("it was drawn again")


def test_what_was_made_of_the_same_is_kept_without_drawing(drawn):
    assert drawn.startswith(b"<svg>161</svg>\n<!-- ")
    assert kept(drawn, dict(reversed(MADE_OF.items())), refuse) is drawn


def test_what_was_made_of_something_else_is_drawn_again(drawn):
    assert b"162" in kept(drawn, MADE_OF | {"figure": 162}, lambda: "<svg>162</svg>")


@pytest.mark.parametrize("place", [0, 5, -10, -1])
def test_a_changed_byte_anywhere_has_it_drawn_again(drawn, place):
    damaged = bytearray(drawn)
    damaged[place] ^= 1
    assert kept(bytes(damaged), MADE_OF, lambda: "<svg>161</svg>") == drawn


@pytest.mark.parametrize("earlier", [b"", b"<svg>161</svg>\n", b"<svg>161</svg>\n<!-- 00 -->\n"])
def test_a_file_that_does_not_say_what_it_was_made_of_is_drawn_again(earlier, drawn):
    assert kept(earlier, MADE_OF, lambda: "<svg>161</svg>") == drawn
