"""The configuration of a job: the repository's own file, or one made from two inputs.

On a runner the data branch is in the repository that the job runs for, unless the file names
another. The file itself is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import config
from pipeline.config import Config
from pipeline.config.values import branch_name
from pipeline.errors import ConfigError, StorageError
from pipeline.jobs.people import author_ids, chosen
from pipeline.writers.formatting import clean

_ORDER = ("openalex", "semantic_scholar", "google_scholar")
"""Google Scholar last: it answers hardly any runner, and a badge shows who answers first."""
_SCHEMES = {"orcid": "openalex"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a workflow says, as text."""

    path: Path
    """Of the configuration file."""
    authors: str = ""
    contact: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a job runs with."""

    path: Path
    """Of the configuration file, which is there now."""
    config: Config
    """What it says, with repository and branch where it names none."""
    authors: tuple[str, ...] = ()
    """Keys of the only authors to ask for; empty for all."""


def prepare(inputs: Inputs, *, repository: str | None) -> Setup:
    """The configuration that is there, or one made from the inputs.

    Args:
        inputs: What the workflow says.
        repository: Address of the repository that holds the data branch, where a runner says so.

    Raises:
        ConfigError: neither a file nor ids, or something wrong in either.
        StorageError: the made file cannot be written.
    """
    publish = {"repository": repository} if repository else {}
    if inputs.branch:
        publish["branch"] = _branch(inputs.branch)
    if not inputs.path.is_file():
        return _made(inputs, publish)
    found = config.load(inputs.path)
    people = tuple(a.to_author() for a in found.authors)
    keys = chosen(inputs.authors, people, name=str(inputs.path))
    if found.publish.repository is not None:
        publish.pop("repository", None)
    place = found.publish.model_copy(update=publish)
    return Setup(path=inputs.path, config=found.model_copy(update={"publish": place}), authors=keys)


def _branch(text: str) -> str:
    try:
        return branch_name(text)
    except ValueError as error:
        raise ConfigError(f"branch: {error}; give one like google-scholar-stats") from None


def _made(inputs: Inputs, publish: dict[str, str]) -> Setup:
    if inputs.path.suffix != ".toml" or not inputs.path.parent.is_dir():
        raise ConfigError(
            f"config: {clean(str(inputs.path))!r} is no file: give the path of a configuration "
            "file, e.g. scholar-metrics.toml"
        )
    found = author_ids(inputs.authors)
    if not found:
        raise ConfigError(
            f"{inputs.path}: no such file, and no author ids: commit the file (`scholar-metrics "
            "init` writes it), or give ids in the input `authors`"
        )
    text = _text(found, contact=inputs.contact or publish.get("repository", ""))
    made = config.parse(text, name="the inputs", base=inputs.path.resolve().parent)
    _write(inputs.path, text)
    place = made.publish.model_copy(update=publish)
    return Setup(path=inputs.path, config=made.model_copy(update={"publish": place}))


def _text(found: tuple[str, ...], *, contact: str) -> str:
    schemes = [i.partition(":")[0] for i in found]
    asked = {_SCHEMES.get(scheme, scheme) for scheme in schemes}
    lines = ["# Made from the inputs of a job."]
    if contact:
        lines.append(f"contact = {_quoted(contact)}")
    lines += ["[[authors]]", 'key = "me"', f"ids = {_listed(found)}"]
    lines += ["[providers]", f"order = {_listed(p for p in _ORDER if p in asked)}"]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror})") from None


def _listed(values: Iterable[str]) -> str:
    return json.dumps(list(values))


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, all but that of DEL."""
    return json.dumps(text).replace("\x7f", "\\u007F")
