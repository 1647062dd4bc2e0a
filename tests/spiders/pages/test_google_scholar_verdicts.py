"""Which kind of page it is: by address, redirect, elements and status, in this order."""

from pathlib import Path

import pytest

from spiders.errors import (
    BadRequest,
    Blocked,
    LayoutChanged,
    NotFound,
    ProviderError,
    Truncated,
    Unavailable,
)
from spiders.items import PageVerdict
from spiders.pages.google_scholar import parse

CASES = Path(__file__).with_name("fixtures") / "google_scholar"
ASKED = "https://scholar.google.com/citations?user=SampleAdaAAA&hl=en&pagesize=100"
LOCAL = "http://127.0.0.1:8080/citations?user=SampleAdaAAA&hl=en&pagesize=100"


def body(case):
    return (CASES / case / "body.html").read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "https://accounts.google.com/v3/signin/identifier?continue=x",
        "https://accounts.google.com/ServiceLogin",
        "http://127.0.0.1:8080/v3/signin/identifier",
        "http://127.0.0.1:8080/ServiceLogin?service=citations",
    ],
)
def test_a_sign_in_address_means_no_public_profile(url):
    with pytest.raises(NotFound, match="sign-in"):
        parse(body("complete"), url=url, status=200)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://www.google.com/sorry/index?continue=x", "sorry"),
        ("https://scholar.google.com/sorry", "sorry"),
        ("http://127.0.0.1:8080/sorry/index", "sorry"),
        ("https://consent.google.com/m?continue=x", "consent"),
        ("https://consent.google.de/m", "consent"),
    ],
)
def test_a_sorry_or_consent_address_means_blocked(url, says):
    with pytest.raises(Blocked, match=says):
        parse(body("complete"), url=url, status=200)


@pytest.mark.parametrize("url", ["file:///sorry/index.html", "http://[not-an-address", None, ""])
def test_an_address_that_tells_nothing_leaves_it_to_the_elements(url):
    assert parse(body("complete"), url=url)[0].verdict is PageVerdict.PROFILE


@pytest.mark.parametrize(
    ("location", "error", "says"),
    [
        ("https://accounts.google.com/v3/signin?x", NotFound, "sign-in"),
        ("/v3/signin/identifier", NotFound, "sign-in"),
        ("https://www.google.com/sorry/index?q=1", Blocked, "sorry"),
        ("/sorry/index?q=1", Blocked, "sorry"),
        ("https://consent.google.com/ml", Blocked, "consent"),
        ("https://portal.example/login?token=secret", Blocked, "portal.example/login"),
        ("https://www.google.com/", Blocked, "away from Scholar"),
        ("/citations?user=SampleBobAAA&hl=en", NotFound, "SampleBobAAA"),
        ("https://scholar.google.co.uk/citations?user=SampleBobAAA", NotFound, "SampleBobAAA"),
        ("/citations?user=SampleAdaAAA", Unavailable, "not followed"),
        ("/intl/en/scholar/about.html", Unavailable, "not followed"),
    ],
)
@pytest.mark.parametrize("url", [ASKED, LOCAL])
def test_a_redirect_is_judged_as_the_place_that_it_leads_to(url, location, error, says):
    with pytest.raises(error, match=says) as caught:
        parse(b"", url=url, status=302, headers={"LOCATION": location})
    assert "secret" not in str(caught.value)


def test_a_redirect_is_judged_without_a_known_address():
    with pytest.raises(Blocked, match=r"portal\.example"):
        parse(b"", status=307, headers={"Location": "https://portal.example/"})


def test_a_location_header_of_a_page_is_no_redirect():
    (page,) = parse(body("complete"), status=200, headers={"Location": "https://portal.example/"})
    assert page.verdict is PageVerdict.PROFILE


def test_a_redirect_without_a_place_is_no_answer():
    with pytest.raises(Unavailable, match="302"):
        parse(b"<html></html>", url=ASKED, status=302)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, Blocked),
        (429, Blocked),
        (503, Blocked),
        (404, NotFound),
        (410, NotFound),
        (400, BadRequest),
        (500, Unavailable),
        (502, Unavailable),
        (504, Unavailable),
    ],
)
@pytest.mark.parametrize("page", [b"", b"\xff\0", b"<html><p>We're sorry</html>"])
def test_a_status_counts_whatever_the_body(status, error, page):
    with pytest.raises(error, match=str(status)):
        parse(page, url=ASKED, status=status)


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_no_status_but_success_lets_a_profile_pass(status):
    with pytest.raises(ProviderError, match=str(status)):
        parse(body("complete"), url=ASKED, status=status)


@pytest.mark.parametrize("status", [200, 403, 404, 429, 503])
def test_a_captcha_is_a_block_whatever_the_status(status):
    with pytest.raises(Blocked, match="CAPTCHA"):
        parse(body("scholar_captcha"), url=ASKED, status=status)


@pytest.mark.parametrize(("said", "seconds"), [("120", 120.0), ("Wed, 21 Oct 2026", None)])
def test_the_seconds_of_retry_after_are_carried(said, seconds):
    with pytest.raises(Blocked) as caught:
        parse(b"", url=ASKED, status=429, headers={"retry-after": said})
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "element",
    [
        '<form id="captcha-form"></form>',
        '<div id="recaptcha"></div>',
        '<div id="gs_captcha_ccl"></div>',
        '<form id="gs_captcha_f"></form>',
        '<div class="x rc-doscaptcha-body"></div>',
    ],
)
def test_a_captcha_in_a_profile_page_is_a_block(element):
    page = body("complete").replace(b'<div id="gs_ftr_sp">', element.encode() + b"<div>")
    with pytest.raises(Blocked, match="CAPTCHA"):
        parse(page, url=ASKED, status=200)


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("https://accounts.google.com/signin/v2/challenge", NotFound),
        ("https://consent.google.com/save", Blocked),
        ("https://www.google.com/sorry/index", Blocked),
    ],
)
def test_a_saved_page_is_told_by_where_its_form_leads(action, error):
    page = f'<html><body><form action="{action}"></form></body></html>'
    with pytest.raises(error):
        parse(page.encode())


@pytest.mark.parametrize(
    "extra",
    [
        '<a href="https://support.google.com/websearch/answer/86640">why?</a>',
        '<form action="https://accounts.google.com/Logout"></form>',
        "<p>Our systems have detected unusual traffic. Please sign in. CAPTCHA. 403 robot</p>",
    ],
)
def test_words_and_links_in_a_good_profile_are_no_block(extra):
    page = body("complete").replace(b'<div id="gs_ftr_sp">', extra.encode() + b"<div>")
    assert parse(page, url=ASKED, status=200)[0].verdict is PageVerdict.PROFILE


@pytest.mark.parametrize(
    "page", [b"", b" \n", b"\xef\xbb\xbf", b"<html></html>", b"{}", b"[1]", b"ok"]
)
def test_a_page_with_nothing_on_it_is_no_profile(page):
    with pytest.raises(LayoutChanged):
        parse(page, url=ASKED, status=200)


@pytest.mark.parametrize("gone", [b'id="gsc_prf_in"', b'id="gsc_a_b"'])
def test_a_profile_without_its_name_or_its_list_is_a_changed_layout(gone):
    with pytest.raises(LayoutChanged, match="no profile page"):
        parse(body("complete").replace(gone, b'id="renamed"'), url=ASKED, status=200)


def test_a_profile_that_ends_before_its_list_is_truncated():
    page = body("complete")
    with pytest.raises(Truncated, match="before the list"):
        parse(page[: page.index(b'id="gsc_prf_w"')], url=ASKED, status=200)
