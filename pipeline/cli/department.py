"""`scholar-metrics department`: thousands of authors, a slice of them at a time."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.show import JSON_OPTION, one_line, print_json, table
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.department import Round, Slices
    from pipeline.jobs.child import Refreshed

_DEFAULTS = """[badges]
metrics = ["citations", "h_index", "i10_index", "papers"]
papers = false
svg = false
[report]
pages = false
[providers]
order = ["openalex"]
"""
"""Settings of a department that has none of its own: four badges an author, by OpenAlex."""


@click.command("department")
@click.argument("people", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("department"),
    show_default=True,
    help="Folder of the slices, each with its configuration, history and results.",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML that all slices share: [providers], contact and the like.",
)
@click.option(
    "--slice-size",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="About how many people a slice has; decided once.",
)
@click.option("--slice", "only", type=int, multiple=True, metavar="N", help="Only this slice.")
@click.option("--plan", is_flag=True, help="Show calls, cost and time, and ask nobody.")
@click.option("--anew", is_flag=True, help="Begin a whole round, though one was stopped.")
@JSON_OPTION
def command(
    people: Path,
    *,
    folder: Path,
    settings: Path | None,
    slice_size: int,
    only: tuple[int, ...],
    plan: bool,
    anew: bool,
    as_json: bool,
) -> int:
    """Refresh everybody on a list: a CSV with the columns key, name and ids.

    Each slice is a folder with a configuration of its own, on which every other command works. A
    round that was stopped goes on where it ended.
    """
    from pipeline.department import due, make_slices, run_round
    from pipeline.refresh import utc_now

    slices = make_slices(people, folder, settings=_settings(settings), size=slice_size)
    strange = next((n for n in only if n not in slices.numbers()), None)
    if strange is not None:
        raise ConfigError(f"--slice {strange}: there is no such slice; there are {slices.count}")
    if plan:
        return _plan(slices, due(slices, now=utc_now(), anew=anew, only=only), as_json=as_json)
    with _alone(slices):
        round_ = run_round(
            slices,
            ask=_ask,
            now=utc_now(),
            anew=anew,
            only=only,
            tell=_tell,
        )
    if as_json:
        print_json(_document(slices, round_))
    else:
        _show(slices, round_)
    return round_.exit_code


def _plan(slices: Slices, numbers: list[int], *, as_json: bool) -> int:
    from pipeline.cli.refreshed import show_plan, tell_shortages
    from pipeline.department.plan import plan_round
    from pipeline.refresh import utc_now
    from pipeline.refresh.planning import plan_document

    costs = plan_round(slices, numbers, now=utc_now())
    if as_json:
        print_json({"schema": 1, "slices": len(numbers), "plan": plan_document(costs)})
        return 0
    show_plan(costs)
    tell_shortages(costs)
    click.echo(f"{len(numbers):,} of {len(slices.numbers()):,} slices are to be asked")
    return 0


def _settings(path: Path | None) -> str:
    if path is None:
        return _DEFAULTS
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--settings {path}: cannot be read ({error})") from None


def _alone(slices: Slices) -> AbstractContextManager[None]:
    from pipeline.history.lock import Lock

    return Lock(slices.folder).hold()


def _ask(config: Path) -> Refreshed:
    from pipeline.jobs.child import refresh

    return refresh(config, say=lambda line: click.echo(one_line(line), err=True))


def _tell(round_: Round) -> None:
    """A line a slice on stderr."""
    last = round_.done[-1]
    came = ", ".join(f"{count} {kind}" for kind, count in sorted(last.outcomes.items()))
    place = f"{round_.kept + len(round_.done)} of {round_.slices}"
    click.echo(one_line(f"slice {last.number:04d} ({place}): {came or last.reason}"), err=True)


def _document(slices: Slices, round_: Round) -> dict[str, object]:
    return {
        "schema": 1,
        "folder": str(slices.folder),
        "began": round_.began.isoformat(timespec="seconds"),
        "slices": round_.slices,
        "kept": round_.kept,
        "done": [
            {
                "slice": one.number,
                "exit_code": one.exit_code,
                "outcomes": dict(one.outcomes),
                "requests": one.requests,
                "reason": one.reason,
            }
            for one in round_.done
        ],
        "stopped": round_.stopped,
        "exit_code": round_.exit_code,
    }


def _show(slices: Slices, round_: Round) -> None:
    rows = [[kind, f"{count:,}"] for kind, count in sorted(round_.outcomes.items())]
    table(None, ["outcome", ">authors x providers"], rows)
    done = f"{len(round_.done)} of {round_.slices} slices asked"
    kept = f", {round_.kept} done before" if round_.kept else ""
    requests = sum(one.requests for one in round_.done)
    click.echo(one_line(f"{done}{kept}, {requests:,} requests; {slices.folder / 'authors.csv'}"))
    if round_.stopped:
        print(one_line(f"stopped: {round_.stopped}"), file=sys.stderr)  # noqa: T201
