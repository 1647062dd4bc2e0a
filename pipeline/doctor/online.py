"""What only the network can tell: do the ids resolve, is the data branch there, is it that late?

Each provider is asked once for each author, by the same code and at the same pace as a refresh;
nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pipeline.doctor.finding import Finding, note, ok, wrong
from pipeline.doctor.machine import clock_and_others
from pipeline.doctor.people import is_private
from pipeline.doctor.repository import Place, discreet, run_git
from spiders.items import OutcomeKind
from spiders.registry import PROVIDERS

if TYPE_CHECKING:
    from pipeline.collect import Collection
    from pipeline.config import Config

_SECONDS = 20.0
_LONGEST = 300.0


def authors(config: Config) -> Iterator[Finding]:
    """Ask every provider for every author, and tell who was found."""
    from pipeline.refresh.asking import Request as Asking
    from pipeline.refresh.asking import ask, plan_targets

    config = config.model_copy(update={"deadline": min(config.deadline, _LONGEST)})
    request = Asking()
    targets = plan_targets(config, request)
    yield from answers(
        ask(
            config,
            request,
            targets,
            known={},
            believed=lambda found: found.collected,
            progress=None,
        )
    )


def answers(collection: Collection) -> Iterator[Finding]:
    """What became of each question, a line each."""
    found = {(c.author_key, c.provider): c for c in collection.collected}
    for outcome in collection.outcomes:
        who = f"{outcome.author_key}, {outcome.provider}"
        answer = found.get((outcome.author_key, outcome.provider))
        if answer is not None:
            name = answer.author.name or "somebody without a name"
            count = len(answer.works)
            yield ok(f"{who}: found {name}, with {count} papers; is that the person?")
        elif outcome.kind is OutcomeKind.NOT_FOUND:
            yield wrong(f"{who}: not found: {outcome.reason}; mend the id in the configuration")
        else:
            yield note(f"{who}: could not be told ({outcome.kind}): {outcome.reason}")


def branch(place: Place | None, name: str) -> Iterator[Finding]:
    """Whether the data branch can be reached, and is there."""
    if place is None:
        yield note(
            "publish: no repository is known: set `repository` in [publish], if results are to be "
            "published"
        )
        return
    answer = run_git(
        ["ls-remote", "--heads", "--", place.remote, f"refs/heads/{name}"],
        folder=place.folder,
        timeout=_SECONDS,
    )
    where = discreet(place.slug or place.remote)
    if answer is None:
        yield wrong(f"publish: git gave no answer about {where}: is it installed, and on the net?")
    elif answer.returncode != 0:
        lines = [line for line in answer.stderr.splitlines() if line.strip()]
        said = discreet(lines[0]) if lines else f"exit code {answer.returncode}"
        yield wrong(f"publish: {where} cannot be reached: {said}; check its name and your rights")
    elif answer.stdout.strip():
        yield ok(f"publish: {where} has the branch {name}")
    else:
        yield note(
            f"publish: {where} has no branch {name} yet: `scholar-metrics publish` makes it; put "
            "badges on pages after that, as caches keep the picture of an error"
        )


def clock(config: Config, now: datetime) -> Iterator[Finding]:
    """Compare the clock with that of the first provider whose terms allow a bare question."""
    for name in config.providers.order:
        url = config.base_url(name)
        if PROVIDERS[name].robots or (is_private(url) and not config.allow_private_hosts):
            continue
        theirs = _date_at(url)
        if theirs is not None:
            yield clock_and_others(now, theirs, host=urlsplit(url).hostname or name)
        return


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: any answer has a date."""

    def redirect_request(self, *_: object) -> None:
        """Stay here."""


def _date_at(url: str) -> datetime | None:
    """What time a server says it is; `None` when it does not say."""
    request = Request(url, method="HEAD")  # noqa: S310 - the configuration takes http and https only
    try:
        with build_opener(_Stay).open(request, timeout=_SECONDS) as answer:
            said = answer.headers.get("Date")
    except HTTPError as error:
        said = error.headers.get("Date")
    except (OSError, ValueError):
        return None
    try:
        found = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
