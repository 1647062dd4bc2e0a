"""Keys leave no trace in text and logs."""

from __future__ import annotations

import io
import logging

import pytest

from spiders.redact import RedactingFilter, redact


@pytest.mark.parametrize(
    "text",
    [
        "GET https://x.org/a?api_key=CANARY&b=1",
        "GET https://x.org/a?api-key=CANARY",
        "x-api-key: CANARY",
        "{'Authorization': [b'Bearer CANARY']}",
        "Authorization: Bearer CANARY",
        '{"api_key": "CANARY"}',
        "token=CANARY",
        "api_key%3DCANARY",
    ],
)
def test_what_follows_a_keys_name_is_masked_unknown_as_it_may_be(text):
    assert "CANARY" not in redact(text)
    assert "***" in redact(text)


def test_a_known_key_is_masked_wherever_it_stands():
    assert redact("no such key: CANARY!", ["CANARY", None, ""]) == "no such key: ***!"


def test_a_longer_key_is_masked_before_a_shorter_one_within_it():
    assert redact("KEYKEY-long", ["KEYKEY", "KEYKEY-long"]) == "***"


@pytest.mark.parametrize("text", ["12 works by the author", "a token of thanks", "keys: none"])
def test_other_text_stays_as_it_is(text):
    assert redact(text, ["CANARY"]) == text


def test_logs_and_tracebacks_are_masked():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(["CANARY"]))
    log = logging.getLogger("tests.redact")
    log.addHandler(handler)
    try:
        int("CANARY in a traceback")
    except ValueError:
        log.exception("went wrong with %s", "CANARY")
    log.removeHandler(handler)
    assert "CANARY" not in stream.getvalue()
    assert "'*** in a traceback'" in stream.getvalue()
