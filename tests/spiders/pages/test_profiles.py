"""Addresses of people's pages, and which of them is the person's own."""

import pytest

from spiders.pages.profiles import homepage, person_id


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("https://orcid.org/0000-0002-1825-0097", "orcid:0000-0002-1825-0097"),
        ("http://www.orcid.org/0000-0002-1694-233x/", "orcid:0000-0002-1694-233X"),
        ("https://orcid.org/0000-0002-1825-0098", None),
        ("https://scholar.google.com/citations?user=AdaTestAAAAJ", "google_scholar:AdaTestAAAAJ"),
        (
            "http://scholar.google.co.uk/citations?hl=en&user=a-b_cdAAAAAJ&x=1",
            "google_scholar:a-b_cdAAAAAJ",
        ),
        ("https://scholar.google.com/citations?user=AdaTestAAAAJ:u5HHmVD_uO8C", None),
        ("https://scholar.google.com/scholar?q=ada", None),
        ("https://scholar.google.com.evil.example/citations?user=AdaTestAAAAJ", None),
        ("https://openalex.org/A5000000001", "openalex:A5000000001"),
        ("https://openalex.org/authors/a5000000001", "openalex:A5000000001"),
        ("https://openalex.org/W5000000001", None),
        ("https://www.semanticscholar.org/author/Ada-Test/700000001", "semantic_scholar:700000001"),
        ("https://www.semanticscholar.org/author/700000001", "semantic_scholar:700000001"),
        ("https://dblp.org/pid/07/1001-1.html", "dblp:07/1001-1"),
        ("https://dblp.uni-trier.de/pid/z/DanTest", "dblp:z/DanTest"),
        ("https://arxiv.org/a/test_a_1", "arxiv_author:test_a_1"),
        ("https://arxiv.org/abs/2401.00042", None),
        ("https://www.wikidata.org/entity/Q42", "wikidata:Q42"),
        ("https://www.wikidata.org/wiki/Q42", "wikidata:Q42"),
        ("https://example.org/0000-0002-1825-0097", None),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_says_who_it_is(address, identifier):
    assert person_id(address) == identifier


def test_the_homepage_is_the_first_page_that_is_at_no_known_provider():
    others = ("https://orcid.org/0000-0002-1825-0097", "https://dl.acm.org/profile/1", None)
    own = "https://www.example.org/~ada/"
    assert homepage(*others, own, "https://second.example.org") == own
    assert homepage(*others) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://www.scopus.com/authid/detail.uri?authorId=1",
        "https://github.com/ada-test",
        "https://scholar.google.com/citations?user=",
        "https://zbmath.org/authors/?q=ai:test.ada",
        "ftp://example.org/",
    ],
)
def test_a_page_at_a_known_provider_is_no_homepage(address):
    assert homepage(address) is None
