"""`scholar-metrics explain WORK`: who counts what of one paper, and why records are one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.show import CONFIG_OPTION, JSON_OPTION, moment, number, print_json, table
from pipeline.errors import ConfigError
from pipeline.model import Work

_MOST = 10


@click.command("explain")
@click.argument("work")
@CONFIG_OPTION
@click.option("--author", metavar="KEY", help="Only this author's papers.")
@JSON_OPTION
def command(work: str, config_path: Path, author: str | None, *, as_json: bool) -> None:
    """Show a paper's records and counts, and why they were taken for one paper.

    WORK is any id (doi:..., arxiv:..., a provider's own) or words of the title.
    """
    from pipeline.config import load
    from pipeline.history import History
    from pipeline.identity import explain
    from pipeline.refresh import resolve_all

    config = load(config_path)
    papers = [
        (key, paper)
        for key, found in resolve_all(config, History(config.history_path).states()).items()
        if author in (None, key)
        for paper in explain(found, work)
    ]
    if not papers:
        raise ConfigError(
            f"no paper is known by {work!r}; `scholar-metrics status` shows what is known"
        )
    if as_json:
        print_json({"schema": 1, "works": [document(key, paper) for key, paper in papers]})
        return
    for key, paper in papers[:_MOST]:
        _show(key, paper)
    if len(papers) > _MOST:
        click.echo(f"… and {len(papers) - _MOST} more; say more of the title, or an id")


def document(author_key: str, work: Work) -> dict[str, Any]:
    """A paper as JSON: its records, each provider's count, and the merges."""
    return {
        "author": author_key,
        "work_id": work.work_id,
        "title": work.title,
        "year": work.year,
        "venue": work.venue,
        "authors": list(work.authors),
        "ids": list(work.ids),
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


def _show(author_key: str, work: Work) -> None:
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
        click.echo(f"  one paper by {merge.rule}: {merge.left} = {merge.right} ({merge.evidence})")
    if not work.merges:
        click.echo("  a single record; nothing was merged")
