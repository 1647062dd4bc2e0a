"""Homepages by the spider: one request to the page's own host, and to no other."""

import pytest

from spiders.items import OutcomeKind, Provider

ROW = Provider(
    name="homepage",
    title="Homepage",
    page="spiders.pages.homepage",
    spider="spiders.homepage:HomepageSpider",
    base_url="https://homepage.invalid",
    hosts=(),
    id_schemes=("homepage",),
    delay=1.0,
    robots=True,
    max_requests_per_author=4,
    counts=False,
    profile_url="{id}",
)
PAGE = (
    b"<html><ul><li><a href='https://arxiv.org/abs/2401.00001'>Round Stones of Every Kind</a>"
    b"</li></ul></html>"
)


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """Two people's servers, and one that nobody may be sent to."""
    stranger = stand_in({"/me": PAGE})
    first = stand_in(
        {
            "/me?lang=en": PAGE,
            "/old": reply(status=301, headers={"Location": "/me?lang=en"}),
            "/away": reply(status=302, headers={"Location": f"{stranger.url}/me"}),
            "/busy": reply(status=403, body=b"no"),
            "/later": reply(status=429, headers={"Retry-After": "86400"}),
            "/robots.txt": b"User-agent: *\nDisallow: /private\n",
        }
    )
    failing = stand_in({"/robots.txt": reply(status=404)})
    failing.routes |= {f"/{n}": reply(status=500, body=b"oops") for n in range(4)}
    second = stand_in({"/": PAGE})
    return {"first": first, "second": second, "stranger": stranger, "failing": failing}


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run, each page at its own host."""
    first, second, failing = (
        f"homepage:{world[name].url}" for name in ("first", "second", "failing")
    )
    pages = {
        **{f"failing{n}": f"{failing}/{n}" for n in range(4)},
        "busy": f"{first}/busy",
        "ada": f"{first}/me?lang=en",
        "old": f"{first}/old",
        "away": f"{first}/away",
        "gone": f"{first}/gone",
        "private": f"{first}/private",
        "later": f"{first}/later",
        "afterwards": f"{first}/me?lang=en",
        "bob": second,
    }
    return crawl(plan(ROW, ROW.base_url, **pages))


def test_each_page_is_asked_at_its_own_host_after_its_robots_txt(done, world):
    assert world["first"].targets()[:3] == ["/robots.txt", "/busy", "/me?lang=en"]
    assert world["second"].targets() == ["/robots.txt", "/"]
    for key in ("ada", "bob"):
        assert [w.ids[1] for w in done.collected["homepage", key].works] == ["arxiv:2401.00001"]


@pytest.mark.parametrize(("key", "path"), [("ada", "/me?lang=en"), ("old", "/old")])
def test_the_address_that_was_asked_for_is_the_owners_id(done, world, key, path):
    author = done.collected["homepage", key].author
    assert author.author_id == f"{world['first'].url}{path}"
    assert author.ids[0] == f"homepage:{author.author_id}"


def test_nobody_is_sent_to_another_host(done, world):
    outcome = done.outcomes["homepage", "away"]
    assert outcome.kind is OutcomeKind.NOT_FOUND
    assert f"it has moved to {world['stranger'].url}/me" in outcome.reason
    assert world["stranger"].asked == []


@pytest.mark.parametrize(
    ("key", "kind", "says"),
    [
        ("busy", OutcomeKind.OFFLINE, "did not give it (HTTP 403)"),
        ("later", OutcomeKind.OFFLINE, "asks to be left alone for 86400 s"),
        ("gone", OutcomeKind.NOT_FOUND, "nothing public is there"),
        ("private", OutcomeKind.REFUSED, "robots.txt"),
    ],
)
def test_one_page_that_cannot_be_had_stops_no_other(done, key, kind, says):
    assert done.outcomes["homepage", key].kind is kind
    assert says in done.outcomes["homepage", key].reason
    assert done.outcomes["homepage", "bob"].kind is OutcomeKind.FRESH


def test_a_host_that_asks_to_be_left_alone_is_asked_for_nobody_else(done, world):
    assert world["first"].targets()[-1] == "/later"
    outcome = done.outcomes["homepage", "afterwards"]
    assert outcome.kind is OutcomeKind.OFFLINE
    assert outcome.reason.startswith("not asked: ")
    assert "86400 s" in outcome.reason


def test_a_host_that_fails_again_and_again_is_left_alone_and_others_are_asked(done, world):
    assert len(world["failing"].targets()) <= 1 + 5
    assert "failed 5 times in a row" in done.outcomes["homepage", "failing3"].reason
    assert done.outcomes["homepage", "ada"].kind is OutcomeKind.FRESH


def test_private_addresses_are_refused_unless_they_are_meant(crawl, plan, world):
    before = len(world["second"].asked)
    target = f"homepage:{world['second'].url}"
    refused = crawl(plan(ROW, ROW.base_url, bob=target), allow_private_hosts=False)
    assert refused.outcomes["homepage", "bob"].kind is OutcomeKind.REFUSED
    assert len(world["second"].asked) == before


def test_a_configured_base_takes_the_place_of_every_host(crawl, plan, world):
    found = crawl(plan(ROW, world["second"], bob="homepage:https://bob.example/"))
    assert found.collected["homepage", "bob"].author.author_id == "https://bob.example/"
