from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.writers import endpoint


class Shields(BaseModel):
    """The rules of shields' own schema, written down a second time and independently."""

    model_config = ConfigDict(extra="forbid", strict=True)

    schemaVersion: int = Field(ge=1, le=1)  # noqa: N815
    label: str
    message: str = Field(min_length=1)
    color: str = Field(default="lightgrey", min_length=1)
    labelColor: str = Field(default="grey", min_length=1)  # noqa: N815
    isError: bool = False  # noqa: N815
    namedLogo: str = Field(default="", pattern=r"^[a-z0-9]*$")  # noqa: N815
    logoSvg: str = ""  # noqa: N815
    logoColor: str = ""  # noqa: N815
    logoSize: str = ""  # noqa: N815
    style: str = "flat"
    cacheSeconds: int = Field(default=300, ge=0, le=2**53 - 1)  # noqa: N815

    @model_validator(mode="after")
    def _logo(self):
        said = self.model_fields_set
        if {"namedLogo", "logoSvg"} <= said:
            raise ValueError("namedLogo xor logoSvg")
        if said & {"logoColor", "logoSize"} and "namedLogo" not in said:
            raise ValueError("logoColor needs namedLogo")
        return self


GOOD = {"schemaVersion": 1, "label": "citations", "message": "1.2k"}

REFUSED = [
    {"schemaVersion": "1"},
    {"schemaVersion": 2},
    {"schemaVersion": True},
    {"schemaVersion": None},
    {"generatedAt": "2026-03-01"},
    {"_comment": "x"},
    {"link": "https://example.org"},
    {"links": []},
    {"logoWidth": 30},
    {"logoPosition": 1},
    {"messsage": "typo"},
    {"message": 1234},
    {"message": ""},
    {"message": None},
    {"message": True},
    {"message": ["a"]},
    {"label": None},
    {"label": 5},
    {"color": ""},
    {"color": None},
    {"color": 3},
    {"isError": "yes"},
    {"isError": "true"},
    {"namedLogo": "googlescholar", "logoSvg": "<svg/>"},
    {"logoColor": "red"},
    {"logoSvg": "<svg/>", "logoColor": "red"},
    {"logoSize": "auto"},
    {"cacheSeconds": -1},
    {"cacheSeconds": 3600.5},
    {"cacheSeconds": 10**16},
    {"cacheSeconds": "3600"},
]

MISREAD = [
    {"color": "bluuue"},
    {"color": "Blue"},
    {"color": "BrightGreen"},
    {"color": "transparent"},
    {"color": "constructor"},
    {"color": "00ff"},
    {"labelColor": "oklch(1 0 0)"},
    {"style": "neon"},
    {"namedLogo": "Google Scholar"},
    {"namedLogo": ""},
    {"namedLogo": "x", "logoSize": "big"},
    {"logoSvg": ""},
    {"message": "   "},
    {"message": "a\x00b"},
    {"message": "\ufffe1"},
    {"label": "\u202eback"},
    {"message": "x" * 256},
    {"label": "😀" * 128},
]


def test_the_minimal_badge_is_taken():
    assert endpoint.parse(GOOD).document() == GOOD


def test_an_empty_label_leaves_it_out():
    assert endpoint.parse(GOOD | {"label": ""}).document()["label"] == ""


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_what_shields_refuses_is_refused(change):
    with pytest.raises(ValueError, match="badge"):
        endpoint.parse(GOOD | change)
    with pytest.raises(ValidationError):
        Shields.model_validate(GOOD | change)


@pytest.mark.parametrize("change", MISREAD, ids=ascii)
def test_what_shields_would_misread_is_refused(change):
    with pytest.raises(ValueError, match="badge"):
        endpoint.parse(GOOD | change)


@pytest.mark.parametrize("key", ["schemaVersion", "label", "message"])
def test_a_missing_key_is_refused(key):
    with pytest.raises(ValueError, match=key):
        endpoint.parse({k: v for k, v in GOOD.items() if k != key})


def test_a_root_that_is_no_object_is_refused():
    with pytest.raises(ValueError, match="object"):
        endpoint.parse([GOOD])


@pytest.mark.parametrize(
    "change",
    [
        {"color": "#abc"},
        {"color": "007ec6"},
        {"color": "#007ec6ff"},
        {"color": "lightgrey", "labelColor": "f6f6f6"},
        {"namedLogo": "orcid", "logoColor": "#fff", "logoSize": "auto"},
        {"logoSvg": "<svg/>"},
        {"isError": True},
        {"style": "for-the-badge"},
        {"cacheSeconds": 0},
        {"message": "引用 α→β 😀 ★★★☆☆"},
        {"message": "\"><img onerror=x> & '"},
    ],
    ids=ascii,
)
def test_what_shields_takes_is_taken_and_comes_out_the_same(change):
    badge = endpoint.parse(GOOD | change)
    document = json.loads(badge.data())
    assert document == GOOD | change
    Shields.model_validate(document)


def test_a_fresh_badge_is_blue_and_a_stale_one_grey_with_its_month(make):
    fresh = endpoint.badge("citations", "1.2k", as_of=make.AS_OF, is_stale=False)
    stale = endpoint.badge("citations", "1.2k", as_of=make.AS_OF, is_stale=True, is_bound=True)
    assert (fresh.color, fresh.message) == ("#007ec6", "1.2k")
    assert (stale.color, stale.message) == ("#939393", "≥ 1.2k (Mar 2026)")


@given(st.text(), st.text(min_size=1).map(lambda text: "1" + text))
def test_any_text_gives_a_badge_that_shields_takes(label, value):
    badge = endpoint.badge(label, value, as_of=datetime(2026, 3, 1, tzinfo=UTC), is_stale=False)
    data = badge.data()
    assert data.endswith(b"\n")
    assert not data.startswith(b"\xef\xbb\xbf")
    Shields.model_validate(json.loads(data))
    assert endpoint.parse(json.loads(data)) == badge


def test_every_badge_file_of_a_snapshot_is_taken(make, files):
    author = make.author(
        "two",
        sources=(make.source(is_stale=True),),
        metrics=(make.metrics(lower_bounds={"h_index"}),),
    )
    found = files(make.snapshot(make.author(), author))
    badges = {
        path: json.loads(data)
        for path, data in found.items()
        if path.endswith(".json")
        and not path.endswith("papers/index.json")
        and (path.startswith("badges/") or "gs_data_" in path)
    }
    assert len(badges) > 30
    for document in badges.values():
        Shields.model_validate(document)
        assert endpoint.parse(document).document() == document
