"""Two spellings of a name: one person's perhaps, another's, or nobody can tell."""

import pytest

from pipeline.checks.names import same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Yushi Huang", "Huang Yushi"),
        ("Yushi Huang", "Huang, Yushi"),
        ("Yushi Huang", "Y. Huang"),
        ("Yushi Huang", "Y Huang"),
        ("Yu-Shi Huang", "Yushi Hwang"),
        ("Yushi Huang", "Yushi Huang (黄雨诗)"),
        ("黄雨诗", "Yushi Huang 黄雨诗"),
        ("Ada B. Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "Ada King"),
        ("Jürgen Müller", "Muller, J."),
        ("Hans Müller", "H. Mueller"),
        ("Søren Kjær", "Soeren K."),
        ("Łukasz Kaiser", "L. Kaiser"),
        ("José Núñez", "Jose Nunez"),
        ("Marie Smith-Jones", "M. Jones"),
        ("Patrick O'Neil", "P. O’Neil"),
        ("ＹＵＳＨＩ HUANG", "yushi huang"),
        ("Иван Петров", "Петров И. И."),
        ("Prof. Dr. Ada Lovelace", "Lovelace, Ada, PhD"),
    ],
)
def test_one_persons_spellings_are_never_taken_for_two_people(left, right):
    assert same(left, right) is True
    assert same(right, left) is True


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ada Lovelace", "Wei Li"),
        ("A. Lovelace", "W. Li"),
        ("Linh Le", "Wei Li"),
        ("Wei Zhang", "Li Zheng"),
        ("Jan van Dijk", "Piet van Gogh"),
        ("Dr. Ada Lovelace", "Dr. Wei Li"),
        ("Ada Lovelace Jr.", "Wei Li Jr."),
        ("Ada Lovelace 黄", "Wei Li 黄"),
    ],
)
def test_names_without_a_common_word_are_two_peoples(left, right):
    assert same(left, right) is False
    assert same(right, left) is False


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("黄雨诗", "Yushi Huang"),
        ("Иван Петров", "Ivan Petrov"),
        ("黄雨诗", "黃雨詩"),
        ("Y. H.", "Yushi Huang"),
        (None, "Ada"),
        ("", ""),
        ("42", "Ada"),
        ("adalove", "Ada Lovelace"),
        ("AdaLovelace", "Ada Lovelace"),
        ("Dr. Lovelace", "Wei Li"),
        ("L. Le", "Linh Le"),
    ],
)
def test_what_cannot_be_compared_says_nothing(left, right):
    assert same(left, right) is None
    assert same(right, left) is None
