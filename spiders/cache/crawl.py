"""What one crawl does with kept pages: serves them, asks for them on condition, keeps new ones.

A question is served or asked on condition once a run at most: a spider that reads a list a second
time, because it came short, is answered by the provider. Pages of a stopped run and new ones
make one list only while both say that it has as many works; else the author is read anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy.http import Response

from spiders.cache.entry import (
    Entry,
    fingerprint,
    is_of_the_moment,
    kept_headers,
    pack,
    without_secrets,
)
from spiders.cache.store import RESUME_WITHIN, Store
from spiders.errors import LayoutChanged, NotFound, ProviderError, Truncated
from spiders.items import Target
from spiders.redact import redact

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scrapy import Request

    from spiders.items import ParsedPage

_Asked = TypeVar("_Asked", "Target", "Sequence[Target]")
_Read = TypeVar("_Read")

WHOLE_AFTER = timedelta(days=7)
"""Age of a body at which it is fetched whole again, whatever its validator says: a provider that
answers "not modified" for ever is believed for no longer."""
SERVED, CONFIRMED = "kept", "confirmed"
"""Flags of responses that were not sent, or not sent whole."""
_OK, _NOT_MODIFIED = 200, 304
_PAGING = frozenset({"cursor", "page", "offset", "start"})
"""Parameters that tell the pages of one list apart."""
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


_RESUME = timedelta(seconds=RESUME_WITHIN)
_SLACK = timedelta(minutes=10)
"""By which a page may be newer than the run: clocks are set, and tell whole seconds."""


class ListChanged(ProviderError):
    """A list is not what it was when a stopped run read its first pages."""


_ANEW = (LayoutChanged, ListChanged, NotFound, Truncated)
"""What an author's pages may end in when those of a stopped run no longer fit."""


@dataclass(slots=True)
class _Reading:
    """What is known of an author's pages in this run."""

    accepted: set[str] = field(default_factory=set)
    """Keys of pages that need no second serving."""
    totals: dict[str, tuple[int | None, bool]] = field(default_factory=dict)
    """By list: how long it is said to be, and whether a page of it was served."""
    oldest: datetime | None = None
    """When the oldest page that was served had come."""
    has_served: bool = False
    """Whether a page was served, readable or not."""
    is_anew: bool = False
    """Whether nothing is served any more."""
    has_begun_anew: bool = False
    """Whether the author was read once more from the start."""


