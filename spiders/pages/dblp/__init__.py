"""dblp: a person's page as XML, or an answer of its search for publications as JSON.

Promise: nothing is counted here; a person's list is taken whole or refused, by the number that
dblp itself states; the bot wall before dblp is never taken for data. Facts and their sources:
docs/providers/dblp.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.items import PageVerdict, ParsedPage
from spiders.pages import reading
from spiders.pages.dblp.persons import read_person
from spiders.pages.dblp.records import WHERE, read_record
from spiders.pages.dblp.refusals import refusal, wall
from spiders.pages.dblp.search import read_search
from spiders.pages.reading import Fields, layout_changed
from spiders.pages.webpages import is_web_page
from spiders.pages.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["parse"]


def parse(
    body: bytes,
    *,
    url: str | None = None,  # noqa: ARG001  # all page modules are called alike
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[ParsedPage, ...]:
    """What an answer of dblp says; always one page.

    Args:
        body: XML of a person (`/pid/PID.xml`) or of a record (`/rec/KEY.xml`), or JSON of a
            search (`/search/publ/api?format=json`).
        url: Where it was read; answers tell all by themselves.
        status: HTTP status; `None` for a saved file.
        headers: Response headers, in any case.

    Raises:
        LayoutChanged: Another form, or a record without key or title.
        Truncated: Fewer records than stated.
        NotFound: Nobody, or a page that only tells namesakes apart.
        BadRequest, BudgetSpent, Blocked, Unavailable: Refusals.
    """
    if status is not None and not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
        raise refusal(body, status, headers)
    if is_web_page(body):
        raise wall(status)
    if reading.is_html(body):
        return (_of_xml(body),)
    data = Fields.of(reading.load(body, where=WHERE), WHERE)
    return (read_search(data),)


def _of_xml(body: bytes) -> ParsedPage:
    root = read_xml(body, where=WHERE)
    if root.tag == "dblpperson":
        return read_person(root)
    if root.tag == "dblp":
        works = tuple(read_record(r, f"{WHERE}: record[{i}]") for i, r in enumerate(root))
        if len({work.record_id for work in works}) == len(works) > 0:
            return ParsedPage(verdict=PageVerdict.PROFILE, works=works)
    raise layout_changed(WHERE, f"a person was expected, not <{str(root.tag)[:40]}>")
