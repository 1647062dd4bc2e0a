"""Everybody has one slice, for good; a slice is an ordinary configuration."""

import pytest

from pipeline.config import load
from pipeline.department import make_slices
from pipeline.department.slices import slice_of
from pipeline.errors import ConfigError, StorageError

SETTINGS = 'contact = "dean@example.org"\n[providers]\norder = ["openalex"]\n'


@pytest.fixture
def make(tmp_path):
    def of(people, *, settings=SETTINGS, size=10):
        path = tmp_path / "people.csv"
        lines = [f"{key},{name},{ids}" for key, name, ids in people]
        path.write_text("\n".join(["key,name,ids", *lines, ""]))
        return make_slices(path, tmp_path / "department", settings=settings, size=size)

    return of


def people(count, *, first=0):
    return [(f"p{n}", f"Person {n}", f"openalex:A{n + 1}") for n in range(first, first + count)]


def followed(slices):
    return {
        number: [a.key for a in load(slices.config_of(number)).authors]
        for number in slices.numbers()
    }


def test_everybody_is_in_one_slice_and_slices_have_about_the_wanted_size(make):
    found = followed(make(people(200)))
    assert sorted(key for keys in found.values() for key in keys) == sorted(
        f"p{n}" for n in range(200)
    )
    assert len(found) == 20
    assert all(1 <= len(keys) <= 25 for keys in found.values())


def test_nobody_moves_when_the_list_grows_or_shrinks(make):
    before = {key: n for n, keys in followed(make(people(100))).items() for key in keys}
    after = {key: n for n, keys in followed(make(people(300, first=50))).items() for key in keys}
    assert {key: after[key] for key in before if key in after} == {
        key: n for key, n in before.items() if key in after
    }
    assert len(after) == 300


def test_a_slice_whose_people_have_all_left_keeps_what_was_known_and_is_asked_no_more(make):
    slices = make(people(30))
    gone = slices.numbers()[0]
    kept = slices.folder_of(gone) / "output" / "gs_data.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    slices = make([p for p in people(30) if slice_of(p[0], slices.count) != gone])
    assert gone not in slices.numbers()
    assert kept.exists()


def test_a_slice_shares_the_settings_and_has_its_own_history_and_results(make):
    slices = make(people(1))
    config = load(slices.config_of(0))
    assert (config.contact, list(config.providers.order)) == ("dean@example.org", ["openalex"])
    assert config.output == slices.folder_of(0) / "output"
    assert config.history_path.is_relative_to(slices.folder_of(0))


def test_names_that_would_be_more_than_text_stay_text(make):
    name = 'Ada ""\\ # [x]\x7f'
    slices = make([("a", '"' + name.replace('"', '""') + '"', "openalex:A1")])
    assert load(slices.config_of(0)).authors[0].name == name


def test_what_is_as_it_was_is_not_written_again(make):
    before = {p: p.stat().st_ino for p in make(people(40)).folder.rglob("*.toml")}
    after = {p: p.stat().st_ino for p in make(people(40)).folder.rglob("*.toml")}
    assert before == after


@pytest.mark.parametrize(
    ("rows", "settings", "said"),
    [
        ([], SETTINGS, "nobody is on the list"),
        ([*people(1), ("P0", "", "openalex:A9")], SETTINGS, "lines 2 and 3 have one key, 'P0'"),
        (people(1), "[[authors]]\nkey = 1", "have no `authors`"),
        (people(1), 'output = "x"', "have no `output`"),
        (people(1), "a = ", "not valid TOML"),
        (people(1), "[providers]\nordr = []", "ordr"),
        ([("a", "", "arxiv:2301.00001")], SETTINGS, "no id that a provider in `order`"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(make, rows, settings, said):
    with pytest.raises(ConfigError, match=said) as caught:
        make(rows, settings=settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", '{"slices": 0}', '{"slices": "3"}'])
def test_a_damaged_index_moves_nobody_in_silence(make, text):
    slices = make(people(3))
    (slices.folder / "slices.json").write_text(text)
    with pytest.raises(StorageError, match="put its copy back"):
        make(people(3))
