"""`scholar-metrics check`: the checks over what is known, without asking anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, print_json, table
from pipeline.errors import ChecksFailed
from pipeline.model import CheckResult, Collected
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    from pipeline.config import Config


@click.command("check")
@CONFIG_OPTION
@JSON_OPTION
def command(config_path: Path, *, as_json: bool) -> None:
    """Check the figures that are known: identity, possibility, agreement, completeness, age.

    Leaves with 4 when one of them could not be believed today.
    """
    from pipeline.config import load

    results = known_results(load(config_path), now=datetime.now(UTC))
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
    if bad:
        raise ChecksFailed(
            f"{len(bad)} checks failed; `scholar-metrics refresh` asks again, and the figures of "
            "a provider that stays wrong are best left out of `order`"
        )


def known_results(config: Config, *, now: datetime) -> list[CheckResult]:
    """Every check of every state of the configured authors, and its age."""
    from pipeline.checks import check
    from pipeline.history import History

    authors = {a.key: a.to_author() for a in config.authors}
    results: list[CheckResult] = []
    for state in History(config.history_path).states():
        author = authors.get(state.author_key)
        asked = config.id_for(author, state.provider) if author else None
        if asked is None:
            continue
        answer = Collected(
            author_key=state.author_key,
            provider=state.provider,
            author=state.author,
            works=tuple(o.record for o in state.present),
        )
        results.extend(check(answer, provider=PROVIDERS[state.provider], asked=asked))
        results.append(age(state.author_key, state.provider, state.checked_at, config, now=now))
    return results


def age(
    author_key: str, provider: str, checked_at: datetime, config: Config, *, now: datetime
) -> CheckResult:
    """Whether figures were confirmed within `stale_after`."""
    limit = timedelta(days=config.stale_after)
    passed = now - checked_at <= limit
    days = (now - checked_at).total_seconds() / 86400
    return CheckResult(
        name="age",
        author_key=author_key,
        provider=provider,
        passed=passed,
        blocking=False,
        detail=f"confirmed {days:.1f} days ago, stale after {config.stale_after:g}",
    )


def _mark(result: CheckResult) -> str:
    if result.passed:
        return "ok"
    return "FAILED" if result.blocking else "note"
