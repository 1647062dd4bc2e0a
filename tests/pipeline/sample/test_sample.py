import json
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from protego import Protego

from pipeline import config
from pipeline.identity import resolve
from pipeline.metrics import measure_list
from pipeline.model import Observed
from pipeline.sample import AUTHOR_IDS, AUTHOR_NAME, PAGES, sample_config, serve_sample
from spiders import ids
from spiders.pages import google_scholar, openalex, semantic_scholar
from spiders.registry import PROVIDERS

FILES = sorted(path for path in PAGES.rglob("*") if path.is_file())
MADE_UP_PEOPLE = {
    *("Ada Sample", "Ben Placeholder", "Cleo Fixture", "Dov Mock", "Eve Stub", "Fay Dummy"),
    *("A. Sample", "C. Fixture", "F. Dummy"),
    *("A Sample", "B Placeholder", "C Fixture", "D Mock", "E Stub", "F Dummy"),
}
PUBLIC_HOSTS = {
    *("scholar.google.com", "openalex.org", "api.openalex.org", "www.semanticscholar.org"),
    *("doi.org", "arxiv.org", "orcid.org"),
}


@pytest.fixture(scope="module")
def addresses():
    with serve_sample() as base_urls:
        yield base_urls


@pytest.fixture
def scholar(addresses, get):
    url = f"{addresses['google_scholar']}/citations?user=SAMPLEadaAAJ&hl=en&pagesize=100"
    reply = get(url)
    (page,) = google_scholar.parse(reply.body, url=url, status=reply.status, headers=reply.headers)
    return page


@pytest.fixture
def open_alex(addresses, get):
    """The author and all works, seven a page, with the fields that the spider asks for."""
    base = addresses["openalex"]
    select = ",".join(openalex.WORKS_SELECT)
    (page,) = openalex.parse(get(f"{base}/authors/A9000000001").body)
    works, cursor = [], "*"
    while cursor:
        query = f"filter=author.id:A9000000001&select={select}&per_page=7&cursor={cursor}"
        (part,) = openalex.parse(get(f"{base}/works?{query}").body)
        works += part.works
        cursor = part.next_cursor
    return page.author, works


@pytest.fixture
def semantic(addresses, get):
    """The author and all papers, five a page, with the fields that the spider asks for."""
    base = f"{addresses['semantic_scholar']}/author/900000001"
    asked = ",".join(semantic_scholar.AUTHOR_FIELDS)
    (page,) = semantic_scholar.parse(get(f"{base}?fields={asked}").body)
    fields = ",".join(semantic_scholar.PAPER_FIELDS)
    works, offset = [], "0"
    while offset:
        body = get(f"{base}/papers?fields={fields}&limit=5&offset={offset}").body
        (part,) = semantic_scholar.parse(body)
        works += part.works
        offset = part.next_cursor
    return page.author, works


def figures(works):
    """Papers, citations, h and i10 by their definitions."""
    counts = sorted((w.cited_by_count for w in works if not w.is_excluded), reverse=True)
    h = sum(count >= place for place, count in enumerate(counts, start=1))
    return len(counts), sum(counts), h, sum(count >= 10 for count in counts)


def measured(works):
    """The same four figures by the kernel."""
    found = measure_list([w.cited_by_count for w in works if not w.is_excluded], now_year=2026)
    return tuple(found[name] for name in ("papers", "citations", "h_index", "i10_index"))


def stated(author):
    return author.cited_by_count, author.h_index, author.i10_index


def test_the_readme_says_at_the_top_that_everything_is_made_up():
    title, _, text = (PAGES / "README.md").read_text().partition("\n")
    assert title == "# Nobody is called so, and none of these papers exists"
    assert "is made up" in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_holds_an_e_mail_address(path):
    assert not re.search(r"[\w.+-]+@[\w-]+\.\w", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_addresses_lead_to_providers_or_to_reserved_names_only(path):
    text = path.read_text(encoding="utf-8")
    hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[^\s\"'<>)]+", text)}
    assert {h for h in hosts if not h.endswith("example.org")} <= PUBLIC_HOSTS


def test_everybody_in_it_is_made_up(scholar, open_alex, semantic):
    named = [
        n for works in (scholar.works, open_alex[1], semantic[1]) for w in works for n in w.authors
    ]
    assert set(named) <= MADE_UP_PEOPLE
    assert {scholar.author.name, open_alex[0].name, semantic[0].name} <= MADE_UP_PEOPLE


