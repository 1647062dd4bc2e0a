"""A provider that sends too much, too long or too slowly costs a bounded time and memory.

The figures of docs/limits.md: beside a plain refresh, at most 60 MB for what is refused by its
size, and 300 MB for the heaviest answer that is read.
"""

import itertools
import json

import pytest

REFUSED = 60
"""MB more than a plain refresh, where an answer is refused by its size."""
READ = 300
"""MB more, for the heaviest answer that is still read."""
PROCESSOR = 6.0
"""Seconds of the processor; a plain refresh takes half a second."""


def author(works=1):
    said = {"id": "https://openalex.org/A1", "display_name": "Ada Test"}
    return json.dumps(said | {"works_count": works, "cited_by_count": works}).encode()


def work(number):
    return {
        "id": f"https://openalex.org/W{number}",
        "title": f"Paper {number}",
        "cited_by_count": 1,
    }


def page(count, total):
    meta = {"count": total, "per_page": 100, "next_cursor": None}
    return json.dumps({"meta": meta, "results": [work(n) for n in range(1, count + 1)]}).encode()


@pytest.fixture
def plain(against, answer):
    def replies(target):
        yield answer(page(1, 1) if "/works" in target else author())

    found = against(replies)
    assert found.code == 0, found.said
    return found


HEAD = b"HTTP/1.1 200 OK\r\n"


def endless(head, piece):
    return itertools.chain([head], itertools.repeat(piece))


STREAMS = {
    "a page of 100 MB": lambda: itertools.chain(
        [HEAD + b"Content-Length: 100000000\r\n\r\n"], itertools.repeat(b" " * 65536, 1526)
    ),
    "a body without end": lambda: endless(HEAD + b"\r\n", b" " * 65536),
    "chunks without end": lambda: endless(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"
    ),
    "one header again and again": lambda: endless(HEAD, b"X-A: " + b"a" * 8000 + b"\r\n"),
    "ever new headers": lambda: itertools.chain(
        [HEAD], (b"X-%d: a\r\n" * 500 % tuple(range(n, n + 500)) for n in itertools.count(0, 500))
    ),
    "a header that goes on": lambda: endless(HEAD + b"X-A: a\r\n", b" " + b"a" * 8000 + b"\r\n"),
    "a status line without end": lambda: endless(b"HTTP/1.1 200 ", b"a" * 65536),
    "to be continued for ever": lambda: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
}
NAMES = ("larger than 16777216 bytes", "headers do not end", "closed before the answer was whole")


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_what_has_no_end_is_refused_in_one_line(against, stream):
    found = against(lambda target: stream())
    assert found.code == 3
    (line,) = [one for one in found.said.splitlines() if one.startswith("ada, openalex: ")]
    assert any(name in line for name in NAMES), line
    assert found.megabytes < PLAIN + REFUSED
    assert found.processor < PROCESSOR
    assert found.asked <= 3


PLAIN = 150
"""MB of a plain refresh on CPython 3.11 to 3.13, rounded up; the benchmark measures it."""


def test_a_plain_refresh_takes_what_the_others_are_measured_by(plain):
    assert plain.megabytes < PLAIN
    assert plain.processor < PROCESSOR


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
def test_a_bomb_of_200_megabytes_is_refused_in_one_line(against, answer, bomb, encoding):
    body = answer(bomb(encoding), f"Content-Encoding: {encoding.removeprefix('raw ')}")
    assert len(body) < 2_000_000
    found = against(lambda target: [body])
    assert found.code == 3
    assert "grows beyond 16777216 bytes" in found.said
    assert found.megabytes < PLAIN + REFUSED
    assert found.processor < PROCESSOR
    assert found.asked == 1


@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_what_is_never_decompressed_cannot_be_a_bomb(against, answer, encoding):
    found = against(lambda target: [answer(b"whatever", f"Content-Encoding: {encoding}")])
    assert found.code == 3
    assert f"came as '{encoding}', which was not asked for" in found.said


def test_a_body_compressed_many_times_over_is_refused(against, answer, layers):
    body = answer(layers(300), "Content-Encoding: " + ", ".join(["gzip"] * 300))
    found = against(lambda target: [body])
    assert found.code == 3
    assert "compressed 300 times over" in found.said


SPARE = 40
"""Seconds for a process to start and end on the busiest machine; the body would take 5,000."""


def drip(target):
    yield HEAD + b"Content-Length: 100000\r\n\r\n"
    while True:
        yield b" "
        yield 0.05


def slow_headers(target):
    for letter in itertools.chain(HEAD, itertools.repeat(ord("a"))):
        yield bytes([letter])
        yield 0.05


@pytest.mark.parametrize("stream", [drip, slow_headers])
def test_a_slow_server_costs_its_tries_times_the_timeout(against, stream):
    found = against(stream, settings='{"DOWNLOAD_TIMEOUT": 0.4}')
    assert found.code == 3
    assert "no whole answer within 0.4 s" in found.said
    assert found.asked == 3
    assert found.seconds < 3 * 0.4 + SPARE


def test_a_slow_server_costs_at_most_the_deadline_of_the_run(against):
    found = against(drip, extra="deadline = 1.0")
    assert found.code == 3
    assert "the run's deadline of 1 s passed" in found.said
    assert found.asked == 1
    assert found.seconds < 1 + SPARE


def test_redirects_end_after_three(against):
    def replies(target):
        number = int(target.partition("n=")[2] or 0) + 1
        yield (
            b"HTTP/1.1 302 Found\r\nLocation: /authors/A1?n=%d\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n" % number
        )

    found = against(replies)
    assert found.code == 3
    assert found.asked == 4
    assert "302" in found.said


def test_100_000_works_in_one_answer_are_read_and_judged_in_bounded_memory(against, answer):
    works = page(100_000, 100_000)
    assert len(works) < 16 * 1024 * 1024

    def replies(target):
        yield answer(works if "/works" in target else author(1))

    found = against(replies)
    assert found.code == 4
    assert "stated_against_recomputed" in found.said
    assert found.megabytes < PLAIN + READ


HEAVY = {
    "a list of empty objects": b"[" + b"{}," * 5_500_000 + b"{}]",
    "a number of 16 MB": b"9" * 16_000_000,
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_an_answer_that_would_weigh_much_more_in_memory_is_refused(against, answer, body):
    found = against(lambda target: [answer(body)])
    assert found.code == 3
    assert "too heavy" in found.said or "not JSON" in found.said
    assert found.megabytes < PLAIN + REFUSED + 60  # the body, its text, and what it is cut from
    assert found.processor < PROCESSOR
