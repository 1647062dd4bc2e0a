"""Reads a page that somebody saved: no network, same page module, same outcomes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.collect.plans import Collection, answer_of
from pipeline.model import Outcome
from spiders.errors import ProviderError
from spiders.items import OutcomeKind
from spiders.outcomes import failure, unreadable

if TYPE_CHECKING:
    from spiders.items import Provider


def read_saved(
    provider: Provider, body: bytes, *, author_key: str, url: str | None = None
) -> Collection:
    """What a saved page says of one author; never raises for what is on the page.

    Args:
        provider: Whose page it is.
        body: The file as it was saved.
        author_key: Whose figures they are.
        url: Where it was saved from, if that is known.
    """
    try:
        pages = import_module(provider.page).parse(body, url=url)
        collected = answer_of(pages, author_key=author_key, provider=provider.name)
    except ProviderError as error:
        return _refused(error, provider=provider.name, author_key=author_key)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page is at fault
        return _refused(unreadable(error), provider=provider.name, author_key=author_key)
    outcome = Outcome(author_key=author_key, provider=provider.name, kind=OutcomeKind.FRESH)
    return Collection(collected=(collected,), outcomes=(outcome,))


def _refused(error: ProviderError, *, provider: str, author_key: str) -> Collection:
    said = failure(error, provider=provider, author_key=author_key)
    outcome = Outcome(
        author_key=author_key,
        provider=provider,
        kind=said.kind,
        reason=said.reason,
        retry_after=said.retry_after,
    )
    return Collection(collected=(), outcomes=(outcome,))