def test_dois_have_the_test_prefix_and_arxiv_ids_a_month_that_cannot_be(open_alex, semantic):
    found = [i for works in (open_alex[1], semantic[1]) for work in works for i in work.ids]
    dois = [i for i in found if i.startswith("doi:")]
    preprints = [i for i in found if i.startswith("arxiv:")]
    assert len(dois) > 15
    assert len(preprints) > 5
    assert all(re.match(r"doi:10\.(5555/sample\.|48550/arxiv\.\d\d99\.)", i) for i in dois)
    assert all(re.match(r"arxiv:\d\d99\.", i) for i in preprints)


def test_the_identifiers_of_the_author_are_well_formed():
    assert [ids.normalise(one) for one in AUTHOR_IDS] == list(AUTHOR_IDS)


def test_every_provider_of_the_sample_has_a_server_of_its_own(addresses):
    assert list(addresses) == [name for name in PROVIDERS if name in addresses]
    assert set(addresses) == {"google_scholar", "openalex", "semantic_scholar"}
    assert len({urlsplit(url).port for url in addresses.values()}) == 3
    assert urlsplit(addresses["semantic_scholar"]).path == "/graph/v1"


def test_robots_allow_the_profile_and_nothing_else(addresses, get):
    base = addresses["google_scholar"]
    rules = Protego.parse(get(f"{base}/robots.txt").body.decode())
    agent = "scholar-metrics"
    assert rules.can_fetch(f"{base}/citations?user=SAMPLEadaAAJ&hl=en&pagesize=100", agent)
    assert not rules.can_fetch(f"{base}/citations?hl=en&user=SAMPLEadaAAJ", agent)
    assert not rules.can_fetch(f"{base}/citations?user=SAMPLEadaAAJ&cstart=100", agent)
    assert not rules.can_fetch(f"{base}/scholar?cites=1", agent)


@pytest.mark.parametrize(
    ("name", "path", "content_type"),
    [
        ("google_scholar", "/citations?user=NOBODYnobody", "text/html"),
        ("openalex", "/authors/A1", "text/html"),  # its 404 is no JSON
        ("semantic_scholar", "/author/1", "application/json"),
    ],
)
def test_strangers_are_not_found_in_the_providers_own_way(addresses, get, name, path, content_type):
    reply = get(addresses[name] + path)
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith(content_type)


def test_openalex_knows_her_by_orcid_too(addresses, get):
    by_orcid = get(f"{addresses['openalex']}/authors/orcid:0000-0002-1825-0097")
    assert by_orcid.body == get(f"{addresses['openalex']}/authors/A9000000001").body


def test_google_scholar_agrees_with_its_rows_when_the_struck_one_is_left_out(scholar):
    assert figures(scholar.works) == (14, 410, 9, 8)
    assert stated(scholar.author) == (410, 9, 8)
    counted_all = [w.cited_by_count for w in scholar.works]
    assert (len(counted_all), sum(counted_all), sum(c >= 10 for c in counted_all)) == (15, 438, 9)


def test_google_scholar_has_the_odd_rows_that_the_readme_names(scholar):
    works = scholar.works
    assert [w.cited_by_count_raw for w in works if w.is_merged] == ["35*"]
    assert [w.title for w in works if w.is_excluded] == ["Toward honest badges on homepages"]
    assert [w.title for w in works if w.year is None] == ["An Example of a Paper without a Year"]
    assert [w.title for w in works if w.venue is None] == [
        "Notes on Empty Venues in Made-Up Profiles"
    ]
    assert not scholar.author.is_truncated
    assert scholar.author.is_sorted


def test_google_scholar_has_a_gap_year_and_dates_almost_all_citations(scholar):
    by_year = {one.year: one.cited_by_count for one in scholar.author.counts_by_year}
    assert by_year[2011] == 0
    assert 0.96 * 410 <= sum(by_year.values()) == 402
    recent = sum(n for year, n in by_year.items() if year >= scholar.author.recent_since_year)
    assert recent == scholar.author.cited_by_count_recent


def test_openalex_agrees_with_its_works(open_alex):
    author, works = open_alex
    assert figures(works) == (15, 291, 8, 8)
    assert (author.works_count, *stated(author)) == (15, 291, 8, 8)


def test_openalex_has_one_paper_twice_and_joining_it_lowers_h_and_i10(open_alex):
    _, works = open_alex
    twice = [w for w in works if w.title.casefold() == "robust fixtures for fragile parsers"]
    assert sorted((w.cited_by_count, w.work_type) for w in twice) == [
        (17, "preprint"),
        (31, "article"),
    ]
    preprint = min(twice, key=lambda w: w.cited_by_count)
    joined = [w for w in works if w.record_id != preprint.record_id]
    assert figures(joined) == (14, 274, 7, 7)