class Kept:
    """The kept pages of one provider in one crawl."""

    def __init__(
        self,
        store: Store,
        *,
        provider: str,
        api_key: str | None = None,
        began: datetime | None = None,
        is_fresh: bool = False,
    ) -> None:
        self._store = store
        self._provider = provider
        self._api_key = api_key
        self._began = (began or datetime.now(UTC)).astimezone(UTC)
        self._at = monotonic()
        self._is_fresh = is_fresh
        self._readings: dict[str, _Reading] = {}
        self.counts: dict[str, int] = {}
        """Responses by flag."""

    def fetched_at(self, author: str) -> datetime | None:
        """When the oldest page had come that an author was served from a stopped run.

        An author without requests was asked for together with others: with the oldest of them.
        """
        own = self._readings.get(author)
        every = self._readings.values() if own is None else (own,)
        return min((r.oldest for r in every if r.oldest), default=None)

    def before(self, request: Request) -> Response | None:
        """A page of a stopped run; or the request, on condition where that is possible."""
        for name in _CONDITIONS:  # of the address that a redirect came from
            request.headers.pop(name, None)
        for name in ("kept_page", "served_at"):
            request.meta.pop(name, None)
        author = request.meta.get("author_key")
        if author is None:
            return None
        request.meta["keep"] = self.accept
        key, url = self._question(request)
        reading = self._readings.setdefault(author, _Reading())
        if self._is_fresh or key in reading.accepted:
            return None
        if not reading.is_anew:
            entry = self._store.unfinished(self._provider, author, key=key, url=url)
            if entry and -_SLACK <= self._now() - entry.confirmed_at < _RESUME:
                request.meta["served_at"] = entry.confirmed_at
                reading.has_served = True
                return self._response(request, entry, flag=SERVED)
        entry = self._store.page(self._provider, key=key, url=url)
        if (
            entry
            and request.method == "GET"
            and -_SLACK <= self._now() - entry.fetched_at < WHOLE_AFTER
        ):
            request.meta["kept_page"] = entry
            for name, told in zip(_CONDITIONS, ("etag", "last-modified"), strict=True):
                if value := entry.header(told):
                    request.headers[name] = value
        return None

    def after(self, request: Request, response: Response) -> Response:
        """The response; for "not modified", the page that was kept."""
        entry = request.meta.get("kept_page")
        if response.status != _NOT_MODIFIED or entry is None:
            return response
        whole = self._response(request, entry, flag=CONFIRMED)
        for name, values in response.headers.items():
            if is_of_the_moment(name.decode("latin-1")):
                whole.headers[name] = values
        return whole

    def accept(self, response: Response, pages: Sequence[ParsedPage]) -> None:
        """Note, and keep, an answer that the page module could read.

        Raises:
            ListChanged: it does not go together with those of a stopped run.
        """
        if response.status != _OK:
            return
        request: Any = response.request
        author = request.meta["author_key"]
        key, url = self._question(request)
        reading = self._readings.setdefault(author, _Reading())
        served_at = request.meta.get("served_at")
        total = pages[0].total if len(pages) == 1 else None
        _compare(reading, url, total, is_served=served_at is not None)
        reading.accepted.add(key)
        if served_at is not None:
            reading.oldest = min(served_at, reading.oldest or served_at)
        elif entry := self._entry(response, request, key=key, url=url):
            self._store.keep(entry, author=author)

    def starts_anew(self, author: str, error: ProviderError) -> bool:
        """Whether an author is to be read once more, without the pages of a stopped run."""
        if not isinstance(error, _ANEW):
            return False
        self._store.forget(self._provider, author)
        was = self._readings.get(author, _Reading())
        # As old as it was: of several profiles, one may have been served whole.
        self._readings[author] = _Reading(
            accepted=was.accepted,
            oldest=was.oldest,
            has_served=was.has_served,
            is_anew=True,
            has_begun_anew=True,
        )
        return was.has_served and not was.has_begun_anew

    def _now(self) -> datetime:
        """The run's clock, whoever sets the machine's meanwhile."""
        return self._began + timedelta(seconds=monotonic() - self._at)

    def _question(self, request: Request) -> tuple[str, str]:
        url = without_secrets(request.url, api_key=self._api_key)
        accept = (request.headers.get("Accept") or b"").decode("latin-1")
        key = fingerprint(
            provider=self._provider,
            method=request.method,
            url=url,
            accept=accept,
            body=request.body,
        )
        return key, redact(url, (self._api_key,))

    def _response(self, request: Request, entry: Entry, *, flag: str) -> Response:
        self.counts[flag] = self.counts.get(flag, 0) + 1
        headers: dict[str, list[str]] = {}
        for name, value in entry.headers:
            headers.setdefault(name, []).append(value)
        return Response(request.url, status=_OK, headers=headers, body=entry.body(), flags=[flag])

    def _entry(self, response: Response, request: Request, *, key: str, url: str) -> Entry | None:
        """The page as it is to be kept; `None` where it may not be."""
        now = self._now()
        known: Entry | None = request.meta.get("kept_page")
        if CONFIRMED in response.flags and known is not None:
            return replace(known, confirmed_at=now)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        secret = (self._api_key or "").encode()
        if (
            response.status != _OK
            or "partial" in response.flags
            or (secret and secret in response.body)
            or any(n.lower() == "cache-control" and "no-store" in v.lower() for n, v in headers)
        ):
            return None
        if any(n.lower() == "vary" and "*" in v for n, v in headers):
            headers = [(n, v) for n, v in headers if n.lower() not in ("etag", "last-modified")]
        return Entry(
            key=key,
            provider=self._provider,
            url=url,
            fetched_at=now,
            confirmed_at=now,
            headers=kept_headers(headers, api_key=self._api_key),
            packed=pack(response.body),
        )


async def or_anew(read: Callable[[_Asked], Awaitable[_Read]], asked: _Asked) -> _Read:
    """What a spider's method reads; once more where old and new pages do not go together.

    Args:
        read: `read` or `read_all` of a spider.
        asked: Its target or targets; requests are on the account of the first one.
    """
    try:
        return await read(asked)
    except ProviderError as error:
        kept: Kept | None = getattr(getattr(read, "__self__", None), "kept", None)
        first = asked if isinstance(asked, Target) else asked[0]
        if kept is None or not kept.starts_anew(first.author_key, error):
            raise
        return await read(asked)


def kept_of(told: Mapping[str, Any], *, provider: str, api_key: str | None) -> Kept:
    """What the setting `PAGE_CACHE` says: `root`, `began`, `writes` and `is_fresh`."""
    return Kept(
        Store(Path(told["root"]), writes=told["writes"]),
        provider=provider,
        api_key=api_key,
        began=datetime.fromisoformat(told["began"]),
        is_fresh=told["is_fresh"],
    )


def _compare(reading: _Reading, url: str, total: int | None, *, is_served: bool) -> None:
    """Hold a page against those of the same list that came from elsewhere.

    A list whose pages have no total cannot be told to be whole, so no page of it is joined to
    anything that was served.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    is_paged = any(name in _PAGING for name, _ in pairs)
    kept = urlencode([(name, value) for name, value in pairs if name not in _PAGING])
    name = parts._replace(query=kept).geturl()
    first, with_served = reading.totals.setdefault(name, (total, is_served))
    reading.totals[name] = (first, with_served or is_served)
    if is_served or reading.is_anew or not is_paged:
        return
    has_changed = with_served and total != first
    cannot_tell = total is None and reading.oldest is not None
    if has_changed or cannot_tell:
        # From here on nothing is served: a spider that reads the list again does so from the start.
        reading.is_anew = True
        raise ListChanged("the list has changed since the run that was stopped: run again")
