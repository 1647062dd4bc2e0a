"""Who commits, and the token that is handed on."""

import base64

import pytest

from pipeline.errors import ConfigError, PublishRefused
from pipeline.publish.settings import Settings, people, token_settings

NONE = Settings(entries=())
CHECKOUT = Settings(
    entries=(
        ("global", "user.name", "Global"),
        ("global", "user.email", "global@example.org"),
        ("local", "http.https://github.com/.extraheader", "AUTHORIZATION: basic abc"),
        ("local", "core.bare", "false"),
        ("local", "core.sshcommand", "ssh -i key"),
        ("local", "user.name", "Local <b>\n"),
    )
)
GITHUB = "https://github.com/ada/page"


def test_the_environment_says_who_commits_before_the_settings():
    environ = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "Bot"}
    assert people(CHECKOUT, environ) == ("Ada <a@x>", "Bot <a@x>")


def test_the_last_setting_counts_and_breaks_no_line():
    assert people(CHECKOUT, {})[0] == "Local b <global@example.org>"


def test_in_actions_it_is_who_started_the_run():
    environ = {"GITHUB_ACTOR": "ada"}
    assert people(NONE, environ)[0] == "ada <ada@users.noreply.github.com>"


def test_nobody_is_refused():
    with pytest.raises(PublishRefused, match="who commits"):
        people(NONE, {"GIT_AUTHOR_NAME": "Ada"})


def test_a_folders_own_way_to_reach_the_other_side_is_taken_over_and_nothing_else():
    assert [key for key, _ in CHECKOUT.local] == [
        "http.https://github.com/.extraheader",
        "core.sshcommand",
    ]


def test_the_runners_token_becomes_a_header_for_its_host_alone():
    (first, second), secrets = token_settings(GITHUB, NONE, {"GITHUB_TOKEN": "canary"})
    coded = base64.b64encode(b"x-access-token:canary").decode()
    assert first == ("http.https://github.com/.extraheader", "")
    assert second == (first[0], f"Authorization: Basic {coded}")
    assert secrets == {"canary", coded}


@pytest.mark.parametrize(
    "address",
    ["https://gitlab.com/a/b", "https://github.com.evil.example/a/b", "git@github.com:a/b", "/srv"],
)
def test_the_runners_token_goes_nowhere_else(address):
    assert token_settings(address, NONE, {"GITHUB_TOKEN": "canary"}) == ((), frozenset())


def test_the_runners_token_goes_to_the_server_of_the_runner():
    environ = {"GITHUB_TOKEN": "canary", "GITHUB_SERVER_URL": "https://git.example"}
    assert token_settings("https://git.example:8443/a/b", NONE, environ)[0][0][0] == (
        "http.https://git.example:8443/.extraheader"
    )
    assert token_settings(GITHUB, NONE, environ)[0] == ()


def test_a_header_that_the_checkout_left_is_enough():
    assert token_settings(GITHUB, CHECKOUT, {"GITHUB_TOKEN": "canary"})[0] == ()


def test_our_own_variable_outweighs_both():
    environ = {"GITHUB_TOKEN": "theirs", "SCHOLAR_METRICS_GIT_TOKEN": "ours"}
    assert token_settings(GITHUB, CHECKOUT, environ)[1] > {"ours"}


def test_an_empty_token_is_none():
    assert token_settings(GITHUB, NONE, {"GITHUB_TOKEN": " "})[0] == ()


def test_what_cannot_be_a_token_is_refused_and_not_repeated():
    with pytest.raises(ConfigError) as caught:
        token_settings(GITHUB, NONE, {"GITHUB_TOKEN": "can\nary: x"})
    assert "GITHUB_TOKEN" in str(caught.value)
    assert "ary" not in str(caught.value)