def test_openalex_works_never_date_more_citations_than_they_have(open_alex):
    undated = Counter()
    for work in open_alex[1]:
        assert all(one.year >= 2012 and one.cited_by_count > 0 for one in work.counts_by_year)
        rest = work.cited_by_count - sum(one.cited_by_count for one in work.counts_by_year)
        assert rest >= 0
        if rest:
            undated[work.title] = rest
    assert undated == {"A Survey of Example Surveys": 6}


def test_openalex_counts_the_authors_years_by_publication(open_alex):
    author, works = open_alex
    expected = Counter()
    for work in works:
        expected[work.year] += work.cited_by_count
    assert {one.year: one.cited_by_count for one in author.counts_by_year} == expected


def test_openalex_preprints_have_an_arxiv_landing_page():
    works = json.loads((PAGES / "openalex" / "works.json").read_text())
    preprints = [w for w in works if w["type"] == "preprint"]
    assert len(preprints) == 3
    for work in preprints:
        assert any("//arxiv.org/abs/" in one["landing_page_url"] for one in work["locations"])


def test_semantic_scholar_agrees_with_its_papers(semantic):
    author, works = semantic
    assert figures(works) == (12, 327, 7, 7)
    assert (author.works_count, author.cited_by_count, author.h_index) == (12, 327, 7)


def test_semantic_scholar_sends_the_same_papers_with_the_author(addresses, get, semantic):
    base = f"{addresses['semantic_scholar']}/author/900000001"
    fields = [
        *semantic_scholar.AUTHOR_FIELDS,
        *(f"papers.{name}" for name in semantic_scholar.PAPER_FIELDS),
    ]
    (page,) = semantic_scholar.parse(get(f"{base}?fields={','.join(fields)}").body)
    assert list(page.works) == semantic[1]


def test_google_scholar_counts_most_and_semantic_scholar_lacks_two_papers(
    scholar, open_alex, semantic
):
    def by_title(works):
        return {re.sub(r"[\W_]+", " ", w.title.casefold()).strip(): w.cited_by_count for w in works}

    most, middle, least = (by_title(w) for w in (scholar.works, open_alex[1], semantic[1]))
    assert set(middle) - set(least) == {
        "lorem ipsum considered helpful a case study",
        "a dataset of nothing in particular",
    }
    assert set(middle) <= set(most)
    assert all(most[title] >= count for part in (middle, least) for title, count in part.items())


def test_the_kernel_measures_the_figures_that_the_providers_state(scholar, open_alex, semantic):
    lists = {"scholar": scholar.works, "open_alex": open_alex[1], "semantic": semantic[1]}
    assert {name: measured(works) for name, works in lists.items()} == {
        "scholar": (14, 410, 9, 8),
        "open_alex": (15, 291, 8, 8),
        "semantic": (12, 327, 7, 7),
    }


def test_the_three_lists_are_fourteen_papers(scholar, open_alex, semantic):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    records = [
        Observed(record=work, as_of=now, first_seen=now)
        for works in (scholar.works, open_alex[1], semantic[1])
        for work in works
    ]
    papers = resolve(records)
    assert sorted(len(paper.counts) for paper in papers) == [2, 2, *[3] * 10, 4, 4]
    openalex_counts = [paper.cited_by_count("openalex") for paper in papers]
    assert measure_list(openalex_counts, now_year=2026)["h_index"] == 7


def test_the_configuration_of_the_sample_is_accepted(tmp_path, addresses):
    text = sample_config(addresses, tmp_path / "out", tmp_path / "past")
    made = config.parse(text, name="sample", base=Path("/"))
    assert made.providers.order == list(addresses)
    assert {name: made.base_url(name) for name in addresses} == dict(addresses)
    assert {made.delay(name) for name in addresses} == {0.0}
    assert (made.output, made.history_path) == (tmp_path / "out", tmp_path / "past")
    assert made.allow_private_hosts
    (author,) = made.authors
    assert (author.key, author.name, tuple(author.ids)) == ("ada", AUTHOR_NAME, AUTHOR_IDS)


@pytest.mark.parametrize("path", ['C:\\new "x"', "tab\there", "é\x7f", "line\nbreak"])
def test_any_path_survives_in_the_configuration(path):
    read = tomllib.loads(sample_config({"openalex": "http://127.0.0.1:1"}, path, path))
    assert (read["output"], read["history"]) == (path, path)
