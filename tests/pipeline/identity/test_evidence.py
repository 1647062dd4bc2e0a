"""What one record says about which paper it is."""

from __future__ import annotations

import pytest

from pipeline.identity.evidence import Kind, is_preprint_doi, names_a_paper, read, titles_agree


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"work_type": "preprint", "ids": ("doi:10.1000/x",)}, Kind.PREPRINT),
        ({"work_type": "posted-content"}, Kind.PREPRINT),
        ({"ids": ("doi:10.1000/x",), "venue": "arXiv.org"}, Kind.PREPRINT),
        ({"ids": ("doi:10.1000/x",), "venue": "Journal"}, Kind.PUBLISHED),
        ({"ids": ("doi:10.1000/x",)}, Kind.PUBLISHED),
        ({"ids": ("doi:10.48550/arxiv.2001.00001",), "venue": "A Repository"}, Kind.PREPRINT),
        ({"venue": "arXiv preprint arXiv:2001.00001"}, Kind.PREPRINT),
        ({"venue": "CoRR"}, Kind.PREPRINT),
        ({"venue": "Journal of Examples", "ids": ("arxiv:2001.00001",)}, Kind.PUBLISHED),
        ({"ids": ("arxiv:2001.00001",)}, Kind.PREPRINT),
        ({}, Kind.UNKNOWN),
    ],
)
def test_a_record_is_a_preprint_or_published_or_does_not_say(make, fields, kind):
    assert read(make("openalex:W1", **fields), 0).kind is kind


def test_a_record_of_arxiv_is_a_preprint_whatever_doi_its_author_gave(make):
    assert read(make("arxiv:2001.00001", ids=("doi:10.1000/x",)), 0).kind is Kind.PREPRINT


@pytest.mark.parametrize(
    "doi",
    [
        "10.48550/arxiv.2001.00001",
        "10.1101/2020.01.02.123456",
        "10.1101/123456",
        "10.2139/ssrn.1234567",
        "10.21203/rs.3.rs-1/v1",
        "10.20944/preprints202001.0001.v1",
        "10.26434/chemrxiv-2021-x",
        "10.36227/techrxiv.1",
        "10.31219/osf.io/abc",
        "10.31234/osf.io/abc",
    ],
)
def test_preprint_servers_are_known_by_their_dois(doi):
    assert is_preprint_doi(f"doi:{doi}")


@pytest.mark.parametrize("doi", ["10.1101/gr.123456.110", "10.1000/48550", "10.2139/other"])
def test_a_journal_of_the_same_house_is_no_preprint_server(doi):
    assert not is_preprint_doi(f"doi:{doi}")


@pytest.mark.parametrize(
    "identifier",
    [
        "orcid:0000-0002-1825-0097",
        "openalex:A12",
        "google_scholar:AAAAAAAAAAAA",
        "semantic_scholar:1741101",
        "dblp:95/7448-1",
        "homepage:x",
    ],
)
def test_an_id_of_a_person_or_of_an_unknown_scheme_names_no_paper(identifier):
    assert not names_a_paper(identifier)


@pytest.mark.parametrize(
    "identifier",
    [
        "openalex:W12",
        "google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb",
        "semantic_scholar:" + "0a" * 20,
        "dblp:conf/example/Moreno20",
        "acl:2024.demo-main.1",
        "pmcid:PMC12",
    ],
)
def test_an_id_of_a_paper_names_it(identifier):
    assert names_a_paper(identifier)


def test_a_cut_or_generic_or_short_title_is_no_evidence(make):
    titles = ("A very long title about …", "Editorial: the year in review", "Deep learning", None)
    assert [read(make("openalex:W1", t), 0).exact for t in titles] == [None] * 4


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("Better Feature Cache in Diffusion", "Better feature caching in diffusion", True),
        ("Spaces of non-symmetric things", "Spaces of nonsymmetric things", True),
        (None, "Anything at all goes here", True),
        ("Triangulated categories I", "Triangulated categories II", False),
        ("Homotopy theory of operads", "Homotopy theory of operads II: change of base", False),
        ("Secondary algebras of spectra", "Operations in homotopy of rings", False),
        ("A long title that was cu…", "A long title that was cut by someone", True),
        ("A long title that was cu…", "Quite another title", False),
    ],
)
def test_titles_agree_when_they_may_be_spellings_of_one(make, left, right, agree):
    a, b = read(make("openalex:W1", left), 0), read(make("openalex:W2", right), 1)
    assert titles_agree(a, b) is agree
    assert titles_agree(b, a) is agree
