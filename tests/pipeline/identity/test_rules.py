"""Which records become one paper by identifiers and by the configuration."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from pipeline.identity import resolve

GS = "google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb"
SHA = "semantic_scholar:" + "0a" * 20


def edges(works):
    return [(m.rule, m.evidence) for work in works for m in work.merges]


@pytest.mark.parametrize(
    ("identifier", "rule"),
    [
        ("doi:10.1000/x", "doi"),
        ("arxiv:2001.00001", "arxiv"),
        ("pmid:12", "provider_id"),
        ("pmcid:PMC12", "provider_id"),
        ("mag:12", "provider_id"),
        ("corpus_id:12", "provider_id"),
        ("openreview:abcdefgh", "provider_id"),
        ("dblp:conf/example/Moreno20", "provider_id"),
        ("acl:2024.demo-main.1", "provider_id"),
        ("openalex:W9", "provider_id"),
        (SHA, "provider_id"),
    ],
)
def test_records_that_share_an_identifier_are_one_paper(make, identifier, rule):
    works = resolve([make("openalex:W1", ids=(identifier,)), make(GS, None, ids=(identifier,))])
    assert edges(works) == [(rule, identifier)]


@pytest.mark.parametrize("person", ["orcid:0000-0002-1825-0097", "openalex:A5", "dblp:95/7448-1"])
def test_records_that_share_a_person_are_not_one_paper(make, groups, apart, person):
    works = resolve(
        [
            make("openalex:W1", "One title of a paper", ids=(person,)),
            make("openalex:W2", "Quite another subject here", ids=(person,)),
        ]
    )
    assert groups(works) == apart("openalex:W1", "openalex:W2")


def test_the_same_record_of_two_providers_is_one_paper_with_two_counts(make):
    (work,) = resolve([make(GS, cited_by_count=3), make(GS, provider="serpapi", cited_by_count=4)])
    assert [(c.provider, c.cited_by_count) for c in work.counts] == [
        ("google_scholar", 3),
        ("serpapi", 4),
    ]


def test_an_arxiv_doi_is_an_arxiv_id(make, groups, one):
    works = resolve(
        [
            make("openalex:W1", ids=("doi:10.48550/arxiv.2410.01723",)),
            make("arxiv:2410.01723", "Another name altogether for it"),
        ]
    )
    assert groups(works) == one("openalex:W1", "arxiv:2410.01723")


def test_versions_of_one_preprint_share_its_doi(make):
    works = resolve(
        [
            make("openalex:W1", "First name of it", ids=("doi:10.26434/chemrxiv-2021-x-v1",)),
            make("openalex:W2", "Second name of it", ids=("doi:10.26434/chemrxiv-2021-x-v2",)),
        ]
    )
    assert edges(works) == [("doi", "doi:10.26434/chemrxiv-2021-x")]


def test_a_retitled_paper_is_one_by_its_arxiv_id(make, groups, one):
    shared = {"ids": ("arxiv:2410.01723",)}
    works = resolve(
        [
            make("arxiv:2410.01723", "Harmony: better feature cache in diffusion", year=2024),
            make("openalex:W1", "Harmony: better feature caching in diffusion", **shared),
            make("openalex:W2", "How we stopped worrying about memory", **shared),
        ]
    )
    assert groups(works) == one("arxiv:2410.01723", "openalex:W1", "openalex:W2")


def swapped(make):
    """An author gave two arXiv papers each other's DOI; the publisher has them right."""
    first, second = "Moduli of things over wide bases", "Change of tools in narrow places"
    return [
        make("arxiv:1112.00001", first, ids=("doi:10.1000/2",), year=2013),
        make("arxiv:1304.00002", second, ids=("doi:10.1000/1",), year=2013),
        make("openalex:W1", first, ids=("doi:10.1000/1", "arxiv:1112.00001"), year=2014),
        make("openalex:W2", second, ids=("doi:10.1000/2", "arxiv:1304.00002"), year=2014),
    ]


def test_swapped_dois_do_not_make_one_paper_of_two(make, groups):
    assert groups(resolve(swapped(make))) == {
        frozenset({"arxiv:1112.00001", "openalex:W1"}),
        frozenset({"arxiv:1304.00002", "openalex:W2"}),
    }


def test_swapped_dois_are_seen_by_title_where_the_publisher_has_no_arxiv_id(make, groups):
    records = [
        *swapped(make)[:2],
        make("openalex:W1", "Moduli of things over wide bases", ids=("doi:10.1000/1",), year=2014),
        make("openalex:W2", "Change of tools in narrow places", ids=("doi:10.1000/2",), year=2014),
    ]
    assert groups(resolve(records)) == {
        frozenset({"arxiv:1112.00001", "openalex:W1"}),
        frozenset({"arxiv:1304.00002", "openalex:W2"}),
    }


def test_a_disputed_identifier_names_no_new_work(make):
    ids = {work.work_id for work in resolve(swapped(make))}
    assert ids == {"arxiv:1112.00001", "arxiv:1304.00002"}


def test_an_id_on_very_many_contradicting_records_joins_none_of_them(make):
    records = [
        make(f"arxiv:2001.{n:05d}", f"w{n}a w{n}b w{n}c w{n}d", ids=("doi:10.1000/all",))
        for n in range(30)
    ]
    assert len(resolve(records)) == 30


