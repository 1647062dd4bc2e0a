"""The sentence: collect -> check -> append -> resolve -> measure -> write.

One call is one run. Whatever happens at providers, what was known stays: a failed or refused
answer changes no figure, and the run says why.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.checks import blocking, check
from pipeline.collect import Collection, ProviderPlan, collect, read_saved
from pipeline.config import Config
from pipeline.errors import ConfigError, StorageError
from pipeline.history import History
from pipeline.identity import resolve
from pipeline.model import (
    CheckResult,
    Collected,
    Observed,
    Outcome,
    ProviderState,
    Run,
    Snapshot,
    Work,
)
from pipeline.snapshot import snapshot
from pipeline.writers import save, save_run, write
from spiders.items import OutcomeKind, Target
from spiders.registry import PROVIDERS

GOOD = frozenset({OutcomeKind.FRESH, OutcomeKind.UNCHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one call of the command asks for, beside the configuration."""

    authors: tuple[str, ...] = ()
    """Keys of the only authors to ask for; empty for all."""
    providers: tuple[str, ...] = ()
    """Names of the only providers to ask; empty for all in `order`."""
    from_html: Path | None = None
    """A saved page to read instead of asking the provider."""
    accept: bool = False
    """Whether a person vouches for figures that checks would hold back."""
    dry_run: bool = False
    """Whether to write nothing."""


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


def utc_now() -> datetime:
    """The clock of real runs, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def refresh(
    config: Config,
    request: Request,
    *,
    clock: Callable[[], datetime] = utc_now,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Ask the providers once, and bring history and outputs up to what they said.

    Raises:
        ConfigError: nothing to ask for, or options that contradict each other.
        StorageError: history or outputs cannot be read or written; nothing known is lost.
    """
    started = clock()
    targets = plan_targets(config, request)
    history = History(config.history_path)
    with history.lock():
        before = {(s.author_key, s.provider): s for s in history.states()}
        collection = _collect(config, request, targets, progress)
        settled = settle(collection, targets=targets, before=before, accept=request.accept)
        now = clock()
        plan = history.plan(settled.accepted, at=now)
        works = resolve_all(config, plan.states)
        shot = take_snapshot(config, plan.states, works, now=now)
        outcomes = _told_apart(settled.outcomes, plan.changed)
        run = Run(
            run_id=f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
            started_at=started,
            finished_at=now,
            exit_code=exit_code(outcomes, settled.checks),
            outcomes=outcomes,
            checks=settled.checks,
            written=(),
            unchanged=0,
            versions=_versions(),
            stats=collection.stats,
        )
        if request.dry_run:
            return Report(run=run, snapshot=shot)
        work_ids = {
            (key, count.record_id): work.work_id
            for key, found in works.items()
            for work in found
            for count in work.counts
        }
        history.commit(plan, outcomes=outcomes, run_id=run.run_id, at=now, work_ids=work_ids)
        run = _with_problems(run, history)
        saved = save(write(shot, previous=_reader(config.output)), config.output)
        run = replace(run, written=saved.written, unchanged=saved.unchanged)
        save_run(run, config.output)
    return Report(run=run, snapshot=shot)


def plan_targets(config: Config, request: Request) -> dict[str, tuple[Target, ...]]:
    """Whom to ask each provider for, by provider name in the configured order.

    Raises:
        ConfigError: an unknown author or provider, or nobody to ask for.
    """
    known = [a.key for a in config.authors]
    for key in request.authors:
        if key not in known:
            raise ConfigError(f"--author {key}: no such author; there are {', '.join(known)}")
    for name in request.providers:
        if name not in PROVIDERS:
            raise ConfigError(
                f"--provider {name}: no such provider; there are {', '.join(PROVIDERS)}"
            )
    names = request.providers or tuple(config.providers.order)
    if request.from_html is not None and not request.providers:
        names = ("google_scholar",)
    wanted = [a.to_author() for a in config.authors if a.key in (request.authors or known)]
    targets = {
        name: tuple(
            Target(author_key=author.key, id=found)
            for author in wanted
            if (found := config.id_for(author, name)) is not None
        )
        for name in names
    }
    targets = {name: found for name, found in targets.items() if found}
    if not targets:
        raise ConfigError(
            f"none of {', '.join(names)} can be asked for {', '.join(a.key for a in wanted)}: "
            "add an id of theirs to the configuration"
        )
    return targets


