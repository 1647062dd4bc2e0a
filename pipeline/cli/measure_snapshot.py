"""`scholar-metrics measure --snapshot`: every author of OpenAlex, and badges of some."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import one_line, print_json
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.cli.measure_badges import Badged
    from pipeline.scale.openalex import Report, Request

_SHOWN = 5


def run(request: Request, *, badges_for: Path | None, as_json: bool) -> int:
    """Measure, and tell how far it is on stderr; 1 when an author of `badges_for` is unknown."""
    from pipeline.scale.openalex import measure_snapshot, read_ids

    wanted = read_ids(badges_for) if badges_for else None
    report = measure_snapshot(request, tell=_tell)
    document = dict(report.document)
    badged = None
    if wanted is not None:
        from pipeline.cli.measure_badges import write_badges

        root = report.output.parent
        now = datetime.now(UTC)
        badged = write_badges(report.output, wanted, root=root, as_of=report.as_of, now=now)
        document["badges"] = badged.document()
    if as_json:
        print_json(document)
    else:
        _show(report, badged)
    if badged is None or not badged.missing:
        return 0
    some = ", ".join(badged.missing[:_SHOWN])
    more = ", …" if len(badged.missing) > _SHOWN else ""
    _tell(f"no work in this snapshot of {len(badged.missing):,} authors: {some}{more}")
    return 1


def _show(report: Report, badged: Badged | None) -> None:
    said = report.document
    click.echo(
        f"{said['authors']:,} authors of {said['works']:,} works measured into {report.output}"
    )
    click.echo(f"papers and citations by year in {report.years}")
    if badged is not None:
        click.echo(f"badges of {badged.authors:,} authors in {report.output.parent / 'badges'}")


def _tell(line: str) -> None:
    click.echo(one_line(line), err=True)


def output_of(output: Path | None) -> Path:
    """Where the result goes; a snapshot has too many authors for a table on a terminal."""
    if output is None:
        raise ConfigError("--snapshot needs --output FILE.parquet: where the result is to be")
    return output
