"""Bodies are decompressed whole or not at all."""

from __future__ import annotations

import gzip
import zlib

import pytest

from spiders.errors import BadRequest, Unavailable
from spiders.middlewares.compression import inflate

TEXT = b"figures " * 500
RAW = zlib.compressobj(wbits=-15)
ENCODED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_whole_body_comes_through(encoding):
    assert inflate(ENCODED[encoding], encoding=encoding, max_size=len(TEXT)) == TEXT


def test_deflate_without_its_header_is_read_as_well():
    body = RAW.compress(TEXT) + RAW.flush()
    assert inflate(body, encoding="deflate", max_size=10_000) == TEXT


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_body_cut_anywhere_is_an_error(encoding):
    body = ENCODED[encoding]
    for length in range(len(body)):
        with pytest.raises(Unavailable):
            inflate(body[:length], encoding=encoding, max_size=10_000)


@pytest.mark.parametrize("encoding", ENCODED)
def test_noise_is_an_error(encoding):
    with pytest.raises(Unavailable, match="damaged"):
        inflate(b"\xff\xfe no stream", encoding=encoding, max_size=10_000)


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_body_that_grows_beyond_the_limit_is_refused(encoding):
    with pytest.raises(BadRequest, match="beyond 3999 bytes"):
        inflate(ENCODED[encoding], encoding=encoding, max_size=len(TEXT) - 1)


def test_an_encoding_that_was_not_asked_for_is_refused():
    with pytest.raises(BadRequest, match="'br'"):
        inflate(b"x", encoding="br", max_size=10)
