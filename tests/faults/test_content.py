"""Faults of what providers say, at all at once; `scene` asserts the invariants after each."""

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

PROVIDERS = sys.modules["faults_stage"].PLAYED
FRESH = {"fresh", "unchanged"}
PAIRS = [(provider, who) for provider in PROVIDERS for who in ("ada", "bob")]
OTHER = {"ada": "bob", "bob": "ada"}
DAY = timedelta(days=1)


def is_robots(asked):
    return asked.target.startswith("/robots.txt")


def whose(asked):
    """Who is asked for; of papers that both have, Ada's are asked for first."""
    return asked.author or ("ada", "bob")[min(asked.turn, 1)]


def pages(fault):
    """The fault at every page; robots.txt answers."""
    return lambda asked, good: good if is_robots(asked) else fault(asked, good)


# Walls: pages of refusal, written for these tests, in the words of many languages

WORDS = {
    "en": "Our systems have detected unusual traffic. Please show you are not a robot",
    "de": "Bitte bestätigen Sie, dass Sie kein Roboter sind",
    "fr": "Veuillez confirmer que vous n’êtes pas un robot",
    "ru": "Подтвердите, что запросы отправляли вы, а не робот",
    "el": "Επιβεβαιώστε ότι δεν είστε ρομπότ",
    "ar": "يرجى إثبات أنك لست روبوتًا",
    "he": "נא לאשר שאינך רובוט",
    "hi": "कृपया पुष्टि करें कि आप रोबोट नहीं हैं",
    "zh": "请证明您不是机器人",
    "ja": "あなたがロボットではないことを確認してください",
    "ko": "로봇이 아님을 확인해 주세요",
    "th": "โปรดยืนยันว่าคุณไม่ใช่หุ่นยนต์",
}
WALLS = {
    "scholar_captcha": '<form id="gs_captcha_f"><h1>{}</h1><div id="gs_captcha_c"></div></form>',
    "sorry_form": '<form id="captcha-form" action="index" method="post"><p>{}</p></form>',
    "sorry_link": '<p>{}</p><a href="//support.google.com/websearch/answer/86640">?</a>',
    "consent": '<form action="https://consent.google.com/save" method="POST"><p>{}</p></form>',
    "sign_in": '<form action="https://accounts.google.com/v3/signin"><p>{}</p></form>',
    "anubis": '<script id="anubis_challenge" type="application/json">{{}}</script><p>{}</p>',
    "cloudflare": '<script src="/cdn-cgi/challenge-platform/h/b/o.js"></script><h1>{}</h1>',
    "recaptcha": '<div class="g-recaptcha" data-sitekey="x"></div><p>{}</p>',
    "plain": "<h1>{}</h1>",
}
SCENES = [(wall, lang) for n, lang in enumerate(WORDS) for wall in [list(WALLS)[n % len(WALLS)]]]


def wall_page(wall, lang):
    words = WALLS[wall].format(WORDS[lang])
    head = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>…</title></head>'
    return f"{head}<body>{words}</body></html>".encode()


@pytest.mark.parametrize(("wall", "lang"), SCENES)
def test_a_wall_with_status_200_is_no_profile_in_any_language(scene, answer, wall, lang):
    headers = {"Content-Type": "text/html; charset=utf-8"}
    fault = answer(headers=headers, body=wall_page(wall, lang))
    done = scene(pages(lambda asked, good: fault))
    assert done.code == 3
    for provider in PROVIDERS:
        kinds = set(done.kinds(provider))
        assert kinds <= {"blocked", "not_found", "layout_changed"}, done.said
        if "blocked" in kinds:
            assert kinds == {"blocked"}
            assert len(done.requests(provider)) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_wall_with_a_status_of_refusal_stops_the_host(scene, answer, status):
    headers = {"Content-Type": "text/html; charset=utf-8", "Server": "cloudflare"}
    fault = answer(status=status, headers=headers, body=wall_page("cloudflare", "ja"))
    done = scene(pages(lambda asked, good: fault))
    assert done.code == 3
    if status == 403:
        for provider, row in PROVIDERS.items():
            # One without a host of its own is asked for each page once: they are anybody's.
            assert set(done.kinds(provider)) == {"blocked" if row.hosts else "offline"}
            assert len(done.requests(provider)) == (1 if row.hosts else 2)


@pytest.mark.parametrize(
    "place",
    [
        "https://www.google.com/sorry/index?continue=https://scholar.google.com/citations",
        "https://consent.google.com/ml?continue=https://scholar.google.com",
        "https://accounts.google.com/v3/signin/identifier?continue=x",
        "/cdn-cgi/challenge-platform/h/b",
    ],
)
def test_a_redirect_to_a_wall_is_not_followed_to_a_figure(scene, answer, place):
    fault = answer(status=302, headers={"Location": place}, body=b"<html>moved</html>")
    done = scene(pages(lambda asked, good: fault), most_tries=8)
    assert done.code == 3
    if "sorry" in place or "consent" in place:
        assert done.kinds("google_scholar") == ["blocked"] * 2


# Whose page it is


