"""What is shown of a paper, and the ids that papers keep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.identity import resolve

DOI = ("doi:10.1000/x",)
GS = "google_scholar:AAAAAAAAAAAA:bbbbbbbbbbbb"


def only(records):
    (work,) = resolve(records)
    return work


def test_a_single_record_is_shown_as_it_is(make):
    work = only(
        [
            make(
                "openalex:W1",
                "One title",
                year=2019,
                publication_date="2019-05-01",
                venue="Journal",
                work_type="article",
                authors_count=7,
                ids=("orcid:0000-0002-1825-0097", *DOI),
                cited_by_count=0,
            )
        ]
    )
    assert (work.work_id, work.title, work.year) == ("doi:10.1000/x", "One title", 2019)
    assert (work.publication_date, work.venue, work.work_type) == (
        "2019-05-01",
        "Journal",
        "article",
    )
    assert (work.authors, work.authors_count) == (("Ada Moreno", "Lin Okafor"), 7)
    assert work.ids == ("doi:10.1000/x", "openalex:W1", "orcid:0000-0002-1825-0097")
    assert work.merges == ()


def test_a_count_is_carried_with_its_state(make):
    (count,) = only([make(GS, cited_by_count=None, is_excluded=True, is_gone=True, day=3)]).counts
    assert (count.provider, count.record_id, count.cited_by_count) == ("google_scholar", GS, None)
    assert (count.as_of.day, count.is_gone, count.is_excluded) == (4, True, True)


def test_the_published_version_is_shown_before_the_preprint(make):
    work = only(
        [
            make(
                "arxiv:2001.00001",
                "Old name",
                year=2021,
                venue="arXiv",
                ids=DOI,
                work_type="preprint",
            ),
            make(
                "openalex:W1", "New name", year=2020, venue="Journal", ids=DOI, work_type="article"
            ),
        ]
    )
    assert (work.title, work.year, work.venue, work.work_type) == (
        "New name",
        2020,
        "Journal",
        "article",
    )


def test_a_record_with_a_doi_is_shown_before_a_repository_copy(make):
    work = only(
        [
            make("openalex:W1", venue="A Repository", year=2020),
            make("openalex:W2", venue="Journal", year=2020, ids=DOI),
        ]
    )
    assert work.venue == "Journal"


def test_the_fuller_list_of_authors_is_shown(make):
    fuller = ("Ada Moreno", "Lin Okafor", "Bo Chen")
    work = only(
        [
            make("openalex:W1", venue="Journal", ids=DOI),
            make("arxiv:2001.00001", venue="arXiv", ids=DOI, authors=fuller, authors_count=3),
        ]
    )
    assert (work.authors, work.authors_count, work.venue) == (fuller, 3, "Journal")


def test_full_names_are_shown_before_initials(make):
    work = only([make("a:1", authors=("A Moreno", "L Okafor"), ids=DOI), make("b:1", ids=DOI)])
    assert work.authors == ("Ada Moreno", "Lin Okafor")


def test_the_number_of_authors_comes_from_whoever_says_it(make):
    work = only(
        [make("openalex:W1", ids=DOI), make(GS, authors=("A M",), authors_count=9, ids=DOI)]
    )
    assert work.authors_count == 9


def test_a_whole_title_is_shown_before_a_cut_one(make):
    work = only(
        [
            make("openalex:W1", "A title that was cu…", venue="Journal", ids=DOI),
            make("arxiv:2001.00001", "A title that was cut", venue="arXiv", ids=DOI, authors=()),
        ]
    )
    assert work.title == "A title that was cut"


def test_a_cut_title_is_shown_where_there_is_no_other(make):
    assert only([make(GS, "A title that was cu…"), make(GS, None, provider="b")]).title.endswith(
        "…"
    )


def test_the_latest_year_of_published_versions_is_shown(make):
    work = only([make("a:1", year=2019, ids=DOI), make("b:1", year=2020, ids=DOI)])
    assert work.year == 2020


def test_what_the_best_record_leaves_out_comes_from_the_next(make):
    work = only(
        [
            make("a:1", year=None, ids=DOI, work_type="article"),
            make("arxiv:2001.00001", year=2018, venue="arXiv", publication_date="2018-02", ids=DOI),
        ]
    )
    assert (work.work_type, work.year, work.publication_date) == ("article", 2018, "2018-02")


def test_a_date_that_contradicts_the_year_is_not_shown(make):
    work = only(
        [
            make("a:1", year=2020, ids=DOI),
            make("arxiv:2001.00001", year=2018, publication_date="2018-02-01", ids=DOI, authors=()),
        ]
    )
    assert (work.year, work.publication_date) == (2020, None)


def test_a_listed_record_is_shown_before_one_that_is_gone_or_struck_through(make):
    fuller = ("Ada Moreno", "Lin Okafor", "Bo Chen")
    for state in ({"is_gone": True}, {"is_excluded": True}):
        old = make("a:1", "Old name", ids=DOI, authors=fuller, **state)
        assert only([old, make("b:1", "New name", ids=DOI)]).title == "New name"


def test_a_work_without_any_title_is_shown_by_its_id(make):
    work = only([make("openalex:W1", None, year=None, authors=())])
    assert (work.title, work.year, work.venue, work.authors_count) == (
        "openalex:W1",
        None,
        None,
        None,
    )


def test_ids_are_ordered_by_scheme_then_value(make):
    ids = ("mag:1", "arxiv:2001.00001", "doi:10.48550/arxiv.2001.00001", "doi:10.1000/x", "pmid:5")
    assert only([make("openalex:W1", ids=ids)]).ids == (
        "doi:10.1000/x",
        "doi:10.48550/arxiv.2001.00001",
        "arxiv:2001.00001",
        "pmid:5",
        "openalex:W1",
        "mag:1",
    )


def test_merges_span_the_records_and_no_more(make):
    records = [make(f"openalex:W{n}", ids=DOI) for n in range(5)]
    merges = only(records).merges
    assert len(merges) == 4
    assert {r for m in merges for r in (m.left, m.right)} == {f"openalex:W{n}" for n in range(5)}
    assert list(merges) == sorted(merges, key=lambda m: (m.left, m.right))


def test_a_record_that_comes_twice_counts_once_the_last_value_of_a_listed_one(make):
    records = [
        make("openalex:W1", cited_by_count=1, day=1),
        make("openalex:W1", cited_by_count=2, day=2),
        make("openalex:W1", cited_by_count=9, day=3, is_gone=True),
    ]
    assert [c.cited_by_count for c in only(records).counts] == [2]


def test_versions_count_by_max_or_by_sum(make):
    work = only([make("openalex:W1", cited_by_count=3), make("openalex:W2", cited_by_count=4)])
    assert (work.cited_by_count("openalex"), work.cited_by_count("openalex", "sum_versions")) == (
        4,
        7,
    )


# work ids


@pytest.mark.parametrize(
    ("ids", "work_id"),
    [
        (("arxiv:2001.00001", "doi:10.48550/arxiv.2001.00001", "doi:10.1000/x"), "doi:10.1000/x"),
        (("arxiv:2001.00001", "doi:10.48550/arxiv.2001.00001"), "doi:10.48550/arxiv.2001.00001"),
        (("pmid:5", "openreview:abcdefgh", "arxiv:2001.00001"), "arxiv:2001.00001"),
        (("pmid:5", "openreview:abcdefgh"), "openreview:abcdefgh"),
        ((GS, "pmid:5"), "pmid:5"),
        ((GS,), GS),
        (("mag:1", "orcid:0000-0002-1825-0097", "homepage:x"), "openalex:W1"),
    ],
)
def test_a_new_work_takes_its_best_id(make, ids, work_id):
    assert only([make("openalex:W1", ids=ids)]).work_id == work_id


def test_an_id_of_an_unknown_scheme_will_do_where_there_is_no_other(make):
    assert only([make("homepage:paper-1")]).work_id == "homepage:paper-1"


def remembered(works, records):
    """The records as the next run finds them: each with the work it was resolved to."""
    home = {(c.provider, c.record_id): w.work_id for w in works for c in w.counts}
    return [
        replace(o, work_id=home.get((o.record.provider, o.record.record_id), o.work_id))
        for o in records
    ]


def test_a_work_keeps_its_id_when_better_ids_come(make):
    first = [make("openalex:W1")]
    known = remembered(resolve(first), first)
    better = [replace(known[0], record=replace(known[0].record, ids=("openalex:W1", *DOI)))]
    assert only([*better, make("arxiv:2001.00001", ids=DOI)]).work_id == "openalex:W1"


def test_resolving_again_changes_nothing(make):
    records = [
        make("openalex:W1", ids=DOI),
        make("openalex:W2", "Another title of a thing"),
        make("arxiv:2001.00001", ids=DOI),
    ]
    works = resolve(records)
    assert resolve(remembered(works, records)) == works


def test_merged_works_keep_the_id_that_was_seen_first(make):
    records = [
        make("openalex:W1", ids=DOI, work_id="b:late", seen=5),
        make("openalex:W2", ids=DOI, work_id="z:early", seen=1),
    ]
    assert only(records).work_id == "z:early"


def test_merged_works_seen_at_once_keep_the_smaller_id(make):
    records = [
        make("openalex:W1", ids=DOI, work_id="b:1"),
        make("openalex:W2", ids=DOI, work_id="a:1"),
    ]
    assert only(records).work_id == "a:1"


def ids_by_record(works):
    return {c.record_id: w.work_id for w in works for c in w.counts}


def test_of_a_split_work_the_record_that_bears_the_id_keeps_it(make):
    records = [
        make("openalex:W1", "One subject of study", work_id="openalex:W2", seen=1),
        make("openalex:W2", "Quite another matter", work_id="openalex:W2", seen=5),
    ]
    assert ids_by_record(resolve(records)) == {
        "openalex:W1": "openalex:W1",
        "openalex:W2": "openalex:W2",
    }


def test_of_a_split_work_the_part_that_carries_the_id_keeps_it(make):
    records = [
        make("openalex:W1", "One subject of study", work_id="doi:10.1000/x", seen=1),
        make("openalex:W2", "Quite another matter", work_id="doi:10.1000/x", seen=5, ids=DOI),
    ]
    assert ids_by_record(resolve(records))["openalex:W2"] == "doi:10.1000/x"


def test_of_a_split_work_the_part_seen_first_keeps_the_id_that_nobody_carries(make):
    records = [
        make("openalex:W1", "One subject of study", work_id="a:1", seen=5),
        make("openalex:W2", "Quite another matter", work_id="a:1", seen=1),
    ]
    assert ids_by_record(resolve(records)) == {"openalex:W1": "openalex:W1", "openalex:W2": "a:1"}


def test_a_part_that_loses_an_id_falls_back_on_another_that_it_had(make):
    records = [
        make("openalex:W1", "One subject of study", work_id="a:1", seen=1, ids=("doi:10.1000/1",)),
        make("openalex:W3", "One subject of study", work_id="b:1", seen=2, ids=("doi:10.1000/1",)),
        make("a:1", "Quite another matter", work_id="a:1", seen=3),
    ]
    assert ids_by_record(resolve(records)) == {
        "openalex:W1": "b:1",
        "openalex:W3": "b:1",
        "a:1": "a:1",
    }


def test_a_new_work_takes_no_id_that_another_keeps(make):
    records = [
        make("openalex:W1", "One subject of study", work_id="openalex:W2"),
        make("openalex:W2", "Quite another matter"),
    ]
    works = resolve(records)
    assert ids_by_record(works) == {"openalex:W1": "openalex:W2", "openalex:W2": "openalex:W2~2"}


def test_not_same_work_splits_a_known_work_and_ids_stay_distinct(make):
    records = [make("openalex:W1", ids=DOI), make("openalex:W2", ids=DOI)]
    known = remembered(resolve(records), records)
    works = resolve(known, not_same_work=[["openalex:W1", "openalex:W2"]])
    assert ids_by_record(works) == {"openalex:W1": "doi:10.1000/x", "openalex:W2": "openalex:W2"}


def test_abstract_and_field_come_from_the_best_record_that_says_them(make):
    said = {"abstract": " What it is about. ", "category": "CV", "has_code": 1}
    work = only([make("openalex:W1", ids=DOI), make("scholar_feed:1", ids=DOI, extra=said)])
    assert (work.abstract, work.category, work.has_code) == ("What it is about.", "CV", True)


def test_what_no_record_says_of_abstract_and_code_is_unknown(make):
    work = only([make("openalex:W1", ids=DOI, extra={"abstract": " ", "fwci": 1.5})])
    assert (work.abstract, work.category, work.has_code) == (None, None, None)


def test_code_that_one_provider_knows_of_is_public_whatever_another_says(make):
    records = [
        make("openalex:W1", ids=DOI, extra={"has_code": 0}),
        make("scholar_feed:1", ids=DOI, extra={"has_code": 1}),
    ]
    assert only(records).has_code is True
    assert only(records[:1]).has_code is False


def test_a_retraction_that_one_provider_knows_of_is_known(make):
    records = [make("openalex:W1", ids=DOI), make("crossref:1", ids=DOI, is_retracted=True)]
    assert only(records).is_retracted is True
    assert only(records[:1]).is_retracted is None
