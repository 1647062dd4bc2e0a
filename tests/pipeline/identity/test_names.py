"""Surnames in the spellings that providers use."""

from __future__ import annotations

import pytest

from pipeline.identity.names import alike, name_forms, shared, surnames


@pytest.mark.parametrize(
    "name",
    [
        "Fernando Moro",
        "Moro, Fernando",
        "F. Moro",
        "F Moro",
        "FJ Moro",
        "Moro F",
        "Moro F.J.",
        "F.-J. Moro",
        "Fernando Moro Jr.",
        "Moro, Fernando, Jr.",
        "Fernando Moro, PhD",
        "Fernando Moro III",
        "MORO F",
        "Fernando MORO",
        "Moro",
        "  Fernando   Moro † ",
        "LI F",
    ],
)
def test_one_surname_is_read_from_any_spelling(name):
    expected = {"li"} if name == "LI F" else {"moro"}
    assert surnames([name]) == expected


def test_marks_make_no_difference():
    assert surnames(["Rafael Núñez"]) == surnames(["R. Nunez"]) == {"nunez"}
    assert surnames(["Ø. Sørensen"]) == {"sorensen"}


@pytest.mark.parametrize(
    "name",
    ["Ludwig van der Berg", "van der Berg, Ludwig", "Berg, Ludwig van der", "L van der Berg"],
)
def test_particles_are_dropped(name):
    assert surnames([name]) == {"berg"}


def test_a_surname_that_looks_like_a_particle_stays():
    assert surnames(["Quoc Le"]) == surnames(["Le, Quoc"]) == {"le"}


@pytest.mark.parametrize(
    "name", ["Ana García-Márquez", "García Márquez, Ana", "A García\u2010Márquez"]
)
def test_a_double_surname_gives_the_whole_and_its_last_part(name):
    assert surnames([name]) == {"garciamarquez", "marquez"}


def test_a_hyphened_first_name_is_no_surname():
    assert surnames(["Hans-Joachim Baum", "H. -J. Baum"]) == {"baum"}


def test_an_apostrophe_is_left_out():
    assert surnames(["Sean O'Brien", "Sean O’Brien"]) == {"obrien"}


def test_capitals_at_the_end_may_be_either():
    assert surnames(["Jian LI"]) == {"jian", "li"}
    assert surnames(["Smith JA"]) == {"smith", "ja"}


def test_a_name_in_ideograms_gives_its_first_sign():
    assert surnames(["黄小明"]) == surnames(["Xiaoming Huang"]) == {"huang"}


def test_a_group_is_one_name():
    assert surnames(["The Moon Collaboration"]) == {"themooncollaboration"}


def test_other_scripts_are_transliterated():
    assert surnames(["Иван Петров"]) == surnames(["Ivan Petrov"])


@pytest.mark.parametrize("name", ["", "...", "…", "et al.", "others", ", ", "12"])
def test_what_is_no_name_gives_none(name):
    assert surnames([name]) == frozenset()


def test_a_suffix_alone_after_the_comma_is_no_given_name():
    assert surnames(["Moro, Jr."]) == {"moro"}


def test_a_lone_name_is_the_surname_whatever_stands_around_it():
    assert surnames([", Plato"]) == surnames(["Plato,"]) == {"plato"}


def test_shared_counts_people_not_forms():
    left = name_forms(["Ana García-Márquez", "Lin Okafor"])
    right = name_forms(["A. García-Márquez", "Bo Chen"])
    assert shared(left, right) == 1


@pytest.mark.parametrize("typo", ["Bauer", "Baue", "Bauess", "Xaues", "Baues"])
def test_one_wrong_letter_is_forgiven_in_a_longer_name(typo):
    expected = 0 if typo == "Baue" else 1
    assert alike(name_forms(["H. Baues"]), name_forms([f"H. {typo}"])) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [("Wang", "Yang"), ("Baues", "Bauxer"), ("Baues", "Bauesberg"), ("Moreno", "Mo")],
)
def test_two_wrong_letters_or_a_short_name_are_not_forgiven(left, right):
    assert alike(name_forms([f"A {left}"]), name_forms([f"A {right}"])) == 0


def test_long_author_lists_are_compared_exactly():
    many = [f"A Surname{'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(25)]
    assert alike(name_forms(["A Surnamezz"]), name_forms(many)) == 0
