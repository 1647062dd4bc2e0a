"""What the scenes of this folder share; `README.md` here says how a scene is made."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BEGUN = datetime(2026, 3, 10, 3, 17, tzinfo=UTC)
"""When the home of every scene was made; a scene plays a day later, its recovery two."""
DAY = timedelta(days=1)
DEADLINE = 900.0
FRESH = frozenset({"fresh", "unchanged"})
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Where Linux keeps files in memory: copying a home of 234 files takes a fifth of the time."""


def _part(name: str) -> ModuleType:
    """A module beside this one: test folders are no packages."""
    known = f"faults_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]


PROVIDERS = _part("stage").PLAYED


@pytest.fixture(scope="session")
def holds():
    """`holds(before, after, exit_code=, said=)`: asserts the invariants; see `invariants.py`."""
    return _part("invariants").holds


@pytest.fixture(scope="session")
def tree():
    """`tree(output, history)`: every file of a home, as `holds` takes it."""
    return _part("invariants").tree_of


@pytest.fixture(scope="session")
def answer():
    """The class of what a stand-in sends."""
    return _part("stage").Answer


@pytest.fixture(scope="session")
def begun():
    """When the home of every scene was made."""
    return BEGUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one refresh came to, its invariants already asserted."""

    code: int
    said: str
    outcomes: Mapping[tuple[str, str], Any]
    """Outcome as in `run.json`, by provider and author."""
    waits: list[tuple[str, str, float]]
    """Provider, address, seconds."""
    asked: list[Any]
    """Request and answer."""
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    home: Path
    checks: list[Any] = field(default_factory=list)

    def kinds(self, provider: str) -> list[str]:
        """How Ada and Bob fared."""
        return [self.outcomes[provider, who]["kind"] for who in ("ada", "bob")]

    def every_kind(self) -> set[str]:
        """How anybody fared anywhere."""
        return {outcome["kind"] for outcome in self.outcomes.values()}

    def requests(self, provider: str) -> list[str]:
        """What a provider was asked for, robots.txt aside."""
        robots = _part("stage").is_robots
        return [a.target for a, _ in self.asked if a.provider == provider and not robots(a.target)]

    def figures(self, provider: str, author: str) -> dict[str, Any]:
        """What is published of an author by one provider, as the provider counts."""
        return self._source(provider, author).get("stated", {})

    def states_totals(self, provider: str, author: str) -> bool:
        """Whether a provider states totals itself; one that does not has its list added up."""
        return "citations" in self._source(provider, author).get("provider_states", ())

    def _source(self, provider: str, author: str) -> dict[str, Any]:
        page = json.loads(self.after["output/metrics.json"])
        (found,) = [a for a in page["authors"] if a["key"] == author]
        return found["sources"].get(provider, {})


class Theatre:
    """The stand-ins, the process that forks refreshes, and a home that all went well in."""

    def __init__(self, root: Path, *, shared: Path) -> None:
        self.begun = BEGUN
        stage = _part("stage")
        self.stage = stage.Stage(root / "scripts")
        self.scenes = self.cases = 0
        self._mended = shared / "mended"
        """A file a test function whose home was mended by a refresh that went well."""
        self._mended.mkdir(exist_ok=True)
        self._forks = subprocess.Popen(
            [sys.executable, str(HERE / "forks.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.root = root
        self.ready = root / "ready"
        self.ready.mkdir()
        self.configure(self.ready)
        first = self.play(self.ready, at=BEGUN)
        assert first.code == 0, first.said
        self.apart: dict[str, None] = {}
        """Providers whose requests name the author; one that follows works names these."""
        self.targets: dict[tuple[str, str], list[str]] = {}
        """What each provider is asked for about an author when all is well, in order."""
        for request, _ in first.asked:
            if request.author is not None:
                self.apart[request.provider] = None
            if not stage.is_robots(request.target):
                who = request.author or stage.AUTHORS[min(request.turn, 1)]
                self.targets.setdefault((request.provider, who), []).append(request.target)

    def configure(
        self, home: Path, *, urls: Mapping[str, str] | None = None, extra: str = ""
    ) -> None:
        """Write a home's configuration; `urls` are base addresses that differ."""
        lines = [
            'output = "out"',
            'history = "kept"',
            "allow_private_hosts = true",
            f"deadline = {DEADLINE}",
            extra,
        ]
        for who in ("ada", "bob"):
            ids = list(dict.fromkeys(s.ids[who] for s in self.stage.scripts.values() if s.ids))
            lines += ["[[authors]]", f'key = "{who}"', f"ids = {json.dumps(ids)}"]
        lines += ["[providers]", f"order = {json.dumps(list(PROVIDERS))}"]
        for name in PROVIDERS:
            url = (urls or {}).get(name, self.stage.base_url(name))
            lines += [f"[providers.{name}]", f'base_url = "{url}"', "delay = 0"]
        # Pages and drawings are made of the same figures; what draws them has tests of its own.
        lines += ["[badges]", "svg = false", "[report]", "pages = false"]
        (home / "scholar-metrics.toml").write_text("\n".join(lines))

    def play(
        self,
        home: Path,
        *,
        at: datetime,
        fault: Callable[..., Any] | None = None,
        args: tuple[str, ...] = (),
        confirmed: Any = (),
        most_tries: int = 4,
        stale_after: timedelta = timedelta(days=14),
        **job: Any,
    ) -> Played:
        """One refresh of a home, and the invariants after it."""
        invariants, stage = _part("invariants"), _part("stage")
        before = invariants.tree_of(home / "out", home / "kept") if home != self.ready else {}
        self.stage.begin(fault or stage.fine)
        found = self._run(home, at=at, args=args, **job)
        assert "crash" not in found, found["crash"]
        after = invariants.tree_of(home / "out", home / "kept")
        run = json.loads(after["output/run.json"])
        outcomes = {(o["provider"], o["author"]): o for o in run["outcomes"]}
        invariants.holds(
            before,
            after,
            exit_code=found["code"],
            said=found["said"],
            confirmed=confirmed,
            stale_after=stale_after,
        )
        stage.polite(self.stage.asked, found["waits"], deadline=DEADLINE, most_tries=most_tries)
        self.scenes += 1
        self.cases += len(outcomes)
        return Played(
            code=found["code"],
            said=found["said"],
            outcomes=outcomes,
            waits=found["waits"],
            asked=list(self.stage.asked),
            before=before,
            after=after,
            home=home,
            checks=run["checks"],
        )

    def is_to_mend(self, name: str) -> bool:
        """Whether no process of this test run has taken it upon itself yet."""
        try:
            (self._mended / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def close(self) -> None:
        """End the stand-ins and the forking process."""
        self.stage.close()
        assert self._forks.stdin is not None
        self._forks.stdin.close()
        self._forks.wait(10)

    def _run(self, home: Path, *, at: datetime, args: tuple[str, ...], **job: Any) -> Any:
        keys = {row.api_key_env: "" for row in PROVIDERS.values() if row.api_key_env}
        keys |= {
            row.api_key_env: "CANARY-key"
            for row in PROVIDERS.values()
            if row.api_key_env and row.api_key_required
        }
        told = {
            "home": str(home),
            "at": at.isoformat(),
            "args": args,
            "settings": job.pop("settings", {}),
            "names": job.pop("names", {}),
            "change": job.pop("change", None),
            "log": job.pop("log", False),
            "env": {**keys, **job.pop("env", {})},
        }
        assert not job, f"unknown: {sorted(job)}"
        forks = _part("forks")
        forks.write(self._forks.stdin, told)
        found = forks.read(self._forks.stdout)
        assert found is not None, "the forking process has ended"
        return found


@pytest.fixture(scope="session")
def theatre(tmp_path_factory):
    """Everything that scenes are played with."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="faults-", dir=place) as root:
        made = Theatre(Path(root), shared=shared)
        yield made
        made.close()


@pytest.fixture
def home(theatre, record_property):
    """A home of its own in which a refresh went well a day ago."""
    scenes, cases = theatre.scenes, theatre.cases
    place = theatre.root / "home"
    shutil.copytree(theatre.ready, place, copy_function=shutil.copyfile)
    yield place
    record_property("scenes", theatre.scenes - scenes)
    record_property("cases", theatre.cases - cases)
    shutil.rmtree(place)


@pytest.fixture
def scene(theatre, home, request):
    """Play a refresh with a fault at every provider, then one without, which must mend all.

    The second refresh is played once a test function, for the first of its cases.

    Keyword arguments: `only` limits the fault to some providers; `change` names a change of
    `changes.py`; `settings` replaces values of spiders/settings.py; `names` is all that the
    resolver knows; `urls` are base addresses; the rest goes to `Theatre.play`.
    """

    def play(
        fault: Callable[..., Any] | None = None,
        *,
        at: datetime = BEGUN + DAY,
        only: tuple[str, ...] | None = None,
        urls: Mapping[str, str] | None = None,
        **told: Any,
    ) -> Played:
        if fault is not None and only is not None:
            inner = fault

            def fault(asked: Any, good: Any) -> Any:
                return inner(asked, good) if asked.provider in only else good

        if urls:
            theatre.configure(home, urls=urls)
        played = theatre.play(home, at=at, fault=fault, **told)
        if theatre.is_to_mend(request.function.__name__):
            if urls:
                theatre.configure(home)
            mended = theatre.play(home, at=at + DAY)
            assert mended.code == 0, mended.said
            assert mended.every_kind() <= FRESH
        return played

    return play


def pytest_terminal_summary(terminalreporter):
    """How much was tried."""
    told: dict[str, int] = {"scenes": 0, "cases": 0}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if getattr(report, "when", None) == "teardown" and name in told:
                    told[name] += value
    if told["scenes"]:
        terminalreporter.write_line(
            f"faults: {told['scenes']} refreshes, {told['cases']} cases of author and provider"
        )
