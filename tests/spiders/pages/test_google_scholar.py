"""Every field of every fixture: what is absent is specified too."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from spiders import errors
from spiders.items import AuthorRecord, WorkRecord, YearCount
from spiders.pages.google_scholar import parse

CASES = Path(__file__).with_name("fixtures") / "google_scholar"
AUTHOR_FIELDS = [field.name for field in dataclasses.fields(AuthorRecord)]
WORK_FIELDS = [field.name for field in dataclasses.fields(WorkRecord)]


def load(case):
    folder = CASES / case
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    arguments = {name: meta[name] for name in ("url", "status", "headers")}
    return (folder / "body.html").read_bytes(), arguments, expected


NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
GOOD = [case for case in NAMES if "pages" in load(case)[2]]
BAD = [case for case in NAMES if case not in GOOD]


def plain(value):
    if isinstance(value, YearCount):
        return {"year": value.year, "cited_by_count": value.cited_by_count}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value


def default(record, name):
    (field,) = (field for field in dataclasses.fields(record) if field.name == name)
    if field.default_factory is not dataclasses.MISSING:
        return plain(field.default_factory())
    return None if field.default is dataclasses.MISSING else plain(field.default)


@pytest.fixture(scope="module")
def pages():
    parsed = {}
    for case in GOOD:
        body, arguments, expected = load(case)
        (page,) = parse(body, **arguments)
        parsed[case] = page, expected["pages"][0]
    return parsed


def test_there_are_fixtures_of_both_kinds():
    assert len(GOOD) >= 9
    assert len(BAD) >= 8


@pytest.mark.parametrize("case", GOOD)
def test_the_verdict_of_a_profile(pages, case):
    page, expected = pages[case]
    assert page.verdict.value == expected["verdict"]


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("name", AUTHOR_FIELDS)
def test_each_field_of_the_author(pages, case, name):
    page, expected = pages[case]
    wanted = expected["author"].get(name, default(AuthorRecord, name))
    assert plain(getattr(page.author, name)) == wanted


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("name", WORK_FIELDS)
def test_each_field_of_the_works(pages, case, name):
    page, expected = pages[case]
    wanted = [work.get(name, default(WorkRecord, name)) for work in expected["works"]]
    assert [plain(getattr(work, name)) for work in page.works] == wanted


@pytest.mark.parametrize("case", GOOD)
def test_nothing_of_the_page_beyond_author_and_works(pages, case):
    page, _ = pages[case]
    assert (page.total, page.next_cursor) == (None, None)


@pytest.mark.parametrize("case", BAD)
def test_a_page_that_is_no_profile_raises_what_to_do(case):
    body, arguments, expected = load(case)
    error = expected["error"]
    with pytest.raises(getattr(errors, error["class"]), match=error["says"]) as caught:
        parse(body, **arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", GOOD)
def test_the_domain_of_the_email_address_is_never_carried(pages, case):
    page, _ = pages[case]
    told = repr(dataclasses.replace(page.author, homepage=None))
    assert "sample.example" not in told
