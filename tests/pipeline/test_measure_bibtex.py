import pytest

from pipeline.errors import ConfigError
from pipeline.measure import measure_file
from pipeline.measure.bibtex import read_bibtex

NOW = 2026


@pytest.fixture
def bib(tmp_path):
    def write(data):
        path = tmp_path / "papers.bib"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def column(bib):
    def read(data, name):
        values = read_bibtex(bib(data)).columns[name]
        return [None if v != v else int(v) for v in values]  # noqa: PLR0124 - NaN is unequal

    return read


def test_a_bibliography_is_one_list(bib):
    path = bib(
        "@article{a, cited_by_count = 9, year = 2001, author = {A, B and C, D}}\n"
        "@book{b, note = {Cited by: 4}, year = {2024}, author = {A, B}}\n"
    )

    found = measure_file(path, now_year=NOW)

    assert found["author_id"].tolist() == ["all"]
    assert found["h_index"].tolist() == [2]
    assert found["fractional_papers"].tolist() == [1.5]
    assert found["h5_recent_papers"].tolist() == [1]


def test_core_of_a_bibliography(bib):
    found = measure_file(bib("@misc{a, citedby = 3}"), now_year=NOW, metrics="core")

    assert found["h_index"].tolist() == [1]
    assert "hi_norm" not in found


@pytest.mark.parametrize(
    ("field", "count"),
    [
        ("cited_by_count = 35", 35),
        ("citedby = {35}", 35),
        ('citations = " 35 "', 35),
        ("num_citations = {0}", 0),
        ("note = {Cited by: 35}", 35),
        ("note = {Cited by: 1,235; All Open Access}", 1235),
        ("NOTE = {Citations: 35}", 35),
        ("note = {to appear}", None),
        ("citations = {}, note = {Cited by: 7}", 7),
        ("title = {No count}", None),
    ],
)
def test_counts_are_found_where_managers_put_them(column, field, count):
    assert column("@article{a, " + field + "}", "cited_by_count") == [count]


@pytest.mark.parametrize(
    ("field", "year"),
    [
        ("year = 2001", 2001),
        ("year = {2001a}", 2001),
        ("year = {in press}", None),
        ("date = {2020-02-03}", 2020),
        ("year = {to appear}, date = {2021}", 2021),
        ("title = {2001}", None),
    ],
)
def test_years_are_found(column, field, year):
    assert column("@article{a, " + field + "}", "year") == [year]


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("author = {Ada Lovelace}", 1),
        ("author = {A, B and\n C, D and {Smith and Sons}}", 3),
        ("author = {A, B and others}", None),
        ("author = {}", None),
        ("title = {x}", None),
    ],
)
def test_authors_are_counted_unless_some_are_hidden(column, field, people):
    assert column("@article{a, " + field + "}", "authors_count") == [people]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("@article{a,\n citations = {12a}}", ", line 2, column citations: '12a'"),
        ("@article{a,\n cited_by_count = {-3}}", ", line 2, column cited_by_count: '-3'"),
        ("@article{a, x={1}}\n\n@book{a, y={1}}", ", line 3: key 'a' stands twice"),
        ("@article{a,\n x={1}\n\n@article{b, y={1}}", ", line 1: "),
        ("@article{a, x={1}, x={2}}", ", line 1: Duplicate field"),
        ("hello", ": no BibTeX entry found"),
        ("", ": no BibTeX entry found"),
        ("@article{a,\n title={M\xfcller}}".encode("latin-1"), ", line 2: not UTF-8"),
    ],
)
def test_a_wrong_bibliography_is_one_line_that_names_the_place(bib, data, message):
    with pytest.raises(ConfigError) as caught:
        measure_file(bib(data))

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
