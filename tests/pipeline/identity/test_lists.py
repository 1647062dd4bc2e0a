"""Lists without counts beside those that count: what they leave out must join nothing wrong."""

import importlib.util
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.identity import explain, resolve
from pipeline.model import Observed
from spiders.pages import homepage, scholar_feed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CASES = Path(__file__).parents[3] / "benchmarks" / "identity_cases.py"
LONG = "Compact models of very wide and tall things"
OWN = ("Ada Moreno", "Lin Okafor")

# A homepage and a profile, made up, with all that such pages do: one star for two papers, a new
# title, a card in a comment with TeX, a tool and its sequel, a title over two lines.
STAR = "<img src='https://img.shields.io/github/stars/Ada/Pebbles.svg?style=social'>"
HIDDEN = r"Round Stones: Towards $\mathcal{O}(n)$ Sorting of Very Small Pebbles"
CARDS = [
    ("PEB-RM: Pebble Feature Maintenance for Rivers", "2401.00001", "XY 2024", STAR),
    ("Pebble Features Matter: A Framework for Rivers", "2402.00002", "Preprint", STAR),
    ("Stones: Harmony for Better Feature Caching of Rivers", "2403.00003", "AB 2025", ""),
    ("Sieve: A Comprehensive Stone Benchmark\n towards Rivers and Models", "2405.00005", "ACM", ""),
    ("TOOL: Benchmarking Pebbles with a Toolkit", "2406.00006", "XY 2024", ""),
]
FEED = """Ada Moreno

CV

h-index4
5papers
9citations
Novelty52%
AI Score61

5 Papers

CVNov 27, 2023Code
PEB-RM: Pebble Feature Maintenance for Rivers

Ada Moreno, Lin Okafor, Bo Chen et al.

Words.

CVJul 28, 2024
Pebble Features Matter: A Framework for Rivers

Ada Moreno, Lin Okafor, Bo Chen et al.

Words.

LGOct 9, 2025
Round Stones: Towards O(n) Sorting of Very Small Pebbles

Ada Moreno, Lin Okafor, Bo Chen et al.

Words.

LGMay 9, 2024
TOOL: Benchmarking Pebbles with a Toolkit

Lin Okafor, Bo Chen, Kim Park et al.

Words.

LGAug 13, 2025
TOOL+: Benchmarking Pebbles with a Toolkit

Lin Okafor, Bo Chen, Kim Park et al.

Words."""


def card(title, arxiv, venue, star=""):
    return (
        f"<div class='paper-box'><div class='badge'>{venue}</div>"
        f"<div class='paper-box-text' markdown='1'>\n\n[{title}](https://arxiv.org/pdf/{arxiv}) "
        f"{star}\n\n**Ada Moreno**, Lin Okafor, Bo Chen, Kim Park\n\n</div></div>\n"
    )


@pytest.fixture(scope="module")
def listed():
    """Records of both pages, as their page modules read them."""
    page = "# Publications\n" + "\n".join(card(*c) for c in CARDS)
    page += f"<!-- {card(HIDDEN, '2404.00004', 'Preprint')} -->\n"
    (own,) = homepage.parse(page.encode(), url="https://ada.example.org/")
    (profile,) = scholar_feed.parse(
        FEED.encode(), headers={"Date": "Sun, 31 May 2026 10:00:00 GMT"}
    )
    works = (*own.works, *profile.works)
    return [Observed(record=work, as_of=NOW, first_seen=NOW) for work in works]


@pytest.fixture
def known(listed, make):
    """The same papers where they are counted: by arXiv id, one under its first title."""
    titles = {arxiv: title.replace("\n", "") for title, arxiv, *_ in CARDS}
    titles["2403.00003"] = titles["2403.00003"].replace("Caching", "Cache")
    titles["2404.00004"] = "Round Stones: Towards O(n) Sorting of Very Small Pebbles"
    authors = ("Ada Moreno", "Lin Okafor", "Bo Chen", "Kim Park", "Jo Weber")
    counted = [
        make(f"openalex:W{n}", title, ids=(f"arxiv:{arxiv}",), year=2024, authors=authors)
        for n, (arxiv, title) in enumerate(titles.items())
    ]
    sequel = make("openalex:W9", "TOOL+: Benchmarking Pebbles with a Toolkit", year=2025)
    return [*listed, *counted, sequel]


def test_each_listed_paper_finds_the_one_that_is_counted(known):
    works = resolve(known)
    assert len(works) == len(CARDS) + 2  # the commented one and the sequel
    for work in works:
        assert sum(c.provider == "openalex" for c in work.counts) == 1


@pytest.mark.parametrize(
    ("arxiv", "providers"),
    [
        ("2403.00003", {"homepage", "openalex"}),  # retitled, and not in the profile
        ("2404.00004", {"homepage", "scholar_feed", "openalex"}),  # in a comment, in TeX
        ("2405.00005", {"homepage", "openalex"}),  # a title over two lines
        ("2406.00006", {"homepage", "scholar_feed", "openalex"}),  # the tool without its sequel
    ],
)
def test_a_paper_is_told_by_whoever_lists_it(known, arxiv, providers):
    (work,) = explain(resolve(known), f"arxiv:{arxiv}")
    assert {c.provider for c in work.counts} == providers


