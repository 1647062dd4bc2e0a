"""What a round over all slices will cost, before anybody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.collect.budget import Cost
from pipeline.config import load
from pipeline.department.slices import Slices
from pipeline.history import History
from pipeline.refresh.asking import Request, plan_targets
from pipeline.refresh.planning import planned


def plan_round(slices: Slices, numbers: Sequence[int], *, now: datetime) -> tuple[Cost, ...]:
    """Calls, money and time at each provider, of these slices together.

    A slice at a time is read. What is left of an allowance is the least that any slice was told.

    Args:
        slices: The department's.
        numbers: Slices that the round will come to.
        now: Aware moment of this call.
    """
    whole: dict[str, Cost] = {}
    for number in numbers:
        config = load(slices.config_of(number))
        request = Request()
        targets = plan_targets(config, request)
        states = History(config.history_path).states()
        for cost in planned(config, request, targets, states=states, now=now):
            known = whole.get(cost.provider)
            whole[cost.provider] = cost if known is None else _added(known, cost)
    return tuple(whole.values())


def _added(one: Cost, other: Cost) -> Cost:
    left = [cost.left for cost in (one, other) if cost.left is not None]
    dollars = None if one.dollars is None else round(one.dollars + (other.dollars or 0), 6)
    return replace(
        one,
        authors=one.authors + other.authors,
        unknown=one.unknown + other.unknown,
        at_least=one.at_least + other.at_least,
        expected=one.expected + other.expected,
        at_most=one.at_most + other.at_most,
        dollars=dollars,
        seconds=round(one.seconds + other.seconds, 1),
        counted=one.counted + other.counted,
        left=min(left, default=None),
        kept=one.kept + other.kept,
    )
