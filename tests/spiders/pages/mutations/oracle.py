"""What would be published of a mutant, and whether any number of it is wrong.

A page is read, checked against what a run knew the day before (or nothing), and taken or not.
Of a page that is taken, every statement must be one of the unmutated page's or be left unsaid,
and every figure that would be shown must be the one that was shown before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.checks import blocking, check
from pipeline.history.delta import advance
from pipeline.identity import resolve
from pipeline.model import Collected, ProviderState
from pipeline.snapshot import resolved_metrics, stated_metrics
from spiders.errors import ProviderError
from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord
from spiders.registry import PROVIDERS

YESTERDAY = datetime(2026, 3, 1, 3, 17, tzinfo=UTC)
TODAY = YESTERDAY + timedelta(days=1)
FIGURES = ("papers", "citations", "h_index", "g_index", "i10_index")
RECENT = ("citations_recent", "h_index_recent", "i10_index_recent")
STATED = (
    "works_count",
    "cited_by_count",
    "h_index",
    "i10_index",
    "cited_by_count_recent",
    "h_index_recent",
    "i10_index_recent",
    "recent_since_year",
)
COUNTED = ("cited_by_count", "self_citations", "influential_citation_count", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One unmutated body and what it says."""

    provider: str
    name: str
    body: bytes
    told: Mapping[str, Any]
    """Address, status and headers that it came with."""
    pages: tuple[ParsedPage, ...] = ()
    """Empty for a refusal, of which nothing may ever be published."""
    answers: Mapping[str, Collected] = field(default_factory=dict)
    """Answer by author, as `answers_of` makes them; only what a run would believe."""
    states: Mapping[str, ProviderState] = field(default_factory=dict)
    """What a run of the day before left, by author."""


@cache
def module(provider: str) -> ModuleType:
    """The page module of a provider."""
    return import_module(PROVIDERS[provider].page)


@cache
def names_read(provider: str) -> frozenset[str]:
    """Every word of the string literals of a page module: the names that it can look for."""
    from .markup import names_of

    place = Path(module(provider).__file__)
    files = place.parent.glob("*.py") if place.name == "__init__.py" else [place]
    return frozenset(name for file in files for name in names_of(file.read_text("utf-8")))


def original(provider: str, name: str, body: bytes, **told: Any) -> Original:
    """A body with what it says; one that is refused has no pages."""
    bare = Original(provider=provider, name=name, body=body, told=told)
    try:
        pages = module(provider).parse(body, **told)
    except ProviderError:
        return bare
    if any(p.verdict is PageVerdict.TRUNCATED and p.author is None for p in pages):
        return bare  # the spider refuses it
    bare = replace(bare, pages=tuple(pages))
    answers = answers_of(bare, pages)
    taken = {key: a for key, a in answers.items() if is_believed(a, key, None)}
    states = {key: advance(None, a, at=YESTERDAY).state for key, a in taken.items()}
    return replace(bare, answers=taken, states=states)


def answers_of(of: Original, pages: tuple[ParsedPage, ...]) -> dict[str, Collected]:
    """The answer that each page makes, by author.

    Spiders join authors to lists that came apart. So an author without a list is joined to one
    that bears the unmutated author's figures out, and a list without an author to one who states
    what the unmutated list holds.
    """
    true = {p.author.author_id: p.author for p in of.pages if p.author and not p.works}
    found: dict[str, Collected] = {}
    for page in pages:
        author, works = page.author or _stand_in(of), page.works
        key = author.author_id or ""
        if page.author and not works and page.verdict is PageVerdict.PROFILE and key in true:
            works = _bearing_out(true[key])
            author = replace(author, works_expected=len(works))
        if key in found:
            author = replace(author, author_id=None)
        found[key] = Collected(author_key="me", provider=of.provider, author=author, works=works)
    return found