# the configuration


def test_same_work_joins_what_no_rule_would(make, groups, one):
    records = [make("openalex:W1", "One title of it"), make(GS, "Another name for it", year=1999)]
    works = resolve(records, same_work=[["openalex:W1", GS]])
    assert groups(works) == one("openalex:W1", GS)
    assert edges(works) == [("same_work", f"openalex:W1 = {GS}")]


@pytest.mark.parametrize(
    "spelling", ["doi:10.1000/X", "https://doi.org/10.1000/x", "10.1000/x", "DOI:10.1000/x"]
)
def test_same_work_takes_identifiers_in_any_spelling(make, groups, one, spelling):
    records = [make("openalex:W1", "One title", ids=("doi:10.1000/x",)), make(GS, "Another title")]
    works = resolve(records, same_work=[[spelling, GS]])
    assert groups(works) == one("openalex:W1", GS)


def test_same_work_of_unknown_ids_changes_nothing(make):
    records = [make("openalex:W1"), make("openalex:W2", "Another title of things")]
    assert resolve(records, same_work=[["doi:10.1000/nobody", "homepage:x"]]) == resolve(records)


def test_not_same_work_keeps_records_apart_that_share_a_doi(make, groups, apart):
    records = [make("openalex:W1", ids=("doi:10.1000/x",)), make(GS, ids=("doi:10.1000/x",))]
    works = resolve(records, not_same_work=[["openalex:W1", GS]])
    assert groups(works) == apart("openalex:W1", GS)


def test_not_same_work_keeps_equal_titles_apart(make, groups, apart):
    works = resolve([make("openalex:W1"), make(GS)], not_same_work=[[GS, "openalex:W1"]])
    assert groups(works) == apart("openalex:W1", GS)


def test_not_same_work_holds_through_a_third_record(make, groups):
    records = [
        make("openalex:W1", ids=("doi:10.1000/x",)),
        make("openalex:W2", ids=("doi:10.1000/x", "arxiv:2001.00001")),
        make("openalex:W3", ids=("arxiv:2001.00001",)),
    ]
    works = resolve(records, not_same_work=[["openalex:W1", "openalex:W3"]])
    assert groups(works) == {
        frozenset({"openalex:W1", "openalex:W2"}),
        frozenset({"openalex:W3"}),
    }


def test_not_same_work_of_three_keeps_each_from_each(make, groups, apart):
    ids = ["openalex:W1", "openalex:W2", "openalex:W3"]
    works = resolve([make(i) for i in ids], not_same_work=[ids])
    assert groups(works) == apart(*ids)


def test_not_same_work_wins_where_one_record_carries_both_ids(make, groups):
    records = [
        make("arxiv:1304.00002", "Part two of it", ids=("doi:10.1000/1",)),
        make("openalex:W1", "Part one of it", ids=("doi:10.1000/1",)),
    ]
    assert len(resolve(records)) == 1
    works = resolve(records, not_same_work=[["arxiv:1304.00002", "doi:10.1000/1"]])
    assert groups(works) == {frozenset({"arxiv:1304.00002"}), frozenset({"openalex:W1"})}


def test_a_record_that_carries_both_ids_stands_on_the_side_it_names_first(make, groups):
    records = [
        make("openalex:W1", ids=("doi:10.1000/1", "doi:10.1000/2")),
        make("openalex:W2", ids=("doi:10.1000/2",)),
        make("openalex:W3", ids=("doi:10.1000/1",)),
    ]
    works = resolve(records, not_same_work=[["doi:10.1000/2", "doi:10.1000/1"]])
    assert groups(works) == {
        frozenset({"openalex:W1", "openalex:W3"}),
        frozenset({"openalex:W2"}),
    }


def test_a_direct_contradiction_is_a_configuration_error_that_names_both_ids(make):
    pair = ["doi:10.1000/x", "arxiv:2001.00001"]
    with pytest.raises(ConfigError, match=r"doi:10\.1000/x.*arxiv:2001\.00001") as caught:
        resolve([], same_work=[pair], not_same_work=[pair[::-1]])
    assert "\n" not in str(caught.value)


def test_a_contradiction_through_two_lists_is_found_without_records():
    same = [["doi:10.1000/a", "doi:10.1000/b"], ["doi:10.1000/b", "doi:10.1000/c"]]
    with pytest.raises(ConfigError, match=r"keeps doi:10\.1000/a and doi:10\.1000/c apart"):
        resolve([], same_work=same, not_same_work=[["doi:10.1000/a", "doi:10.1000/c"]])


def test_a_contradiction_through_records_is_found(make):
    records = [make("openalex:W1", ids=("doi:10.1000/x",)), make(GS)]
    with pytest.raises(ConfigError, match=r"same_work joins doi:10\.1000/x and google_scholar"):
        resolve(records, same_work=[["doi:10.1000/x", GS]], not_same_work=[["openalex:W1", GS]])


def test_a_pair_of_one_id_is_a_configuration_error():
    with pytest.raises(ConfigError, match=r"names doi:10\.1000/x twice"):
        resolve([], not_same_work=[["doi:10.1000/x", "https://doi.org/10.1000/X"]])
