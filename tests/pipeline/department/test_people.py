"""A list of people is read row by row, and a wrong row is named."""

import pytest

from pipeline.department import read_people
from pipeline.errors import ConfigError


@pytest.fixture
def read(tmp_path):
    def of(text, *, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode(encoding))
        return [(p.key, p.name, p.ids, p.line) for p in read_people(path)]

    return of


def test_a_row_gives_key_name_and_normalised_ids(read):
    text = "key,name,ids\nada,Ada Sample,openalex:A5000000001 orcid:0000-0002-1825-0097\n"
    ids = ("openalex:A5000000001", "orcid:0000-0002-1825-0097")
    assert read(text) == [("ada", "Ada Sample", ids, 2)]


def test_columns_may_stand_in_any_order_and_others_beside_them(read):
    text = "\ufeffroom,ids,name\n12,openalex:A1; openalex:A1;openalex:A2,\n"
    assert read(text) == [("openalex-A1", None, ("openalex:A1", "openalex:A2"), 2)]


def test_empty_lines_are_nobody(read):
    assert read("ids\n\n  \nopenalex:A1\n") == [("openalex-A1", None, ("openalex:A1",), 4)]


def test_a_name_over_two_lines_does_not_shift_the_lines_that_are_named(read):
    text = 'key,name,ids\na,"Ada\nSample",openalex:A1\nb,,nothing\n'
    with pytest.raises(ConfigError, match=r"people\.csv: line 4: 'nothing' is no identifier"):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: there is no column `ids`"),
        ("name,id\nAda,A1\n", "line 1: there is no column `ids`"),
        ("key,ids\nada,\n", "line 2: no ids: give at least one"),
        ("key,ids\n../ada,openalex:A1\n", "line 2: '../ada' is no author key"),
        ('ids\n"openalex:A1\n', "no CSV"),
        ('ids\nopen"alex:A1"x\n"a"b\n', "line 2|no CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(read, text, said):
    with pytest.raises(ConfigError, match=said):
        read(text)


def test_a_file_that_is_not_there_or_not_utf_8_is_one_line(read, tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_people(tmp_path / "nobody.csv"))
    with pytest.raises(ConfigError, match="give a CSV in UTF-8"):
        read("ids\nopenalex:A1\nÅ\n", encoding="latin-1")
