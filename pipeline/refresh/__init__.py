"""The sentence: collect -> check -> append -> resolve -> measure -> write.

One call is one run. Whatever happens at providers, what was known stays: a failed or refused
answer changes no figure, and the run says why.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from pipeline.checks import blocking, changes, check, times, witness
from pipeline.collect import Collection
from pipeline.collect.budget import Cost
from pipeline.config import Config
from pipeline.errors import StorageError
from pipeline.history import Change, History, Plan, disk
from pipeline.history.timeline import Timeline
from pipeline.model import (
    CheckResult,
    Collected,
    Outcome,
    ProviderState,
    Run,
    Snapshot,
)
from pipeline.refresh.asking import (
    Request,
    ask,
    keeping_of,
    plan_targets,
    program_version,
    works_known,
)
from pipeline.refresh.planning import planned
from pipeline.refresh.showing import resolve_all, take_snapshot
from pipeline.writers import save, save_run, write
from spiders.items import OutcomeKind, Target
from spiders.registry import PROVIDERS

GOOD = frozenset({OutcomeKind.FRESH, OutcomeKind.UNCHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a refresh did and what is known now."""

    run: Run
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    accepted: tuple[Collected, ...]
    outcomes: tuple[Outcome, ...]
    checks: tuple[CheckResult, ...]
    held: Mapping[tuple[str, str], Mapping[str, int]]
    """Figures of answers that wait to be confirmed by the next ones."""


