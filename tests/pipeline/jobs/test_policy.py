"""When a job is green, and when it is red."""

import pytest

from pipeline.jobs.policy import age_of, verdict

AGES = ("current", "stale", "unknown")


@pytest.mark.parametrize("age", AGES)
def test_fresh_is_green_without_a_word_of_warning(age):
    found = verdict(0, age)
    assert (found.exit_code, found.level, found.is_publishable) == (0, "notice", True)


@pytest.mark.parametrize("age", AGES)
def test_partial_is_green_with_a_warning(age):
    found = verdict(1, age)
    assert (found.exit_code, found.level, found.is_publishable) == (0, "warning", True)


@pytest.mark.parametrize("code", [3, 4])
def test_nothing_new_is_a_warning_while_the_figures_are_young(code):
    found = verdict(code, "current")
    assert (found.exit_code, found.level, found.is_publishable) == (0, "warning", True)


@pytest.mark.parametrize("code", [3, 4])
@pytest.mark.parametrize("age", ["stale", "unknown"])
def test_nothing_new_is_red_when_the_figures_are_old_or_there_are_none(code, age):
    found = verdict(code, age)
    assert (found.exit_code, found.level) == (code, "error")


@pytest.mark.parametrize("code", [3, 4])
def test_a_red_night_is_published_all_the_same_so_that_the_page_shows_the_age(code):
    assert verdict(code, "stale").is_publishable


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("code", [2, 5])
def test_a_wrong_set_up_and_a_failed_storage_are_red_and_publish_nothing(code, age):
    found = verdict(code, age)
    assert (found.exit_code, found.level, found.is_publishable) == (code, "error", False)


@pytest.mark.parametrize(("code", "given"), [(-9, 137), (-15, 143), (130, 130), (70, 70)])
def test_a_refresh_that_was_killed_is_red_with_the_code_that_a_shell_gives(code, given):
    found = verdict(code, "current")
    assert (found.exit_code, found.level, found.is_publishable) == (given, "error", False)


def test_the_message_names_the_signal():
    assert "signal 9" in verdict(-9, "current").message
    assert "exit code 70" in verdict(70, "current").message


def row(*, is_shown, is_stale):
    return {"is_shown": is_shown, "is_stale": is_stale}


def test_the_age_is_that_of_what_badges_show():
    young = row(is_shown=True, is_stale=False)
    assert age_of([young, row(is_shown=False, is_stale=True)]) == "current"


def test_one_authors_old_figures_are_enough():
    rows = [row(is_shown=True, is_stale=False), row(is_shown=True, is_stale=True)]
    assert age_of(rows) == "stale"


def test_figures_that_nobody_shows_are_unknown():
    assert age_of([]) == "unknown"
    assert age_of([row(is_shown=False, is_stale=False)]) == "unknown"
