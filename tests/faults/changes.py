"""Changes of what a provider says of an author, made to the records that its spider read.

They are made of the records, so one function is the fault of every provider of the registry,
whatever form its answers have; each leaves a page that agrees with itself unless its name says
otherwise. Loaded by `forks.py` in the process of the refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from spiders.items import PageVerdict, ParsedPage, Target, WorkRecord

Change: TypeAlias = Callable[[ParsedPage], ParsedPage]
_TOTALS = ("cited_by_count", "h_index", "i10_index")
_RECENT = tuple(f"{name}_recent" for name in _TOTALS)
_PAPERS = ("works_count", "works_expected")


def changed(read: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A spider's `read`, its pages made one and changed."""

    async def other(self: Any, target: Target) -> list[ParsedPage]:
        return [CHANGES[name](_whole(await read(self, target)))]

    return other


def _whole(pages: Sequence[ParsedPage]) -> ParsedPage:
    (author,) = [page.author for page in pages if page.author is not None]
    works = tuple(work for page in pages for work in page.works)
    return replace(pages[0], author=author, works=works, next_cursor=None)


def _with(page: ParsedPage, **said: Any) -> ParsedPage:
    """The author with other figures; what the provider does not state stays unsaid."""
    assert page.author is not None
    known = {n: v for n, v in said.items() if getattr(page.author, n) is not None}
    return replace(page, author=replace(page.author, **known))


def _scaled(page: ParsedPage, factor: float) -> ParsedPage:
    """Every count times a factor; the stated totals are, where they are all that is counted."""
    if not _is_counted(page):
        said = {n: getattr(page.author, n) for n in (*_TOTALS, *_RECENT)}
        return _with(page, **{n: round((v or 0) * factor) for n, v in said.items()})
    works = tuple(
        replace(w, cited_by_count=round(w.cited_by_count * factor))
        if w.cited_by_count is not None
        else w
        for w in page.works
    )
    return _agreeing(replace(page, works=works))


def _without(page: ParsedPage, keep: Callable[[int], bool]) -> ParsedPage:
    """Fewer papers, by their places."""
    works = tuple(w for at, w in enumerate(page.works) if keep(at))
    assert page.author is not None
    gone = len(page.works) - len(works)
    fewer = {n: v - gone for n in _PAPERS if (v := getattr(page.author, n)) is not None}
    return _agreeing(_with(replace(page, works=works), **fewer))


def _agreeing(page: ParsedPage) -> ParsedPage:
    """The stated figures as the list has them; of papers without counts nothing follows."""
    if page.works and not _is_counted(page):
        return page
    counts = _counts(page.works)
    author = page.author
    assert author is not None
    h_index = sum(c >= rank for rank, c in enumerate(counts, 1))
    said = {"cited_by_count": sum(counts), "h_index": h_index}
    said["i10_index"] = sum(c >= 10 for c in counts)
    said |= {f"{n}_recent": min(v, getattr(author, f"{n}_recent") or 0) for n, v in said.items()}
    return _with(page, **said)


def _is_counted(page: ParsedPage) -> bool:
    return any(w.cited_by_count is not None for w in page.works)


def _counts(works: Sequence[WorkRecord]) -> list[int]:
    return sorted((w.cited_by_count or 0 for w in works if not w.is_excluded), reverse=True)


def _merged(page: ParsedPage) -> ParsedPage:
    """The provider joins its second paper to the first, their counts added."""
    if len(page.works) < 2:
        return page
    first, second = page.works[:2]
    if first.cited_by_count is not None and second.cited_by_count is not None:
        first = replace(first, cited_by_count=first.cited_by_count + second.cited_by_count)
    return _without(replace(page, works=(first, *page.works[1:])), lambda at: at != 1)


def _emptied(page: ParsedPage) -> ParsedPage:
    """A profile without papers, as an empty one is."""
    none = _without(page, lambda _: False)
    zeros = dict.fromkeys((*_TOTALS, *_RECENT, *_PAPERS), 0)
    return _with(replace(none, verdict=PageVerdict.EMPTY), **zeros)


def _of_another(page: ParsedPage) -> ParsedPage:
    assert page.author is not None
    other = replace(page.author, author_id="X9999999999", name="Mallory Other", ids=())
    return replace(page, author=other)


def _renamed(page: ParsedPage) -> ParsedPage:
    """Every record under a new id, as after a merge at the provider."""
    works = tuple(
        replace(w, record_id=f"{w.record_id}9", ids=tuple(i for i in w.ids if i != w.record_id))
        for w in page.works
    )
    return replace(page, works=works)


def _names_unsaid(page: ParsedPage) -> ParsedPage:
    """Only ids and counts are left: titles, years, people and places are not said any more."""
    works = tuple(
        replace(w, title=None, year=None, venue=None, authors=(), authors_count=None)
        for w in page.works
    )
    return replace(page, works=works)


CHANGES: dict[str, Change] = {
    "counts_to_zero": lambda page: _scaled(page, 0.0),
    "totals_to_zero": lambda page: _with(page, **dict.fromkeys((*_TOTALS, *_RECENT), 0)),
    "counts_unsaid": lambda page: replace(
        page, works=tuple(replace(w, cited_by_count=None) for w in page.works)
    ),
    "names_unsaid": _names_unsaid,
    "minus_90_percent": lambda page: _scaled(page, 0.1),
    "minus_10_percent": lambda page: _scaled(page, 0.9),
    "plus_1000_percent": lambda page: _scaled(page, 11.0),
    "times_1000": lambda page: _scaled(page, 1000.0),
    "most_cited_vanished": lambda page: _without(page, lambda at: at != 0),
    "one_paper_vanished": lambda page: _without(page, lambda at: not 0 < at == len(page.works) - 1),
    "all_but_two_vanished": lambda page: _without(page, lambda at: at < 2),
    "two_papers_merged": _merged,
    "every_record_renamed": _renamed,
    "h_above_papers": lambda page: _with(page, h_index=10_000),
    "h_above_citations": lambda page: _with(page, cited_by_count=10, h_index=4),
    "sum_mismatch": lambda page: _with(page, cited_by_count=sum(_counts(page.works)) * 2 + 500),
    "papers_overstated": lambda page: _with(page, works_count=len(page.works) * 3 + 50),
    "list_incomplete": lambda page: replace(page, works=page.works[: len(page.works) // 2]),
    "all_papers_gone": _emptied,
    "another_person": _of_another,
}
"""Every change by name."""
