"""A round comes to every slice once, stops where it must, and goes on where it ended."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.department import make_slices, run_round
from pipeline.jobs.child import Refreshed

NOW = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
SLICES = 6


class Children:
    """Slices that answer as told, by number; `fresh` unless told."""

    def __init__(self):
        self.asked = []
        self.told = {}

    def __call__(self, config):
        number = int(config.parent.name)
        self.asked.append(number)
        kind, code = self.told.get(number, ("fresh", 0))
        if isinstance(kind, BaseException):
            raise kind
        if kind is None:
            return Refreshed(exit_code=code, document=None, last_lines=("it fell over",))
        reason = None if code == 0 else f"{kind} in slice {number}"
        outcome = {"author": f"a{number}", "kind": kind, "reason": reason, "requests": 2}
        figures = {
            "author": f"a{number}",
            "provider": "openalex",
            "is_shown": True,
            "as_of": "2026-11-20T03:17:00+00:00",
            "stated": {"citations": 10 * number, "h_index": number, "i10_index": None, "papers": 3},
        }
        hidden = figures | {"provider": "crossref", "is_shown": False}
        document = {"outcomes": [outcome], "figures": [figures, hidden]}
        return Refreshed(exit_code=code, document=document, last_lines=())


@pytest.fixture
def children():
    return Children()


@pytest.fixture
def slices(tmp_path):
    path = tmp_path / "people.csv"
    rows = [f"p{n},openalex:A{n + 1}" for n in range(200)]
    path.write_text("\n".join(["key,ids", *rows, ""]))
    return make_slices(path, tmp_path / "department", settings="", size=-(-200 // SLICES))


@pytest.fixture
def go(slices, children):
    def run(*, at=NOW, **more):
        children.asked.clear()
        return run_round(slices, ask=children, now=at, **more)

    return run


def test_every_slice_is_asked_once_and_the_next_round_is_whole_again(go, children):
    done = go()
    assert children.asked == list(range(SLICES))
    assert (done.exit_code, done.stopped, done.outcomes) == (0, None, {"fresh": SLICES})
    assert go(at=NOW + timedelta(days=1)).kept == 0
    assert children.asked == list(range(SLICES))


def test_a_round_that_was_killed_goes_on_where_it_ended(go, children):
    children.told[3] = (KeyboardInterrupt(), 0)
    with pytest.raises(KeyboardInterrupt):
        go()
    children.told.clear()
    done = go(at=NOW + timedelta(hours=5))
    assert children.asked == [3, 4, 5]
    assert (done.kept, done.began) == (3, NOW)


def test_after_a_day_or_when_told_to_a_round_begins_anew(go, children):
    children.told[3] = (KeyboardInterrupt(), 0)
    with pytest.raises(KeyboardInterrupt):
        go()
    children.told.clear()
    go(at=NOW + timedelta(hours=5), anew=True)
    assert children.asked == list(range(SLICES))
    children.told[1] = (KeyboardInterrupt(), 0)
    with pytest.raises(KeyboardInterrupt):
        go()
    children.told.clear()
    go(at=NOW + timedelta(hours=24))
    assert children.asked == list(range(SLICES))


def test_a_spent_budget_stops_the_round_and_that_slice_is_asked_again(go, children):
    children.told[2] = ("budget_spent", 3)
    done = go()
    assert children.asked == [0, 1, 2]
    assert "the budget is spent (budget_spent in slice 2)" in done.stopped
    assert done.exit_code == 1
    children.told.clear()
    go()
    assert children.asked == [2, 3, 4, 5]


def test_three_slices_in_a_row_without_an_answer_stop_the_round_two_do_not(go, children):
    children.told |= {0: ("offline", 3), 1: ("offline", 3)}
    assert go().stopped is None
    children.told |= {2: ("offline", 3)}
    done = go(anew=True)
    assert (children.asked, done.exit_code) == ([0, 1, 2], 3)
    assert "3 slices in a row got nothing" in done.stopped


@pytest.mark.parametrize(("code", "ends_with"), [(5, 5), (2, 1), (-9, 1)])
def test_a_slice_that_fails_stops_the_round_and_is_named(go, children, code, ends_with):
    children.told[1] = (None, code)
    done = go()
    assert children.asked == [0, 1]
    assert done.stopped.startswith("slice 0001 failed (it fell over)")
    assert done.exit_code == ends_with


@pytest.mark.parametrize(
    ("told", "code"),
    [({}, 0), ({1: ("stale", 1)}, 1), ({1: ("refused", 4)}, 1), ({1: ("offline", 3)}, 1)],
)
def test_the_exit_code_is_that_of_the_whole(go, children, told, code):
    children.told |= told
    assert go().exit_code == code


def test_all_refused_is_4_as_in_a_refresh(go, children):
    children.told |= dict.fromkeys(range(SLICES), ("refused", 4))
    assert go().exit_code == 4


def test_the_table_has_a_row_for_everybody_who_is_shown_and_says_where(go, slices):
    go()
    rows = list(csv.DictReader((slices.folder / "authors.csv").open()))
    assert [r["key"] for r in rows] == [f"a{n}" for n in range(SLICES)]
    assert rows[2] == {
        "key": "a2",
        "provider": "openalex",
        "citations": "20",
        "h_index": "2",
        "i10_index": "",
        "papers": "3",
        "as_of": "2026-11-20T03:17:00+00:00",
        "folder": "0002/output",
    }


def test_a_slice_without_an_answer_keeps_its_rows(go, children, slices):
    go()
    children.told[4] = (None, 3)
    go(anew=True)
    assert "a4,openalex,40" in (slices.folder / "authors.csv").read_text()


def test_one_slice_may_be_asked_alone_though_it_was_asked_already(go, children):
    go()
    go(only=[2])
    assert children.asked == [2]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"began": 1}', "\x00"])
def test_a_damaged_journal_costs_a_whole_round_and_nothing_else(go, children, slices, text):
    children.told[3] = ("budget_spent", 3)
    go()
    (slices.folder / "round.json").write_text(text)
    children.told.clear()
    assert go().exit_code == 0
    assert children.asked == list(range(SLICES))


def test_the_journal_says_what_is_done_after_every_slice(go, children, slices):
    seen = []
    go(tell=lambda _: seen.append(json.loads((slices.folder / "round.json").read_text())))
    assert [len(j["settled"]) for j in seen] == list(range(1, SLICES + 1))
    assert [j["is_over"] for j in seen] == [False] * (SLICES - 1) + [True]
