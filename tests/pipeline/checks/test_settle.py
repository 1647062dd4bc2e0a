"""Several providers and people in one run: who is held against whom."""

from dataclasses import replace

import pytest

from pipeline.collect import Collection
from pipeline.model import Outcome
from pipeline.refresh import settle
from spiders.items import OutcomeKind, Target


@pytest.fixture
def refused():
    """The (author, provider) pairs that a run over these answers refuses."""

    def run(*answers, before=()):
        pairs = [(a.author_key, a.provider) for a in answers]
        outcomes = tuple(
            Outcome(author_key=k, provider=p, kind=OutcomeKind.FRESH) for k, p in pairs
        )
        targets = {}
        for key, provider in pairs:
            target = Target(author_key=key, id=f"{provider}:A1")
            targets[provider] = (*targets.get(provider, ()), target)
        settled = settle(
            Collection(collected=answers, outcomes=outcomes),
            targets=targets,
            names={},
            before={(s.author_key, s.provider): s for s in before},
            held={},
        )
        return [
            (o.author_key, o.provider) for o in settled.outcomes if o.kind is OutcomeKind.REFUSED
        ]

    return run


def test_in_a_first_run_the_second_provider_is_held_against_the_first(made, refused):
    first = made.answer("Wei Li", range(5), provider="google_scholar")
    stranger = made.answer("Wei Li", range(20, 25))
    assert refused(first, stranger) == [("ada", "openalex")]
    assert refused(first, made.answer("Wei Li", range(5))) == []


def test_an_answer_that_was_refused_is_no_witness(made, refused):
    first = made.answer("Wei Li", range(5), provider="google_scholar", h_index=9, cited_by_count=5)
    assert refused(first, made.answer("Wei Li", range(20, 25))) == [("ada", "google_scholar")]


def test_what_another_provider_is_known_to_say_is_a_witness(made, refused):
    known = made.state(made.answer("Wei Li", range(5), provider="google_scholar"))
    assert refused(made.answer("Wei Li", range(20, 25)), before=[known]) == [("ada", "openalex")]


def test_two_people_of_one_configuration_are_not_held_against_each_other(made, refused):
    ada = made.answer("Ada Lovelace", range(5), provider="google_scholar")
    wei = replace(made.answer("Wei Li", range(20, 25)), author_key="wei")
    assert refused(ada, wei) == []
