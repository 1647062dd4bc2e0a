"""Two runs on one home, and people who look at it meanwhile."""


def test_wherever_a_run_is_a_second_one_gives_way_and_readers_see_old_or_new(tried):
    count = tried("meetings", scene="month_closes")
    assert count["second runs"] >= 100
    assert count["readings"] >= 50


def test_of_two_runs_at_once_one_or_both_succeed_and_no_row_is_lost(tried):
    rounds = 20
    count = tried("races", rounds=rounds)
    both, one = count.get("exits [0, 0]", 0), count.get("exits [0, 5]", 0)
    assert both + one == rounds
    assert count["runs kept"] == 1 + 2 * both + one
