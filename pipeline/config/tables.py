"""The tables of the configuration file, each key with its default and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipeline.config.values import (
    author_key,
    badge_metric,
    branch_name,
    env_name,
    git_place,
    http_url,
    id_list,
    identifier,
    nearest,
    provider_name,
)
from pipeline.model import BADGE_METRICS, Author
from spiders.registry import DEFAULT_ORDER, PROVIDERS

Papers: TypeAlias = Annotated[list[Annotated[str, AfterValidator(identifier)]], Field(min_length=2)]
"""Two or more identifiers of papers."""


class Table(BaseModel):
    """A table of the file: no key beside the known ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AuthorConfig(Table):
    """One person: `[[authors]]`."""

    key: Annotated[str, AfterValidator(author_key)] = Field(
        description="Short name used in paths, badges and commands."
    )
    name: str | None = Field(default=None, description="The person's name, for pages and checks.")
    ids: Annotated[list[Annotated[str, AfterValidator(identifier)]], BeforeValidator(id_list)] = (
        Field(
            min_length=1,
            description="Identifiers as `scheme:value`, e.g. `google_scholar:LZ5D_p4AAAAJ`, "
            "`openalex:A5023888391`, `orcid:0000-0002-1825-0097`, `semantic_scholar:2262347`.",
        )
    )
    own_list: list[Annotated[str, AfterValidator(provider_name)]] = Field(
        default_factory=list,
        description="Providers whose lists say which papers are this person's (`orcid`, `dblp`, "
        "`arxiv`, `homepage`): papers on none of them are left out of `resolved` and `combined` "
        "figures. For a profile that somebody else's papers were put into.",
    )

    def to_author(self) -> Author:
        """The author as the pipeline knows it."""
        return Author(key=self.key, name=self.name, ids=tuple(dict.fromkeys(self.ids)))


class GroupConfig(Table):
    """Several authors as one: `[[groups]]`; a joint paper counts once."""

    key: Annotated[str, AfterValidator(author_key)] = Field(
        description="Short name used in paths, badges and commands."
    )
    name: str | None = Field(default=None, description="The group's name, for pages.")
    members: list[str] = Field(min_length=1, description="Keys of authors.")


class ProviderConfig(Table):
    """What differs from a provider's defaults: `[providers.NAME]`."""

    base_url: Annotated[str, AfterValidator(http_url)] | None = Field(
        default=None, description="Where the provider answers instead of its usual address."
    )
    api_key_env: Annotated[str, AfterValidator(env_name)] | None = Field(
        default=None, description="Environment variable that holds the key."
    )
    delay: Annotated[float, Field(ge=0, le=3600)] | None = Field(
        default=None, description="Seconds between two requests; never before the first."
    )


class ProvidersConfig(Table):
    """Whom to ask: `[providers]`."""

    order: list[Annotated[str, AfterValidator(provider_name)]] = Field(
        default_factory=lambda: list(DEFAULT_ORDER),
        min_length=1,
        description="Providers to ask, best first: badges show the first that ever answered.",
    )
    settings: dict[Annotated[str, AfterValidator(provider_name)], ProviderConfig] = Field(
        default_factory=dict, description="Provider tables; written as `[providers.NAME]`."
    )

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        known = {k: v for k, v in data.items() if k == "order"}
        tables = {k: v for k, v in data.items() if k != "order"}
        for name, table in tables.items():
            if not isinstance(table, Mapping):
                names = ["order", *PROVIDERS]
                raise ValueError(f"unknown key {name!r}{nearest(name, names)}")  # noqa: TRY004
        return {**known, "settings": tables}


class PublishConfig(Table):
    """Where results are published: `[publish]`."""

    repository: Annotated[str, AfterValidator(git_place)] | None = Field(
        default=None,
        description="Git repository that holds the data branch: a folder, or an address without "
        "user or password. `refresh` takes the history from there when it has none.",
    )
    remote: str = Field(
        default="origin",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="Remote to push to, where `repository` is a folder with remotes.",
    )
    branch: Annotated[str, AfterValidator(branch_name)] = Field(
        default="google-scholar-stats", description="The data branch."
    )


class BadgesConfig(Table):
    """How badges look: `[badges]`."""

    svg: bool = Field(
        default=True,
        description="Draw each badge as SVG too, for pages that want no third party.",
    )
    style: Literal["flat", "flat-square"] = Field(
        default="flat", description="Style of the drawn badges."
    )
    papers: bool = Field(default=True, description="A badge for each paper too.")
    metrics: list[Annotated[str, AfterValidator(badge_metric)]] = Field(
        default_factory=lambda: list(BADGE_METRICS),
        description="Figures that get a badge, where they are known.",
    )


class ReportConfig(Table):
    """Pages for people: `[report]`."""

    pages: bool = Field(default=True, description="Write the report, a page an author and group.")
    charts: bool = Field(
        default=True,
        description="Draw charts in the report; that needs the extra `charts`, and without it the "
        "report has their tables.",
    )


class ScheduleConfig(Table):
    """When to run by itself: `[schedule]`."""

    cron: str = Field(default="17 3 * * *", description="Cron expression of five fields.")
    timezone: str = Field(default="UTC", description="Name of the time zone of `cron`.")
    grace: Annotated[float, Field(gt=0, le=168)] = Field(
        default=12.0, description="Hours within which a missed run is still made up for."
    )
    deadline: Annotated[float, Field(gt=0, le=86400)] = Field(
        default=3600.0, description="Seconds after which a run is ended with all its children."
    )


class NotifyConfig(Table):
    """Whom to tell: `[notify]`; nobody unless it stands there."""

    urls_env: Annotated[str, AfterValidator(env_name)] = Field(
        default="SCHOLAR_METRICS_NOTIFY",
        description="Environment variable that holds the addresses, one a line; they hold secrets.",
    )
    digest_days: Annotated[float, Field(gt=0, le=366)] = Field(
        default=7.0, description="Days between two digests of what changed."
    )
