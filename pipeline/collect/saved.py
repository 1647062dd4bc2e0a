"""Reads a page that somebody saved: no network, same page module, same outcomes."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.collect.plans import Collection, answer_of
from pipeline.model import Outcome
from spiders.errors import ProviderError
from spiders.items import OutcomeKind
from spiders.outcomes import failure, unreadable

if TYPE_CHECKING:
    from datetime import date

    from spiders.items import Provider, Target


def read_saved(
    provider: Provider, body: bytes, *, target: Target, captured: date | None = None
) -> Collection:
    """What a saved page says of one author; never raises for what is on the page.

    Args:
        provider: Whose page it is.
        body: The file as it was saved.
        target: Whose page it is said to be.
        captured: Day on which it was saved, if that is known.
    """
    author_key = target.author_key
    headers = {} if captured is None else {"Date": captured.isoformat()}
    try:
        pages = import_module(provider.page).parse(body, headers=headers)
        collected = answer_of(pages, author_key=author_key, provider=provider.name)
    except ProviderError as error:
        return _refused(error, provider=provider.name, author_key=author_key)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page is at fault
        return _refused(unreadable(error), provider=provider.name, author_key=author_key)
    if collected.author.author_id is None and not provider.counts:
        # A text that a person saved does not say where it was; whoever names it vouches for that.
        author = replace(collected.author, author_id=target.id.partition(":")[2])
        collected = replace(collected, author=author)
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
