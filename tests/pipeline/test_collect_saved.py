"""A saved page is read by the same page module, with the same outcomes, and no network."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.collect import read_saved
from spiders.items import OutcomeKind, Target
from spiders.registry import PROVIDERS

SCHOLAR = PROVIDERS["google_scholar"]
ADA = Target(author_key="ada", id="google_scholar:AAAAAAAAAAAJ")


def test_a_saved_profile_is_fresh(answers):
    found = read_saved(SCHOLAR, answers.scholar(), target=ADA)
    assert found.outcomes[0].kind is OutcomeKind.FRESH
    assert found.outcomes[0].requests == 0
    assert found.collected[0].author_key == "ada"
    assert [w.cited_by_count for w in found.collected[0].works] == [7, 3]


def test_an_empty_profile_is_fresh_and_has_no_works(answers):
    found = read_saved(SCHOLAR, answers.scholar(counts=()), target=ADA)
    assert found.outcomes[0].kind is OutcomeKind.FRESH
    assert found.collected[0].works == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<html><form id="gs_captcha_f"></form></html>', OutcomeKind.BLOCKED),
        (b"<html><body>something else</body></html>", OutcomeKind.LAYOUT_CHANGED),
        (b"", OutcomeKind.LAYOUT_CHANGED),
    ],
)
def test_another_page_has_its_own_outcome(body, kind):
    found = read_saved(SCHOLAR, body, target=ADA)
    assert found.collected == ()
    assert found.outcomes[0].kind is kind
    assert "\n" not in found.outcomes[0].reason


def test_half_a_profile_is_refused(answers):
    body = answers.scholar()
    found = read_saved(SCHOLAR, body[: len(body) * 3 // 4], target=ADA)
    assert found.collected == ()


def test_a_page_of_works_without_an_author_says_what_is_wanted(answers):
    body = answers.openalex_works((1,), total=1).body
    found = read_saved(PROVIDERS["openalex"], body, target=ADA)
    assert found.outcomes[0].kind is OutcomeKind.LAYOUT_CHANGED
    assert "give the page of one author" in found.outcomes[0].reason


def test_a_fault_of_the_page_module_costs_no_traceback(monkeypatch):
    def parse(body, *, headers):
        raise KeyError("gsc")

    monkeypatch.setattr("spiders.pages.google_scholar.parse", parse)
    found = read_saved(SCHOLAR, b"x", target=ADA)
    assert found.outcomes[0].kind is OutcomeKind.LAYOUT_CHANGED
    assert "KeyError" in found.outcomes[0].reason


def test_neither_importing_nor_reading_a_saved_page_imports_scrapy():
    code = (
        "import sys; from pipeline.collect import read_saved;"
        "from spiders.registry import PROVIDERS; from spiders.items import Target;"
        "ada = Target(author_key='ada', id='openalex:A1');"
        "read_saved(PROVIDERS['openalex'], b'{}', target=ada);"
        "print('scrapy' in sys.modules, 'twisted' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split() == [b"False", b"False"]
