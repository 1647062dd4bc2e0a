"""Logs go to stderr and hold no secret."""

import logging

import pytest

from pipeline import log


@pytest.fixture
def root():
    logger = logging.getLogger()
    before = (logger.handlers[:], logger.level)
    yield logger
    logger.handlers[:], level = before
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("verbose", "level"), [(0, logging.WARNING), (1, logging.INFO), (2, logging.DEBUG)]
)
def test_more_is_told_the_more_it_is_asked_for(root, verbose, level):
    log.configure(verbose=verbose, environ={})
    assert root.level == level
    assert len(root.handlers) == 1


def test_a_secret_of_the_environment_appears_in_no_line_and_no_traceback(root, capsys):
    log.configure(environ={"MY_API_KEY": "canary-123456", "HOME": "visible-home"})
    try:
        raise ValueError("it was canary-123456")  # noqa: TRY301
    except ValueError:
        logging.getLogger("x").exception("failed with %s in visible-home", "canary-123456")
    told = capsys.readouterr()
    assert "canary-123456" not in told.err
    assert "visible-home" in told.err
    assert "Traceback" in told.err
    assert told.out == ""


def test_only_what_is_named_a_secret_is_one():
    environ = {
        "A_TOKEN": " abcdefgh ",
        "PATH": "/bin",
        "SHORT_KEY": "abc",
        "PASSWORD": "longenough",
    }
    assert log.secrets_of(environ) == {"abcdefgh", "longenough"}


def test_a_secret_of_several_lines_is_one_a_line():
    assert log.secrets_of({"X_NOTIFY": "json://aaa/\n\nmailto://bbb\n"}) == {
        "json://aaa/",
        "mailto://bbb",
    }
