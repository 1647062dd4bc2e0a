"""Which kind of page this is, and how much of the list it holds.

The order is: address, redirect, elements, status, profile. Words are never looked at: a CAPTCHA
page was seen in Indonesian without one English word, and every good page holds a hidden "Sorry".
Paths count on any host, so that a local replay of Google's pages is judged as the original is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

from spiders.errors import (
    BadRequest,
    Blocked,
    LayoutChanged,
    NotFound,
    Truncated,
    Unavailable,
)
from spiders.pages.google_scholar.document import Document, Element, first, text
from spiders.pages.reading import retry_after_seconds

_REFUSED = frozenset({403, 429, 503})
_GONE = frozenset({404, 410})
_CAPTCHA_IDS = ("captcha-form", "recaptcha", "gs_captcha_ccl", "gs_captcha_f")
_UNUSUAL_TRAFFIC = "/websearch/answer/86640"
"""Google's help page on "unusual traffic", linked from every wording of its sorry pages."""
_SCHOLAR_HOST = re.compile(r"scholar\.google\.(?:com|com?\.[a-z]{2}|[a-z]{2,3})")
_COOL_DOWN = "leave Google Scholar alone for a day, or give a saved page with --from-html"
_MAX_DIGITS = 18
_CHECK_ID = "check google_scholar in `ids`, and that the profile is public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of the list a page holds."""

    has_more: bool
    """Whether Google has rows beyond the last one shown."""
    is_short: bool
    """Whether fewer rows stand here than the page itself counts ("Articles 1-20")."""


def judge_address(url: str | None) -> None:
    """Judge the place where a page was found, or where a redirect leads.

    Raises:
        NotFound: Google's sign-in (what a browser is shown for an unknown or private profile).
        Blocked: its sorry and consent pages.
    """
    place = _split(url)
    if place.scheme not in {"", "http", "https"}:
        return
    host = place.hostname or ""
    if host.startswith("accounts.google.") or place.path.startswith(
        ("/v3/signin", "/ServiceLogin")
    ):
        raise NotFound(f"google_scholar: sign-in asked for: no public profile; {_CHECK_ID}")
    if place.path == "/sorry" or place.path.startswith("/sorry/"):
        raise Blocked(f"google_scholar: sent to Google's sorry page; {_COOL_DOWN}")
    if host.startswith("consent.google."):
        raise Blocked(f"google_scholar: sent to Google's consent page; {_COOL_DOWN}")


def _split(url: str | None, *, base: str | None = None) -> SplitResult:
    try:
        return urlsplit(urljoin(base or "", url or ""))
    except ValueError:  # an address that is none says nothing
        return urlsplit("")


def judge_redirect(url: str | None, *, status: int | None, location: str | None) -> None:
    """Judge a redirect that was not followed.

    Raises:
        NotFound: it leads to the sign-in, or to a profile with another id.
        Blocked: it leads to a sorry or consent page, or away from Scholar.
        Unavailable: it leads elsewhere on Scholar.
    """
    if not location or status is None or status // 100 != 3:  # noqa: PLR2004 - HTTP's class
        return
    place, origin = _split(location.strip(), base=url), _split(url)
    target = place.geturl()
    judge_address(target)
    where = f"{place.hostname or ''}{place.path}"
    if _is_foreign(place, origin):
        raise Blocked(f"google_scholar: redirected away from Scholar, to {where}; {_COOL_DOWN}")
    user = user_of(target)
    if user and user != user_of(url):
        raise NotFound(f"google_scholar: redirected to the profile {user}; {_CHECK_ID}")
    raise Unavailable(f"google_scholar: redirected to {where}, not followed; ask again later")


def _is_foreign(place: SplitResult, origin: SplitResult) -> bool:
    host = place.hostname or ""
    return bool(host) and host != origin.hostname and not _SCHOLAR_HOST.fullmatch(host)


def user_of(url: str | None) -> str | None:
    """The profile id in an address, `None` where it has none."""
    values = parse_qs(_split(url).query).get("user")
    return values[0].strip() or None if values else None


def judge_elements(page: Document) -> None:
    """Judge a page by its elements: a saved file has no address, a CAPTCHA comes with a 200.

    Raises:
        NotFound: Google's sign-in.
        Blocked: a CAPTCHA, sorry or consent page.
    """
    for place in page.root.xpath('//base/@href | //link[@rel="canonical"]/@href'):
        judge_address(place)
    if any(name in page.ids for name in _CAPTCHA_IDS):
        raise Blocked(f"google_scholar: a CAPTCHA page; {_COOL_DOWN}")
    if page.root.xpath('//div[contains(@class, "rc-doscaptcha-body")]'):
        raise Blocked(f"google_scholar: a denial-of-service CAPTCHA page; {_COOL_DOWN}")
    if not _is_profile(page):
        for place in page.root.xpath("//form/@action"):
            judge_address(place)
        if any(_UNUSUAL_TRAFFIC in link for link in page.root.xpath("//a/@href")):
            raise Blocked(f'google_scholar: an "unusual traffic" page; {_COOL_DOWN}')


