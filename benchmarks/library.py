"""One made-up author with as many papers as asked, answered for as each provider would.

A base URL is `/<who asks>/<provider>/<papers>`, so that one server on loopback serves and counts
everybody apart. Each answer has the least that the provider's form allows; limits (papers a page,
length of an address, what ends a list) are those of the pages in docs/providers.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ORCID = "0000-0002-1825-0097"
BAI = "A.Test.1"
LONGEST_LINE = 8190
"""Bytes of a request line that servers accept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, below its base URL."""

    path: str
    query: dict[str, str]
    papers: int
    """How many papers the author has."""

    def whole(self, name: str, default: int) -> int:
        return int(self.query.get(name, default))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    body: bytes
    status: int = 200
    kind: str = "application/json"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(body=json.dumps(value).encode(), status=status)


def _xml(text: str) -> Answer:
    return Answer(body=f'<?xml version="1.0"?>{text}'.encode(), kind="application/xml")


def doi(number: int) -> str:
    """DOI of a paper, about as long as real ones are."""
    return f"10.5555/test.journal.2020.{number:06d}"


def openalex(asked: Asked) -> Answer:
    """A null cursor follows a page that is not full, so exact multiples have an empty page more."""
    if asked.path != "/works":
        author = {"id": "https://openalex.org/A1", "display_name": "Ada Test"}
        return _json(author | {"works_count": asked.papers, "cited_by_count": asked.papers})
    size = asked.whole("per_page", asked.whole("per-page", 25))
    if not 1 <= size <= 200:  # 100 is documented, 200 is answered
        return _json({"error": "Invalid query parameters error.", "message": "per_page"}, 400)
    cursor = asked.query.get("cursor", "*")
    first = 1 if cursor == "*" else int(cursor[1:])
    numbers = range(first, min(first + size, asked.papers + 1))
    results = [
        {"id": f"https://openalex.org/W{n}", "title": f"Paper {n}", "cited_by_count": 1}
        for n in numbers
    ]
    after = f"c{first + size}" if len(numbers) == size else None
    meta = {"count": asked.papers, "per_page": size, "next_cursor": after}
    return _json({"meta": meta, "results": results})


def _papers(numbers: range) -> list[dict[str, Any]]:
    return [
        {"paperId": f"{n:040x}", "title": f"Paper {n}", "year": 2020, "citationCount": 1}
        for n in numbers
    ]


def semantic_scholar(asked: Asked, *, nested: int | None = None) -> Answer:
    """Papers in the author's answer where asked for, at most `nested`; `next` until the last."""
    if asked.path.endswith("/papers"):
        first, size = asked.whole("offset", 0), asked.whole("limit", 100)
        if not 1 <= size <= 1000:
            return _json({"error": "limit must be <= 1000"}, 400)
        numbers = range(first, min(first + size, asked.papers))
        value = {"offset": first, "data": _papers(numbers)}
        return _json(value | ({"next": numbers.stop} if numbers.stop < asked.papers else {}))
    author = {"authorId": "1", "name": "Ada Test", "paperCount": asked.papers}
    author |= {"citationCount": asked.papers, "hIndex": 1}
    if "papers" in asked.query.get("fields", ""):
        author["papers"] = _papers(range(asked.papers if nested is None else nested))
    return _json(author)


def crossref(asked: Asked) -> Answer:
    """A work by its DOI, or those of a filter."""

    def work(name: str) -> dict[str, Any]:
        return {"DOI": name, "title": ["Paper"], "is-referenced-by-count": 1, "type": "article"}

    if asked.path != "/works":
        message = work(unquote(asked.path.removeprefix("/works/")))
        return _json({"status": "ok", "message-type": "work", "message": message})
    found = [work(one.removeprefix("doi:")) for one in asked.query["filter"].split(",")]
    shown = found[: asked.whole("rows", 20)]
    message = {"total-results": len(found), "items": shown}
    return _json({"status": "ok", "message-type": "work-list", "message": message})


def opencitations(asked: Asked) -> Answer:
    """A count, or the citation behind it."""
    if asked.path.startswith("/citation-count/"):
        return _json([{"count": "1"}])
    cited = asked.path.partition("/citations/")[2]
    row = {"oci": "061-062", "citing": "omid:br/061 doi:10.5555/citing", "creation": "2020-05"}
    return _json([row | {"cited": f"omid:br/062 {cited}"}])


def inspire(asked: Asked) -> Answer:
    """An author, or a page of papers by number."""
    if asked.path != "/literature":
        ids = [{"schema": "INSPIRE BAI", "value": BAI}, {"schema": "ORCID", "value": ORCID}]
        record = {"control_number": 1, "name": {"value": "Test, Ada"}, "ids": ids}
        one = {"id": "1", "metadata": record}
        found = {"hits": [one], "total": 1}
        return _json(one if asked.path.startswith("/orcid/") else {"hits": found, "links": {}})
    size, number = asked.whole("size", 10), asked.whole("page", 1)
    if size > 1000:
        return _json({"status": 400, "message": "size"}, 400)
    numbers = range((number - 1) * size + 1, min(number * size, asked.papers) + 1)
    hits = [
        {
            "id": str(n),
            "metadata": {"control_number": n, "titles": [{"title": f"Paper {n}"}]}
            | {"citation_count": 1},
        }
        for n in numbers
    ]
    following = f"/literature?size={size}&page={number + 1}"
    links = {"next": following} if number * size < asked.papers else {}
    return _json({"hits": {"hits": hits, "total": asked.papers}, "links": links})


