"""A spider started by hand, `scrapy crawl openalex -a ids=A1,A2`: whom it asks for, and its key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from spiders import ids as identifiers
from spiders.items import Target

if TYPE_CHECKING:
    from spiders.items import Provider


def targets(provider: Provider, ids: str) -> list[Target]:
    """The authors of a list separated by commas, each with or without its scheme.

    Raises:
        ValueError: one is no id of this provider.
    """
    found = []
    for given in filter(None, (part.strip() for part in ids.split(","))):
        spellings = [given, *(f"{scheme}:{given}" for scheme in provider.id_schemes)]
        known = [i for i in map(identifiers.normalise, spellings) if i]
        known = [i for i in known if i.partition(":")[0] in provider.id_schemes]
        if not known:
            raise ValueError(f"{given!r} is no id of {provider.title}")
        found.append(Target(author_key=given, id=known[0]))
    return found


def key(provider: Provider) -> str | None:
    """The provider's key out of the environment."""
    name = provider.api_key_env
    return os.environ.get(name) if name else None
