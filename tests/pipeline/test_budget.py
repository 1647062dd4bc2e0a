"""The plan of a run: what each provider will be asked, by the sizes that spiders themselves use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.collect import ProviderPlan
from pipeline.collect.budget import RULES, SPARE, budget, seconds, shortage
from spiders.items import Target
from spiders.registry import PROVIDERS


def plan(name, authors, *, key=None, delay=None, follow=()):
    row = PROVIDERS[name]
    scheme = (row.id_schemes or ("openalex",))[0]
    targets = tuple(Target(author_key=a, id=f"{scheme}:A{a}", follow=follow) for a in authors)
    pace = row.delay if delay is None else delay
    return ProviderPlan(
        provider=row, targets=targets, base_url=row.base_url, api_key=key, delay=pace
    )


def cost(name, works, *, left=None, kept=None, **how):
    """Of authors with so many works each, `None` for unknown."""
    keys = [str(n) for n in range(len(works))]
    known = {(k, name): n for k, n in zip(keys, works, strict=True) if n is not None}
    (found,) = budget([plan(name, keys, **how)], works=known, left=left or {}, kept=kept or {})
    return found


@pytest.mark.parametrize(
    ("name", "works", "calls"),
    [
        ("openalex", 300, 4),
        ("openalex", 301, 5),
        ("openalex", 0, 2),
        ("google_scholar", 300, 2),
        ("semantic_scholar", 300, 1),
        ("scholar_feed", 120, 4),
        ("homepage", 300, 2),
        ("dblp", 300, 1),
        ("orcid", 300, 2),
        ("arxiv", 300, 1),
        ("inspire", 600, 3),
        ("ads", 300, 2),
        ("serpapi", 300, 3),
    ],
)
def test_calls_are_those_that_the_spider_makes(name, works, calls):
    assert cost(name, [works]).expected == calls


@pytest.mark.parametrize(
    ("name", "key", "ids", "calls"),
    [
        ("crossref", None, 300, 8),
        ("opencitations", None, 300, 400),
        ("opencitations", None, 10, 20),
        ("github", None, 7, 7),
        ("github", "key", 107, 2),
    ],
)
def test_a_follower_is_planned_by_the_ids_that_are_known(name, key, ids, calls):
    found = cost(name, [None], key=key, follow=tuple(f"doi:10.1/{n}" for n in range(ids)))
    assert (found.expected, found.unknown, found.is_follower) == (calls, 0, True)


def test_every_provider_has_a_rule_and_pages_are_as_long_as_its_spider_says():
    from spiders import ads, crossref, inspire, openalex, tally
    from spiders.pages.openalex import PER_PAGE
    from spiders.pages.scholar_feed import PER_PAGE as FEED
    from spiders.pages.serpapi import NUM

    assert RULES.keys() == PROVIDERS.keys()
    said = {name: RULES[name].page for name in RULES}
    assert said["openalex"] == PER_PAGE
    assert (said["inspire"], said["ads"]) == (inspire.SIZE, ads.ROWS)
    assert (said["crossref"], said["scholar_feed"], said["serpapi"]) == (crossref.BATCH, FEED, NUM)
    assert RULES["openalex"].keyed_delay == openalex.OpenAlexSpider.keyed_delay
    assert tally.SPARE == SPARE


def test_only_pages_of_works_cost_money_at_openalex():
    found = cost("openalex", [300, 100])
    assert (found.expected, found.counted, found.dollars) == (6, 4, 0.0004)


def test_many_authors_share_pages_at_openalex():
    found = cost("openalex", [30] * 200)
    assert (found.at_least, found.expected) == (4, 62)
    assert found.dollars == round(found.expected * 0.0001, 6)


def test_a_key_shortens_the_waits_and_a_configured_delay_does_not_change():
    assert cost("openalex", [800]).seconds == 1.5
    assert cost("openalex", [800], key="key").seconds == 0.5
    assert cost("openalex", [800], key="key", delay=2.0).seconds == 20.0


def test_who_is_unknown_counts_as_one_page_and_is_told():
    found = cost("openalex", [None, 300])
    assert (found.unknown, found.expected) == (1, 2 + 4)


def test_who_is_known_elsewhere_counts_as_there():
    (found,) = budget([plan("openalex", ["a"])], works={("a", "dblp"): 250}, left={}, kept={})
    assert (found.unknown, found.expected) == (0, 4)


def test_bounds_hold_what_is_expected_between_them():
    found = cost("openalex", [300, 300])
    assert (found.at_least, found.expected, found.at_most) == (4, 8, 2 * (200 + SPARE))


def test_pages_that_are_there_are_not_planned_again():
    found = cost("openalex", [300, 300], kept={("0", "openalex"): 4, ("1", "openalex"): 1})
    assert (found.expected, found.kept, found.at_least) == (3, 5, 0)


@pytest.mark.parametrize(
    ("left", "key", "short"),
    [(None, None, True), (None, "key", False), (1_999, "key", True), (2_000, None, False)],
)
def test_an_allowance_is_what_was_said_last_or_what_is_documented(left, key, short):
    told = {} if left is None else {"openalex": float(left)}
    found = cost("openalex", [100_000, 100_000], key=key, left=told)
    assert found.counted == 2_000
    assert found.falls_short is short
    assert (shortage(found).startswith("openalex: 2,000 requests are planned")) is True


def test_nobody_says_what_is_left_at_most_providers():
    assert not cost("dblp", [100] * 10_000).falls_short


def test_providers_are_asked_at_once_and_followers_after_them():
    one, two, three = (
        replace(cost("dblp", [1]), seconds=s, is_follower=f)
        for s, f in ((5.0, False), (9.0, False), (2.0, True))
    )
    assert seconds([one, two, three]) == 11.0


def test_a_plan_for_nobody_is_empty():
    assert budget([plan("openalex", [])], works={}, left={}, kept={}) == ()
