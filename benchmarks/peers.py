"""Ask the local server for one author by pyalex, semanticscholar and habanero, as they are used.

Usage: PYTHON benchmarks/peers.py URL PAPERS DOIS
(by an interpreter that has the three; DOIS is a file with one a line; prints one JSON line a case:
who, provider, papers that came, version)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

_, URL, PAPERS, LIST = sys.argv
DOIS = Path(LIST).read_text().split()


def said(who: str, provider: str, came: int) -> None:
    installed = version(who.partition("-")[0])
    print(json.dumps({"who": who, "provider": provider, "came": came, "version": installed}))


def base(who: str, provider: str) -> str:
    return f"{URL}/{who}/{provider}/{PAPERS}"


def by_pyalex(who: str, **size: int) -> None:
    import pyalex
    import requests

    class Here(requests.adapters.HTTPAdapter):
        # pyalex writes its host into every address, whatever `openalex_url` says.
        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            request.url = request.url.replace("https://api.openalex.org", base(who, "openalex"))
            return super().send(request, *args, **kwargs)

    def session() -> requests.Session:
        made = requests.Session()
        made.trust_env = False
        made.mount("https://", Here())
        return made

    pyalex.api._get_requests_session = session  # noqa: SLF001 - it has no other door
    author = pyalex.Authors()["A1"]
    works = pyalex.Works().filter(author={"id": author["id"].rpartition("/")[2]})
    said(who, "openalex", sum(map(len, works.paginate(n_max=None, **size))))


def by_semanticscholar(who: str, **size: int) -> None:
    import semanticscholar

    client = semanticscholar.SemanticScholar(api_url=base(who, "semantic_scholar"), retry=False)
    client.get_author("1", fields=["name", "paperCount", "citationCount", "hIndex"])
    papers = client.get_author_papers("1", fields=["title", "year", "citationCount"], **size)
    said(who, "semantic_scholar", len(list(papers)))


def by_semanticscholar_nested(who: str) -> None:
    import semanticscholar

    client = semanticscholar.SemanticScholar(api_url=base(who, "semantic_scholar"), retry=False)
    author = client.get_author("1", fields=["name", "paperCount", "papers.citationCount"])
    said(who, "semantic_scholar", len(author.papers))


def by_habanero(who: str) -> None:
    import habanero

    client = habanero.Crossref(base_url=base(who, "crossref"))
    said(who, "crossref", len(client.works(ids=DOIS)))


CASES: dict[str, tuple[Callable[..., None], dict[str, int]]] = {
    "pyalex": (by_pyalex, {}),
    "pyalex-100": (by_pyalex, {"per_page": 100}),
    "pyalex-200": (by_pyalex, {"per_page": 200}),
    "semanticscholar": (by_semanticscholar, {}),
    "semanticscholar-1000": (by_semanticscholar, {"limit": 1000}),
    "semanticscholar-nested": (by_semanticscholar_nested, {}),
    "habanero": (by_habanero, {}),
}

for name, (ask, options) in CASES.items():
    ask(name, **options)