def settle(
    collection: Collection,
    *,
    targets: Mapping[str, Sequence[Target]],
    before: Mapping[tuple[str, str], ProviderState],
    accept: bool,
) -> _Settled:
    """Check every answer: what is believed, and what became of each author and provider."""
    asked = {(t.author_key, name): t.id for name, found in targets.items() for t in found}
    refused: dict[tuple[str, str], str] = {}
    accepted: list[Collected] = []
    checks: list[CheckResult] = []
    for answer in collection.collected:
        pair = (answer.author_key, answer.provider)
        results = check(
            answer,
            provider=PROVIDERS[answer.provider],
            asked=asked[pair],
            before=before.get(pair),
            accept=accept,
        )
        checks.extend(results)
        stops = blocking(results)
        if stops:
            refused[pair] = "; ".join(f"{r.name}: {r.detail}" for r in stops)
        else:
            accepted.append(answer)
    outcomes = tuple(
        replace(o, kind=OutcomeKind.REFUSED, reason=refused[o.author_key, o.provider])
        if (o.author_key, o.provider) in refused
        else o
        for o in collection.outcomes
    )
    return _Settled(accepted=tuple(accepted), outcomes=outcomes, checks=tuple(checks))


def resolve_all(config: Config, states: Sequence[ProviderState]) -> dict[str, tuple[Work, ...]]:
    """The papers of each author, by author key."""
    records: dict[str, list[Observed]] = {}
    for state in states:
        records.setdefault(state.author_key, []).extend(state.works)
    return {
        key: resolve(found, same_work=config.same_work, not_same_work=config.not_same_work)
        for key, found in records.items()
    }


def take_snapshot(
    config: Config,
    states: Sequence[ProviderState],
    works: Mapping[str, Sequence[Work]],
    *,
    now: datetime,
) -> Snapshot:
    """What is known at a moment, as the configuration wants it shown."""
    return snapshot(
        [a.to_author() for a in config.authors],
        states=states,
        works=works,
        order=config.providers.order,
        figures=config.figures,
        now=now,
        stale_after=timedelta(days=config.stale_after),
    )


def exit_code(outcomes: Sequence[Outcome], checks: Sequence[CheckResult]) -> int:
    """0 all fresh, 1 partly, 3 nothing came, 4 all that came was refused by checks."""
    good = sum(o.kind in GOOD for o in outcomes)
    if good == len(outcomes):
        return 0
    if good:
        return 1
    return 4 if blocking(checks) else 3


def user_agent(config: Config) -> str:
    """Who asks, and how to reach them."""
    contact = config.contact or "no contact configured"
    return f"scholar-metrics/{program_version()} ({contact})"


def program_version() -> str:
    """Version of the installed program."""
    try:
        return version("scholar-metrics")
    except PackageNotFoundError:
        return "0+unknown"


def _collect(
    config: Config,
    request: Request,
    targets: Mapping[str, tuple[Target, ...]],
    progress: Callable[[str], None] | None,
) -> Collection:
    if request.from_html is not None:
        return _read_page(request.from_html, targets)
    plans = [_provider_plan(config, name, found) for name, found in targets.items()]
    return collect(
        plans,
        user_agent=user_agent(config),
        allow_private_hosts=config.allow_private_hosts,
        deadline=config.deadline,
        progress=progress,
    )


def _provider_plan(config: Config, name: str, targets: tuple[Target, ...]) -> ProviderPlan:
    delay = config.delay(name)
    return ProviderPlan(
        provider=PROVIDERS[name],
        targets=targets,
        base_url=config.base_url(name),
        api_key=config.api_key(name),
        delay=PROVIDERS[name].delay if delay is None else delay,
    )


def _read_page(path: Path, targets: Mapping[str, tuple[Target, ...]]) -> Collection:
    if len(targets) != 1 or len(next(iter(targets.values()))) != 1:
        raise ConfigError(
            "--from-html reads one page of one author: say whose with --author KEY "
            "(and --provider NAME when it is not Google Scholar's)"
        )
    ((name, (target,)),) = targets.items()
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"--from-html {path}: cannot be read ({error.strerror})") from None
    return read_saved(PROVIDERS[name], body, author_key=target.author_key)


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
        try:
            return (output / path).read_bytes()
        except OSError:
            return None

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
