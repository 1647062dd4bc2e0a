"""Decompresses bodies strictly: a stream that does not end is an error, never half an answer.

Scrapy returns as much of a damaged gzip stream as it can, which would read half a list of
papers as a whole one.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Self

from spiders.errors import BadRequest, Unavailable

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_LAYERS = 2
"""Encodings of one body: each costs the largest body once more."""
_NAME = re.compile(r"[a-z0-9-]{1,16}", re.ASCII)
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class StrictCompression:
    """gzip and deflate, bounded by `DOWNLOAD_MAXSIZE` after decompression."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what we can read."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate")

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy passes it by name
        """The response with its body as the provider meant it.

        Raises:
            BadRequest: an encoding that was not asked for, or a body that grows too large.
            Unavailable: the stream is damaged or cut.
        """
        named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        encodings = [e for e in (part.strip().lower() for part in named.split(",")) if e]
        encodings = [e for e in encodings if e != "identity"]
        if not encodings or not response.body:
            return response
        if len(encodings) > MAX_LAYERS:
            raise BadRequest(f"the answer is compressed {len(encodings)} times over: refused")
        body = response.body
        for encoding in reversed(encodings):
            body = inflate(body, encoding=encoding, max_size=self._max_size)
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        return response.replace(body=body, headers=headers)


def inflate(body: bytes, *, encoding: str, max_size: int) -> bytes:
    """A body without its encoding, whole or not at all (raises as above)."""
    if encoding not in _WINDOWS:
        named = encoding if _NAME.fullmatch(encoding) else "something unknown"
        raise BadRequest(f"the answer came as {named!r}, which was not asked for")
    reader = zlib.decompressobj(_WINDOWS[encoding])
    try:
        plain = reader.decompress(body, max_size + 1)
    except zlib.error as error:
        if encoding != "deflate":
            raise Unavailable(
                f"the {encoding} body is damaged ({error}): try again later"
            ) from None
        # Some servers send "deflate" without the zlib header that RFC 9110 8.4.1.2 asks for.
        reader = zlib.decompressobj(-15)
        try:
            plain = reader.decompress(body, max_size + 1)
        except zlib.error as raw:
            raise Unavailable(f"the deflate body is damaged ({raw}): try again later") from None
    if len(plain) > max_size:
        raise BadRequest(f"the answer grows beyond {max_size} bytes when decompressed: refused")
    if not reader.eof:
        raise Unavailable(f"the {encoding} body is cut short: try again later")
    return plain