def says_whose(theatre, provider):
    """Whether a good answer differs by the author that it is about."""
    script = theatre.stage.scripts[provider]
    bodies = [
        [script.answer(target).body for target in theatre.targets[provider, who]]
        for who in ("ada", "bob")
    ]
    return bodies[0] != bodies[1]


@pytest.mark.parametrize("both", [True, False])
def test_the_page_of_another_person_is_refused(scene, theatre, both):
    def swapped(asked, good):
        if asked.author is None or (asked.author == "bob" and not both):
            return good
        script = theatre.stage.scripts[asked.provider]
        mine, other = (script.ids[w].partition(":")[2] for w in (asked.author, OTHER[asked.author]))
        return script.answer(asked.target.replace(mine, other))

    done = scene(pages(swapped))
    # Who follows works answers about those that were known.
    follows = any(row.follows for row in PROVIDERS.values())
    assert done.code == (4 if both and not follows else 1)
    assert sum(says_whose(theatre, provider) for provider in theatre.apart) > 1
    for provider, who in theatre.targets:
        told = done.outcomes[provider, who]
        if (both or who == "ada") and says_whose(theatre, provider):
            assert told["kind"] == "refused", (provider, who)
            assert "another person" in told["reason"]


def test_a_profile_that_is_deleted_is_not_found(scene, answer):
    gone = answer(status=404, headers={"Content-Type": "text/html"}, body=b"<h1>404</h1>")
    done = scene(pages(lambda asked, good: gone))
    assert (done.code, done.every_kind()) == (3, {"not_found"})


def test_an_id_that_was_renamed_is_told_and_not_taken(scene, theatre, answer):
    """301 to a new id on the same host, which answers with the new id."""

    def renamed(asked, good):
        script = theatre.stage.scripts[asked.provider]
        if not script.ids:
            return good
        mine = script.ids["ada"].partition(":")[2]
        if mine not in asked.target:
            return good
        place = asked.target.replace(mine, script.ids["bob"].partition(":")[2])
        return answer(status=301, headers={"Location": place})

    done = scene(pages(renamed))
    assert done.code == 1
    for provider in theatre.apart:
        assert done.kinds(provider)[0] not in FRESH or not says_whose(theatre, provider), done.said
        assert done.kinds(provider)[1] in FRESH


# Layout

NAMES = {
    b"{": rb'"([A-Za-z_]\w*)"\s*:',
    b"[": rb'"([A-Za-z_]\w*)"\s*:',
    b"<": rb'(?:id|class)="([\w-]+)|<([a-z][\w:]*)',
}


def names_in(body):
    """Names that a page is read by: keys, ids and classes, tags; in the order they come."""
    pattern = NAMES.get(body.lstrip()[:1])
    found = re.findall(pattern, body) if pattern else []
    flat = (name for one in found for name in (one if isinstance(one, tuple) else (one,)) if name)
    return [n for n in dict.fromkeys(flat) if n not in (b"html", b"head", b"body", b"meta")]


@pytest.mark.parametrize("number", range(18))
def test_a_name_that_is_gone_loses_no_figure(scene, number):
    """Each name of each page in turn: renamed for Ada, its values emptied for Bob."""

    def changed(asked, good):
        names = names_in(good.body)
        if not names:
            return good
        name = names[number % len(names)]
        if whose(asked) == "ada":
            new = re.sub(rb"(?<![\w-])" + re.escape(name) + rb"(?![\w-])", b"zz" + name, good.body)
        elif good.body.lstrip()[:1] == b"<":
            new = re.sub(rb'(="' + re.escape(name) + rb"[^>]*>)[^<]*", rb"\1", good.body)
        else:
            value = rb'("' + re.escape(name) + rb'"\s*:\s*)(?:-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*")'
            new = re.sub(value, rb"\1null", good.body)
        return replace(good, body=new)

    scene(pages(changed))


# Figures

REFUSED = (
    *("counts_to_zero", "minus_90_percent", "plus_1000_percent", "times_1000"),
    *("totals_to_zero", "all_but_two_vanished", "every_record_renamed", "h_above_papers"),
    *("h_above_citations", "sum_mismatch", "list_incomplete"),
    *("all_papers_gone", "another_person"),
)
TAKEN = ("minus_10_percent", "one_paper_vanished", "two_papers_merged")
LEFT_OPEN = ("most_cited_vanished", "counts_unsaid", "papers_overstated", "names_unsaid")


OF_TOTALS = {"totals_to_zero", "h_above_papers", "h_above_citations", "sum_mismatch"}
OF_A_PROFILE = OF_TOTALS | {"list_incomplete", "another_person"}
IMPOSSIBLE = {"h_above_papers", "h_above_citations"}
"""Told and carried where a provider counts no citations of papers itself."""


def said_something_else(done, provider, change):
    """Whether the change is one to what this provider says at all."""
    if PROVIDERS[provider].follows and change in OF_A_PROFILE:
        return False
    if change in IMPOSSIBLE and not PROVIDERS[provider].counts:
        return False
    if change in OF_TOTALS and not done.states_totals(provider, "ada"):
        return False
    return "citations" in done.figures(provider, "ada")


