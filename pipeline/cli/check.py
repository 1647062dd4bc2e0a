"""`scholar-metrics check`: the checks over what is known, without asking anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, print_json, table, tell_damage
from pipeline.errors import ChecksFailed
from pipeline.model import CheckResult, Collected
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.history import History


@click.command("check")
@CONFIG_OPTION
@JSON_OPTION
def command(config_path: Path, *, as_json: bool) -> int:
    """Check the figures that are known: identity, possibility, agreement, completeness, age.

    Leaves with 4 when one of them could not be believed today.
    """
    from pipeline.config import load
    from pipeline.history import History

    config = load(config_path)
    history = History(config.history_path)
    results = known_results(config, history=history, now=datetime.now(UTC))
    bad = [r for r in results if not r.passed and r.blocking]
    if as_json:
        rows = [
            {
                "name": r.name,
                "author": r.author_key,
                "provider": r.provider,
                "passed": r.passed,
                "blocking": r.blocking,
                "detail": r.detail,
            }
            for r in results
        ]
        print_json({"schema": 1, "checks": rows, "failed": len(bad)})
    else:
        table(
            None,
            ["", "author", "provider", "check", "detail"],
            [[_mark(r), r.author_key, r.provider, r.name, r.detail] for r in results],
        )
    code = tell_damage(history)
    if bad:
        raise ChecksFailed(
            f"{len(bad)} checks failed; `scholar-metrics refresh` asks again, and the figures of "
            "a provider that stays wrong are best left out of `order`"
        )
    return code


def known_results(
    config: Config, *, now: datetime, history: History | None = None
) -> list[CheckResult]:
    """Every check of every state of the configured authors, its age, and the clock."""
    from pipeline.checks import check, times, witness
    from pipeline.history import History

    authors = {a.key: a.to_author() for a in config.authors}
    states = [
        s for s in (history or History(config.history_path)).states() if s.author_key in authors
    ]
    results: list[CheckResult] = []
    for state in states:
        author = authors[state.author_key]
        asked = config.id_for(author, state.provider)
        if asked is None:
            continue
        answer = Collected(
            author_key=state.author_key,
            provider=state.provider,
            author=state.author,
            works=tuple(o.record for o in state.present),
        )
        others = [witness(s) for s in states if s.author_key == author.key and s is not state]
        found = check(
            answer,
            provider=PROVIDERS[state.provider],
            asked=asked,
            name=author.name,
            others=others,
        )
        results.extend(_as_known(result) for result in found)
        results.append(age(state.author_key, state.provider, state.checked_at, config, now=now))
    results.extend(times.clock(states, now=now))
    return results


def _as_known(result: CheckResult) -> CheckResult:
    """Somebody may have vouched for a person whom nothing but the name and papers speak against."""
    return replace(result, blocking=False) if result.name == "person" else result


def age(
    author_key: str, provider: str, checked_at: datetime, config: Config, *, now: datetime
) -> CheckResult:
    """Whether figures were confirmed within `stale_after`, and not in a time to come."""
    from pipeline.checks import times

    limit = timedelta(days=config.stale_after)
    days = (now - checked_at).total_seconds() / 86400
    detail = f"confirmed {days:.1f} days ago, stale after {config.stale_after:g}"
    if days < 0:
        detail = f"confirmed at {checked_at:%Y-%m-%d %H:%M} UTC, which the clock says is to come"
    return CheckResult(
        name="age",
        author_key=author_key,
        provider=provider,
        passed=-times.SLACK <= now - checked_at <= limit,
        blocking=False,
        detail=detail,
    )


def _mark(result: CheckResult) -> str:
    if result.passed:
        return "ok"
    return "FAILED" if result.blocking else "note"