def utc_now() -> datetime:
    """The clock of real runs, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def refresh(
    config: Config,
    request: Request,
    *,
    clock: Callable[[], datetime] = utc_now,
    progress: Callable[[str], None] | None = None,
    announce: Callable[[Sequence[Cost]], None] | None = None,
) -> Report:
    """Ask the providers once, and bring history and outputs up to what they said.

    Args:
        config: Whom to follow, whom to ask, where results go.
        request: What this call asks for.
        clock: The moment that it is.
        progress: Called with one line whenever an author is done.
        announce: Called with what is planned before anybody is asked.

    Raises:
        ConfigError: nothing to ask for, or options that contradict each other.
        StorageError: history or outputs cannot be read or written; nothing known is lost.
    """
    started = clock()
    targets = plan_targets(config, request)
    history = History(config.history_path)
    keeping = keeping_of(config, request, began=started)
    with history.lock():
        before = {(s.author_key, s.provider): s for s in history.states()}
        if announce is not None and request.from_html is None:
            announce(planned(config, request, targets, states=before.values(), now=started))
        judge = partial(
            settle,
            targets=targets,
            names={author.key: author.name for author in config.authors},
            before=before,
            held={(r.author_key, r.provider): r.held for r in history.summary()},
            accept=request.accept,
        )
        collection = ask(
            config,
            request,
            targets,
            known=works_known(before.values()),
            believed=lambda found: judge(found).accepted,
            progress=progress,
            keeping=keeping,
        )
        now = clock()
        settled = judge(collection, saved_read_at=None if request.from_html is None else now)
        checks = (*settled.checks, *times.clock(_followed(config, before), now=now))
        plan = history.plan(settled.accepted, at=now)
        works = resolve_all(config, plan.states)
        shot = take_snapshot(
            config, plan.states, works, now=now, changes=_changes(config, history, plan)
        )
        outcomes = _told_apart(settled.outcomes, plan.changed)
        run = Run(
            run_id=f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
            started_at=started,
            finished_at=now,
            exit_code=exit_code(outcomes, settled.checks),
            outcomes=outcomes,
            checks=checks,
            written=(),
            unchanged=0,
            versions=_versions(),
            stats=collection.stats,
        )
        if request.dry_run:
            return Report(run=_with_problems(run, history), snapshot=shot)
        work_ids = {
            (key, count.record_id): work.work_id
            for key, found in works.items()
            for work in found
            for count in work.counts
        }
        history.commit(
            plan,
            outcomes=outcomes,
            run_id=run.run_id,
            at=now,
            work_ids=work_ids,
            held=settled.held,
        )
        run = _with_problems(run, history)
        saved = save(write(shot, previous=_reader(config.output)), config.output)
        run = replace(run, written=saved.written, unchanged=saved.unchanged)
        save_run(run, config.output)
        if request.from_html is None:
            keeping.finish(outcomes)
    return Report(run=run, snapshot=shot)


def settle(
    collection: Collection,
    *,
    targets: Mapping[str, Sequence[Target]],
    names: Mapping[str, str | None],
    before: Mapping[tuple[str, str], ProviderState],
    held: Mapping[tuple[str, str], Mapping[str, int]],
    saved_read_at: datetime | None = None,
    accept: bool = False,
) -> _Settled:
    """Check every answer: what is believed, and what became of each author and provider."""
    asked = {(t.author_key, name): t for name, found in targets.items() for t in found}
    refused: dict[tuple[str, str], str] = {}
    accepted: list[Collected] = []
    checks: list[CheckResult] = []
    waiting: dict[tuple[str, str], Mapping[str, int]] = {}
    known = {pair: witness(state) for pair, state in before.items()}
    for answer in collection.collected:
        pair = (answer.author_key, answer.provider)
        results = check(
            answer,
            provider=PROVIDERS[answer.provider],
            asked=asked[pair].id,
            also=asked[pair].also,
            name=names.get(answer.author_key),
            before=before.get(pair),
            others=[w for p, w in known.items() if p[0] == pair[0] and p != pair],
            held=held.get(pair, {}),
            saved_read_at=saved_read_at,
            accept=accept,
        )
        checks.extend(results)
        stops = blocking(results)
        if stops:
            lasting = [r for r in stops if r.name not in changes.NAMES]
            refused[pair] = "; ".join(f"{r.name}: {r.detail}" for r in lasting or stops)
            if not lasting:
                times = changes.confirmations(answer, held.get(pair, {}), before.get(pair))
                waiting[pair] = {**changes.figures(answer), "runs": times}
        else:
            accepted.append(answer)
            known[pair] = witness(answer)
    outcomes = tuple(
        replace(o, kind=OutcomeKind.REFUSED, reason=refused[o.author_key, o.provider])
        if (o.author_key, o.provider) in refused
        else o
        for o in collection.outcomes
    )
    return _Settled(accepted=tuple(accepted), outcomes=outcomes, checks=tuple(checks), held=waiting)


def _changes(config: Config, history: History, plan: Plan) -> Sequence[Change]:
    """Every change of the past and of this run, where a page shows them."""
    if not config.report.pages:
        return ()
    return Timeline.together([history.series(), Timeline.of(plan.changes)])


def _followed(
    config: Config, states: Mapping[tuple[str, str], ProviderState]
) -> list[ProviderState]:
    keys = {author.key for author in config.authors}
    return [state for (key, _), state in states.items() if key in keys]


def exit_code(outcomes: Sequence[Outcome], checks: Sequence[CheckResult]) -> int:
    """0 all fresh, 1 partly, 3 nothing came, 4 all that came was refused by checks."""
    good = sum(o.kind in GOOD for o in outcomes)
    if good == len(outcomes):
        return 0
    if good:
        return 1
    return 4 if blocking(checks) else 3


def _told_apart(
    outcomes: Sequence[Outcome], changed: frozenset[tuple[str, str]]
) -> tuple[Outcome, ...]:
    """`fresh` becomes `unchanged` where the answer said what was known."""
    return tuple(
        replace(o, kind=OutcomeKind.UNCHANGED)
        if o.kind is OutcomeKind.FRESH and (o.author_key, o.provider) not in changed
        else o
        for o in outcomes
    )


def _reader(output: Path) -> Callable[[str], bytes | None]:
    def previous(path: str) -> bytes | None:
        place = output / path
        data = disk.read(place)
        if data is None and place.is_file():  # the ids that only it knows would be lost
            raise StorageError(f"{place} cannot be read: mend the disk or remove it, and run again")
        return data

    return previous


def _versions() -> dict[str, str]:
    found = {"scholar-metrics": program_version()}
    for name in ("scrapy", "pyarrow", "numpy"):
        found[name] = version(name)
    return found


def _with_problems(run: Run, history: History) -> Run:
    """The run with what was found damaged; damage outweighs fresh figures."""
    if not history.problems:
        return run
    problems = tuple(f"{p.path}: {p.what}" for p in history.problems)
    return replace(run, problems=problems, exit_code=StorageError.exit_code)
