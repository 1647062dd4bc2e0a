"""What a publication says in words."""

import json

import pytest

from pipeline.publish.figures import changed, is_badge, message

DATA = "gs_data.json"


def page(**more):
    return {DATA: json.dumps(more).encode()}


def test_a_figure_that_moved_is_told_with_both_values():
    new, old = page(citedby=410, hindex=9), page(citedby=405, hindex=9)
    assert message(new, old) == "citations 405 -> 410, h-index 9"


def test_the_first_time_there_is_nothing_before():
    assert message(page(citedby=410, hindex=9, i10index=8), {}) == (
        "citations 410, h-index 9, i10-index 8"
    )


@pytest.mark.parametrize("old", [b"<html>", b"[]", b'{"citedby": "1,023"}', b"[" * 9999])
def test_what_cannot_be_read_there_is_nothing_before(old):
    assert message(page(citedby=410), {DATA: old}) == "citations 410"


@pytest.mark.parametrize("value", [None, "many\nlines", True, 4.5])
def test_what_is_no_whole_number_is_not_said(value):
    assert message(page(citedby=value), {}) == "Results of a run"


def badge(text):
    return json.dumps({"schemaVersion": 1, "label": "citations", "message": text}).encode()


def test_badges_that_say_something_else_are_listed_with_both_messages():
    ours = {"badges/a/citations.json": badge("410"), "badges/a/h_index.json": badge("9")}
    theirs = {"badges/a/citations.json": badge("405"), "badges/a/h_index.json": badge("9")}
    (one,) = changed(ours, theirs)
    assert (one.path, one.label, one.old, one.new) == (
        "badges/a/citations.json",
        "citations",
        "405",
        "410",
    )


def test_a_new_badge_has_no_message_before():
    (one,) = changed({"gs_data_shieldsio.json": badge("1")}, {})
    assert one.old is None


def test_the_index_of_papers_is_no_badge():
    assert not is_badge("badges/a/papers/index.json")
    assert changed({"badges/a/papers/index.json": b"{}", "badges/a/x.json": b"{}"}, {}) == ()
