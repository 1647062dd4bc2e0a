"""All providers as one, whole runs: the rule is named, and what is shown says that it is all."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from pipeline.config import load
from pipeline.history import History
from pipeline.refresh.showing import resolve_all, take_snapshot
from pipeline.writers import badges
from pipeline.writers.shown import shown

TITLE = "On the small bones of ants and of bees"
OTHER = "A second and very different piece of work"
ME, OWN = "Ada Sample", "https://openalex.org/A9000000001"
# Two papers: of the first one OpenAlex has a preprint and a published version.
OPENALEX = [(1, "10.5555/1", 2021, 30), (2, "10.48550/arxiv.2001.00001", 2020, 25)]
OPENALEX += [(3, "10.5555/3", 2022, 8)]
SEMANTIC_SCHOLAR = [("10.5555/1", 40), ("10.5555/3", 5)]
EXPECTED = {"max": 40 + 8, "sum_versions": 55 + 8, "prefer": 30 + 8}
RUNS = [*EXPECTED, "max"]


def serve(home):
    works = [
        {
            "id": f"https://openalex.org/W910000000{n}",
            "title": TITLE if n < 3 else OTHER,
            "publication_year": year,
            "doi": f"https://doi.org/{doi}",
            "cited_by_count": count,
            "counts_by_year": [{"year": 2024, "cited_by_count": count - 1}],
            "authorships": [{"author": {"id": OWN, "display_name": ME}}],
        }
        for n, doi, year, count in OPENALEX
    ]
    person = {
        "id": OWN,
        "display_name": ME,
        "works_count": len(works),
        "cited_by_count": sum(w["cited_by_count"] for w in works),
        "summary_stats": {"h_index": 3, "i10_index": 2},
    }
    papers = [
        {
            "paperId": f"{n:040x}",
            "externalIds": {"DOI": doi},
            "title": (TITLE, OTHER)[n],
            "citationCount": count,
            "authors": [{"name": ME}],
        }
        for n, (doi, count) in enumerate(SEMANTIC_SCHOLAR)
    ]
    total = sum(count for _, count in SEMANTIC_SCHOLAR)
    author = {"authorId": "900000001", "name": ME, "paperCount": 2, "hIndex": 2}
    told = {
        "openalex": {
            "author.json": person,
            "works.json": works,
        },
        "semantic_scholar": {"author.json": author | {"citationCount": total, "papers": papers}},
    }
    for provider, bodies in told.items():
        for name, body in bodies.items():
            (home.pages(provider) / name).write_text(json.dumps(body))


@pytest.fixture(scope="module")
def seen(homes):
    """What each rule came to, and the folder that the last one left."""
    home = homes()
    serve(home)
    found = {}
    for rule in RUNS:
        extra = f'figures = "combined"\ncombine = "{rule}"'
        home.configure("openalex", "semantic_scholar", extra=extra)
        done = home.run("refresh")
        assert (done.returncode, done.stderr) == (0, "")
        found[rule] = SimpleNamespace(
            table=done.stdout,
            gs_data=home.read("gs_data.json"),
            badge=home.read("badges/ada/citations.json"),
            metrics=home.read("metrics.json")["authors"][0],
        )
    return SimpleNamespace(home=home, by_rule=found)


@pytest.mark.parametrize("rule", EXPECTED)
def test_every_file_shows_the_figure_of_the_rule_and_says_whose_it_is(seen, rule):
    found = seen.by_rule[rule]
    assert found.gs_data["citedby"] == EXPECTED[rule]
    assert (found.gs_data["provider"], found.gs_data["figures"]) == ("combined", "combined")
    assert found.badge["message"] == str(EXPECTED[rule])
    assert "namedLogo" not in found.badge
    assert found.metrics["combined"]["rule"] == rule
    assert found.metrics["combined"]["values"]["citations"] == EXPECTED[rule]
    assert found.metrics["shown"] == {"provider": "combined", "figures": "combined"}


@pytest.mark.parametrize("rule", EXPECTED)
def test_the_table_marks_what_is_on_badges_and_nothing_else(seen, rule):
    starred = [line.split() for line in seen.by_rule[rule].table.splitlines() if " * " in line]
    assert [line[:4] for line in starred] == [["ada", "combined", "*", str(EXPECTED[rule])]]
    assert starred[0][-2:] == ["by", rule]


def test_status_marks_it_too(seen):
    lines = [line.split() for line in seen.home.run("status").stdout.splitlines() if " * " in line]
    assert [line[:4] for line in lines] == [["ada", "combined", "*", str(EXPECTED["max"])]]
    told = seen.home.json("status")
    assert [one["is_shown"] for one in told["sources"]] == [False, False]
    assert told["combined"][0]["figures"]["citations"] == EXPECTED["max"]


def test_the_json_of_a_refresh_has_a_row_of_its_own(seen):
    rows = seen.home.json("refresh")["figures"]
    (row,) = (r for r in rows if r["is_shown"])
    assert (row["provider"], row["rule"]) == ("combined", "max")
    assert row["combined"]["citations"] == EXPECTED["max"]
    assert set(row["stated"].values()) == {None}


def test_explain_says_how_several_counts_became_one(seen):
    said = seen.home.run("explain", "doi:10.5555/1").stdout
    assert "openalex counts 30 in resolved figures: max of 2 records" in said
    assert "combined: 40, of semantic_scholar, by max" in said
    (work,) = seen.home.json("explain", "doi:10.5555/1")["works"]
    assert work["counted"] == {
        "resolved": [
            {"provider": "openalex", "cited_by_count": 30},
            {"provider": "semantic_scholar", "cited_by_count": 40},
        ],
        "combined": {"cited_by_count": 40, "provider": "semantic_scholar", "rule": "max"},
    }


def test_years_come_from_whoever_knows_them_and_the_rest_is_said_to_be_unknown(seen):
    """Semantic Scholar, whose count is the larger, gives no years."""
    combined = seen.by_rule["max"].metrics["combined"]
    assert combined["counts_by_year"] == {"2024": 29 + 7}
    assert combined["counts_by_year_unknown"] == EXPECTED["max"] - 29 - 7


def later(home, days, *, but=(), also=()):
    """The snapshot that a run some days later would show if only `but` had answered again."""
    config = load(home.root / "scholar-metrics.toml")
    states = History(config.history_path).states()
    now = states[0].checked_at + timedelta(days=days)
    silent = [replace(states[0], provider=name, works=()) for name in also]
    answered = [replace(s, checked_at=now) if s.provider in but else s for s in states]
    states = [*answered, *silent]
    return take_snapshot(config, states, resolve_all(config, states), now=now)


@pytest.mark.parametrize(
    ("answered", "is_stale"), [((), True), (("openalex",), True), (None, False)]
)
def test_it_is_stale_as_soon_as_a_provider_that_counts_is(seen, answered, is_stale):
    everybody = ("openalex", "semantic_scholar")
    shot = later(seen.home, 40, but=everybody if answered is None else answered, also=["orcid"])
    by = shown(shot.authors[0])
    assert (by.provider, by.is_stale) == ("combined", is_stale)
    (badge,) = (
        a for a in badges.artifacts(shot, lambda _: None) if a.path.endswith("/citations.json")
    )
    assert ("(" in json.loads(badge.data)["message"]) is is_stale
