"""Every field of every fixture of every provider: what is absent is specified too.

A provider's fixtures are `fixtures/<provider>/<case>/{body.*, expected.json, meta.json}`; a folder
that is there is tested, and a provider of the registry without one fails.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

from spiders.errors import ProviderError
from spiders.registry import PROVIDERS

ROOT = Path(__file__).parent / "fixtures"
CASES = [
    (provider, folder)
    for provider in PROVIDERS
    for folder in sorted((ROOT / provider).iterdir())
    if folder.is_dir()
]


def expected(folder):
    return json.loads((folder / "expected.json").read_text("utf-8"))


def parse(provider, folder, **changed):
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    told = {key: meta[key] for key in ("url", "status", "headers")} | changed
    (body,) = folder.glob("body.*")
    return import_module(PROVIDERS[provider].page).parse(body.read_bytes(), **told)


def plain(value):
    """A record as JSON, without the fields that were left at their defaults."""
    if is_dataclass(value):
        said = {f.name: (getattr(value, f.name), default_of(f)) for f in fields(value)}
        return {name: plain(found) for name, (found, unsaid) in said.items() if found != unsaid}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def default_of(field):
    return field.default if field.default_factory is MISSING else field.default_factory()


def leaves(page):
    """Path and value of every field that a page says."""
    for name, value in page.items():
        if name == "author":
            yield from ((("author", key), said) for key, said in value.items())
        elif name == "works":
            for i, work in enumerate(value):
                yield from ((("works", i, key), said) for key, said in work.items())
        else:
            yield (name,), value


def named(provider, folder, *more):
    return "-".join([provider, folder.name, *map(str, more)])


PAGES = [case for case in CASES if "pages" in expected(case[1])]
REFUSED = [case for case in CASES if "error" in expected(case[1])]
EACH_PAGE = pytest.mark.parametrize(
    ("provider", "folder"), [pytest.param(*case, id=named(*case)) for case in PAGES]
)
EACH_REFUSAL = pytest.mark.parametrize(
    ("provider", "folder"), [pytest.param(*case, id=named(*case)) for case in REFUSED]
)


def test_every_case_is_a_page_or_a_refusal_and_every_provider_has_both():
    assert len(PAGES) + len(REFUSED) == len(CASES)
    for cases in (PAGES, REFUSED):
        assert {provider for provider, _ in cases} == set(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_folder_says_where_its_fixtures_are_from(provider):
    assert (ROOT / provider / "README.md").is_file()


@EACH_PAGE
def test_each_field_is_read_as_its_fixture_says(provider, folder):
    wanted = [dict(leaves(page)) for page in expected(folder)["pages"]]
    found = [dict(leaves(page)) for page in plain(parse(provider, folder))]
    assert len(found) == len(wanted)
    for number, fields_ in enumerate(wanted):
        wrong = {
            path: found[number].get(path)
            for path, value in fields_.items()
            if path not in found[number] or found[number][path] != value
        }
        assert wrong == {}, f"page {number}, wanted { ({path: fields_[path] for path in wrong}) }"


@EACH_PAGE
def test_what_a_fixture_does_not_name_is_left_unsaid(provider, folder):
    said = [{path for path, _ in leaves(page)} for page in plain(parse(provider, folder))]
    assert said == [{path for path, _ in leaves(page)} for page in expected(folder)["pages"]]


@EACH_REFUSAL
def test_a_refusal_raises_the_error_that_names_its_remedy_in_one_line(provider, folder):
    wanted = expected(folder)["error"]
    with pytest.raises(ProviderError) as caught:
        parse(provider, folder)
    assert wanted["says"] in str(caught.value)
    assert type(caught.value).__name__ == wanted["class"]
    assert caught.value.retry_after == wanted.get("retry_after")
    assert str(caught.value).isprintable()
