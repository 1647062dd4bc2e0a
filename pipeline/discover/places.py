"""Where providers answer and with which keys, before there is a configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from pipeline.collect import ProviderPlan
from pipeline.config import Config
from pipeline.config.tables import ProviderConfig, ProvidersConfig, Table
from pipeline.config.values import provider_name
from pipeline.errors import ConfigError
from spiders.items import Provider, Target
from spiders.registry import PROVIDERS

DEADLINE = 300.0
"""Seconds after which nobody else is asked."""


class Places(Table):
    """A file of `--providers`: the tables `[providers.NAME]`, and whether they may be near."""

    allow_private_hosts: bool = False
    deadline: Annotated[float, Field(gt=0, le=86400)] = DEADLINE
    providers: dict[Annotated[str, AfterValidator(provider_name)], ProviderConfig] = Field(
        default_factory=dict
    )

    def config(self, contact: str | None) -> Config:
        """A configuration that knows whom to ask, and follows nobody yet."""
        return Config.model_construct(
            allow_private_hosts=self.allow_private_hosts,
            deadline=self.deadline,
            contact=contact,
            authors=[],
            providers=ProvidersConfig.model_construct(settings=self.providers),
        )


def read_places(path: Path | None) -> Places:
    """The file of `--providers`, or what stands without one.

    Raises:
        ConfigError: it cannot be read, or something else stands in it.
    """
    if path is None:
        return Places()
    try:
        return Places.model_validate(tomllib.loads(path.read_bytes().decode("utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"] if part != "[key]") or "the file"
        raise ConfigError(
            f"{path}: {where}: {problem['msg'].removeprefix('Value error, ')}; it takes "
            "allow_private_hosts, deadline and [providers.NAME] tables"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def plan(config: Config, provider: Provider, targets: tuple[Target, ...]) -> ProviderPlan:
    """What a provider is asked, at the pace of a refresh."""
    delay = config.delay(provider.name)
    return ProviderPlan(
        provider=provider,
        targets=targets,
        base_url=config.base_url(provider.name),
        api_key=config.api_key(provider.name),
        delay=PROVIDERS[provider.name].delay if delay is None else delay,
    )
