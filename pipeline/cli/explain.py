"""`scholar-metrics explain WORK`: who counts what of one paper, and why records are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.cli.show import (
    CONFIG_OPTION,
    JSON_OPTION,
    moment,
    number,
    one_line,
    print_json,
    table,
    tell_damage,
)
from pipeline.errors import ConfigError
from pipeline.model import Work

_MOST = 10


@click.command("explain")
@click.argument("work")
@CONFIG_OPTION
@click.option("--author", metavar="KEY", help="Only this author's papers.")
@JSON_OPTION
def command(work: str, config_path: Path, author: str | None, *, as_json: bool) -> int:
    """Show a paper's records and counts, and why they were taken for one paper.

    WORK is any id (doi:..., arxiv:..., a provider's own) or words of the title.
    """
    from pipeline.config import load
    from pipeline.history import History
    from pipeline.identity import explain
    from pipeline.refresh import utc_now
    from pipeline.refresh.showing import resolve_all, take_snapshot

    config = load(config_path)
    history = History(config.history_path)
    states = history.states()
    shot = take_snapshot(config, states, resolve_all(config, states), now=utc_now())
    strange = {(a.author.key, w.work_id) for a in shot.authors for w in a.others}
    papers = [
        (found.author.key, paper)
        for found in shot.authors
        if author in (None, found.author.key)
        for paper in explain((*found.works, *found.others), work)
    ]
    code = tell_damage(history)
    if not papers:
        raise ConfigError(
            f"no paper is known by {work!r}; `scholar-metrics status` shows what is known"
        )
    order = config.providers.order
    if as_json:
        told = [
            document(key, paper, is_theirs=(key, paper.work_id) not in strange)
            | {"counted": counted(paper, order, config.combine)}
            for key, paper in papers
        ]
        print_json({"schema": 1, "works": told})
        return code
    for key, paper in papers[:_MOST]:
        _show(key, paper, is_theirs=(key, paper.work_id) not in strange)
        for line in _counting(counted(paper, order, config.combine), paper):
            click.echo(f"  {one_line(line)}")
    if len(papers) > _MOST:
        click.echo(f"… and {len(papers) - _MOST} more; say more of the title, or an id")
    return code


def document(author_key: str, work: Work, *, is_theirs: bool) -> dict[str, Any]:
    """A paper as JSON: its records, each provider's count, and the merges."""
    spread = _spread(work)
    return {
        "author": author_key,
        "work_id": work.work_id,
        "title": work.title,
        "year": work.year,
        "venue": work.venue,
        "authors": list(work.authors),
        "ids": list(work.ids),
        "is_on_own_list": is_theirs,
        "disagreement": None if spread is None else {"least": spread[0], "most": spread[1]},
        "counts": [
            {
                "provider": c.provider,
                "record_id": c.record_id,
                "cited_by_count": c.cited_by_count,
                "as_of": moment(c.as_of),
                "is_gone": c.is_gone,
                "is_excluded": c.is_excluded,
            }
            for c in work.counts
        ],
        "merges": [
            {"left": m.left, "right": m.right, "rule": m.rule, "evidence": m.evidence}
            for m in work.merges
        ],
    }


def counted(work: Work, order: Sequence[str], rule: str) -> dict[str, Any]:
    """A paper's one count: by each provider (`resolved`), and over all of them (`combined`)."""
    from pipeline.writers.shown import combined_count

    said = {c.provider: work.cited_by_count(c.provider) for c in work.counts}
    combined = combined_count(work, order, rule)
    return {
        "resolved": [
            {"provider": name, "cited_by_count": count}
            for name, count in said.items()
            if count is not None
        ],
        "combined": combined
        and {
            "cited_by_count": combined.cited_by_count,
            "provider": combined.provider,
            "rule": rule,
        },
    }


def _counting(told: dict[str, Any], work: Work) -> Iterator[str]:
    """How several counts of a paper become one, where there are several."""
    for name, count in ((r["provider"], r["cited_by_count"]) for r in told["resolved"]):
        known = [c for c in work.counts if c.provider == name and c.cited_by_count is not None]
        if len(known) > 1:
            yield f"{name} counts {number(count)} in resolved figures: max of {len(known)} records"
    combined = told["combined"]
    if combined and len(told["resolved"]) > 1:
        figure = number(combined["cited_by_count"])
        yield f"combined: {figure}, of {combined['provider']}, by {combined['rule']}"


def _spread(work: Work) -> tuple[int, int] | None:
    """The least and the most that providers count, where several do; versions by the largest."""
    said = {c.provider: work.cited_by_count(c.provider) for c in work.counts}
    known = [count for count in said.values() if count is not None]
    return (min(known), max(known)) if len(known) > 1 else None


def _show(author_key: str, work: Work, *, is_theirs: bool) -> None:
    head = f"{work.title} ({work.year or 'year unknown'}) — {work.work_id}, of {author_key}"
    rows = []
    for count in work.counts:
        notes = [
            n for n, yes in (("gone", count.is_gone), ("not counted", count.is_excluded)) if yes
        ]
        rows.append(
            [
                count.provider,
                count.record_id,
                number(count.cited_by_count),
                (moment(count.as_of) or "")[:10],
                ", ".join(notes),
            ]
        )
    table(head, ["provider", "record", ">citations", "as of", "note"], rows)
    for merge in work.merges:
        why = f"one paper by {merge.rule}: {merge.left} = {merge.right} ({merge.evidence})"
        click.echo(f"  {one_line(why)}")
    if not work.merges:
        click.echo("  a single record; nothing was merged")
    spread = _spread(work)
    if spread is not None and spread[0] != spread[1]:
        click.echo(f"  providers disagree: {spread[0]} to {spread[1]} citations")
    if not is_theirs:
        click.echo("  on none of the person's own lists (own_list): counts in no resolved figure")
