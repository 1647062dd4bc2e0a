"""Why the other side did not take it, in one line that ends with the way out."""

from __future__ import annotations

import re

from pipeline.errors import PublishRefused
from pipeline.publish.git import reason

_RACE = re.compile(
    r"\((?:fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref[^)]*|"
    r"incorrect old value provided|reference already exists|shallow update not allowed)\)|"
    r"cannot lock ref",
    re.IGNORECASE,
)
_MAY = (
    r"authentication failed|could not read (?:user|pass)|permission|denied to|"
    r"returned error: 40[13]|write access|access rights"
)
_TOKENS = (
    "give a token that may write: GITHUB_TOKEN with `permissions: contents: write`, "
    "SCHOLAR_METRICS_GIT_TOKEN, or git's credential helper"
)
_WAYS = (
    (r"currently checked out", "switch that folder to another branch, then publish again"),
    (
        r"protected branch|GH006|GH013|rule violations|not allowed to push",
        "allow pushes to it in the repository's settings, or publish with --branch OTHER",
    ),
    (_MAY, _TOKENS),
    (r"hook declined", "the repository's own hook refused it: ask who keeps it, or --branch OTHER"),
    (r"dubious ownership", "type `git config --global --add safe.directory DIR` for that folder"),
)
_NOT_REACHED = "check the address and the network, then publish again"


def is_race(said: str) -> bool:
    """Whether a push was refused because another writer was first."""
    return _RACE.search(said) is not None


def refused(said: str, *, branch: str, shown: str) -> PublishRefused:
    """The branch was not taken."""
    way = _way(said) or "mend that, then publish again"
    return PublishRefused(f"{shown} refused the branch {branch}: {_why(said)}; {way}")


def unreachable(said: str, *, shown: str) -> PublishRefused:
    """The repository does not answer, or not to us."""
    return PublishRefused(f"cannot reach {shown}: {_why(said)}; {_way(said) or _NOT_REACHED}")


def _why(said: str) -> str:
    return reason(said) or "no reason was given"


def _way(said: str) -> str | None:
    return next((way for what, way in _WAYS if re.search(what, said, re.IGNORECASE)), None)
