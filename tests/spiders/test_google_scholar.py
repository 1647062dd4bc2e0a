"""Scholar by the spider: what is asked, what is never asked, and how a block ends it."""

from __future__ import annotations

import pytest
from protego import Protego

from spiders.items import OutcomeKind

ADA, BOB = "google_scholar:AAAAAAAAAAAJ", "google_scholar:BBBBBBBBBBBJ"
PROFILE = "/citations"

# The rules of scholar.google.com for everybody, as captured in February 2026.
ROBOTS = b"""\
User-agent: *
Disallow: /search
Disallow: /index.html
Disallow: /scholar
Disallow: /citations?
Allow: /citations?user=
Disallow: /citations?*cstart=
Disallow: /citations?user=*%40
Disallow: /citations?user=*@
"""
CAPTCHA = (
    b'<html><body><form id="gs_captcha_f"><div id="gs_captcha_ccl"></div></form></body></html>'
)


@pytest.fixture(scope="module")
def world(stand_in, reply, answers):
    """One stand-in a situation."""
    good = answers.scholar()
    sorry = "https://www.google.com/sorry/index?continue=x"
    signin = "https://accounts.google.com/v3/signin/identifier"
    elsewhere = stand_in({PROFILE: good})
    moved = f"{elsewhere.url}/citations?user=AAAAAAAAAAAJ"

    def to(place):
        return reply(status=302, headers={"Location": place})

    return {
        "elsewhere": elsewhere,
        "refused": stand_in({PROFILE: reply(status=403, body=b"<html></html>")}),
        "limited": stand_in({PROFILE: reply(status=429, headers={"Retry-After": "3600"})}),
        "captcha": stand_in({PROFILE: CAPTCHA}),
        "captcha_500": stand_in({PROFILE: reply(status=500, body=CAPTCHA)}),
        "sorry": stand_in({PROFILE: to(sorry)}),
        "signin": stand_in({PROFILE: [to(signin), good]}),
        "other_port": stand_in({PROFILE: to(moved)}),
        "file": stand_in({PROFILE: to("file:///etc/passwd")}),
        "near": stand_in({PROFILE: to("/citations/?user=AAAAAAAAAAAJ"), "/citations/": good}),
        "loop": stand_in({PROFILE: to("/citations?user=AAAAAAAAAAAJ&again=1")}),
        "hl_first": stand_in(
            {"/robots.txt": ROBOTS, PROFILE: to("/citations?hl=en&user=AAAAAAAAAAAJ")}
        ),
        "recovers": stand_in({PROFILE: [reply(status=500), good]}),
        "down": stand_in({PROFILE: reply(status=500)}),
        "resets": stand_in({PROFILE: reply(fault="reset")}),
        "cut": stand_in({PROFILE: reply(body=good, fault="open")}),
        "whole_open": stand_in({PROFILE: good}),
        "real_rules": stand_in({"/robots.txt": ROBOTS, PROFILE: good}),
        "new_rules": stand_in(
            {"/robots.txt": ROBOTS.replace(b"Allow: /citations?user=\n", b""), PROFILE: good}
        ),
        "named_rules": stand_in(
            {
                "/robots.txt": b"User-agent: scholar-metrics\nDisallow: /\n"
                b"User-agent: *\nAllow: /\n",
                PROFILE: good,
            }
        ),
        "rules_503": stand_in({"/robots.txt": reply(status=503), PROFILE: good}),
        "rules_429": stand_in({"/robots.txt": reply(status=429), PROFILE: good}),
        "rules_reset": stand_in({"/robots.txt": reply(fault="reset"), PROFILE: good}),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run, two authors each."""
    plans = [
        plan("google_scholar", server, **{f"{name}_ada": ADA, f"{name}_bob": BOB})
        for name, server in world.items()
        if name != "elsewhere"
    ]
    return crawl(*plans)


@pytest.fixture
def outcome(done):
    return lambda name, who="ada": done.outcomes["google_scholar", f"{name}_{who}"]


@pytest.mark.parametrize("name", ["refused", "limited", "captcha", "captcha_500", "sorry"])
def test_a_block_ends_it_after_one_request(name, world, outcome):
    assert outcome(name).kind is OutcomeKind.BLOCKED
    assert outcome(name).requests == 1
    assert world[name].paths() == ["/robots.txt", PROFILE]


@pytest.mark.parametrize("name", ["refused", "limited", "captcha", "sorry"])
def test_authors_after_a_block_are_told_that_they_were_not_asked_for(name, outcome):
    assert outcome(name, "bob").kind is OutcomeKind.BLOCKED
    assert outcome(name, "bob").requests == 0
    assert outcome(name, "bob").reason.startswith("not asked: ")


def test_the_wait_that_a_block_asks_for_is_told_and_not_waited(outcome, done):
    assert outcome("limited").retry_after == 3600
    assert max(done.waits) < 60


def test_an_unknown_profile_does_not_stop_the_others(outcome):
    assert outcome("signin").kind is OutcomeKind.NOT_FOUND
    assert outcome("signin", "bob").kind is OutcomeKind.FRESH


def test_a_redirect_to_another_port_of_this_machine_is_not_followed(world, outcome):
    assert outcome("other_port").kind in {OutcomeKind.BLOCKED, OutcomeKind.OFFLINE}
    assert world["elsewhere"].asked == []


def test_a_redirect_to_a_file_is_not_followed(outcome):
    assert outcome("file").kind in {OutcomeKind.BLOCKED, OutcomeKind.OFFLINE}


def test_a_redirect_on_the_same_host_is_followed_and_counted(world, outcome):
    assert outcome("near").kind is OutcomeKind.FRESH
    assert outcome("near").requests == 2


def test_redirects_end_after_three(world, outcome):
    assert outcome("loop").requests == 4
    assert outcome("loop").kind is not OutcomeKind.FRESH


def test_a_redirect_to_a_forbidden_address_is_not_asked_for(world, outcome):
    assert outcome("hl_first").kind is OutcomeKind.REFUSED
    assert "robots.txt" in outcome("hl_first").reason
    assert not any("hl=en&user" in target for target in world["hl_first"].targets())


def test_a_failing_server_is_asked_once_more(outcome):
    assert outcome("recovers").kind is OutcomeKind.FRESH
    assert outcome("recovers").requests == 2
    assert (outcome("down").kind, outcome("down").requests) == (OutcomeKind.OFFLINE, 2)


def test_a_reset_connection_is_tried_once_more(outcome):
    assert (outcome("resets").kind, outcome("resets").requests) == (OutcomeKind.OFFLINE, 2)


def test_half_a_page_is_never_a_profile(outcome):
    assert outcome("cut").kind is not OutcomeKind.FRESH


def test_the_rules_that_scholar_has_allow_what_we_ask_for(world, outcome):
    rules = Protego.parse(ROBOTS.decode())
    for target in world["real_rules"].targets()[1:]:
        assert rules.can_fetch(f"https://scholar.google.com{target}", "scholar-metrics")
    assert not rules.can_fetch("https://scholar.google.com/citations?hl=en&user=X", "*")
    assert outcome("real_rules").kind is OutcomeKind.FRESH


def test_robots_txt_is_read_once_for_all_authors(world):
    assert world["real_rules"].paths() == ["/robots.txt", PROFILE, PROFILE]


@pytest.mark.parametrize("name", ["new_rules", "named_rules"])
def test_rules_that_forbid_it_stop_it(name, world, outcome):
    for who in ("ada", "bob"):
        assert outcome(name, who).kind is OutcomeKind.REFUSED
        assert "robots.txt" in outcome(name, who).reason
    assert world[name].paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("name", "kind", "asked"),
    [
        ("rules_503", OutcomeKind.OFFLINE, 2),
        ("rules_reset", OutcomeKind.OFFLINE, 2),
        ("rules_429", OutcomeKind.BLOCKED, 1),
    ],
)
def test_rules_that_cannot_be_read_forbid_everything(name, kind, asked, world, outcome):
    assert outcome(name).kind is kind
    assert world[name].paths() == ["/robots.txt"] * asked


def test_missing_rules_allow(world, outcome):
    assert world["recovers"].paths()[0] == "/robots.txt"  # answered with 404
    assert outcome("recovers").kind is OutcomeKind.FRESH


def test_the_delay_is_between_profiles_and_never_before_the_first(stand_in, crawl, plan, answers):
    server = stand_in({"/robots.txt": ROBOTS, PROFILE: answers.scholar()})
    crawl(plan("google_scholar", server, delay=0.4, ada=ADA, bob=BOB))
    robots, first, second = (asked.at for asked in server.asked)
    assert first - robots < 0.3
    assert second - first >= 0.4


def test_a_machine_that_has_just_started_does_not_wait_before_the_first(
    stand_in, crawl, plan, answers
):
    server = stand_in({PROFILE: answers.scholar()})
    done = crawl(plan("google_scholar", server, delay=30.0, ada=ADA), uptime=0.0, deadline=5.0)
    assert done.outcomes["google_scholar", "ada"].kind is OutcomeKind.FRESH
    assert done.seconds < 4
