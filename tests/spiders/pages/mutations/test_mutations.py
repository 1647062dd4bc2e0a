"""A page that changed its form never becomes a wrong number: mutants of our own pages.

Each mutant is refused, detected by a check, or harmless; `oracle` says what that means. A new
provider is mutated as soon as its fixtures are there.
"""

from dataclasses import replace

import pytest

from spiders.registry import PROVIDERS

EACH_PROVIDER = pytest.mark.parametrize("provider", PROVIDERS)


@EACH_PROVIDER
def test_no_mutant_of_a_page_publishes_a_wrong_number(tallies, provider):
    assert tallies[provider].wrong == []


@EACH_PROVIDER
def test_no_mutant_of_a_page_raises_anything_but_a_refusal(tallies, provider):
    assert tallies[provider].crashed == []


def test_a_thousand_mutants_ran_and_came_to_each_of_the_three_good_ends(campaign, tallies, capsys):
    print(campaign.table(tallies.values()))
    with capsys.disabled():
        print(campaign.totals(tallies.values()))
    total = sum((tally.total for tally in tallies.values()), campaign.Counter())
    assert sum(total.values()) >= 1000
    assert min(total["detected"], total["harmless"], total["refused"]) > 0


@EACH_PROVIDER
def test_every_provider_has_pages_whose_mutants_could_be_believed(originals, tallies, provider):
    assert [page for page in originals[provider] if page.answers]
    assert tallies[provider].mutants >= 100
    assert tallies[provider].total["harmless"] > 0


@EACH_PROVIDER
def test_an_unmutated_page_is_harmless(campaign, originals, provider):
    for page in originals[provider]:
        if page.answers:
            assert campaign.judge(page, page.body) == ("harmless", ""), page.name


@EACH_PROVIDER
def test_the_same_seeds_give_the_same_mutants(campaign, originals, provider):
    pages = originals[provider][:1]
    one, two = (campaign.run(provider, pages, each=1) for _ in range(2))
    assert one.by_mutator == two.by_mutator


@EACH_PROVIDER
def test_a_number_that_was_read_wrongly_comes_out_as_wrong(campaign, originals, provider):
    """A number that a parser read wrongly must come out as wrong, or nothing here is a test."""
    for page in originals[provider]:
        for key, answer in page.answers.items():
            for work in answer.works:
                year = replace(work, year=1066)
                more = replace(work, cited_by_count=(work.cited_by_count or 0) + 1)
                for lie in (year, more):
                    lying = replace(answer, works=(lie,))
                    assert list(campaign.wrongs(page, key, lying, None)), work
