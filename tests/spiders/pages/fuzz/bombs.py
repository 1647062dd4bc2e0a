"""Give a provider's page module every bomb, in a process that may be killed for it.

Usage: python bombs.py PROVIDER FIXTURES   (prints a JSON line a bomb: name, bytes, what came of
it, seconds of the processor, and by how many MB the process grew at its peak)
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from time import process_time

from spiders.errors import ProviderError
from spiders.registry import PROVIDERS

MB = 1_000_000
ADDRESS_SPACE = 3 << 30
"""What the whole process may have: a bomb that gets through ends here, and not at the machine."""

LONGER = int(os.environ.get("SCHOLAR_METRICS_FUZZ", "0"))
FIXTURES = 4 if LONGER else 1
BIG = (16 if LONGER else 3) * MB
"""Bytes of the largest bombs: what a body may have at most, or enough to pass every bound."""
EACH = 1 if LONGER else 16
"""Of how many patterns one is tried in a place."""
PATTERNS = (
    *(
        "a",
        " ",
        "<",
        "&",
        "&lt;",
        "<i ",
        "<b>",
        "10.1111.",
        "10.1/",
        "(",
        "%41",
        "٣",
        "-",
        "\\u0000",
    ),
    *(
        "\\ud800",
        "https://",
        "<!---->",
        "charset=  ",
        "9",
        ".",
        "\u202e",
        "arXiv:",
        "a/",
        "github.com/",
    ),
)


def plain() -> Iterator[tuple[str, bytes]]:
    """Bodies of no provider in particular."""
    yield "nothing", b""
    for name, mark in {"NUL": b"\0", "space": b" ", "letter": b"a", "0xff": b"\xff"}.items():
        yield f"1 MB of {name}", mark * MB
    for mark in (
        b"<div>",
        b"<table><tr><td>",
        b"<b>",
        b"<!--",
        b"<a b='",
        b"</a>",
        b"<br>",
        b"<a ",
    ):
        yield f"depth or repetition of {mark.decode()}", mark * (MB // len(mark))
    yield "100,000 elements deep", b"<div>" * 100_000 + b"</div>" * 100_000
    for mark in (b"[", b'{"a":', b"[[],", b"[{},", b"[0.1,", b'"a":', b"-", b"{"):
        yield f"JSON of {mark.decode()}", mark * (MB // len(mark))
    yield "a closed JSON depth", b"[" * 100_000 + b"]" * 100_000
    yield "a JSON list of empty lists", b"[" + b"[]," * 330_000 + b"[]]"
    yield "a JSON object of 100,000 keys", _object(f'"{i}":1' for i in range(80_000))
    yield "its last key said twice", _object(f'"{i}":1' for i in [*range(80_000), 79_999])
    yield "a number of 1e6 digits", b"9" * MB
    yield "a number of 4,300 digits", b'{"id":' + b"9" * 4300 + b"}"
    yield "one long text", b"<p>" + b"x" * (BIG * 2 // 3)
    yield "one long JSON text", b'{"id":"' + b"x" * (BIG * 2 // 3) + b'"}'
    yield "1e6 attributes", b"<a " + b" ".join(b"%x" % i for i in range(MB)) + b">"
    yield "1e5 attributes", b"<a " + b" ".join(b'a%x="1"' % i for i in range(MB // 10)) + b">"
    yield (
        "1e5 attributes around >",
        b"<a " + b" ".join(b'%x=">"' % i for i in range(MB // 10)) + b">",
    )
    for mark in (b"[],", b"{},", b"<br>", b"<p a>", b'"a":1,', b"0.1,"):
        yield f"{BIG // MB} MB of {mark.decode()}", b"[" + mark * (BIG // len(mark))


def of_fixture(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """A fixture with something of it made far too large."""
    bom = {
        "UTF-8": b"\xef\xbb\xbf",
        "UTF-16": b"\xff\xfe",
        "UTF-32": b"\xff\xfe\0\0",
        "7": b"+/v8-",
    }
    for encoding, mark in bom.items():
        yield f"{name}: byte order mark {encoding}", mark + body
    for codec in ("utf-16", "utf-32", "utf-7", "cp500"):
        yield (
            f"{name}: written in {codec}",
            body.decode("utf-8", "replace").encode(codec, "replace"),
        )
    yield f"{name}: 1 MB of comments after it", body + b"<!---->" * (MB // 7) + b"x"
    yield f"{name}: repeated", body * (MB // len(body) or 1)
    inside = len(body) // 2
    for mark in (b"<b>", b"<tr><td><table>", b"["):
        yield f"{name}: {mark.decode()} within", body[:inside] + mark * 100_000 + body[inside:]
    for row in re.findall(
        rb"<tr class=\"gsc_a_tr\".*?</tr>|<entry>.*?</entry>|<r>.*?</r>", body, re.DOTALL
    )[:1]:
        times = min(100_000, BIG // len(row))
        yield f"{name}: its row {times} times", body.replace(row, row * times, 1)
        yield f"{name}: its row for 1 MB", body.replace(row, row * (MB // len(row)), 1)
        yield (
            f"{name}: its row within itself",
            body.replace(row, row[:-5] * (MB // len(row)) + row, 1),
        )
    yield from _json_lists(name, body)
    yield from _long_values(name, body)


def _object(entries: Iterator[str]) -> bytes:
    return ("{" + ",".join(entries) + "}").encode()


def _json_lists(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        document = json.loads(body)
    except ValueError:
        return
    holders = document.items() if isinstance(document, dict) else ((0, document),)
    for key, value in list(holders):
        if isinstance(value, list) and value:
            text = json.dumps(value[0])
            changed = json.dumps([*value[:-1], "here"] if key == 0 else document | {key: ["here"]})
            for times in (MB // len(text) or 1, min(100_000, BIG // len(text))):
                grown = ",".join([text] * times)
                yield f"{name}: {key} of {times} times", changed.replace('"here"', grown).encode()


def _long_values(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each kind of text of a fixture in turn, as long as can be, of each pattern in turn."""
    spans: dict[bytes, tuple[int, int]] = {}
    for found in re.finditer(rb'"(\w+)":\s*"([^"]+)"|([\w-]+)="([^"]*)"|>([^<>]+)<', body):
        kind = found.group(1) or found.group(3) or body[max(0, found.start() - 30) : found.start()]
        place = next(i for i in (2, 4, 5) if found.group(i) is not None)
        spans.setdefault(kind, found.span(place))
    for number, (kind, (start, end)) in enumerate(sorted(spans.items())):
        for pattern in PATTERNS[number % EACH :: EACH]:
            filled = (pattern * (200_000 // len(pattern))).encode()
            what = f"{name}: {kind.decode('utf-8', 'replace')} of {pattern}"
            yield what, body[:start] + filled + body[end:]
    for number in sorted(set(re.findall(rb"(?<=[:>])\s*\d+(?=[,}<])", body)))[:12]:
        yield f"{name}: {number.decode()} with 1e6 digits", body.replace(number, b"9" * MB, 1)
        yield f"{name}: {number.decode()} to 999", body.replace(number, b"1e999", 1)


def peak() -> float:
    """MB at most since `forget_peak`, or ever where the system cannot forget."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> None:
    """Let the peak begin at what is used now."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def main(provider: str, fixtures: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    parse = import_module(PROVIDERS[provider].page).parse
    folders = sorted(p for p in (fixtures / provider).iterdir() if p.is_dir())
    cases = [(f.name, next(f.glob("body.*")).read_bytes()) for f in folders]
    pages = [
        case
        for case in cases
        if "pages" in (fixtures / provider / case[0] / "expected.json").read_text()
    ]
    bombs = [
        plain(),
        *(of_fixture(*case) for case in sorted(pages, key=lambda c: -len(c[1]))[:FIXTURES]),
    ]
    for name, body in (bomb for part in bombs for bomb in part):
        forget_peak()
        before, began = peak(), process_time()
        try:
            parse(body, url=None, status=200, headers={})
            came = "records"
        except ProviderError as error:
            came = type(error).__name__
        except BaseException as error:  # noqa: BLE001 - this is what is looked for
            came = f"NOT OURS: {error!r:.200}"
        seconds, grown = process_time() - began, peak() - before
        row = {"name": name, "bytes": len(body), "came": came, "seconds": seconds, "grown": grown}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
