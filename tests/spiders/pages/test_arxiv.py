"""arXiv's odd forms: joined authors, versions, times of New York, and feeds that are cut."""

from pathlib import Path

import pytest

from spiders.errors import BadRequest, Blocked, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.items import PageVerdict
from spiders.pages import arxiv

FIXTURES = Path(__file__).parent / "fixtures/arxiv"
PERSON = "https://arxiv.org/a/test_a_1"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


def parse(text, **told):
    data = text if isinstance(text, bytes) else text.encode()
    (page,) = arxiv.parse(data, **told)
    return page


def feed(*entries, own=PERSON, head=""):
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        f"<id>{own}</id><title>Ada Test's articles on arXiv</title>{head}{''.join(entries)}</feed>"
    )


def entry(
    number="2401.00042v1",
    *,
    title="A title",
    published="2024-01-02T03:04:05Z",
    authors=("Ada Test",),
    more="",
):
    people = "".join(f"<author><name>{name}</name></author>" for name in authors)
    return (
        f"<entry><id>http://arxiv.org/abs/{number}</id><title>{title}</title>"
        f"<published>{published}</published>{people}{more}</entry>"
    )


def query(*entries, total, first=0, size=2):
    told = {"totalResults": total, "startIndex": first, "itemsPerPage": size}
    head = "".join(f"<o:{name}>{value}</o:{name}>" for name, value in told.items())
    return feed(*entries, own="https://arxiv.org/api/x", head=head)


def work(**said):
    (found,) = parse(feed(entry(**said))).works
    return found


@pytest.mark.parametrize(
    ("number", "identifier"),
    [
        ("2401.00042v12", "arxiv:2401.00042"),
        ("0704.0001", "arxiv:0704.0001"),
        ("math/0310334v1", "arxiv:math/0310334"),
        ("quant-ph/0201082v1", "arxiv:quant-ph/0201082"),
        ("math.GT/0309136v2", "arxiv:math.gt/0309136"),
    ],
)
def test_versions_of_a_paper_are_one_paper(number, identifier):
    assert work(number=number).record_id == identifier


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2024-01-01T21:30:00-05:00", "2024-01-02"),
        ("2023-12-31T23:59:59-05:00", "2024-01-01"),
        ("2024-01-02T02:30:00Z", "2024-01-02"),
        ("2024-01-02", "2024-01-02"),
    ],
)
def test_a_day_is_that_of_utc_in_feeds_and_queries_alike(published, day):
    found = work(published=published)
    assert (found.publication_date, found.year) == (day, int(day[:4]))


@pytest.mark.parametrize("published", ["soon", "", "0001-01-01T00:00:00+14:00", "2024-13-01"])
def test_a_date_that_is_none_is_refused(published):
    with pytest.raises(LayoutChanged):
        work(published=published)


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("Ada Test, Bob Sample",), ("Ada Test", "Bob Sample")),
        (
            ("Ada Test, Bob Sample, Jr., Carl Probe III",),
            ("Ada Test", "Bob Sample, Jr.", "Carl Probe III"),
        ),
        (("Ada Test", "Bob, of Sample"), ("Ada Test", "Bob, of Sample")),
        ((), ()),
    ],
)
def test_authors_of_a_persons_feed_are_told_apart(names, read):
    found = work(authors=names)
    assert found.authors == read
    assert found.authors_count == (len(read) or None)


def test_authors_of_a_query_are_not_taken_apart():
    (found,) = parse(query(entry(authors=("The Test, Sample Group",)), total=1)).works
    assert found.authors == ("The Test, Sample Group",)


def test_a_title_is_one_line_and_keeps_its_tex():
    assert (
        work(title="On $\\mathcal{O}(n)$\n   and a &lt; b").title
        == "On $\\mathcal{O}(n)$ and a < b"
    )


def test_the_doi_of_the_article_is_kept_and_not_that_of_its_erratum():
    more = "<arxiv:doi>10.1000/ABC 10.1000/erratum</arxiv:doi>"
    assert work(more=more).ids == ("arxiv:2401.00042", "doi:10.1000/abc")


@pytest.mark.parametrize(
    "broken",
    [
        entry(number="hello"),
        entry(title=""),
        entry(more="<title>Another</title>"),
        entry() + entry(number="2401.00042v2"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(broken):
    with pytest.raises(LayoutChanged):
        parse(feed(broken))


@pytest.mark.parametrize(
    ("own", "identifier"),
    [
        (PERSON, "arxiv_author:test_a_1"),
        (f"{PERSON}.atom2", "arxiv_author:test_a_1"),
        ("http://arxiv.org/a/0000-0002-1694-233X", "orcid:0000-0002-1694-233X"),
    ],
)
def test_a_feed_says_whose_it_is(own, identifier):
    author = parse(feed(own=own)).author
    assert author.ids == (identifier,)
    assert author.author_id == identifier.partition(":")[2]
    assert author.name == "Ada Test"


@pytest.mark.parametrize("own", [f"{PERSON[:-8]}", "https://arxiv.org/a/Not An Id", "x", ""])
def test_a_feed_of_nobody_is_refused(own):
    with pytest.raises(LayoutChanged):
        parse(feed(entry(), own=own))


TWO = (entry("2401.00001v1"), entry("2401.00002v1"))


@pytest.mark.parametrize(
    ("entries", "told", "verdict", "after"),
    [
        (TWO, {"total": 5}, PageVerdict.PROFILE, "2"),
        (TWO, {"total": 4, "first": 2}, PageVerdict.PROFILE, None),
        (TWO[:1], {"total": 5}, PageVerdict.TRUNCATED, "1"),
        (TWO[:1], {"total": 5, "first": 4}, PageVerdict.PROFILE, None),
        ((), {"total": 5}, PageVerdict.TRUNCATED, None),
        ((), {"total": 0}, PageVerdict.EMPTY, None),
    ],
)
def test_a_page_of_a_query_knows_how_much_of_it_came(entries, told, verdict, after):
    page = parse(query(*entries, **told))
    assert (page.verdict, page.next_cursor, page.total) == (verdict, after, told["total"])


def test_more_entries_than_there_are_is_refused():
    with pytest.raises(LayoutChanged, match="1 entries are left of 1, and 2 came"):
        parse(query(*TWO, total=1))


@pytest.mark.parametrize("status", [None, 200, 400])
def test_an_error_entry_is_no_paper(status):
    with pytest.raises(BadRequest, match="incorrect id format for x"):
        parse(body("error_bad_id"), status=status)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (403, Blocked), (429, Blocked), (500, Unavailable), (302, Unavailable)],
)
def test_a_status_of_failure_is_one_even_with_a_good_feed(status, error):
    with pytest.raises(error):
        parse(body("person"), status=status)


def test_a_long_wait_is_a_budget():
    with pytest.raises(BudgetSpent):
        parse(b"", status=429, headers={"retry-after": "121"})
