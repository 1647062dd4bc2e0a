from __future__ import annotations

import json

import pytest

yaml = pytest.importorskip("yaml")

HOSTILE = [
    "*a: &b [c, d] # {e}: 'f' \"g\" | > %",
    "!!python/object/apply:os.system ['x']",
    "yes",
    "null",
    "2024-01-01",
    "1e5",
    "--- \\n ...",
    "<b>&amp;</b>",
    "引用 😀 \\ud800",
    "ends with colon:",
    "{{ site.secret }} {% include x %}",
]


def test_the_file_has_al_folios_shape(make, files):
    found = yaml.safe_load(files(make.snapshot())["citations.yml"])
    assert found == {
        "metadata": {"last_updated": "2026-03-01"},
        "papers": {
            f"{make.USER}:one_________": {
                "citations": 1000,
                "title": "A Paper on Synthetic Data",
                "year": "2024",
            },
            f"{make.USER}:onepreprint_": {
                "citations": 200,
                "title": "A Paper on Synthetic Data",
                "year": "2024",
            },
            f"{make.USER}:three_______": {"citations": 50, "title": "Three", "year": "2024"},
        },
    }


def test_each_author_has_the_file(make, files):
    found = files(make.snapshot(make.author(), make.author("two")))
    assert found["citations.yml"] == found["authors/me/citations.yml"]
    assert "authors/two/citations.yml" in found


def test_somebody_without_scholar_papers_has_an_empty_map(make, files):
    found = yaml.safe_load(files(make.snapshot(make.author(works=())))["citations.yml"])
    assert found["papers"] == {}


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_hostile_title_is_read_back_as_it_is(make, files, title):
    work = make.work(title=title, counts=[make.count(make.scholar("one"), 1)])
    found = yaml.safe_load(files(make.snapshot(make.author(works=(work,))))["citations.yml"])
    assert found["papers"][f"{make.USER}:one_________"]["title"] == title


@pytest.mark.parametrize("bib", ['"text"', "[]", "{}", '{"title": 5, "pub_year": 2019}'])
def test_an_odd_earlier_entry_gives_its_count(make, files, bib):
    key = f"{make.USER}:oldoldoldold"
    paper = {"num_citations": 4, "bib": json.loads(bib)}
    old = json.dumps({"scholar_id": make.USER, "publications": {key: paper}})
    found = files(make.snapshot(), {"gs_data.json": old.encode()})
    assert yaml.safe_load(found["citations.yml"])["papers"][key] == {"citations": 4}


def test_a_control_character_of_an_earlier_title_does_not_break_the_file(make, files):
    key = f"{make.USER}:oldoldoldold"
    old = {
        "scholar_id": make.USER,
        "publications": {key: {"num_citations": 4, "bib": {"title": "a\x07b\ufeff"}}},
    }
    found = files(make.snapshot(), {"gs_data.json": json.dumps(old).encode()})
    assert yaml.safe_load(found["citations.yml"])["papers"][key]["title"] == "ab"
