"""OpenAlex answers: one author, a page of works, one work, or a refusal.

Promise: every count is the provider's own, a work without a count raises, and a list that was
cut in silence is called truncated. Facts and their sources: docs/providers/openalex.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders import ids
from spiders.errors import NotFound
from spiders.items import AuthorRecord, PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.openalex.refusals import refusal
from spiders.pages.openalex.works import (
    PROVIDER,
    WHERE,
    WORKS_SELECT,
    extra,
    read_author_ids,
    read_work,
    read_years,
)
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.items import WorkRecord

__all__ = ["PER_PAGE", "WORKS_SELECT", "parse", "read_author"]

PER_PAGE = 100
"""Works a page: the documented maximum (200 is still answered, but deprecated)."""

# Author ids that OpenAlex gives to nobody (unknown author) and to deleted authors.
_NOBODY = frozenset({"A9999999999", "A5317838346"})


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of api.openalex.org says: one page, or one for each author of a list.

    Args:
        url: Where it was read; answers of this API tell all by themselves.
        status: HTTP status; `None` for a saved file, which is judged by its shape alone.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Not JSON, or a mandatory field (id, cited_by_count, meta.count) is unusable.
        NotFound, BadRequest, BudgetSpent, Blocked, Unavailable: The provider's refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status=status, headers=headers)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    if "error" in data.data and "id" not in data.data:
        raise refusal(body, headers=headers)
    if "results" in data.data:
        results = data.objects("results")
        if results and all("works_count" in result.data for result in results):
            return _authors_page(results)
        return (_works_page(data),)
    kind = (ids.openalex(data.text("id")) or "")[:1]
    if kind == "A":
        return (ParsedPage(verdict=PageVerdict.PROFILE, author=read_author(data)),)
    if kind == "W":
        return (
            ParsedPage(
                verdict=PageVerdict.PROFILE,
                works=(read_work(data, in_list=False),),
                authors_of=read_author_ids((data,), in_list=False),
            ),
        )
    raise layout_changed(WHERE, "neither an author's or a work's id, nor a list of works is in it")


def _authors_page(results: Sequence[Fields]) -> tuple[ParsedPage, ...]:
    found = (read_author(result) for result in results if not _is_nobody(result))
    return tuple(ParsedPage(verdict=PageVerdict.PROFILE, author=author) for author in found)


def _is_nobody(data: Fields) -> bool:
    return ids.openalex(data.text("id")) in _NOBODY


def _works_page(data: Fields) -> ParsedPage:
    meta = data.object("meta") or Fields({}, f"{WHERE}: meta")
    total = meta.required_count("count")
    if data.items("results") is None:
        raise layout_changed(WHERE, "results is null")
    results = data.objects("results")
    if len(results) > total:
        raise layout_changed(meta.where, f"count is {total}, and {len(results)} works came")
    if results and not any("title" in result.data for result in results):
        raise layout_changed(results[0].where, "title is missing, here and in all others")
    works: dict[str, WorkRecord] = {}
    for result in results:
        work = read_work(result, in_list=True)
        works.setdefault(work.record_id, work)
    return ParsedPage(
        verdict=_list_verdict(meta, shown=len(results), total=total),
        works=tuple(works.values()),
        total=total,
        next_cursor=meta.text("next_cursor"),
        authors_of=read_author_ids(results, in_list=True),
    )


def _list_verdict(meta: Fields, *, shown: int, total: int) -> PageVerdict:
    # After its 5 s search time-out the server sends what it has, with status 200 and no cursor;
    # `timed_out` may be dropped from meta, so the length of the last page is checked as well.
    size = meta.count("per_page")
    is_last = meta.text("next_cursor") is None
    if meta.data.get("timed_out") is True:
        return PageVerdict.TRUNCATED
    if is_last and size and shown < size and shown != total % size:
        return PageVerdict.TRUNCATED
    return PageVerdict.EMPTY if total == 0 and not shown else PageVerdict.PROFILE


def read_author(data: Fields) -> AuthorRecord:
    """The record of an author; `id`, `works_count` and `cited_by_count` are mandatory."""
    author_id = ids.openalex(data.text("id"))
    if author_id is None or author_id in _NOBODY:
        raise NotFound(
            f"{WHERE}: {author_id} stands for deleted and unknown authors;"
            " look the person up at openalex.org and correct the id in the configuration"
        )
    data = data.named(author_id)
    stats = data.object("summary_stats") or Fields({}, data.where)
    orcid = ids.orcid(data.text("orcid"))
    places = data.objects("last_known_institutions")
    years = read_years(data)
    return AuthorRecord(
        provider=PROVIDER,
        author_id=author_id,
        name=data.text("display_name"),
        affiliation=places[0].text("display_name") if places else None,
        ids=reading.unique(f"openalex:{author_id}", f"orcid:{orcid}" if orcid else None),
        works_count=data.required_count("works_count"),
        cited_by_count=data.required_count("cited_by_count"),
        h_index=stats.count("h_index"),
        i10_index=stats.count("i10_index"),
        counts_by_year=years,
        # Since November 2025 these are the citations of the papers OF that year, not those
        # received in it. The record itself cannot tell; per-year figures come from the works.
        counts_by_year_meaning="publication_year" if years else None,
        is_sorted=False,
        extra=extra((stats, "2yr_mean_citedness", "2yr_mean_citedness")),
        url=f"https://openalex.org/{author_id}",
    )
