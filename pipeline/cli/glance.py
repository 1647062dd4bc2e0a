"""The few things of a configuration that a glance needs, read without validating all of it.

`status` must answer at once, and the validating loader costs more than the whole answer. What is
wrong with a file in other places is told by every command that acts on it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from spiders.registry import DEFAULT_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Where things lie, and who comes first."""

    output: Path
    history: Path
    authors: tuple[str, ...]
    """Keys in the configured order."""
    order: tuple[str, ...]
    """Providers, best first."""
    stale_after: float
    """Days."""
    figures: str
    """Series that badges show."""


def glance(path: Path) -> Glance:
    """Look into a configuration file.

    Raises:
        ConfigError: it is missing, no TOML, or what is looked for is of the wrong kind.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; write one with `scholar-metrics init`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    try:
        return _read(data, path.resolve().parent)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ConfigError(
            f"{path}: not a configuration of ours; `scholar-metrics doctor` says what is wrong"
        ) from None


def _read(data: dict[str, Any], base: Path) -> Glance:
    output = base / data.get("output", "output")
    history = base / data["history"] if data.get("history") else output / "history"
    return Glance(
        output=output,
        history=history,
        authors=tuple(str(author["key"]) for author in data["authors"]),
        order=tuple(data.get("providers", {}).get("order", DEFAULT_ORDER)),
        stale_after=float(data.get("stale_after", 14)),
        figures=str(data.get("figures", "stated")),
    )
