"""Titles that are one title, titles that are not, and titles that say nothing."""

from __future__ import annotations

import pytest

from pipeline.identity import keys
from pipeline.identity.keys import fold, is_cut, squeeze, title_key


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (r"Sampling in $\mathcal{O}(n)$ steps", "sampling in o n steps"),
        (r"The \textbf{bold} and the \emph{meek} ones", "the bold and the meek ones"),
        (r"Poincar\'{e} and G{\"o}del meet \v{C}ech", "poincare and godel meet cech"),
        (r"Stra\ss e and \O re in \L odz", "strasse and ore in lodz"),
        (
            r"Bounds for $\varepsilon$-nets and $\alpha$ forms",
            "bounds for epsilon nets and alpha forms",
        ),
        (r"Enhanced $$A_{\infty }$$-obstruction theory", "enhanced a infinity obstruction theory"),
        (r"Towers of \emph{all} $d\mathbb{Z}$-cluster objects", "towers of all dz cluster objects"),
        (r"Maps $X \to Y$ and $3\times 3$ grids", "maps x y and 3 x 3 grids"),
        ("Enhanced A\u221e-obstruction theory", "enhanced a infinity obstruction theory"),
        ("First conjecture for K<sub>1</sub> groups", "first conjecture for k1 groups"),
        ("First conjecture for K_1 groups", "first conjecture for k1 groups"),
        ("First conjecture for K\u2081 groups", "first conjecture for k1 groups"),
        ('A <span class="x">styled</span> title<br/>here', "a styled title here"),
        ("When p < 0.05 and n > 3 hold", "when p 0 05 and n 3 hold"),
        ("Salt &amp; Pepper in the Kitchen", "salt and pepper in the kitchen"),
        ("Salt and Pepper\n  in the\tKitchen", "salt and pepper in the kitchen"),
        ("Ελλάδα και η επιστήμη σήμερα", "ellada kai eta epistimi simera"),
        (
            "\u03b1-synuclein and TNF\u03b2 in Naïve Mice",
            "alpha synuclein and tnfbeta in naive mice",
        ),
        ("The \u03bb-calculus is of use", "the lambda calculus is of use"),
        ("Größe und Øre: ein Vergleich™", "grosse und ore ein vergleich"),
        ("Исследование больших языковых моделей", "issledovanie bol shikh yazykovykh modelei"),
        ("Pro\u00adgramming with\u200b zero\ufeff width", "programming with zero width"),
    ],
)
def test_a_title_is_folded_to_plain_words(title, expected):
    assert title_key(title) == expected


def test_an_ideogram_is_a_word_by_its_sound():
    assert title_key("深度学习模型压缩") == "shen du xue xi mo xing ya suo"


def test_ideograms_are_judged_by_length_since_they_have_no_spaces():
    assert title_key("深度学习模型") is None


def test_letters_of_a_script_without_spaces_are_judged_by_length():
    assert title_key("การศึกษา") is None
    assert title_key("การศึกษาระบบสารสนเทศเพื่อการจัดการ") is not None


def test_a_plus_is_a_word_so_that_a_sequel_is_another_paper():
    plain = title_key("TOOL: Benchmarking compression of models")
    sequel = title_key("TOOL+: Benchmarking compression of models")
    assert plain != sequel
    assert sequel == "tool plus benchmarking compression of models"


def test_a_sharp_is_a_word():
    assert title_key("Static typing in C# programs") != title_key("Static typing in C programs")


def test_digits_are_kept():
    assert title_key("Report of the group 2019") != title_key("Report of the group 2020")


@pytest.mark.parametrize(
    "title", [None, "", "   ", "Deep learning", "On three words", "!!! ??? ..."]
)
def test_a_title_of_few_words_has_no_key(title):
    assert title_key(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Correction to: Deep things of the sea",
        "Corrections to “Deep things of the sea”",
        "Erratum: Deep things of the sea",
        "Editorial: the year in review",
        "Guest Editors' Introduction to the Special Issue",
        "Introduction to the Special Issue",
        "Preface to the second edition",
        "Table of Contents of Volume Two",
        "Author Correction: Deep things of the sea",
    ],
)
def test_a_generic_title_has_no_key(title):
    assert title_key(title) is None


def test_a_title_that_begins_with_a_generic_word_in_another_sense_has_a_key():
    assert title_key("Introduction to the theory of nets") is not None
    assert title_key("Editorials and their readers in 1900") is not None


def test_squeezing_makes_hyphens_and_spaces_alike():
    left, right = (
        title_key("Spaces over non-symmetric big operads"),
        "spaces over nonsymmetric big operads",
    )
    assert squeeze(left) == squeeze(right)


def test_squeezing_makes_tex_and_unicode_products_alike():
    tex, plain = (
        fold(r"Grids of $3 \times 3$ cells"),
        fold("Grids of 3\N{MULTIPLICATION SIGN}3 cells"),
    )
    assert squeeze(tex) == squeeze(plain)


def test_squeezing_keeps_numbers_apart():
    assert squeeze("report 1 12 of all") != squeeze("report 11 2 of all")


@pytest.mark.parametrize("title", ["A long title about …", "A long title about ...", "A long... "])
def test_an_ellipsis_at_the_end_is_a_cut(title):
    assert is_cut(title)


@pytest.mark.parametrize("title", [None, "", "To … or not to be", "A long title."])
def test_a_whole_title_is_not_cut(title):
    assert not is_cut(title)


def test_folding_is_idempotent():
    key = fold(r"Enhanced $$A_{\infty }$$-obstruction: C++ & \'Etale")
    assert fold(key) == key == "enhanced a infinity obstruction c plus plus and etale"


def test_plain_titles_do_not_load_the_transliteration(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "anyascii", None)
    assert (
        fold("Naïve Größe of 3\N{MULTIPLICATION SIGN}3 α-nets") == "naive grosse of 3x3 alpha nets"
    )


def test_every_generic_title_is_written_as_a_key():
    assert all(fold(title) == title for title in keys._GENERIC_TITLES)
    assert all(fold(start) == start.strip() for start in keys._GENERIC_STARTS)
