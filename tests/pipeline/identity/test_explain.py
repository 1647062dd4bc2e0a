"""Finding a paper by whatever a person has at hand."""

from __future__ import annotations

import pytest

from pipeline.identity import explain, resolve

GS = "google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb"


@pytest.fixture
def works(make):
    return resolve(
        [
            make("openalex:W1", "Compact models of wide things", ids=("doi:10.1000/x",)),
            make(GS, "Compact models of wide things"),
            make("arxiv:2001.00001", "Secret lives of compact models", year=2001),
            make("openalex:W3", "Models", work_id="openalex:W1"),
        ]
    )


def titles(works):
    return [work.title for work in works]


@pytest.mark.parametrize(
    "needle",
    [
        "doi:10.1000/x",
        "DOI: 10.1000/X",
        "10.1000/x",
        "https://doi.org/10.1000/x",
        GS,
        "scholar:AAAAAAAAAAAA:bbbbbbbbbbbb",
    ],
)
def test_a_paper_is_found_by_any_of_its_ids(works, needle):
    assert titles(explain(works, needle)) == ["Compact models of wide things"]


@pytest.mark.parametrize(
    "needle",
    [
        "arxiv:2001.00001v3",
        "2001.00001",
        "https://arxiv.org/abs/2001.00001v2",
        "10.48550/arXiv.2001.00001",
        "doi:10.48550/arXiv.2001.00001",
    ],
)
def test_an_arxiv_paper_is_found_in_any_spelling(works, needle):
    assert titles(explain(works, needle)) == ["Secret lives of compact models"]


def test_a_work_id_comes_before_an_id_of_another_paper(works):
    assert titles(explain(works, "openalex:W1")) == ["Models", "Compact models of wide things"]


def test_an_address_of_openalex_is_an_id(works):
    assert titles(explain(works, "https://openalex.org/W3")) == ["Models"]


def test_words_of_titles_are_found_best_first(works):
    assert titles(explain(works, "Models")) == [
        "Models",
        "Secret lives of compact models",
        "Compact models of wide things",
    ]
    assert titles(explain(works, "COMPACT MODELS")) == [
        "Compact models of wide things",
        "Secret lives of compact models",
    ]


def test_equally_good_papers_come_in_the_order_given(works):
    assert explain(works[::-1], "models")[1:] == explain(works, "models")[:0:-1]


def test_words_are_found_in_any_order_last(works):
    assert titles(explain(works, "things compact")) == ["Compact models of wide things"]


@pytest.mark.parametrize("needle", ["", "  ", "…", "nowhere to be found", "doi:10.1000/none"])
def test_what_is_not_there_gives_nothing(works, needle):
    assert explain(works, needle) == ()
