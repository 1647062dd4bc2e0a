"""Which slice everybody is in, and the configuration of each slice.

A person's slice follows from the key alone, so that nobody moves when the list grows: the address
of a badge stays. How many slices there are is decided once, and stands in `slices.json`.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.config import DEFAULT_FILE, parse
from pipeline.department.people import Person, read_people
from pipeline.errors import ConfigError, StorageError
from pipeline.model import Artifact
from pipeline.writers import save

INDEX = "slices.json"
_WINDOW = 50
"""Slices that are made in one reading of the list: what is held is what they hold."""
_OURS = ("authors", "groups", "output", "history", "publish", "notify", "schedule")
"""Keys that a slice's configuration has of its own, or none of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """The slices of a department."""

    folder: Path
    """What holds them all."""
    count: int
    """How many there are; one without anybody has no folder."""

    def folder_of(self, number: int) -> Path:
        """A slice's folder."""
        return self.folder / f"{number:04d}"

    def config_of(self, number: int) -> Path:
        """A slice's configuration file."""
        return self.folder_of(number) / DEFAULT_FILE

    def numbers(self) -> list[int]:
        """Slices with somebody in them."""
        return [number for number in range(self.count) if self.config_of(number).is_file()]


def make_slices(people: Path, folder: Path, *, settings: str, size: int) -> Slices:
    """Write the configuration of every slice; what is as it was is not touched.

    Args:
        people: The list of people.
        folder: Where the slices go.
        settings: TOML that all slices share: providers, contact and the like.
        size: About how many people a slice has, where the slices are not there yet.

    Raises:
        ConfigError: the list or the settings are wrong, or two people have one key.
        StorageError: the folder cannot be written.
    """
    _check(settings)
    slices = _counted(people, folder, size=size)
    for first in range(0, slices.count, _WINDOW):
        window = range(first, min(first + _WINDOW, slices.count))
        found: dict[int, list[Person]] = {number: [] for number in window}
        for person in read_people(people):
            number = slice_of(person.key, slices.count)
            if number in found:
                found[number].append(person)
        for number, own in found.items():
            _write(slices, number, people=people, own=own, settings=settings)
    return slices


def slice_of(key: str, count: int) -> int:
    """The slice that a key is in, whatever else is on the list."""
    digest = hashlib.sha256(key.casefold().encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def _counted(people: Path, folder: Path, *, size: int) -> Slices:
    known = _known(folder / INDEX)
    if known is None:
        heads = sum(1 for _ in read_people(people))
        if not heads:
            raise ConfigError(f"{people}: nobody is on the list: add a row")
        known = ceil(heads / size)
        document = json.dumps({"schema": 1, "slices": known}) + "\n"
        save([Artifact(path=INDEX, data=document.encode())], folder)
    return Slices(folder=folder, count=known)


def _known(path: Path) -> int | None:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StorageError(f"{path} cannot be read ({error}): put its copy back") from None
    count = document.get("slices") if isinstance(document, dict) else None
    if type(count) is not int or count < 1:
        raise StorageError(f"{path} does not say how many slices there are: put its copy back")
    return count


def _check(settings: str) -> None:
    try:
        found = tomllib.loads(settings)
    except ValueError as error:
        raise ConfigError(f"the settings are not valid TOML: {error}") from None
    own = [key for key in _OURS if key in found]
    if own:
        raise ConfigError(
            f"the settings of a department have no `{own[0]}`: each slice has its own; remove it"
        )


def _write(
    slices: Slices, number: int, *, people: Path, own: Sequence[Person], settings: str
) -> None:
    twice: dict[str, Person] = {}
    for person in own:
        other = twice.setdefault(person.key.casefold(), person)
        if other is not person:
            raise ConfigError(
                f"{people}: lines {other.line} and {person.line} have one key, "
                f"{person.key!r}: give each its own"
            )
    if not own:
        # Whoever was here has left the list: what was known of them stays, and is not renewed.
        slices.config_of(number).unlink(missing_ok=True)
        return
    text = "\n".join(_lines(own, settings))
    parse(text, name=f"{people} and the settings", base=slices.folder_of(number))
    save([Artifact(path=DEFAULT_FILE, data=text.encode())], slices.folder_of(number))


def _lines(own: Sequence[Person], settings: str) -> Iterator[str]:
    yield "# Written by `scholar-metrics department`: change the list or the settings instead."
    yield 'output = "output"'
    yield settings.strip()
    for person in own:
        yield "[[authors]]"
        yield f"key = {_toml(person.key)}"
        if person.name:
            yield f"name = {_toml(person.name)}"
        yield f"ids = [{', '.join(_toml(one) for one in person.ids)}]"
    yield ""


def _toml(text: Any) -> str:
    """A TOML string: JSON's escapes are TOML's, all but that of DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
