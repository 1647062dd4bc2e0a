"""Where published files can be read."""

from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.publish.urls import cdn, github, raw, shields, urls


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/ada/page",
        "https://github.com/ada/page.git",
        "https://github.com/ada/page/",
        "https://someone@github.com/ada/page.git",
        "git@github.com:ada/page.git",
        "git@github.com:/ada/page",
        "github.com:ada/page",
        "ssh://git@github.com/ada/page.git",
        "ssh://git@ssh.github.com:443/ada/page.git",
    ],
)
def test_a_repository_on_github_is_known_in_every_spelling(address):
    assert github(address) == "ada/page"


@pytest.mark.parametrize(
    "address",
    [
        "https://gitlab.com/ada/page",
        "https://github.com.evil.example/ada/page",
        "https://evil.example/github.com/ada/page",
        "/srv/github.com/ada/page",
        "https://github.com/ada",
        "https://github.com/ada/page/more",
    ],
)
def test_any_other_place_is_not_taken_for_github(address):
    assert github(address) is None
    assert urls(address, "b", []) == {}


def test_a_dot_in_the_name_stays():
    assert github("https://github.com/ada/ada.github.io.git") == "ada/ada.github.io"


def test_addresses_are_as_the_theme_makes_them():
    assert raw("ada/page", "stats", "gs_data.json") == (
        "https://raw.githubusercontent.com/ada/page/stats/gs_data.json"
    )
    assert cdn("ada/page", "stats", "gs_data.json") == (
        "https://cdn.jsdelivr.net/gh/ada/page@stats/gs_data.json"
    )


def test_a_branch_with_a_slash_is_one_word_for_the_cdn():
    assert cdn("a/b", "x/y", "f") == "https://cdn.jsdelivr.net/gh/a/b@x%2Fy/f"


def test_the_badge_has_its_address_encoded_whole():
    inner = raw("ada/page", "stats", "gs_data_shieldsio.json")
    made = shields(inner)
    assert made.count("/") == 3
    assert parse_qs(urlsplit(made).query) == {"url": [inner]}


def test_data_and_every_badge_have_their_addresses():
    found = urls("git@github.com:ada/page.git", "stats", ["badges/ada/h_index.json"])
    assert list(found) == ["gs_data.json", "gs_data_shieldsio.json", "badges/ada/h_index.json"]
    assert set(found["gs_data.json"]) == {"raw", "cdn"}
    assert set(found["badges/ada/h_index.json"]) == {"raw", "cdn", "shields"}
