"""The configuration file: what is followed, whom to ask, where results go.

Everything in it is validated before anything runs; an unknown key is refused and the nearest
right one is named. Relative paths count from the folder of the file. Keys are never in it:
a provider's key is read from the environment variable that the file names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from pipeline.config.tables import (
    AuthorConfig,
    BadgesConfig,
    GroupConfig,
    NotifyConfig,
    Papers,
    ProviderConfig,
    ProvidersConfig,
    PublishConfig,
    ReportConfig,
    ScheduleConfig,
    Table,
)
from pipeline.config.values import is_address, nearest
from pipeline.errors import ConfigError
from pipeline.model import Author
from spiders.items import Target
from spiders.registry import PROVIDERS

DEFAULT_FILE = "scholar-metrics.toml"


class Config(Table):
    """The whole of `scholar-metrics.toml`."""

    output: Path = Field(default=Path("output"), description="Folder for results.")
    history: Path | None = Field(
        default=None, description="Folder of the history; `history` below `output` by default."
    )
    allow_private_hosts: bool = Field(
        default=False,
        description="Let base addresses and redirects lead to loopback and private networks.",
    )
    contact: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^[\x21-\x7e ]+$",
        description="Mail or web address for the user agent, so that providers can reach you.",
    )
    figures: Literal["stated", "resolved", "combined"] = Field(
        default="stated",
        description="`stated`: as the provider counts; `resolved`: one count a paper after "
        "preprints and published versions were joined; `combined`: one count a paper over all "
        "providers.",
    )
    combine: Literal["max", "sum_versions", "prefer"] = Field(
        default="max",
        description="How `combined` counts a paper: `max`: the most that any provider counts; "
        "`sum_versions`: each provider's versions added up, then the most; `prefer`: the first "
        "provider in `order` that knows it.",
    )
    stale_after: Annotated[float, Field(gt=0, le=3660)] = Field(
        default=14.0, description="Days after which unconfirmed figures are shown as stale."
    )
    deadline: Annotated[float, Field(gt=0, le=86400)] = Field(
        default=900.0, description="Seconds after which a refresh stops asking."
    )
    same_work: list[Papers] = Field(
        default_factory=list, description="Lists of ids that are one paper, whatever rules say."
    )
    not_same_work: list[Papers] = Field(
        default_factory=list, description="Lists of ids that are different papers."
    )
    authors: list[AuthorConfig] = Field(min_length=1, description="The people to follow.")
    groups: list[GroupConfig] = Field(
        default_factory=list, description="Several of the authors as one, e.g. a lab."
    )
    providers: ProvidersConfig = Field(default_factory=ProvidersConfig)
    badges: BadgesConfig = Field(default_factory=BadgesConfig)
    report: ReportConfig = Field(default_factory=ReportConfig)
    publish: PublishConfig = Field(default_factory=PublishConfig)
    schedule: ScheduleConfig = Field(default_factory=ScheduleConfig)
    notify: NotifyConfig | None = Field(default=None, description="Notifications, off if absent.")

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        keys = [a.key for a in self.authors]
        _refuse_twice("authors", keys)
        _refuse_twice("authors or groups", [*keys, *(g.key for g in self.groups)])
        for group in self.groups:
            stranger = next((m for m in group.members if m not in keys), None)
            if stranger is not None:
                raise ValueError(
                    f"group {group.key!r}: no author has the key {stranger!r}"
                    f"{nearest(stranger, keys)}"
                )
        for author in self.authors:
            unasked = next((n for n in author.own_list if n not in self.providers.order), None)
            if unasked is not None:
                raise ValueError(
                    f"author {author.key!r}: own_list names {unasked!r}, which nobody asks: add it "
                    "to [providers] order"
                )
            if not any(self.id_for(author.to_author(), name) for name in self.providers.order):
                wanted = sorted({s for n in self.providers.order for s in PROVIDERS[n].id_schemes})
                raise ValueError(
                    f"author {author.key!r} has no id that a provider in `order` can be asked "
                    f"for: add one of {', '.join(wanted)}"
                )
        return self

    @property
    def history_path(self) -> Path:
        """Where the history lies."""
        return self.history if self.history is not None else self.output / "history"

    def id_for(self, author: Author, provider: str) -> str | None:
        """`scheme:value` that a provider can be asked for about an author, best first.

        `None` for a provider that only follows works which others list.
        """
        return next(iter(self._ids_for(author, provider)), None)

    def target_for(self, author: Author, provider: str) -> Target | None:
        """What a provider is asked for about an author; `None` where it cannot be asked.

        Several ids of its best scheme are one person whom it took for several.
        """
        found = self._ids_for(author, provider)
        if not found and PROVIDERS[provider].follows:
            return Target(author_key=author.key, id=author.ids[0])
        if not found:
            return None
        scheme = found[0].partition(":")[0]
        own = tuple(i for i in found if i.partition(":")[0] == scheme)
        return Target(author_key=author.key, id=own[0], also=own[1:])

    def _ids_for(self, author: Author, provider: str) -> list[str]:
        return [
            identifier
            for scheme in PROVIDERS[provider].id_schemes
            for identifier in author.ids
            if identifier.startswith(f"{scheme}:")
            and not (scheme == "google_scholar" and identifier.count(":") > 1)
        ]

    def base_url(self, provider: str) -> str:
        """Where a provider answers."""
        setting = self.providers.settings.get(provider)
        own = setting.base_url if setting else None
        return own or PROVIDERS[provider].base_url

    def delay(self, provider: str) -> float | None:
        """Seconds between requests as configured, `None` for the provider's own."""
        setting = self.providers.settings.get(provider)
        return setting.delay if setting else None

    def api_key_env(self, provider: str) -> str | None:
        """Name of the environment variable of a provider's key."""
        setting = self.providers.settings.get(provider)
        own = setting.api_key_env if setting else None
        return own or PROVIDERS[provider].api_key_env

    def api_key(self, provider: str, environ: Mapping[str, str] = os.environ) -> str | None:
        """The provider's key out of the environment; an empty one is none."""
        name = self.api_key_env(provider)
        return (environ.get(name) or "").strip() or None if name else None


