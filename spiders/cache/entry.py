"""One kept page as one file: a line of JSON, the compressed body, and a SHA-256 over both.

Nothing in it can name code, and no key is in it: not in the address, the headers or the body.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.redact import redact

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a body, as `DOWNLOAD_MAXSIZE` has it: a file that grows beyond is damaged."""
MAX_HEAD = 256 * 1024
"""Bytes of the first line."""
_DIGEST = hashlib.sha256().digest_size
_VERSION = 1
_LEVEL = 1
"""Of zlib: pages are JSON, and a higher one costs more time than disks do."""
_DROPPED = frozenset(
    {"set-cookie", "set-cookie2", "content-encoding", "content-length", "transfer-encoding"}
    | {"connection", "keep-alive", "age", "authorization", "retry-after"}
)
_OF_THE_MOMENT = ("x-ratelimit", "x-rate-limit", "ratelimit", "retry-after", "x-concurrency")
"""Beginnings of headers that speak of now, and are never those of a kept page."""


class Damaged(ValueError):
    """A file that is no kept page, or not the one that was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that a spider accepted."""

    key: str
    """What was asked for, see `fingerprint`."""
    provider: str
    url: str
    """The address without its secrets."""
    fetched_at: datetime
    """When the body came."""
    confirmed_at: datetime
    """When the provider last said that it is still the same; at first as `fetched_at`."""
    headers: tuple[tuple[str, str], ...]
    packed: bytes
    """The body, by zlib."""

    def header(self, name: str) -> str | None:
        """A header's first value, by its lower-case name."""
        return next((value for known, value in self.headers if known.lower() == name), None)

    @property
    def has_validator(self) -> bool:
        """Whether it can be asked for on condition."""
        return bool(self.header("etag") or self.header("last-modified"))

    def body(self) -> bytes:
        """The body as the spider had it.

        Raises:
            Damaged: it cannot be unpacked.
        """
        reader = zlib.decompressobj()
        try:
            plain = reader.decompress(self.packed, MAX_BODY + 1)
        except zlib.error as error:
            raise Damaged(f"the body is no zlib stream: {error}") from None
        if not reader.eof or reader.unused_data or len(plain) > MAX_BODY:
            raise Damaged("the body is cut short, or too large")
        return plain


def pack(body: bytes) -> bytes:
    """A body as an entry holds it."""
    return zlib.compress(body, _LEVEL)


def without_secrets(url: str, *, api_key: str | None) -> str:
    """An address without the parameter that carries the key."""
    if not api_key or "?" not in url:
        return url
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if api_key not in value]
    if len(kept) == len(pairs):
        return url
    return urlunsplit(parts._replace(query=urlencode(kept)))


def fingerprint(*, provider: str, method: str, url: str, accept: str, body: bytes) -> str:
    """What tells one question from another; `url` is without secrets, its host included."""
    said = [provider, method, url, accept, hashlib.sha256(body).hexdigest()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def kept_headers(
    headers: list[tuple[str, str]], *, api_key: str | None
) -> tuple[tuple[str, str], ...]:
    """Headers that are of the page: none of the connection, the moment or a person."""
    return tuple(
        (name, redact(value, (api_key,)))
        for name, value in headers
        if name.lower() not in _DROPPED and not is_of_the_moment(name)
    )


def is_of_the_moment(name: str) -> bool:
    """Whether a header says what is allowed now (budgets, waits)."""
    return name.lower().startswith(_OF_THE_MOMENT)


def dump(entry: Entry) -> bytes:
    """An entry as a file."""
    head = {
        "v": _VERSION,
        "key": entry.key,
        "provider": entry.provider,
        "url": entry.url,
        "fetched_at": entry.fetched_at.isoformat(),
        "confirmed_at": entry.confirmed_at.isoformat(),
        "headers": entry.headers,
    }
    whole = json.dumps(head).encode() + b"\n" + entry.packed
    return whole + hashlib.sha256(whole).digest()


def load(data: bytes, *, key: str, provider: str, url: str) -> Entry:
    """An entry out of a file, if it is whole and answers this very question.

    Raises:
        Damaged: it is not.
    """
    whole, digest = data[:-_DIGEST], data[-_DIGEST:]
    if hashlib.sha256(whole).digest() != digest:
        raise Damaged("its checksum differs")
    line, _, packed = whole.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line) if len(line) <= MAX_HEAD else {}
        entry = Entry(
            key=head["key"],
            provider=head["provider"],
            url=head["url"],
            fetched_at=_moment(head["fetched_at"]),
            confirmed_at=_moment(head["confirmed_at"]),
            headers=tuple((str(name), str(value)) for name, value in head["headers"]),
            packed=packed,
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Damaged(f"its first line cannot be read: {error}") from None
    if (head["v"], entry.key, entry.provider, entry.url) != (_VERSION, key, provider, url):
        raise Damaged("it is another page")
    return entry


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return found.astimezone(UTC)
