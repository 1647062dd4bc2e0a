"""Snapshots of every form, beside a plain dictionary of works in which the last version wins."""

import math

import pytest


@pytest.mark.parametrize(
    ("form", "layout"), [("parquet", "current"), ("jsonl", "current"), ("mixed", "legacy")]
)
def test_every_author_has_the_figures_that_plain_python_finds(
    tmp_path, maker, reference, measured, form, layout
):
    root = tmp_path / "snapshot"
    plan = maker.Plan(works=3000, format=form, layout=layout, part=700, gone=0.02)
    maker.make(root, plan)
    authors, years, report = measured(root, tmp_path / "a.parquet")
    wanted, wanted_years = reference(root)
    assert authors.keys() == wanted.keys()
    for author, row in wanted.items():
        for name, value in row.items():
            found = authors[author][name]
            assert found == value or math.isclose(found, value), (author, name)
    assert years == wanted_years
    assert report.document["works"] < report.document["works_read"]
    assert report.document["authorships"] == sum(row["papers"] for row in wanted.values())


def test_both_forms_give_the_same_bytes(tmp_path, maker, measured):
    for form in ("parquet", "jsonl"):
        maker.make(tmp_path / form, maker.Plan(works=800, format=form, part=300))
        measured(tmp_path / form, tmp_path / f"{form}.parquet")
    for ending in ("parquet", "years.parquet"):
        one, other = (tmp_path / f"{form}.{ending}" for form in ("parquet", "jsonl"))
        assert one.read_bytes() == other.read_bytes()


def test_where_a_partition_is_there_in_both_forms_it_is_read_once(tmp_path, maker, measured):
    root = tmp_path / "snapshot"
    for form in ("parquet", "jsonl"):
        maker.make(root, maker.Plan(works=400, format=form, part=300))
    _, _, report = measured(root, tmp_path / "a.parquet")
    assert report.document["works_read"] < 2 * 400


def test_a_later_partition_replaces_a_work_with_its_authors(tmp_path, lines, work, measured):
    root = lines([work(1, 11, 12, cited=90, year=2001), work(2, 11)]).parents[3]
    lines([work(1, 12, 13, cited=7, year=2002)], day="2026-02-01")
    authors, years, _ = measured(root, tmp_path / "a.parquet")
    assert {a: (row["papers"], row["citations"]) for a, row in authors.items()} == {
        11: (1, 5),
        12: (1, 7),
        13: (1, 7),
    }
    assert years[12, 2002] == (1, 7)


def test_of_two_rows_in_one_file_the_last_counts(tmp_path, lines, work, measured):
    root = lines([work(1, 11, cited=90), work(1, 11, cited=3)]).parents[3]
    authors, _, _ = measured(root, tmp_path / "a.parquet")
    assert authors[11]["citations"] == 3


def test_of_two_rows_far_apart_in_one_file_the_last_counts(
    tmp_path, lines, work, measured, monkeypatch
):
    monkeypatch.setattr("pipeline.scale.openalex.jsonl.PIECE", 500)
    others = [work(number, 12) for number in range(2, 20)]
    root = lines([work(1, 11, cited=90), *others, work(1, 11, cited=3)]).parents[3]
    authors, _, _ = measured(root, tmp_path / "a.parquet")
    assert authors[11]["citations"] == 3


def test_a_later_version_without_authors_takes_the_work_from_them(tmp_path, lines, work, measured):
    root = lines([work(1, 11), work(2, 12)]).parents[3]
    lines([work(1)], day="2026-02-01")
    authors, _, report = measured(root, tmp_path / "a.parquet")
    assert set(authors) == {12}
    assert report.document["works_without_authors"] == 1


def test_an_unknown_count_is_no_zero(tmp_path, lines, work, measured):
    root = lines([work(1, 11, cited=None), work(2, 12, cited=None), work(3, 12, cited=0)])
    authors, years, _ = measured(root.parents[3], tmp_path / "a.parquet")
    assert authors[11]["citations"] is None
    assert years[11, 2020] == (1, None)
    assert (authors[12]["citations"], authors[12]["papers_unknown_citations"]) == (0, 1)


def test_an_author_who_stands_twice_on_a_work_counts_once(tmp_path, lines, work, measured):
    root = lines([work(1, 11, 11, 12)]).parents[3]
    authors, _, _ = measured(root, tmp_path / "a.parquet")
    assert authors[11]["papers"] == 1


def test_authors_that_stand_for_nobody_are_left_out(tmp_path, lines, work, measured):
    one = work(1, 9_999_999_999, 5_317_838_346, 11)
    one["authorships"] += [{"author": {"id": None}}, {"author": None}]
    authors, _, _ = measured(lines([one]).parents[3], tmp_path / "a.parquet")
    assert set(authors) == {11}


def test_a_work_with_thousands_of_authors_is_longer_than_a_piece(
    tmp_path, lines, work, measured, monkeypatch
):
    monkeypatch.setattr("pipeline.scale.openalex.jsonl.PIECE", 1000)
    root = lines([work(1, 7), work(2, *range(1, 5000)), work(3, 7)]).parents[3]
    authors, _, _ = measured(root, tmp_path / "a.parquet")
    assert (len(authors), authors[7]["papers"], authors[8]["papers"]) == (4999, 3, 1)


def test_impossible_years_are_unknown(tmp_path, lines, work, measured):
    root = lines([work(1, 11, year=0), work(2, 11, year=20_201)]).parents[3]
    authors, years, _ = measured(root, tmp_path / "a.parquet")
    assert (authors[11]["papers_unknown_year"], authors[11]["first_year"], years) == (2, None, {})


def test_a_snapshot_without_any_author_is_an_empty_result(tmp_path, lines, work, measured):
    authors, years, _ = measured(lines([work(1)]).parents[3], tmp_path / "a.parquet")
    assert (authors, years) == ({}, {})
