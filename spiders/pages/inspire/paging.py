"""Which part of a list an answer of INSPIRE is: by its own links, or by the address asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from spiders.pages import reading
from spiders.pages.reading import layout_changed

if TYPE_CHECKING:
    from spiders.pages.reading import Fields

_LONGEST = 4000
_DEFAULT_SIZE = 10
"""Records a page where none is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Where in a list a page stands."""

    page: int
    """Its number, from 1."""
    size: int | None
    """Records that a full page has; `None` when nothing says so."""
    following: str | None
    """Number of the next page; `None` on the last one."""
    is_authors: bool
    """Whether people were searched for."""

    @classmethod
    def of(cls, data: Fields, url: str | None) -> Paging:
        """Of an answer and the address it was read from.

        Raises:
            LayoutChanged: the next page is said to be another one than the next.
        """
        links = data.object("links")
        own = links.text("self") if links else None
        after = links.text("next") if links else None
        path, query = _split(url or own)
        page = _number(query, "page") or 1
        has_size = "size" in query
        size = _number(query, "size") if has_size else (_DEFAULT_SIZE if path else None)
        following = _number(_split(after)[1], "page")
        if after is not None and following != page + 1:
            raise layout_changed(data.where, f"links.next is no page {page + 1}")
        return cls(
            page=page,
            size=size,
            following=None if following is None else str(following),
            is_authors=path.rstrip("/").endswith("/authors"),
        )

    def falls_short(self, *, shown: int, total: int) -> bool:
        """Whether records are missing that the list has: no page but the last one is short."""
        if self.following is not None:
            return self.size is not None and shown < self.size
        before = (self.page - 1) * (self.size or 0)
        return before + shown < total


def _split(address: str | None) -> tuple[str, dict[str, list[str]]]:
    """Path and query of an address; nothing of one that is none."""
    try:
        parts = urlsplit((address or "")[:_LONGEST])
        return parts.path, parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return "", {}


def _number(query: dict[str, list[str]], name: str) -> int | None:
    found = reading.as_int((query.get(name) or [""])[0])
    return found if found is not None and found > 0 else None