def _bearing_out(author: AuthorRecord) -> tuple[WorkRecord, ...]:
    """Works with which the stated figures of an author agree."""
    h, i10 = author.h_index or 0, author.i10_index or 0
    counts = [h] * h + [0] * ((author.works_count or h) - h)
    counts = [max(count, 10) if rank < i10 else count for rank, count in enumerate(counts)]
    if counts:
        counts[0] += max(0, (author.cited_by_count or 0) - sum(counts))
    return tuple(
        WorkRecord(
            provider=author.provider,
            record_id=f"{author.provider}:{rank}",
            title=f"Paper about {'abcdefghij'[rank % 10] * (3 + rank // 10)}",
            year=2000 + rank % 20,
            cited_by_count=count,
        )
        for rank, count in enumerate(counts)
    )


def _stand_in(of: Original) -> AuthorRecord:
    works = [work for page in of.pages for work in page.works]
    counts = [w.cited_by_count for w in works]
    return AuthorRecord(
        provider=of.provider,
        author_id="1",
        ids=(f"{_scheme(of.provider)}:1",),
        works_count=len(works),
        cited_by_count=None if None in counts else sum(counts),
        is_sorted=False,
    )


def _scheme(provider: str) -> str:
    """Scheme of the ids that a provider is asked for; any for one that follows works."""
    return next(iter(PROVIDERS[provider].id_schemes), "orcid")


def is_believed(answer: Collected, author_id: str, before: ProviderState | None) -> bool:
    """Whether a run takes an answer."""
    provider = PROVIDERS[answer.provider]
    asked = f"{_scheme(answer.provider)}:{author_id}"
    return not blocking(check(answer, provider=provider, asked=asked, before=before))


def judge(of: Original, body: bytes) -> tuple[str, str]:
    """`refused`, `detected`, `harmless` or `WRONG` for a mutant, and why.

    Raises whatever the page module raises that is no `ProviderError`.
    """
    try:
        pages = module(of.provider).parse(body, **of.told)
    except ProviderError as error:
        return "refused", type(error).__name__
    if (cut := _cut_list(of, pages)) is not None:
        return cut
    if _is_asked_for_the_rest(of, pages):
        return "refused", "Truncated"
    answers = answers_of(of, tuple(pages))
    if not of.pages and any(not _is_cut(page) and _says_a_number(page) for page in pages):
        return "WRONG", "figures out of a page that has none"
    seen = "harmless"
    for before in (of.states, {}):
        for key in of.answers:
            answer = answers.get(key)
            if answer is None or not is_believed(answer, key, before.get(key)):
                seen = "detected"
                continue
            wrong = next(wrongs(of, key, answer, before.get(key)), None)
            if wrong is not None:
                when = "with figures known" if before else "on a first run"
                return "WRONG", f"{when}: {wrong}"
    return seen, ""


def _says_a_number(page: ParsedPage) -> bool:
    stated = (getattr(page.author, name, None) for name in STATED)
    return any(value is not None for value in stated) or bool(page.works)


def _is_cut(page: ParsedPage) -> bool:
    """Whether the spider misses works in a list, and refuses it."""
    promised = page.total or 0
    short = page.next_cursor is None and len(page.works) < promised
    return page.author is None and (page.verdict is PageVerdict.TRUNCATED or short)


def _is_asked_for_the_rest(of: Original, pages: tuple[ParsedPage, ...]) -> bool:
    """Whether a page fell short that did not, of a provider that may be asked for more pages."""
    if PROVIDERS[of.provider].max_requests_per_author == 1:
        return False
    was, now = (
        [p for p in found if p.verdict is PageVerdict.TRUNCATED] for found in (of.pages, pages)
    )
    return bool(now) and not was