@pytest.mark.parametrize("change", REFUSED)
def test_figures_that_cannot_be_are_refused_and_the_known_ones_stay(scene, change):
    done = scene(change=change)
    counting = [p for p in PROVIDERS if said_something_else(done, p, change)]
    assert counting
    for provider in counting:
        assert done.kinds(provider) == ["refused"] * 2, (provider, done.said)


@pytest.mark.parametrize("change", TAKEN)
def test_a_small_change_is_taken(scene, change):
    done = scene(change=change)
    assert (done.code, done.every_kind() - FRESH) == (0, set())


@pytest.mark.parametrize("change", LEFT_OPEN)
def test_a_change_that_may_be_true_loses_no_figure(scene, change):
    scene(change=change)


def is_held(done, change):
    """Whether all who say otherwise are refused; that some are and some not is no answer."""
    kinds = {k for p in PROVIDERS if said_something_else(done, p, change) for k in done.kinds(p)}
    assert kinds == {"refused"} or kinds <= FRESH, done.said
    return kinds == {"refused"}


@pytest.mark.parametrize("change", ["minus_90_percent", "all_but_two_vanished"])
def test_a_fall_is_believed_when_three_runs_in_a_row_say_so(theatre, home, begun, change):
    held = []
    for day in (1, 2, 3):
        confirmed = PAIRS_BY_AUTHOR if day == 3 else ()
        done = theatre.play(home, at=begun + day * DAY, change=change, confirmed=confirmed)
        held.append(is_held(done, change))
    assert held == [True, True, False], done.said
    assert done.code == 0, done.said


def test_an_answer_in_between_that_disagrees_begins_the_count_anew(theatre, home, begun):
    fall = "minus_90_percent"
    story = [fall, fall, None, fall, fall]
    held = [
        is_held(theatre.play(home, at=begun + day * DAY, change=change), fall)
        for day, change in enumerate(story, 1)
    ]
    assert held == [True, True, False, True, True]


def test_a_person_may_vouch_for_a_fall(theatre, home, begun):
    done = theatre.play(
        home,
        at=begun + DAY,
        change="all_but_two_vanished",
        args=("--accept",),
        confirmed=PAIRS_BY_AUTHOR,
    )
    assert done.code == 0, done.said


PAIRS_BY_AUTHOR = [(who, provider) for provider, who in PAIRS]


# Clocks

CLOCKS = {
    "a_day_on": ["2026-03-11T03:17"],
    "a_day_back": ["2026-03-09T03:17", "2026-03-11T03:17"],
    "the_same_moment": ["2026-03-10T03:17", "2026-03-10T03:17"],
    "across_the_year": ["2026-12-31T23:59:59", "2027-01-01T00:00:00"],
    "back_across_the_year": ["2027-01-01T00:00:00", "2026-12-31T23:59:59", "2027-01-02T00:00"],
    "dst_begins": ["2026-03-29T00:59:59", "2026-03-29T01:00:00", "2026-03-29T01:30"],
    "dst_ends": ["2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"],
    "leap_day": ["2028-02-29T23:59:59", "2028-03-01T00:00"],
    "far_future_and_back": ["2099-01-01T00:00", "2026-03-12T03:17"],
    "end_of_time_and_back": ["9999-12-30T00:00", "2026-03-12T03:17"],
    "before_all_and_on": ["1970-01-01T00:00:01", "2026-03-12T03:17"],
}


OF_EACH_KIND = {
    (row.counts, row.follows == (), row.lists_papers): n for n, row in PROVIDERS.items()
}
"""One provider of each kind: a clock is no matter of the others."""


@pytest.mark.parametrize("name", CLOCKS)
def test_no_clock_loses_a_figure_or_a_row(theatre, home, name):
    zone = {"TZ": "Europe/Berlin"} if name.startswith("dst") else {}
    asked = [word for one in OF_EACH_KIND.values() for word in ("--provider", one)]
    for moment in CLOCKS[name]:
        at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        done = theatre.play(home, at=at, env=zone, args=tuple(asked))
        assert done.code == 0, done.said
        assert done.every_kind() <= FRESH


@pytest.mark.parametrize("name", ["a_day_back", "dst_ends", "far_future_and_back"])
def test_a_clock_that_jumps_while_providers_fail(theatre, home, answer, name):
    fault = pages(lambda asked, good: answer(status=500, body=b"oops"))
    for number, moment in enumerate(CLOCKS[name]):
        at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        played = theatre.play(home, at=at, fault=None if number % 2 else fault)
        assert played.code == (0 if number % 2 else 3)


def test_figures_grow_old_while_nobody_answers_and_young_again(theatre, home, begun, answer):
    fault = pages(lambda asked, good: answer(status=403, body=b"<h1>no</h1>"))
    badge = "output/badges/ada/citations.json"
    shown = []
    for days, broken in ((13, True), (15, True), (400, True), (401, False)):
        done = theatre.play(home, at=begun + days * DAY, fault=fault if broken else None)
        shown.append(json.loads(done.after[badge])["message"])
    assert shown[0] == shown[3]
    assert shown[1] == shown[2] == f"{shown[0]} (Mar 2026)"
