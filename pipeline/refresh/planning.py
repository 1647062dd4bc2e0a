"""The plan of a refresh, before the first call: what it will cost, and whether that can be paid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.collect.budget import Cost, budget, seconds
from pipeline.config import Config
from pipeline.errors import StorageError
from pipeline.history import disk
from pipeline.model import ProviderState
from pipeline.refresh.asking import Request, keeping_of, plans_of, works_known
from pipeline.writers.run_json import FILE
from spiders.items import Target


def planned(
    config: Config,
    request: Request,
    targets: Mapping[str, tuple[Target, ...]],
    *,
    states: Iterable[ProviderState],
    now: datetime,
) -> tuple[Cost, ...]:
    """What each provider will be asked, by what the history knows; nobody is asked.

    Args:
        config: Whom to ask, and where its output lies.
        request: What this call asks for.
        targets: Whom to ask for, by provider.
        states: What was last known.
        now: The run's clock.
    """
    known = [*states]
    plans = plans_of(config, targets, works_known(known))
    return budget(
        plans,
        works={(s.author_key, s.provider): len(s.present) for s in known},
        left=_left(config.output / FILE, now=now),
        kept={} if request.fresh else keeping_of(config, request, began=now).ready(targets),
    )


def plan_document(costs: Sequence[Cost]) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "providers": [{**asdict(cost), "falls_short": cost.falls_short} for cost in costs],
        "at_least": sum(cost.at_least for cost in costs),
        "expected": sum(cost.expected for cost in costs),
        "at_most": sum(cost.at_most for cost in costs),
        "dollars": round(sum(cost.dollars or 0 for cost in costs), 6),
        "seconds": seconds(costs),
    }


def _left(path: Path, *, now: datetime) -> dict[str, float]:
    """What providers said in the last run of their allowances, where these are still the same."""
    try:
        stats = json.loads(disk.read(path) or b"{}")["stats"]
        told = {
            name.removesuffix("/allowance/left"): (
                value,
                stats[f"{name.removesuffix('left')}until"],
            )
            for name, value in stats.items()
            if name.endswith("/allowance/left")
        }
        return {
            name: float(left) for name, (left, until) in told.items() if until > now.timestamp()
        }
    except (StorageError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