def orcid(asked: Asked) -> Answer:
    """All works, or the person."""
    if asked.path.endswith("/person"):
        name = {"given-names": {"value": "Ada"}, "family-name": {"value": "Test"}, "path": ORCID}
        return _json({"name": name, "external-identifiers": None, "path": f"/{ORCID}/person"})

    def group(number: int) -> dict[str, Any]:
        title = {"title": {"value": f"Paper {number}"}}
        summary = {"put-code": number, "title": title, "external-ids": {"external-id": []}}
        return {"external-ids": {"external-id": []}, "work-summary": [summary]}

    groups = [group(n) for n in range(1, asked.papers + 1)]
    return _json({"group": groups, "path": f"/{ORCID}/works"})


def dblp(asked: Asked) -> Answer:
    """A person with all records."""
    records = "".join(
        f'<r><article key="journals/test/Test{n}" mdate="2020-01-01"><author pid="07/1">Ada Test'
        f"</author><title>Paper {n}.</title><year>2020</year></article></r>"
        for n in range(asked.papers)
    )
    person = '<person key="homepages/07/1"><author pid="07/1">Ada Test</author></person>'
    head = f'<dblpperson name="Ada Test" pid="07/1" n="{asked.papers}">'
    return _xml(f"{head}{person}{records}</dblpperson>")


def arxiv(asked: Asked) -> Answer:
    """A person's feed."""
    date = "2020-01-01T00:00:00Z"
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2001.{n:05d}v1</id><updated>{date}</updated><published>"
        f"{date}</published><title>Paper {n}</title><author><name>Ada Test</name></author></entry>"
        for n in range(1, asked.papers + 1)
    )
    head = f"<title>Ada Test's articles on arXiv</title><id>https://arxiv.org/a/{ORCID}</id>"
    return _xml(f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>')


def ads(asked: Asked) -> Answer:
    """A page of papers, or the metrics of all."""
    count = asked.papers
    if asked.path == "/metrics":
        review = ("refereed", "nonrefereed")
        years = {f"{a} to {b}": {"2020": 0} for a in review for b in review}
        years["refereed to refereed"]["2020"] = count
        value = {"skipped bibcodes": [], "citation stats": {"total number of citations": count}}
        indicators = {"h": 1, "g": 1, "i10": 0, "i100": 0, "m": 0.1, "tori": 0.1, "riq": 1}
        return _json(value | {"indicators": indicators, "histograms": {"citations": years}})
    first, size = asked.whole("start", 0), min(asked.whole("rows", 10), 2000)
    docs = [
        {"bibcode": f"2020TeJ..{n // 100:04d}...{n % 100:02d}T", "title": [f"Paper {n}"]}
        | {"citation_count": 1, "author": ["Test, Ada"], "author_count": 1, "year": "2020"}
        for n in range(first, min(first + size, count))
    ]
    response = {"numFound": count, "start": first, "numFoundExact": True, "docs": docs}
    return _json({"responseHeader": {"status": 0, "params": {}}, "response": response})


ANSWERING: dict[str, Callable[[Asked], Answer]] = {
    "openalex": openalex,
    "semantic_scholar": semantic_scholar,
    "semantic_scholar_cut": lambda asked: semantic_scholar(asked, nested=asked.papers // 2),
    "crossref": crossref,
    "opencitations": opencitations,
    "inspire": inspire,
    "orcid": orcid,
    "dblp": dblp,
    "arxiv": arxiv,
    "ads": ads,
}
"""By provider; `semantic_scholar_cut` is one whose author comes with half of the papers."""


class Library(ThreadingHTTPServer):
    """The server; `counts` has the requests by (who asks, provider, papers)."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        _, who, provider, papers, path = parts.path.split("/", 4)
        with self._lock:
            self.counts[who, provider, int(papers)] += 1
        if len(target) > LONGEST_LINE:
            return Answer(body=b"too long", status=414, kind="text/plain")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = "/" + path.removeprefix("graph/v1/")
        return ANSWERING[provider](Asked(path=path, query=query, papers=int(papers)))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Library

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        answer = self.server.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_GET  # noqa: N815 - the base class's form

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Stay quiet: `Library.counts` has it all."""


@contextmanager
def serving() -> Iterator[Library]:
    """A library on loopback, while the context is open."""
    with Library() as library:
        thread = threading.Thread(target=library.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield library
        library.shutdown()
        thread.join()