def _cut_list(of: Original, pages: tuple[ParsedPage, ...]) -> tuple[str, str] | None:
    """What the spider makes of a page of a list that promises more or less than before."""
    if len(of.pages) != 1 or len(pages) != 1 or of.pages[0].author or pages[0].author:
        return None
    was, now = of.pages[0], pages[0]
    if _is_cut(now) and not _is_cut(was):
        return "refused", "Truncated"
    elsewhere = max(0, (was.total or 0) - len(was.works))
    if now.total is not None and len(now.works) + elsewhere < now.total:
        return "refused", "Truncated"
    if was.next_cursor is not None and now.next_cursor is None:
        return "WRONG", "the list ends here, and did not"
    return None


def wrongs(
    of: Original, key: str, answer: Collected, before: ProviderState | None
) -> Iterator[str]:
    """Whatever is wrong about a believed answer of an author, in words."""
    known = of.answers[key]
    if answer == known:
        return
    yield from _false_statements(known, answer)
    now = advance(before, answer, at=TODAY).state
    yield from _false_figures(of.states[key], now, is_known=before is not None)


def _false_statements(known: Collected, answer: Collected) -> Iterator[str]:
    for name in STATED:
        said, true = getattr(answer.author, name), getattr(known.author, name)
        if said is not None and said != true:
            yield f"{name} is {said}, was {true}"
    true_years = known.author.counts_by_year
    # Scholar leaves the bar of a year without citations out: a page that lost one whole bar is a
    # page that it may well send.
    said_years = [y for y in answer.author.counts_by_year if y.cited_by_count]
    yield from _false_years("author", true_years, said_years)
    works = {i: work for work in reversed(known.works) for i in (work.record_id, *work.ids)}
    for work in answer.works:
        true = works.get(work.record_id)
        if true is None:
            if work.cited_by_count is not None:
                yield f"{work.record_id} is new"
            continue
        for name in COUNTED:
            said = getattr(work, name)
            if said is not None and said != getattr(true, name):
                yield f"{name} of {work.record_id} is {said}, was {getattr(true, name)}"
        if work.is_excluded != true.is_excluded and work.cited_by_count is not None:
            yield f"{work.record_id}: counted or not by Google"
        yield from _false_years(work.record_id, true.counts_by_year, work.counts_by_year)


def _false_years(where: str, true: Any, said: Any) -> Iterator[str]:
    known = {(y.year, y.cited_by_count) for y in true}
    for year in said:
        if (year.year, year.cited_by_count) not in known:
            yield f"{where}: {year.cited_by_count} in {year.year}"


def _false_figures(was: ProviderState, now: ProviderState, *, is_known: bool) -> Iterator[str]:
    """Figures shown that differ and do not say that they are lower bounds.

    On a first run the totals that a page leaves unsaid are added up from its list instead, and a
    paper without a count is left out of them: both are what the page says, and are no falsehood.
    """
    silent = not is_known and _lacks(was, now)
    # What does not count citations is a list of papers, and no figure of it is ever shown.
    names = (*FIGURES, *RECENT) if PROVIDERS[was.provider].counts else RECENT
    for series, of in (("stated", _stated), ("resolved", _resolved)):
        old, new = of(was), of(now)
        for name in names:
            said, true = new.values.get(name), old.values.get(name)
            bound = name in new.lower_bounds and said is not None and (true or 0) >= said
            if said is None or said == true or bound or silent:
                continue
            yield f"{series} {name} shows {said}, was {true}"


def _stated(state: ProviderState) -> Any:
    return stated_metrics(state)


def _resolved(state: ProviderState) -> Any:
    return resolved_metrics(state, resolve(state.works))


def _lacks(was: ProviderState, now: ProviderState) -> bool:
    """Whether a total or a paper's count is unsaid that was said."""
    totals = any(
        getattr(now.author, n) is None and getattr(was.author, n) is not None for n in STATED
    )
    counts = {o.record.record_id: o.record.cited_by_count for o in now.works}
    return totals or any(
        o.record.cited_by_count is not None and counts.get(o.record.record_id, 0) is None
        for o in was.works
    )
