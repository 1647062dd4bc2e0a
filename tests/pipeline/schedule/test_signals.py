"""Waiting for a signal: none is lost, none that is ignored is heard."""

import os
import signal

import pytest

from pipeline.schedule.signals import ending


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_heard(number):
    with ending() as wait:
        os.kill(os.getpid(), number)
        assert wait(10) == number


def test_without_a_signal_it_waits_no_longer_than_asked():
    with ending() as wait:
        assert wait(0.01) is None


def test_another_signal_ends_nothing():
    earlier = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with ending() as wait:
            os.kill(os.getpid(), signal.SIGUSR1)
            assert wait(10) is None
    finally:
        signal.signal(signal.SIGUSR1, earlier)


def test_what_is_ignored_stays_ignored():
    earlier = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending() as wait:
            os.kill(os.getpid(), signal.SIGHUP)
            assert wait(0.01) is None
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, earlier)


def test_handlers_are_put_back():
    before = [signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)]
    with ending():
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert [signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)] == before
    assert signal.set_wakeup_fd(-1) == -1
