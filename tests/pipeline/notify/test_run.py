import logging

import pytest

from pipeline.errors import StorageError
from pipeline.notify import notify_after_run, run
from pipeline.notify.state import FILE


@pytest.fixture
def after(home, keeper):
    """What is told after a run on a day."""

    def call(day, code=0, *reasons, environ=None, config=None):
        return notify_after_run(
            config or home.config,
            exit_code=code,
            reasons=reasons,
            now=home.day(day),
            sender=keeper,
            environ=environ or {},
        )

    return call


def test_nothing_is_told_without_the_table(home, after, keeper):
    config = home.config.model_copy(update={"notify": None})
    assert after(0, 5, "disk full", config=config) == []
    assert not keeper.sent
    assert not (config.output / FILE).exists()


@pytest.mark.parametrize("code", [0, 1])
def test_a_run_that_went_well_or_partly_well_is_not_told(after, keeper, code):
    assert after(0, code, "one is stale") == []
    assert not keeper.sent


@pytest.mark.parametrize("code", [2, 3, 4, 5, 137, -9])
def test_a_failure_is_told(after, keeper, code):
    assert after(0, code, "a wall") == ["failure"]
    assert "a wall" in keeper.sent[0].text


def test_the_same_failure_is_told_once_a_day(after, keeper):
    told = [after(hour / 24, 3, f"wait {hour} s") for hour in (0, 1, 5, 19, 23.9, 25)]
    assert told == [["failure"], [], [], [], ["failure"], []]


def test_another_failure_is_told_at_once(after):
    assert after(0, 3, "a wall") == ["failure"]
    assert after(0.01, 5, "disk full") == ["failure"]


def test_staleness_is_told_once_and_again_weekly(home, after):
    home.answer(0, {1: 3})
    told = {day: after(day) for day in range(25)}
    assert [day for day, kinds in told.items() if kinds == ["staleness"]] == [15, 22]


def test_staleness_is_told_at_once_after_it_had_ended(home, after):
    home.answer(0, {1: 3})
    after(1)
    assert after(15) == ["staleness"]
    home.answer(16, {1: 3})
    assert after(16) == []
    assert after(31) == ["staleness"]


def test_only_the_shown_provider_can_be_stale(home, after):
    home.answer(0, {1: 3}, provider="semantic_scholar")
    home.answer(10, {1: 3})
    assert after(20) == []


def test_the_second_provider_is_shown_while_the_first_never_answered(home, after, keeper):
    home.answer(0, {1: 3}, provider="semantic_scholar")
    after(1)
    assert after(20) == ["staleness"]
    assert "ada, semantic_scholar: last confirmed 2027-03-01" in keeper.sent[0].text


def test_changes_are_told_weekly_with_old_and_new(home, after, keeper):
    home.answer(0, {1: 3, 2: 1}, h_index=1)
    assert after(0) == []
    home.answer(2, {1: 5, 2: 1}, h_index=1)
    assert after(2) == []
    home.answer(6.99, {1: 5, 2: 2, 3: 0}, h_index=2)
    assert after(6.99) == ["digest"]
    text = keeper.sent[0].text
    assert "From 2027-03-01 to 2027-03-08" in text
    assert "Ada Sample (OpenAlex): citations 4 → 7, h-index 1 → 2" in text
    assert "3 → 5 (+2): Paper 1" in text
    assert "newly listed: Paper 3 (0 citations)" in text


def test_a_week_without_changes_is_not_told_and_the_next_change_is(home, after, keeper):
    home.answer(0, {1: 3})
    assert [after(day) for day in (0, 7, 8)] == [[], [], []]
    home.answer(9, {1: 4})
    assert after(9) == ["digest"]
    home.answer(10, {1: 5})
    assert after(10) == []
    assert after(16) == ["digest"]
    assert "4 → 5" in keeper.sent[1].text
    assert "3 →" not in keeper.sent[1].text


def test_digest_days_are_as_configured(home, after):
    home.answer(0, {1: 3})
    notify = home.config.notify.model_copy(update={"digest_days": 1.0})
    config = home.config.model_copy(update={"notify": notify})
    after(0, config=config)
    home.answer(1, {1: 4})
    assert after(1, config=config) == ["digest"]


def test_the_first_list_of_a_person_is_no_news(home, after):
    after(0)
    home.answer(7, {1: 3})
    assert after(7.1) == []


def test_one_run_sends_one_message_whatever_it_has_to_say(home, after, keeper):
    home.answer(0, {1: 3})
    after(0)
    home.answer(1, {1: 4})
    assert after(20, 3, "a wall") == ["failure", "staleness", "digest"]
    assert len(keeper.sent) == 1
    assert keeper.sent[0].kind == "failure"


