"""Which paper of a page is which of the data: by an id, else by its whole title.

The id that is written is the one of the profile at Google Scholar where the data have it (any
crawler's file has it too), else the alias that the page itself leads to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.homepage.data import Entry, Known
from pipeline.identity.keys import squeeze, title_key, word_count
from spiders.items import AuthorRecord, WorkRecord

_SCHEMES = ("arxiv", "doi", "openreview")
_SURE_WORDS = 6
"""Words of a title that is enough by itself; a shorter one needs its year too."""
_MAX_LAG = 5
"""Years from a preprint to its published version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What is known of one paper."""

    entry: Entry
    """The one whose id belongs into the page."""
    by: str
    """`id` or `title`."""
    aliases: frozenset[str]
    """Every id in the data that is this paper's."""


class Matcher:
    """Looks papers up; made once for a page."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._alike: dict[tuple[str, int | None], list[Entry]] = defaultdict(list)
        self._titled: dict[str, list[Entry]] = defaultdict(list)
        for entry in known.entries.values():
            self._alike[entry.title, entry.year].append(entry)
            if key := title_key(entry.title):
                self._titled[squeeze(key)].append(entry)

    def find(self, work: WorkRecord) -> Match | None:
        """What is known of a paper of the page; `None` when nobody counted it."""
        for scheme in _SCHEMES:
            for own in work.ids:
                if own.startswith(f"{scheme}:") and own in self._known.entries:
                    return self._match(self._known.entries[own], "id")
        named = [i.removeprefix("google_scholar:") for i in work.ids]
        for own in named:
            if own in self._known.entries:
                return self._match(self._known.entries[own], "id")
        titled = self._by_title(work)
        return self._match(titled, "title") if titled else None

    def why_unknown(self, work: WorkRecord) -> str:
        """Why a paper has no number, for people."""
        if any(i in self._known.keys for i in work.ids):
            return "the data have its id without a whole number"
        if self._titled.get(squeeze(title_key(work.title) or "")):
            return "its title is known, but too short or of another year: link its DOI or arXiv id"
        return "no provider that was asked has counted it yet"

    def _by_title(self, work: WorkRecord) -> Entry | None:
        key = title_key(work.title)
        if not key:
            return None
        is_sure = word_count(work.title or "", key) >= _SURE_WORDS
        fitting = [
            entry
            for entry in self._titled.get(squeeze(key), ())
            if _years_fit(work.year, entry.year, is_sure=is_sure)
        ]
        return max(fitting, key=_largest, default=None)

    def _match(self, entry: Entry, by: str) -> Match:
        group = self._alike[entry.title, entry.year] if entry.title else [entry]
        several = [e for e in group if e.key.startswith("arxiv:")]
        # Two arXiv ids under one title are two papers: nothing says whose the other ids are.
        one = [entry] if len(several) > 1 else group
        safe = [e for e in one if e.is_safe]
        own = [e for e in safe if e.key.startswith(f"{self._known.scholar_id}:")]
        other = entry if entry.is_safe else max(safe, key=_largest, default=entry)
        best = max(own, key=_largest, default=other)
        return Match(entry=best, by=by, aliases=frozenset(e.key for e in one))


def stranger(author: AuthorRecord, known: Known, *, is_any_known: bool) -> str | None:
    """Why the data are another person's than the page, if they are.

    Args:
        author: the page's owner, as the page tells.
        known: the data.
        is_any_known: whether a paper of the page is in the data.
    """
    users = [i.partition(":")[2] for i in author.ids if i.startswith("google_scholar:")]
    if users and known.scholar_id:
        if users[0] == known.scholar_id:
            return None
        return f"the page is of Google Scholar's {users[0]}, the data are of {known.scholar_id}"
    from pipeline.checks.names import same

    if not is_any_known and same(author.name, known.name) is False:
        return f"the page is of {author.name}, the data are of {known.name}"
    return None


def _years_fit(left: int | None, right: int | None, *, is_sure: bool) -> bool:
    if left is None or right is None:
        return is_sure
    return abs(left - right) <= _MAX_LAG if is_sure else left == right


def _largest(entry: Entry) -> tuple[bool, int, str]:
    return entry.is_safe, entry.cited_by_count, entry.key