def test_the_owners_own_title_is_shown(known):
    (work,) = explain(resolve(known), "arxiv:2403.00003")
    assert work.title == CARDS[2][0]


def test_two_papers_with_one_repository_are_two_papers(known):
    found = explain(resolve(known), "github:ada/pebbles")
    assert sorted(i for w in found for i in w.ids if i.startswith("arxiv:")) == [
        "arxiv:2401.00001",
        "arxiv:2402.00002",
    ]


# records without authors


def two_people(make, **year):
    """One title, two papers: nobody is in both."""
    return [
        make("openalex:W1", LONG, authors=OWN, year=2020),
        make("openalex:W2", LONG, authors=("Kim Park", "Bo Chen"), **year),
    ]


def test_a_record_without_authors_never_makes_two_papers_one(make, groups, apart):
    records = [*two_people(make, year=2020), make("orcid:1", LONG, authors=(), year=2020)]
    assert groups(resolve(records)) == apart("openalex:W1", "openalex:W2", "orcid:1")


def test_a_record_without_authors_goes_to_the_paper_of_its_year(make, groups):
    records = [*two_people(make, year=2021), make("orcid:1", LONG, authors=(), year=2021)]
    assert groups(resolve(records)) == {
        frozenset({"openalex:W1"}),
        frozenset({"openalex:W2", "orcid:1"}),
    }


def test_what_an_identifier_says_of_the_authors_counts_for_the_title_too(make, groups):
    doi = "doi:10.5555/2"
    records = [
        make("openalex:W1", LONG, authors=OWN),
        make("openalex:W2", "Its first title was another one", authors=("Kim Park",), ids=(doi,)),
        make("orcid:1", LONG, authors=(), ids=(doi,)),
    ]
    assert groups(resolve(records)) == {
        frozenset({"openalex:W1"}),
        frozenset({"openalex:W2", "orcid:1"}),
    }


def test_two_records_without_authors_are_one_paper_where_nobody_else_has_it(make):
    records = [make(f"{p}:1", LONG, authors=()) for p in ("orcid", "crossref")]
    assert len(resolve(records)) == 1


# lists that show the first authors only


def test_three_of_twelve_authors_are_enough(make):
    twelve = (*OWN, "Bo Chen", *(f"Jo Weber{'abcdefghi'[n]}" for n in range(9)))
    short = make("scholar_feed:a", LONG, authors=twelve[:3], authors_count=None, year=None)
    assert len(resolve([make("openalex:W1", LONG, authors=twelve), short])) == 1


@pytest.mark.parametrize(("title", "papers"), [("Models of tall things", 2), (LONG, 1)])
def test_the_one_name_of_a_cut_list_needs_a_year_or_a_long_title(make, title, papers):
    short = make("homepage:a", title, authors=OWN[:1], authors_count=None, year=None)
    assert len(resolve([make("openalex:W1", title), short])) == papers


def test_a_feed_is_dated_as_the_preprint_is(make):
    """The journal's version of a preprint of 2020 may be of 2024."""
    feed = make("scholar_feed:a", LONG, year=2020, authors_count=None)
    journal = make("openalex:W1", LONG, year=2024, ids=("doi:10.5555/1",), venue="A Journal")
    assert len(resolve([feed, journal])) == 1


def test_dblps_preprint_and_meeting_are_one_paper(make):
    corr = make("dblp:journals/corr/1", LONG, venue="CoRR", year=2019, ids=("arxiv:1901.00001",))
    meeting = make("dblp:conf/x/1", LONG, venue="X", year=2021, work_type="inproceedings")
    assert len(resolve([corr, meeting])) == 1


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "mac_roman"])
def test_garbled_letters_are_read_as_they_were_meant(make, codec):
    title = "Étale models of Poincaré and Čech on très petits cafés"
    garbled = title.encode().replace("Č".encode(), b"C").decode(codec, "replace")
    plain = title.replace("Č", "C")
    records = [make("openalex:W1", plain, year=2020), make("dblp:conf/x/1", garbled, year=2020)]
    assert "\N{REPLACEMENT CHARACTER}" not in garbled or codec == "cp1252"
    assert len(resolve(records)) == (1 if "\N{REPLACEMENT CHARACTER}" not in garbled else 2)


# records by the thousand, with known truth


@pytest.fixture(scope="module")
def cases():
    """The benchmark's records, fewer of them."""
    spec = importlib.util.spec_from_file_location("identity_cases", CASES)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    made = module.made(3000)
    return made, lambda found: module.quality(found, made.truth)


def test_made_up_records_with_known_truth_give_no_false_pair_and_few_missed(cases):
    made, quality = cases
    works = resolve(made.records)
    precision, recall = quality({c.record_id: w.work_id for w in works for c in w.counts})
    assert precision == 1
    assert recall > 0.92


def test_thousands_of_records_give_one_answer_in_any_order(cases):
    records = list(cases[0].records)
    known = resolve(records)
    random.Random(3).shuffle(records)
    assert resolve(records) == known
