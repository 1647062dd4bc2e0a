"""After a run: what is to be told, at most one message, and never a reason to fail.

One run sends one message at most, whatever it has to say. What could not be sent is tried again
after the next run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import ScholarMetricsError
from pipeline.history import History, SummaryRow
from pipeline.log import secrets_of
from pipeline.model import ProviderState
from pipeline.notify import messages, recall, state
from pipeline.notify.digest import Digest, Followed, Paper, digest
from pipeline.notify.messages import Section
from pipeline.notify.send import AppriseSender, NotSent, Sender
from spiders.redact import redact
from spiders.registry import PROVIDERS

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_GOOD = (0, 1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be told, and what will have been told then."""

    after: state.State
    """If there is nothing to tell."""
    told: state.State
    """If it was told."""
    sections: tuple[Section, ...] = field(default=())


def notify_after_run(
    config: Config,
    *,
    exit_code: int,
    reasons: Sequence[str],
    now: datetime,
    sender: Sender | None = None,
    environ: Mapping[str, str] = os.environ,
) -> list[str]:
    """Tell what this run gives reason to tell; never raises for what is outside.

    Args:
        config: with a `[notify]` table, or nothing is done.
        exit_code: of the run; all but 0 and 1 are failures.
        reasons: why it failed, a line each; secrets of the environment are taken out.
        now: aware moment after the run.
        sender: instead of apprise with the addresses of the environment.
        environ: holds the addresses.

    Returns:
        What was told: `failure`, `staleness`, `digest`.
    """
    if config.notify is None:
        return []
    name = config.notify.urls_env
    addresses = environ.get(name, "")
    hidden = {*secrets_of(environ), *(line.strip() for line in addresses.splitlines())}
    reasons = [redact(reason, hidden) for reason in reasons]
    before = state.load(config.output, now=now)
    plan = _plan(config, before, exit_code=exit_code, reasons=reasons, now=now)
    if not plan.sections:
        _keep(plan.after, config.output, now=now)
        return []
    try:
        (sender or AppriseSender(addresses, name=name)).send(messages.compose(plan.sections))
    except NotSent as error:
        _log.warning("notify: not sent: %s", redact(str(error), hidden))
        _keep(plan.after, config.output, now=now)
        return []
    except Exception as error:  # noqa: BLE001 - a sender's failure is not the run's; its text may hold secrets
        _log.warning("notify: not sent (%s): check the addresses in %s", type(error).__name__, name)
        _keep(plan.after, config.output, now=now)
        return []
    _keep(plan.told, config.output, now=now)
    return [section.kind for section in plan.sections]


def _plan(
    config: Config,
    before: state.State,
    *,
    exit_code: int,
    reasons: Sequence[str],
    now: datetime,
) -> _Plan:
    sections = []
    after = replace(before, digest_at=now) if before.is_lost else before
    told = after
    if exit_code not in _GOOD:
        mark = state.fingerprint(exit_code, reasons)
        if state.is_due(before.failures.get(mark), DAY, now=now):
            sections.append(messages.failure(exit_code, reasons))
            told = replace(told, failures={**told.failures, mark: now})
    history = History(config.history_path)
    try:
        rows = stale(config, history.summary(), now=now)
        known = _stale_told(config, rows, before, now=now)
        after, told = replace(after, stale=known), replace(told, stale=known)
        if any(state.is_due(known.get(_mark(row)), WEEK, now=now) for row in rows):
            sections.append(messages.staleness(rows, stale_after=config.stale_after))
            told = replace(told, stale=dict.fromkeys(map(_mark, rows), now))
        found = _digest(config, history, before, now=now)
        if found is not None and not found.is_empty:
            sections.append(messages.news(found))
            after = replace(after, digest_at=found.since)
            told = replace(told, digest_at=now)
    except ScholarMetricsError as error:
        _log.warning("notify: the history cannot be read: %s", error)
    return _Plan(after=after, told=told, sections=tuple(sections))


def stale(config: Config, rows: Sequence[SummaryRow], *, now: datetime) -> list[SummaryRow]:
    """The shown figures that are older than `stale_after`, in the configured order."""
    shown = _shown(config, [(r.author_key, r.provider) for r in rows if r.checked_at])
    limit = timedelta(days=config.stale_after)
    by_pair = {(r.author_key, r.provider): r for r in rows}
    found = [by_pair[pair] for pair in shown.items()]
    return [r for r in found if r.checked_at is not None and now - r.checked_at > limit]


def digest_of(config: Config, history: History, *, since: datetime, until: datetime) -> Digest:
    """What changed between two moments in a history, for everybody followed.

    Raises:
        StorageError: the history cannot be read.
    """
    states = history.states()
    pairs = _shown(config, [(s.author_key, s.provider) for s in states])
    shown = [s for s in states if pairs.get(s.author_key) == s.provider]
    papers = {
        (s.author_key, s.provider, o.record.record_id): Paper(
            work_id=o.work_id or o.record.record_id,
            title=o.record.title or o.record.record_id,
            first_seen=o.first_seen,
            is_excluded=o.record.is_excluded,
        )
        for s in shown
        for o in s.works
    }
    people = sorted(shown, key=lambda s: list(pairs).index(s.author_key))
    return digest(
        history.series(),
        papers=papers,
        people=[_followed(config, one) for one in people],
        since=since,
        until=until,
    )


def _stale_told(
    config: Config, rows: Sequence[SummaryRow], before: state.State, *, now: datetime
) -> dict[str, datetime]:
    """When staleness of these was told, where it was."""
    limit = timedelta(days=config.stale_after)
    told = {
        _mark(row): recall.stale_told(row, stale_after=limit, now=now)
        if before.is_lost
        else before.stale.get(_mark(row))
        for row in rows
    }
    return {mark: at for mark, at in told.items() if at is not None}


def _mark(row: SummaryRow) -> str:
    return f"{row.author_key}/{row.provider}"


def _digest(
    config: Config, history: History, before: state.State, *, now: datetime
) -> Digest | None:
    """The digest when one is due."""
    if config.notify is None:
        return None
    period = timedelta(days=config.notify.digest_days)
    since = before.digest_at
    if since is None:
        since = recall.digest_since(history.series(), history.summary(), period=period)
    elif not state.is_due(since, period, now=now):
        return None
    return digest_of(config, history, since=since, until=now) if since is not None else None


def _shown(config: Config, answered: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Author key to the provider that badges show, in the configured order."""
    found = {}
    for author in config.authors:
        names = [name for name in config.providers.order if (author.key, name) in answered]
        if names:
            found[author.key] = names[0]
    return found


def _followed(config: Config, known: ProviderState) -> Followed:
    name = next((a.name for a in config.authors if a.key == known.author_key), None)
    provider = PROVIDERS.get(known.provider)
    return Followed(
        author_key=known.author_key,
        name=name or known.author.name or known.author_key,
        provider=known.provider,
        title=provider.title if provider else known.provider,
        figures=config.figures,
        is_truncated=known.author.is_truncated,
    )


def _keep(after: state.State, root: Path, *, now: datetime) -> None:
    try:
        state.store(after, root, now=now)
    except ScholarMetricsError as error:
        _log.warning("notify: %s", error)