@pytest.mark.parametrize("loss", [None, b"", b"{broken", b'{"schema": 9}'])
def test_a_lost_state_sends_one_message_more_at_most(home, after, keeper, loss):
    home.answer(0, {1: 3})
    after(0)
    home.answer(1, {1: 4})
    after(20, 3, "a wall")
    state = home.config.output / FILE
    state.unlink() if loss is None else state.write_bytes(loss)
    for day in (20.1, 20.2, 20.3):
        after(day, 3, "a wall")
    assert len(keeper.sent) == 2


def nights(home, after, days, changed):
    """A runner's nights: the folder of outputs is new each time, the history is not."""
    told = {}
    for day in range(days):
        if day in changed:
            home.answer(day, {1: changed[day]})
        else:
            home.fail(day)
        (home.config.output / FILE).unlink(missing_ok=True)
        told[day] = after(day)
    return told


def test_a_runner_that_forgets_tells_changes_weekly_and_each_once(home, after, keeper):
    changed = {0: 1, 1: 2, 2: 3, 8: 4, 9: 5, 30: 6}
    told = nights(home, after, 32, changed)
    assert [day for day, kinds in told.items() if "digest" in kinds] == [8, 30]
    assert "1 → 4 (+3): Paper 1" in keeper.sent[0].text
    assert "4 → 6 (+2): Paper 1" in keeper.sent[-1].text


def test_a_runner_that_forgets_tells_staleness_weekly(home, after):
    told = nights(home, after, 40, {0: 3})
    assert [day for day, kinds in told.items() if kinds == ["staleness"]] == [15, 22, 29, 36]


def test_a_runner_that_forgets_tells_nothing_after_a_run_without_an_answer(home, after):
    told = nights(home, after, 12, {0: 1, 8: 2})
    assert [day for day, kinds in told.items() if kinds] == [8]


def test_a_history_older_than_the_first_notification_is_no_news(home, after):
    home.answer(0, {1: 1})
    assert after(0.1) == []


def test_what_is_lost_on_a_machine_that_remembers_goes_on_weekly(home, after):
    home.answer(0, {1: 3})
    told = {}
    for day in range(40):
        if day in (0, 18):
            (home.config.output / FILE).unlink(missing_ok=True)
        told[day] = after(day)
    assert [day for day, kinds in told.items() if kinds] == [15, 22, 29, 36]


def test_what_could_not_be_sent_is_sent_after_the_next_run(home, after, keeper, not_sent):
    home.answer(0, {1: 3})
    after(0)
    home.answer(7, {1: 4})
    keeper.error = not_sent
    assert after(7) == []
    keeper.error = None
    assert after(8) == ["digest"]


def test_a_digest_that_fell_due_without_a_memory_is_not_lost_either(home, after, keeper, not_sent):
    home.answer(0, {1: 3})
    home.answer(8, {1: 4})
    keeper.error = not_sent
    assert after(8) == []
    keeper.error = None
    home.fail(9)
    assert after(9) == ["digest"]
    assert "3 → 4" in keeper.sent[0].text


def test_a_failing_sender_is_one_warning_and_no_error(after, keeper, not_sent, caplog):
    keeper.error = not_sent
    assert after(0, 3, "a wall") == []
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "line 1 was not accepted" in caplog.text


def test_a_crashing_sender_shows_nothing_of_its_message(after, keeper, caplog):
    keeper.error = RuntimeError("POST https://hooks.example/canary-1 refused")
    assert after(0, 3, "a wall") == []
    assert "RuntimeError" in caplog.text
    assert "canary" not in caplog.text


def test_a_key_of_the_environment_is_not_sent(after, keeper):
    environ = {"OPENALEX_API_KEY": "canary-key-1", "SCHOLAR_METRICS_NOTIFY": "json://h/canary-2"}
    after(0, 3, "bad key canary-key-1 at json://h/canary-2", environ=environ)
    assert "bad key ***" in keeper.sent[0].text
    assert "canary" not in keeper.sent[0].text + keeper.sent[0].markdown


def test_a_history_that_cannot_be_read_keeps_no_failure_from_being_told(after, monkeypatch, caplog):
    def broken(_):
        raise StorageError("no history today; mend the disk")

    monkeypatch.setattr(run.History, "summary", broken)
    assert after(0, 5, "disk full") == ["failure"]
    assert "no history today" in caplog.text


def test_a_state_that_cannot_be_stored_is_one_warning(home, after, caplog):
    home.config.output.write_text("no folder")
    with caplog.at_level(logging.WARNING):
        assert after(0, 3, "a wall") == ["failure"]
    assert len(caplog.records) == 1


def test_a_clock_that_went_back_does_not_silence_for_long(home, after):
    home.answer(0, {1: 3})
    after(900)
    after(1)
    home.answer(2, {1: 4})
    assert after(9) == ["digest"]


def test_the_state_holds_no_reason_and_no_address(home, after):
    after(0, 3, "a wall named canary", environ={"SCHOLAR_METRICS_NOTIFY": "json://h/canary"})
    assert "canary" not in (home.config.output / FILE).read_text()
