"""One entry of a feed of arXiv: a preprint, under the id that its versions share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import layout_changed

if TYPE_CHECKING:
    from spiders.pages.xml import Element

PROVIDER = "arxiv"
WHERE = "arXiv"

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ERRORS = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry together with where it stands, for error messages."""

    element: Element
    where: str

    @property
    def is_error(self) -> bool:
        """Whether it says what was wrong with a query."""
        return bool(_ERRORS.match(self.text(f"{_ATOM}id") or ""))

    @property
    def summary(self) -> str:
        """The abstract, or what was wrong."""
        return reading.one_line(self.text(f"{_ATOM}summary") or "").rstrip(".")

    def text(self, path: str) -> str | None:
        """Text of a child on one line; one that is said twice says nothing certain."""
        found = self.element.findall(path)
        if len(found) > 1:
            raise layout_changed(self.where, f"<{path.rpartition('}')[2]}> is said twice")
        return reading.fold("".join(found[0].itertext())) if found else None

    def work(self, *, are_joined: bool) -> WorkRecord:
        """The paper.

        Args:
            are_joined: Whether one `<author>` names all authors with commas between them, as
                in people's feeds.
        """
        own = ids.arxiv(self._required(f"{_ATOM}id"))
        if own is None:
            raise layout_changed(self.where, "its id is no arXiv id")
        published = _moment(self._required(f"{_ATOM}published"), self.where)
        authors = self._authors(are_joined=are_joined)
        return WorkRecord(
            provider=PROVIDER,
            record_id=f"arxiv:{own}",
            title=self._required(f"{_ATOM}title"),
            year=published.year,
            publication_date=published.date().isoformat(),
            work_type="preprint",
            authors=authors,
            authors_count=len(authors) or None,
            ids=reading.unique(f"arxiv:{own}", self._doi()),
            url=f"https://arxiv.org/abs/{own}",
            extra=MappingProxyType(self._extra()),
        )

    def _required(self, path: str) -> str:
        value = self.text(path)
        if value is None:
            raise layout_changed(self.where, f"<{path.rpartition('}')[2]}> is missing")
        return value

    def _doi(self) -> str | None:
        # The field may hold several with blanks between them; the first is the article's.
        said = (self.text(f"{_ARXIV}doi") or "").split(" ")[0]
        found = ids.doi(said)
        return f"doi:{found}" if found else None

    def _authors(self, *, are_joined: bool) -> tuple[str, ...]:
        elements = self.element.findall(f"{_ATOM}author")
        names = [reading.fold(e.findtext(f"{_ATOM}name") or "") for e in elements]
        if are_joined and len(names) == 1 and names[0]:
            return tuple(_separated(names[0]))
        return tuple(name for name in names if name)

    def _extra(self) -> dict[str, float | int | str]:
        primary = self.element.find(f"{_ARXIV}primary_category")
        updated = self.text(f"{_ATOM}updated")
        said = {
            "primary_category": reading.fold(primary.get("term") or "")
            if primary is not None
            else None,
            "journal_ref": self.text(f"{_ARXIV}journal_ref"),
            "comment": self.text(f"{_ARXIV}comment"),
            "updated": _moment(updated, self.where).date().isoformat() if updated else None,
        }
        return {name: value for name, value in said.items() if value}


def _separated(names: str) -> list[str]:
    found: list[str] = []
    for part in filter(None, (p.strip() for p in names.split(","))):
        if found and part.lower() in _SUFFIXES:
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def _moment(text: str, where: str) -> datetime:
    """A date with time, in UTC: people's feeds give it in New York's time, queries in UTC."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        shown = reading.one_line(text, limit=40)
        raise layout_changed(where, f"{shown!r} is no date") from None
