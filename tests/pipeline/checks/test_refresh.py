"""The checks as a refresh makes them: over saved pages, so that nothing is asked."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.cli.check import known_results
from pipeline.config import parse
from pipeline.history import History
from pipeline.model import Outcome
from pipeline.refresh import refresh
from pipeline.refresh.asking import Request
from pipeline.sample import PAGES
from spiders.items import OutcomeKind
from spiders.registry import PROVIDERS

NOW = datetime(2026, 11, 20, tzinfo=UTC)
YEAR = timedelta(days=365)


class Pages:
    """One person's folder, and the sample's profile as somebody saved it."""

    def __init__(self, root):
        self.root = root
        self.text = (PAGES / "google_scholar" / "profile.html").read_text()

    def config(self, name="Ada Sample"):
        lines = [
            'output = "out"',
            "[[authors]]",
            'key = "ada"',
            f'name = "{name}"' if name else "",
            'ids = ["google_scholar:SAMPLEadaAAJ"]',
        ]
        return parse("\n".join(lines), name="test", base=self.root)

    def read(self, *, name="Ada Sample", person="Ada Sample", since=2021, other=False, **more):
        """A run over the page; its outcome and what was told by each check."""
        text = self.text.replace("Ada Sample", person)
        text = re.sub(r"Since \d+", f"Since {since}", text)
        if other:
            text = re.sub(r"smplPaper", "othrPaper", text)
            title = r'(class="gsc_a_at"[^>]*>)([^<]*)<'
            text = re.sub(title, lambda m: m[1] + m[2][::-1] + "<", text)
        page = self.root / "page.html"
        page.write_text(text)
        at = more.pop("at", NOW)
        config = self.config(name)
        report = refresh(config, Request(from_html=page, **more), clock=lambda: at)
        told = {c.name: c.detail for c in report.run.checks if not c.passed}
        return report.run.outcomes[0], told

    def verdicts(self, *, name="Ada Sample", at=NOW):
        """What `check` says of what is known: `ok`, or whether it blocks."""
        found = known_results(self.config(name), now=at)
        return {c.name: "ok" if c.passed else c.blocking for c in found}


@pytest.fixture
def pages(tmp_path):
    return Pages(tmp_path)


def test_a_taken_over_profile_keeps_the_figures_and_names_only_what_lasts(pages):
    assert pages.read()[0].kind is OutcomeKind.FRESH
    outcome, told = pages.read(person="Wei Li", other=True)
    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.reason.startswith("person: the profile was “Ada Sample”'s")
    assert outcome.reason.endswith("`--accept` takes it")
    assert "vanished" in told
    (state,) = History(pages.root / "out" / "history").states()
    assert state.author.name == "Ada Sample"
    assert pages.verdicts()["person"] == "ok"


def test_a_namesake_is_refused_by_the_configured_name_until_accepted(pages):
    outcome, _ = pages.read(name="Wei Li")
    assert outcome.kind is OutcomeKind.REFUSED
    assert History(pages.root / "out" / "history").states() == ()
    assert pages.read(name=None)[0].kind is OutcomeKind.FRESH
    assert pages.read(name="Wei Li", accept=True)[0].kind is OutcomeKind.UNCHANGED


def test_check_tells_of_a_person_who_was_vouched_for_without_failing(pages):
    pages.read(name="Wei Li", accept=True)
    assert pages.verdicts(name="Wei Li")["person"] is False
    assert pages.read(name="Wei Li")[1] == {}


def test_an_old_saved_page_keeps_newer_figures_until_accepted(pages):
    assert "figures are of then" in pages.read(since=2019)[1]["saved_page"]
    assert pages.read()[0].kind is OutcomeKind.FRESH
    outcome, _ = pages.read(since=2019)
    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.reason.startswith("saved_page: the page was saved in 2024, and the known")
    assert pages.read(since=2019, accept=True)[0].kind is OutcomeKind.FRESH


def test_a_run_of_next_year_is_told_until_the_provider_answers_again(pages):
    assert "clock" not in pages.read(at=NOW + YEAR, since=2022)[1]
    assert pages.verdicts()["clock"] is False
    assert pages.verdicts()["age"] is False
    outcome, told = pages.read()
    assert "2027-11-20" in told["clock"]
    assert outcome.kind is OutcomeKind.REFUSED
    outcome, told = pages.read(accept=True)
    assert outcome.kind is OutcomeKind.FRESH
    assert "clock" in told
    assert "clock" not in pages.read()[1]
    assert "clock" not in pages.verdicts()
    assert pages.verdicts()["age"] == "ok"


def test_a_clock_that_went_back_is_told_and_the_figures_stay(pages):
    pages.read()
    outcome, told = pages.read(at=NOW - timedelta(hours=2))
    assert outcome.kind is OutcomeKind.UNCHANGED
    assert "the clock says 2026-11-19 22:00 UTC" in told["clock"]
    history = History(pages.root / "out" / "history")
    assert history.states()[0].author.cited_by_count == 410
    assert [r.sequence for r in history.runs()] == [1, 2]


def test_check_shows_impossible_figures_that_are_only_carried(pages, made, monkeypatch):
    provider = replace(PROVIDERS["google_scholar"], counts=False, title="Some Feed")
    monkeypatch.setattr("pipeline.cli.check.PROVIDERS", {"google_scholar": provider})
    found = made.answer(
        "Ada Sample",
        range(17),
        provider="google_scholar",
        author_id="SAMPLEadaAAJ",
        works_count=17,
        cited_by_count=161,
        h_index=28,
    )
    history = History(pages.root / "out" / "history")
    history.commit(
        history.plan([found], at=NOW),
        outcomes=[
            Outcome(author_key="ada", provider="google_scholar", kind=OutcomeKind.FRESH),
        ],
        run_id="run-1",
        at=NOW,
    )
    assert pages.verdicts()["possible"] is False
    monkeypatch.undo()
    assert pages.verdicts()["possible"] is True
