import numpy as np
import pandas as pd
import pytest

from pipeline.metrics import CATALOGUE, measure, measure_list

NOW = 2026


def table(**columns):
    return pd.DataFrame({"author_id": ["b", "a", "a"], "cited_by_count": [4, 0, 5]} | columns)


def test_one_row_an_author_by_rising_id():
    found = measure(table(title=["x", "y", "z"]), now_year=NOW)

    assert found["author_id"].tolist() == ["a", "b"]
    assert found["citations"].tolist() == [5, 4]


def test_a_frame_and_a_list_agree():
    frame = pd.DataFrame(
        {
            "author_id": 7,
            "cited_by_count": [9, None, 3, 0],
            "year": [2001, 2020, None, 2024],
            "authors_count": [1, 2, 3, 4],
            "self_citations": [1, 0, 1, 0],
            "recent_citations": [2, 0, 1, 0],
        }
    )

    found = measure(frame, now_year=NOW).iloc[0].to_dict()

    assert found.pop("author_id") == 7
    wanted = measure_list(
        [9, None, 3, 0],
        years=[2001, 2020, None, 2024],
        authors_counts=[1, 2, 3, 4],
        self_citations=[1, 0, 1, 0],
        recent_citations=[2, 0, 1, 0],
        now_year=NOW,
    )
    assert found == pytest.approx(wanted)
    assert list(found) == list(CATALOGUE)


def test_whole_numbers_are_nullable_integers():
    found = measure(table(cited_by_count=[None, 1, 2]), now_year=NOW)

    assert found["h_index"].dtype == "Int64"
    assert found["citations_mean"].dtype == "float64"
    assert found["h_index"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "ids", [[2, 1, 1], pd.Categorical(["b", "a", "a"]), pd.to_datetime(["2002", "2001", "2001"])]
)
def test_ids_of_any_type_that_sorts_are_taken(ids):
    assert measure(table(author_id=ids), now_year=NOW)["papers"].tolist() == [2, 1]


def test_object_columns_of_whole_numbers_are_read():
    counts = pd.Series([4, 0, 5], dtype=object)

    assert measure(table(cited_by_count=counts), now_year=NOW)["citations"].tolist() == [5, 4]


def test_nullable_columns_are_read():
    counts = pd.array([4, None, 5], dtype="Int64")

    found = measure(table(cited_by_count=counts), now_year=NOW)

    assert found["papers_unknown_citations"].tolist() == [1, 0]


def test_an_empty_table_has_no_authors():
    found = measure(table().iloc[:0], now_year=NOW)

    assert len(found) == 0
    assert "h_index" in found


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"cited_by_count": [1, -2, 3]}, "cited_by_count: -2 in row 1"),
        ({"cited_by_count": [1, 1.5, 3]}, "cited_by_count: 1.5 in row 1"),
        ({"cited_by_count": ["1", "2", "3"]}, "cited_by_count: 1 in row 0"),
        ({"cited_by_count": [1, np.inf, 3]}, "cited_by_count: inf in row 1"),
        ({"author_id": ["a", None, "b"]}, "author_id: .* in row 1"),
        ({"year": [-1, 2, 3], "cited_by_count": [-1, 2, 3]}, "cited_by_count: -1.*; year: -1"),
    ],
)
def test_all_faults_of_a_table_stand_in_one_line(columns, message):
    with pytest.raises(ValueError, match=message) as caught:
        measure(table(**columns), now_year=NOW)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ["author_id", "cited_by_count"])
def test_a_missing_column_is_named(column):
    with pytest.raises(ValueError, match=f"column {column} is missing"):
        measure(table().drop(columns=column), now_year=NOW)
