"""Faults of transport and storage, for bodies of any format: cuts, losses, other encodings."""

import gzip
from collections.abc import Callable
from random import Random

Mutator = Callable[[bytes, Random], "bytes | None"]


def text_of(body: bytes) -> tuple[str, str]:
    """Text and the encoding that gives the same bytes back."""
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _cut(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body))]


def _cut_at_the_end(body: bytes, chance: Random) -> bytes:
    return body[: -chance.randrange(1, min(40, len(body)))]


def _begins_late(body: bytes, chance: Random) -> bytes:
    return body[chance.randrange(1, len(body)) :]


def _hole(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body))
    return body[:at] + body[at + chance.randrange(1, 2000) :]


def _sent_twice(body: bytes, chance: Random) -> bytes:
    return body + body


def _block_sent_twice(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body))
    return body[: at + 512] + body[at:]


def _utf_16(body: bytes, chance: Random) -> bytes:
    return text_of(body)[0].encode(chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32"]))


def _latin_1(body: bytes, chance: Random) -> bytes:
    name = chance.choice(["latin-1", "cp1252", "cp1251", "cp1256", "shift_jis", "gb18030"])
    return text_of(body)[0].encode(name, "replace")


def _mojibake(body: bytes, chance: Random) -> bytes:
    return text_of(body)[0].encode("utf-8").decode("latin-1").encode("utf-8")


def _byte_order_mark(body: bytes, chance: Random) -> bytes:
    return b"\xef\xbb\xbf" + body


def _nul_bytes(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body))
    return body[:at] + b"\0" * chance.randrange(1, 4) + body[at:]


def _compressed(body: bytes, chance: Random) -> bytes:
    return gzip.compress(body, mtime=0)


def _other_line_ends(body: bytes, chance: Random) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\n", chance.choice([b"\r\n", b"\r"]))


def _nothing(body: bytes, chance: Random) -> bytes:
    return chance.choice([b"", b" \n", b"null", b"{}", b"[]", b"<html></html>", b"OK", b"0"])


MUTATORS: dict[str, Mutator] = {
    "cut anywhere": _cut,
    "cut near the end": _cut_at_the_end,
    "begins late": _begins_late,
    "a hole in it": _hole,
    "sent twice": _sent_twice,
    "a block sent twice": _block_sent_twice,
    "utf-16 or utf-32": _utf_16,
    "another charset": _latin_1,
    "mojibake": _mojibake,
    "byte order mark": _byte_order_mark,
    "NUL bytes": _nul_bytes,
    "left compressed": _compressed,
    "other line ends": _other_line_ends,
    "nothing": _nothing,
}
