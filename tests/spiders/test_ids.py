"""Identifiers: every usual spelling becomes one, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders import ids


@pytest.mark.parametrize(
    "text",
    [
        "10.1145/3292500.3330701",
        "https://doi.org/10.1145/3292500.3330701",
        "http://dx.doi.org/10.1145/3292500.3330701.",
        "doi:10.1145/3292500.3330701",
        "DOI 10.1145/3292500.3330701;",
        "https://doi.org/10.1145%2F3292500.3330701",
    ],
)
def test_a_doi_is_one_whatever_its_spelling(text):
    assert ids.doi(text) == "10.1145/3292500.3330701"


def test_a_doi_keeps_its_own_brackets_and_loses_a_sentences():
    assert ids.doi("(see 10.1016/0022-0000(78)90014-4)") == "10.1016/0022-0000(78)90014-4"


@pytest.mark.parametrize("text", [None, "", "10.1/x", "no doi here", "10.1145/"])
def test_what_is_no_doi_is_none(text):
    assert ids.doi(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2311.16503", "2311.16503"),
        ("arXiv:2311.16503v2", "2311.16503"),
        ("https://arxiv.org/pdf/2311.16503v1.pdf", "2311.16503"),
        ("http://export.arxiv.org/abs/math/0310334v3", "math/0310334"),
        ("10.48550/arXiv.2311.16503", "2311.16503"),
        ("https://doi.org/10.48550/ARXIV.2311.16503", "2311.16503"),
        ("math.AG/0310334", "math.ag/0310334"),
    ],
)
def test_an_arxiv_id_is_one_whatever_its_spelling(text, value):
    assert ids.arxiv(text) == value


@pytest.mark.parametrize("text", [None, "", "12.34", "2311.165", "https://example.org/2311.16503"])
def test_what_is_no_arxiv_id_is_none(text):
    assert ids.arxiv(text) is None


def test_an_orcid_has_a_right_check_digit():
    assert ids.orcid("https://orcid.org/0000-0002-1825-0097") == "0000-0002-1825-0097"
    assert ids.orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"
    assert ids.orcid("0000-0002-1825-0098") is None


def test_openalex_and_openreview_ids_are_read_out_of_addresses():
    assert ids.openalex("https://openalex.org/a5023888391") == "A5023888391"
    assert ids.openalex("https://openalex.org/S123") is None
    assert ids.openreview("https://openreview.net/forum?id=UdAcn64u5f") == "UdAcn64u5f"
    assert ids.openreview("https://openreview.net/group?id=x") is None


def test_an_arxiv_doi_gives_both_identifiers():
    assert ids.from_doi("10.48550/arXiv.2311.16503") == (
        "doi:10.48550/arxiv.2311.16503",
        "arxiv:2311.16503",
    )
    assert ids.from_doi("10.5555/x") == ("doi:10.5555/x",)
    assert ids.from_doi(None) == ()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("scholar:SAMPLEadaAAJ", "google_scholar:SAMPLEadaAAJ"),
        ("google_scholar:SAMPLEadaAAJ:aaaaaaaaaaaa", "google_scholar:SAMPLEadaAAJ:aaaaaaaaaaaa"),
        ("S2: 2262347", "semantic_scholar:2262347"),
        ("doi:10.5555/ABC", "doi:10.5555/abc"),
        ("orcid:https://orcid.org/0000-0002-1825-0097", "orcid:0000-0002-1825-0097"),
    ],
)
def test_an_identifier_has_one_normal_form(text, normal):
    assert ids.normalise(text) == normal
    assert ids.normalise(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "google_scholar:short",
        "x:y",
        "openalex:S1",
        "google_scholar:éééééééééééé",
        "mag:١٢٣",
    ],
)
def test_what_is_no_identifier_is_none(text):
    assert ids.normalise(text) is None


@given(st.text(max_size=60))
def test_any_text_is_refused_or_comes_out_in_a_normal_form_that_stays(text):
    for scheme in ids.schemes():
        found = ids.normalise(f"{scheme}:{text}")
        if found is not None:
            assert ids.normalise(found) == found
            assert found.startswith(f"{scheme}:")
            assert not any(c.isspace() for c in found)