def load(path: Path) -> Config:
    """Read and validate a configuration file.

    Raises:
        ConfigError: one line naming the file, the key, what is wrong and what to do.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; write one with `scholar-metrics init`, or try "
            "`scholar-metrics refresh --sample`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from None
    return parse(text, name=str(path), base=path.resolve().parent)


def parse(text: str, *, name: str, base: Path) -> Config:
    """A configuration out of TOML text; relative paths count from `base`."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: not valid TOML: {error}") from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{name}: {_first_problem(error)}") from None
    paths: dict[str, object] = {"output": base / config.output}
    place = config.publish.repository
    if place is not None and not is_address(place):
        publish = config.publish.model_copy(update={"repository": str(base / place)})
        paths["publish"] = publish
    if config.history is not None:
        paths["history"] = base / config.history
    return config.model_copy(update=paths)


def schema() -> dict[str, Any]:
    """JSON Schema of the configuration file."""
    document = Config.model_json_schema()
    table = document["$defs"]["ProvidersConfig"]["properties"]
    table.pop("settings", None)
    table.update({name: {"$ref": "#/$defs/ProviderConfig"} for name in PROVIDERS})
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = DEFAULT_FILE
    return document


def _refuse_twice(table: str, keys: list[str]) -> None:
    plain = [key.casefold() for key in keys]
    twice = sorted({key for key in plain if plain.count(key) > 1})
    if twice:
        raise ValueError(f"two {table} have the key {twice[0]!r}: give each its own")


def _first_problem(error: ValidationError) -> str:
    """The first problem as `where: what; what to do`."""
    problems = error.errors()
    found = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    location = tuple(p for p in found["loc"] if p not in ("settings", "[key]"))
    where = ".".join(str(part) for part in location) or "the file"
    if found["type"] == "extra_forbidden":
        near = nearest(str(location[-1]), _fields_at(location[:-1]))
        return f"{where}: unknown key{near}"
    if found["type"] == "missing":
        return f"{where}: is missing; add it"
    return f"{where}: {found['msg'].removeprefix('Value error, ')}"


def _fields_at(location: tuple[int | str, ...]) -> Iterable[str]:
    first = location[0] if location else None
    if first == "authors":
        return AuthorConfig.model_fields
    if first == "groups":
        return GroupConfig.model_fields
    tables: dict[str, type[BaseModel]] = {
        "badges": BadgesConfig,
        "report": ReportConfig,
        "publish": PublishConfig,
        "schedule": ScheduleConfig,
        "notify": NotifyConfig,
    }
    if first in tables:
        return tables[str(first)].model_fields
    if first == "providers":
        return ProviderConfig.model_fields if len(location) > 1 else ("order", *PROVIDERS)
    return Config.model_fields
