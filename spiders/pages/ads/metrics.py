"""The metrics that ADS works out for a set of papers: indices, totals, citations a year."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders.items import AuthorRecord, PageVerdict, ParsedPage, YearCount
from spiders.pages.ads.papers import PROVIDER, WHERE
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = (
    "refereed to refereed",
    "refereed to nonrefereed",
    "nonrefereed to refereed",
    "nonrefereed to nonrefereed",
)
"""The histograms that make up all citations; those called "normalized" are shares."""
_EXTRA = {"g": "g_index", "i100": "i100_index", "m": "m_quotient", "tori": "tori", "riq": "riq"}
_YEARS = range(1000, 2101)


def read_metrics(data: Fields) -> ParsedPage:
    """The figures as those of an author whom the answer does not name.

    Raises:
        LayoutChanged: h, g, i10 or the total is missing, or the histograms are not whole.
    """
    indicators = data.object("indicators") or _missing("indicators")
    stats = data.object("citation stats") or _missing("citation stats")
    basic = data.object("basic stats") or Fields({}, data.where)
    indicators = Fields(indicators.data, f"{WHERE}: indicators")
    total = stats.required_count("total number of citations")
    years = _received(data)
    is_above = sum(year.cited_by_count for year in years) > total
    years = () if is_above else years
    skipped = data.items("skipped bibcodes") or ()
    own = stats.count("number of self-citations")
    return ParsedPage(
        verdict=PageVerdict.PROFILE,
        author=AuthorRecord(
            provider=PROVIDER,
            author_id=None,
            works_count=basic.count("number of papers"),
            cited_by_count=total,
            h_index=indicators.required_count("h"),
            i10_index=indicators.required_count("i10"),
            counts_by_year=years,
            counts_by_year_meaning="received" if years else None,
            is_sorted=False,
            anomalies=(
                *((f"skipped_bibcodes:{len(skipped)}",) if skipped else ()),
                *(("histogram_above_total",) if is_above else ()),
            ),
            extra=_extra(indicators, own),
        ),
    )


def _missing(name: str) -> Fields:
    raise layout_changed(WHERE, f"{name} is missing")


def _extra(indicators: Fields, own: int | None) -> Mapping[str, float | int]:
    indicators.required_count("g")
    found = {name: indicators.number(key) for key, name in _EXTRA.items()}
    found["self_citations"] = own
    return MappingProxyType({name: value for name, value in found.items() if value is not None})


def _received(data: Fields) -> tuple[YearCount, ...]:
    """Citations received a year: four histograms over the same years, added up."""
    histograms = data.object("histograms")
    citations = histograms.object("citations") if histograms else None
    if citations is None:
        return ()
    parts = [_histogram(citations, name) for name in _PARTS]
    if any(part.keys() != parts[0].keys() for part in parts):
        raise layout_changed(citations.where, "the histograms have different years")
    return tuple(
        YearCount(year=year, cited_by_count=sum(part[year] for part in parts))
        for year in sorted(parts[0])
    )


def _histogram(citations: Fields, name: str) -> Mapping[int, int]:
    part = citations.object(name)
    if part is None:
        raise layout_changed(citations.where, f"{name} is missing")
    for year in part.data:
        if not (year.isascii() and year.isdecimal()) or int(year[:9]) not in _YEARS:
            raise layout_changed(part.where, f"{year[:40]!r} is no year")
    return {int(year): part.required_count(year) for year in part.data}