def judge_status(status: int | None, *, retry_after: str | None) -> None:
    """Judge an HTTP status.

    Raises:
        Blocked: 403, 429, 503.
        NotFound: 404, 410.
        Unavailable: another 5xx or 3xx.
        BadRequest: another 4xx.
    """
    if status is None or 200 <= status < 300:  # noqa: PLR2004 - HTTP's class
        return
    seconds = retry_after_seconds({"Retry-After": retry_after or ""})
    if status in _REFUSED:
        raise Blocked(f"google_scholar: status {status}; {_COOL_DOWN}", retry_after=seconds)
    if status in _GONE:
        raise NotFound(f"google_scholar: status {status}; {_CHECK_ID}")
    if 400 <= status < 500:  # noqa: PLR2004 - HTTP's class
        raise BadRequest(f"google_scholar: status {status}; check the provider's base_url")
    raise Unavailable(f"google_scholar: status {status}; ask again later", retry_after=seconds)


def _is_profile(page: Document) -> bool:
    return "gsc_prf_in" in page.ids and "gsc_a_b" in page.ids


def require_profile(page: Document) -> None:
    """Make sure that this is a profile page of the markup in use since August 2014.

    Raises:
        Truncated: it began as one and ends early.
        LayoutChanged: it is another page, or the markup is older or newer.
    """
    if _is_profile(page):
        return
    if page.root.xpath('//*[starts-with(@class, "cit-")]'):
        raise LayoutChanged(
            "google_scholar: a profile page in the markup of before August 2014 (cit-*); "
            "save the profile anew"
        )
    canonical = page.root.xpath('//link[@rel="canonical"]/@href')
    if not page.is_closed and any(user_of(link) for link in canonical):
        raise Truncated("google_scholar: the page ends before the list; ask again later")
    raise LayoutChanged(
        "google_scholar: no profile page (it lacks #gsc_prf_in or #gsc_a_b); open the address in "
        "a browser, and if a profile shows there, report the page"
    )


def extent(page: Document, *, rows: int, url: str | None) -> Extent:
    """How much of the list is here; `rows` is the number of rows that were read.

    The button "show more" stands below every list seen (2015 to 2026) and is merely disabled on
    the last page; the pages of 2015 to 2017 have "previous" and "next" besides.

    Raises:
        Truncated: the page ends early, or does not begin with the first article.
        LayoutChanged: there are no rows and no line that says so, or the button is gone.
    """
    more = page.ids.get("gsc_bpf_more")
    if not page.is_closed and (more is None or "gs_ftr" not in _ids_after(more)):
        raise Truncated("google_scholar: the page ends within the list; ask again later")
    start, end = _range(page)
    skipped = parse_qs(_split(url).query).get("cstart", ["0"])[0]
    if start > 1 or skipped.strip("0") or _is_enabled(page, "gsc_bpf_prev"):
        raise Truncated(
            "google_scholar: the page does not begin with the first article; "
            "save the first page of the profile"
        )
    if rows == 0 and first(page.ids["gsc_a_b"], "td", "gsc_a_e") is None:
        raise LayoutChanged(
            "google_scholar: the list has neither articles nor the line that there are none; "
            "report the page"
        )
    if rows and more is None:
        raise LayoutChanged(
            'google_scholar: no button "show more" (#gsc_bpf_more), so nobody can tell whether '
            "the list is whole; report the page"
        )
    has_more = _is_enabled(page, "gsc_bpf_more") or _is_enabled(page, "gsc_bpf_next")
    if has_more and rows == 0:
        raise Truncated("google_scholar: there are articles, and none is shown; ask again later")
    return Extent(has_more=has_more, is_short=rows < end)


def _ids_after(element: Element) -> set[str]:
    return set(element.xpath("following::*/@id"))


def _is_enabled(page: Document, name: str) -> bool:
    button = page.ids.get(name)
    return button is not None and button.get("disabled") is None


def _range(page: Document) -> tuple[int, int]:
    """First and last article by "Articles 1-20", zeros where it does not say."""
    numbers = re.findall(r"\d+", text(page.ids.get("gsc_a_nn")))
    if len(numbers) != 2 or len("".join(numbers)) > _MAX_DIGITS:  # noqa: PLR2004 - first and last
        return 0, 0
    return int(numbers[0]), int(numbers[1])
