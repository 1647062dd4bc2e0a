import numpy as np
import pytest

from pipeline.metrics import OutsideBudget, Packer, measure_arrays

NOW = 2026


def random_rows(seed, rows=400):
    rng = np.random.default_rng(seed)
    author = rng.integers(0, 40, rows) ** 2
    citations = np.where(rng.random(rows) < 0.5, 0, rng.pareto(0.8, rows) * 3).astype(np.int32)
    return author, citations, rng.integers(2010, NOW + 1, rows).astype(np.int16)


@pytest.mark.parametrize("block_rows", [1, 2, 7, 64, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_any_size_cut_no_author(seed, block_rows):
    author, citations, year = random_rows(seed)
    packer = Packer(len(author), now_year=NOW, has_year=True)
    packer.add(author[:100], citations[:100], year[:100])
    packer.add(author[100:], citations[100:], year[100:])

    found = packer.measure(block_rows=block_rows)

    wanted = measure_arrays(author, citations, year=year, now_year=NOW)
    for name, values in found.items():
        np.testing.assert_array_equal(values, wanted[name], err_msg=name)


def test_the_last_author_of_the_budget_is_measured():
    last = (1 << 33) - 1
    packer = Packer(4, now_year=NOW, has_year=False)
    packer.add(np.array([last, 1, last, last]), np.array([(1 << 30) - 1, 0, 1, 2]))

    found = packer.measure(block_rows=2)

    assert found["author_id"].tolist() == [1, last]
    assert found["citations"].tolist() == [0, (1 << 30) + 2]
    assert "h5_recent_papers" not in found


@pytest.mark.parametrize(("author", "citations"), [(1 << 33, 0), (-1, 0), (0, 1 << 30), (0, -1)])
def test_what_does_not_fit_a_key_is_never_packed(author, citations):
    packer = Packer(1, now_year=NOW, has_year=False)

    with pytest.raises(OutsideBudget):
        packer.add(np.array([author]), np.array([citations]))


def test_more_rows_than_announced_are_refused():
    packer = Packer(1, now_year=NOW, has_year=False)

    with pytest.raises(ValueError, match="3 rows"):
        packer.add(np.array([1, 2, 3]), np.array([1, 2, 3]))


def test_big_counts_beside_flags_take_the_two_word_way():
    rows = 70_000
    citations = np.full(rows, (1 << 30) - 1)
    year = np.full(rows, NOW - 1)
    packer = Packer(rows, now_year=NOW, has_year=True)
    packer.add(np.zeros(rows, dtype=np.int64), citations, year)

    found = packer.measure()

    assert found["citations"].tolist() == [rows * ((1 << 30) - 1)]
    assert found["h5_recent_papers"].tolist() == found["h_index"].tolist() == [rows]
    assert found["g_index"].tolist() == [rows]
