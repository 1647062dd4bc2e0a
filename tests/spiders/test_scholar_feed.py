"""Scholar Feed by the spider: the author once, then papers by pages."""

import pytest

from spiders.items import OutcomeKind, Provider

ROW = Provider(
    name="scholar_feed",
    title="Scholar Feed",
    page="spiders.pages.scholar_feed",
    spider="spiders.scholar_feed:ScholarFeedSpider",
    base_url="https://api.scholarfeed.org/api/v1",
    hosts=("api.scholarfeed.org",),
    id_schemes=("scholar_feed",),
    delay=2.0,
    robots=False,
    api_key_env="SF_API_KEY",
    max_requests_per_author=30,
    counts=False,
    profile_url="https://www.scholarfeed.org/author/{id}",
)
AUTHOR, PAPERS = "/public/authors/7", "/public/authors/7/papers"


@pytest.fixture(scope="module")
def world(stand_in, reply):
    """One stand-in a situation."""
    author = reply.json({"id": 7, "name": "Ada Test", "h_index": 3, "total_citations": 9})

    def papers(numbers, **said):
        found = [{"title": f"Pebbles and Stones {n}", "arxiv_id": f"2401.{n:05d}"} for n in numbers]
        return reply.json({"papers": found, "limit": 50} | said)

    return {
        "paged": stand_in(
            {AUTHOR: author, PAPERS: [papers(range(50), page=1), papers(range(48, 60), page=2)]}
        ),
        "keyed": stand_in({AUTHOR: author, PAPERS: papers(range(1))}),
        "empty": stand_in({AUTHOR: author, PAPERS: papers([], total=0)}),
        "short": stand_in({AUTHOR: author, PAPERS: papers(range(3), total=5)}),
        "no_list": stand_in({AUTHOR: author}),
        "unknown": stand_in({AUTHOR: reply.json({"detail": "Not found"}, status=404)}),
        "used_up": stand_in({AUTHOR: reply.json({"detail": "100 calls a day"}, status=429)}),
    }


@pytest.fixture(scope="module")
def done(world, crawl, plan):
    """All situations in one run."""
    return crawl(
        *(
            plan(
                ROW,
                server,
                api_key="a-key" if name == "keyed" else None,
                **{name: "scholar_feed:7"},
            )
            for name, server in world.items()
        )
    )


def test_papers_come_by_pages_and_each_once(done, world):
    found = done.collected["scholar_feed", "paged"]
    assert len(found.works) == found.author.works_expected == 60
    assert found.author.author_id == "7"
    assert world["paged"].targets() == [
        AUTHOR,
        f"{PAPERS}?limit=50&page=1",
        f"{PAPERS}?limit=50&page=2",
    ]


def test_an_author_without_papers_is_complete(done):
    assert done.outcomes["scholar_feed", "empty"].kind is OutcomeKind.FRESH
    assert done.collected["scholar_feed", "empty"].works == ()


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("short", OutcomeKind.REFUSED, "incomplete: 3 of 5 papers came"),
        ("no_list", OutcomeKind.LAYOUT_CHANGED, "has no list of papers any more"),
        ("unknown", OutcomeKind.NOT_FOUND, "knows no such author"),
        ("used_up", OutcomeKind.BUDGET_SPENT, "calls are used up: 100 calls a day"),
    ],
)
def test_what_is_wrong_is_told(done, name, kind, says):
    outcome = done.outcomes["scholar_feed", name]
    assert outcome.kind is kind
    assert says in outcome.reason


def test_the_key_travels_in_a_header(world, done):
    assert world["keyed"].asked[-1].headers["Authorization"] == "Bearer a-key"
    assert "a-key" not in "".join(world["keyed"].targets()) + done.log
