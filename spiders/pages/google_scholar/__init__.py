"""Google Scholar author profiles: the bytes of one page in, what it says out.

Scholar has no API, answers refusals with status 200, and changes its markup every few years. So
this module promises one thing before all: a page that is not a whole, readable profile is never
read as one. It is told by its address and its element ids, never by words (the interface comes
in forty languages), and what cannot be read raises instead of becoming 0.

    document    bytes to a tree: charset, and whether the page came to its end
    verdicts    which kind of page it is, and how much of the list it holds
    profile     the person, the table of indices, the histogram
    works       the rows of the list
    figures     numbers out of text, and whether list and table agree
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spiders.errors import LayoutChanged
from spiders.items import PageVerdict, ParsedPage
from spiders.pages.google_scholar import document, figures, profile, verdicts, works

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.pages.google_scholar.document import Document

__all__ = ["parse"]


def parse(
    body: bytes,
    *,
    url: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """Read one profile page.

    Args:
        body: The page as it came, or as a browser saved it.
        url: Its final address; `None` for a saved file, which is then told by its elements.
        status: HTTP status, `None` when not known.
        headers: HTTP headers, names in any case. The `Location` of a 3xx is judged as the place
            that it leads to.

    Returns:
        One page, as a tuple (every page module does so): `PROFILE`, `TRUNCATED` when Google has
        more rows than it showed, `EMPTY` for a profile without articles.

    Raises:
        Blocked: a CAPTCHA, sorry or consent page, or status 403, 429, 503.
        NotFound: a sign-in page, status 404, or a redirect to another profile.
        Truncated: the page ends early, or does not begin with the first article.
        LayoutChanged: it is no profile page, or a figure on it cannot be read.
        Unavailable: another 5xx, or a redirect that nobody followed.
        BadRequest: another 4xx.
    """
    fields = {name.lower(): value for name, value in (headers or {}).items()}
    retry_after = fields.get("retry-after")
    verdicts.judge_address(url)
    verdicts.judge_redirect(url, status=status, location=fields.get("location"))
    try:
        page = document.read(body, content_type=fields.get("content-type"))
    except LayoutChanged:
        verdicts.judge_status(status, retry_after=retry_after)
        raise
    verdicts.judge_elements(page)
    verdicts.judge_status(status, retry_after=retry_after)
    verdicts.require_profile(page)
    return (_read(page, url),)


def _read(page: Document, url: str | None) -> ParsedPage:
    records, duplicates = works.read(page.ids["gsc_a_b"])
    extent = verdicts.extent(page, rows=len(records) + duplicates, url=url)
    is_sorted = works.is_sorted(records, page.ids["gsc_a_b"], url)
    author = profile.read(page, url=url, works=records, is_cut=extent.has_more and not is_sorted)
    anomalies = figures.disagreements(
        works.counted(records), author, has_more=extent.has_more, is_sorted=is_sorted
    )
    author = replace(
        author,
        is_truncated=extent.has_more,
        is_sorted=is_sorted,
        anomalies=(
            *anomalies,
            *author.anomalies,
            *(("duplicate_ids",) if duplicates else ()),
            *(("fewer_rows_than_range",) if extent.is_short else ()),
        ),
    )
    if extent.has_more:
        verdict = PageVerdict.TRUNCATED
    else:
        verdict = PageVerdict.PROFILE if records else PageVerdict.EMPTY
    return ParsedPage(verdict=verdict, author=author, works=records)
