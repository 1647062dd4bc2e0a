"""Is the set-up sound? Every check is a line that says what was seen and what to do.

Without `online` nothing is asked of anybody, and no heavy library is loaded: the answer comes at
once. With it each provider is asked once for each author, at its own pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import packages_distributions
from pathlib import Path

from pipeline.doctor import homepage, machine, people, places, repository, unattended
from pipeline.doctor.finding import Finding
from pipeline.errors import ConfigError

__all__ = ["Finding", "examine"]


def examine(
    config_path: Path,
    *,
    now: datetime,
    environ: Mapping[str, str],
    deep: bool = False,
    online: bool = False,
) -> Iterator[Finding]:
    """Everything that can be told, the machine first; ends early without a configuration.

    Args:
        config_path: the configuration file; a homepage is looked for beside it.
        now: aware moment by this machine's clock.
        environ: where keys and addresses are.
        deep: read every file of the history.
        online: ask providers and the repository too.
    """
    yield from machine.installation(packages_distributions())
    yield machine.clock(now)
    from pipeline.config import load

    try:
        config = load(config_path)
    except ConfigError as error:
        yield Finding("wrong", str(error))
        return
    yield Finding("ok", f"{config_path}: {len(config.authors)} authors")
    folder = config_path.resolve().parent
    place = repository.find(config, folder)
    yield from people.ids(config)
    yield from people.providers(config, environ)
    yield from places.folders(config)
    yield from places.history(config.history_path, now=now, deep=deep)
    yield from homepage.examine(
        folder, place=place, branch=config.publish.branch, output=config.output
    )
    yield from unattended.schedule(config.schedule.cron, config.schedule.timezone, now=now)
    yield from unattended.notifications(config, environ)
    yield from unattended.workflows(folder)
    if online:
        from pipeline.doctor import online as far

        yield from far.clock(config, now)
        yield from far.branch(place, config.publish.branch)
        yield from far.authors(config)
