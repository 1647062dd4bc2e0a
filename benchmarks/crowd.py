"""An OpenAlex of many made-up authors, until stdin ends: the provider of benchmarks/department.py.

Usage: python benchmarks/crowd.py WORKS_AN_AUTHOR   (prints the base URL)
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

WORKS = int(sys.argv[1])
PAGE = 100


def author(number: int) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/A{number}",
        "display_name": f"Person {number}",
        "works_count": WORKS,
        "cited_by_count": sum(count(number, n) for n in range(WORKS)),
    }


def count(number: int, n: int) -> int:
    return (number * 31 + n * 17) % 97


def work(number: int, n: int) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/W{number * WORKS + n + 1}",
        "title": f"A made-up paper of several words, {number} and {n}",
        "publication_year": 2000 + n % 26,
        "cited_by_count": count(number, n),
        "counts_by_year": [{"year": 2025, "cited_by_count": count(number, n) // 2}],
        "authorships": [
            {
                "author": {
                    "id": f"https://openalex.org/A{number}",
                    "display_name": f"Person {number}",
                }
            }
        ],
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        asked = unquote(query.get("filter", "")).partition(":")[2].split("|")
        numbers = [int(one[1:]) for one in asked if one]
        if parts.path == "/authors":
            self._answer(len(numbers), [author(number) for number in numbers])
        elif parts.path == "/works":
            first = 0 if query["cursor"] == "*" else int(query["cursor"])
            total = len(numbers) * WORKS
            shown = range(first, min(first + PAGE, total))
            after = str(first + PAGE) if len(shown) == PAGE else None
            works = [work(numbers[n // WORKS], n % WORKS) for n in shown]
            self._answer(total, works, after)
        else:
            self._send(author(int(parts.path.rpartition("A")[2])))

    def _answer(self, total: int, results: list[object], after: str | None = None) -> None:
        meta = {"count": total, "per_page": PAGE, "next_cursor": after}
        self._send({"meta": meta, "results": results})

    def _send(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
sys.stdin.read()
