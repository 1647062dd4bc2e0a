"""A history with a past, and a look at all that it tells: what damage must not change unsaid."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import run
from pipeline.config import load
from pipeline.history import History, Problem
from pipeline.refresh import refresh
from pipeline.refresh.asking import Request
from pipeline.sample import AUTHOR_IDS, PAGES

PROFILE = PAGES / "google_scholar" / "profile.html"
NO_PROFILE = PAGES / "google_scholar" / "not_found.html"

DAYS = ((2025, 12, 1), (2025, 12, 2), (2026, 1, 5), (2026, 1, 6), (2026, 2, 3), (2026, 2, 4))
"""A closed year, a closed month, and two nights."""


@dataclass(frozen=True)
class Seen:
    """All that a fresh look tells, and what it complained of."""

    told: tuple[Any, ...]
    figures: dict[tuple[str, ...], tuple[int | None, bool]]
    problems: list[Problem]


@dataclass(frozen=True)
class Past:
    """A folder with a configuration, its outputs, and a history of six runs."""

    root: Path

    @property
    def kept(self) -> Path:
        return self.root / "kept"

    @property
    def output(self) -> Path:
        return self.root / "out"

    def config(self) -> Path:
        return self.root / "scholar-metrics.toml"

    def live(self, raised: int, at: datetime) -> None:
        """One run that day, with the total and one paper raised."""
        page = self.root / "page.html"
        text = PROFILE.read_text(encoding="utf-8")
        for figure in (410, 120):
            text = text.replace(f">{figure}<", f">{figure + raised}<")
        page.write_text(text, encoding="utf-8")
        refresh(load(self.config()), Request(from_html=page), clock=lambda: at)

    def look(self) -> Seen:
        """What a new process would read."""
        history = History(self.kept)
        states = history.states()
        figures = {
            (s.author_key, s.provider, o.record.record_id): (o.record.cited_by_count, o.is_gone)
            for s in states
            for o in s.works
        }
        told = (states, history.series(), history.runs(), history.summary())
        return Seen(told=told, figures=figures, problems=history.problems)

    def command(self, name: str, *args: str) -> int:
        """The command in this process; its exit code."""
        return run([name, *args, "--config", str(self.config())])

    def ask(self, *args: str, page: Path = NO_PROFILE) -> int:
        """A refresh; its provider does not answer, so that all figures come from what is kept."""
        return self.command("refresh", "--from-html", str(page), *args)

    def path(self, kind: str) -> Path:
        """A file of the history by what it is."""
        (found,) = self.kept.glob(KINDS[kind])
        return found

    def numbers(self) -> dict[str, int]:
        """Every figure that the outputs show, without the month that a stale one carries."""
        found = {}
        for badge in sorted(self.output.rglob("badges/**/*.json")):
            if badge.name != "index.json":
                message = re.match(r"\d+", json.loads(badge.read_bytes())["message"])
                found[badge.relative_to(self.output).as_posix()] = int(message[0])
        for data in sorted(self.output.rglob("gs_data.json")):
            place = data.relative_to(self.output).as_posix()
            document = json.loads(data.read_bytes())
            found[f"{place} citedby"] = document["citedby"]
            for key, entry in document["publications"].items():
                found[f"{place} {key}"] = entry["num_citations"]
        return found


KINDS = {
    "manifest": "manifest.json",
    "copy": "manifest.copy.json",
    "authors": "state/authors.parquet",
    "records": "state/records.parquet",
    "summary": "state/summary.json",
    "authors before": "state/previous/authors.parquet",
    "records before": "state/previous/records.parquet",
    "changes of years": "changes/runs-1-2.parquet",
    "changes of a month": "changes/*/month=01/*.parquet",
    "changes of a night": "changes/*/month=02/20260203*.parquet",
    "runs of years": "runs/runs-1-2.parquet",
    "runs of a month": "runs/*/month=01/*.parquet",
    "runs of a night": "runs/*/month=02/20260203*.parquet",
}
"""Every kind of file that a history is made of."""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Past:
    past = Past(tmp_path_factory.mktemp("past"))
    past.config().write_text(
        f"""output = "out"
history = "kept"
[[authors]]
key = "ada"
name = "Ada Sample"
ids = {json.dumps(list(AUTHOR_IDS))}
[providers]
order = ["google_scholar"]
[badges]
svg = false
[report]
pages = false
"""
    )
    for raised, day in enumerate(DAYS):
        past.live(raised, datetime(*day, 3, 17, tzinfo=UTC))
    return past


@pytest.fixture
def make_past(template: Past, tmp_path: Path) -> Iterator[Callable[[], Past]]:
    """Makes one more copy of the same past."""
    made: list[Past] = []

    def make() -> Past:
        root = tmp_path / f"past{len(made)}"
        shutil.copytree(template.root, root)
        made.append(Past(root))
        return made[-1]

    yield make
    for past in made:
        shutil.rmtree(past.root, ignore_errors=True)


@pytest.fixture
def past(make_past: Callable[[], Past]) -> Past:
    return make_past()


@pytest.fixture(scope="session")
def truth(template: Past) -> Seen:
    """What the sound history tells."""
    return template.look()


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of file in turn."""
    return request.param
