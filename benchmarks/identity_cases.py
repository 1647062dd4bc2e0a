"""Made-up records of one person with the truth beside them: which paper each of them is.

Every way in which providers are known to tell one paper twice, or two papers alike, has a case
here: versions, new titles, split profiles, sequels, TeX, garbled letters, namesakes, missing years
and authors, DOIs that two papers carry crosswise.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.model import Observed
from spiders.items import WorkRecord

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OWNER = "Ada Moreno"

_WORDS = (  # noqa: SIM905 - a hundred quotes less
    "adaptive balanced coupled deep elastic fast graded hidden inverse joint kernel latent modular "
    "nested optimal parallel quantum random sparse tensor uniform variational wavelet convex yield "
    "zonal bounded causal discrete ergodic fuzzy graph hybrid implicit linear metric neural ordered"
).split()
_THINGS = (  # noqa: SIM905 - a hundred quotes less
    "atlas basin cedar delta ember fjord glade heron isle jetty karst lagoon mesa nook oasis "
    "plateau quarry reef steppe tundra upland vale wharf yarrow zephyr bluff cliff dune estuary "
    "ford"
).split()
_SURNAMES = (  # noqa: SIM905 - a hundred quotes less
    "Abel Brandt Castro Dubois Eriksen Farkas Grimaldi Horvat Ivanova Jansen Kowalski Lindqvist "
    "Marchetti Novak Okafor Petrov Quiroga Rossi Schmidt Tanaka Ueda Vargas Weber Xu Yamada Zhou"
).split()


@dataclass(slots=True)
class Cases:
    """Records as they are made, and the number of the paper that each of them is."""

    random: random.Random
    records: list[Observed] = field(default_factory=list)
    truth: dict[str, int] = field(default_factory=dict)
    papers: int = 0

    def paper(self, *, words: int = 7, owner: str | None = OWNER) -> dict[str, Any]:
        """Title, year and authors of a new paper; no other one has this title."""
        self.papers += 1
        rest, own = self.papers, []
        for _ in range(4):
            rest, place = divmod(rest, len(_THINGS))
            own.append(_THINGS[place])
        title = " ".join([*self.random.sample(_WORDS, max(0, words - 4)), *own]).capitalize()
        others = [f"{s[0]}ea {s}" for s in self.random.sample(_SURNAMES, self.random.randint(1, 9))]
        return {
            "title": title,
            "year": self.random.randint(1995, 2025),
            "authors": (*([owner] if owner else []), *others),
            "paper": self.papers,
        }

    def add(self, provider: str, paper: Mapping[str, Any], *ids: str, **changed: Any) -> None:
        """One provider's record of a paper."""
        number = len(self.records)
        told = {**paper, **changed}
        prefix = {"openalex": "openalex:W", "semantic_scholar": f"semantic_scholar:{number:040x}"}
        record_id = prefix.get(provider, f"{provider}:n") + (
            "" if provider == "semantic_scholar" else str(number)
        )
        record = WorkRecord(
            provider=provider,
            record_id=record_id,
            title=told["title"],
            year=told["year"],
            authors=told["authors"],
            authors_count=told.get("authors_count", len(told["authors"]) or None),
            venue=told.get("venue"),
            ids=(record_id, *ids),
            cited_by_count=self.random.randint(0, 99),
        )
        self.truth[record_id] = told["paper"]
        self.records.append(Observed(record=record, as_of=NOW, first_seen=NOW))


def made(records: int, *, seed: int = 1) -> Cases:
    """So many records, the last paper's left out where they would be more."""
    cases = Cases(random=random.Random(seed))  # noqa: S311 - the same each time
    kinds, weights = zip(*_KINDS.items(), strict=True)
    while len(cases.records) < records:
        cases.random.choices(kinds, weights)[0](cases)
    for spare in cases.records[records:]:
        del cases.truth[spare.record.record_id]
    del cases.records[records:]
    return cases


def _doi(paper: Mapping[str, Any]) -> str:
    return f"doi:10.5555/p{paper['paper']}"


def _arxiv(paper: Mapping[str, Any]) -> str:
    month, number = divmod(paper["paper"], 99999)
    return f"arxiv:{10 + month // 12:02d}{month % 12 + 1:02d}.{number:05d}"


def _preprint(cases: Cases, paper: Mapping[str, Any], **changed: Any) -> None:
    own = _arxiv(paper)
    doi = own.replace("arxiv:", "doi:10.48550/arxiv.")
    cases.add("openalex", paper, doi, own, venue="arXiv (Cornell University)", **changed)


def _plain(cases: Cases) -> None:
    paper = cases.paper()
    cases.add("openalex", paper, _doi(paper), venue="A Journal")
    cases.add("semantic_scholar", paper, _doi(paper), venue="A Journal")


def _versions(cases: Cases) -> None:
    """A preprint and its journal version, with and without somebody who knows both."""
    paper = cases.paper()
    _preprint(cases, paper, year=paper["year"] - cases.random.randint(0, 4))
    cases.add("openalex", paper, _doi(paper), venue="A Journal")
    if cases.random.random() < 0.5:
        cases.add("semantic_scholar", paper, _doi(paper), _arxiv(paper))
    cases.add("dblp", paper, _arxiv(paper), venue="CoRR", year=paper["year"] - 1)
    cases.add("dblp", paper, venue="A Conference")


def _retitled(cases: Cases) -> None:
    paper = cases.paper()
    _preprint(cases, paper)
    new = cases.paper()["title"]
    cases.add("semantic_scholar", paper, _arxiv(paper), title=new)
    cases.add("homepage", paper, _arxiv(paper), title=new, year=None)


def _split(cases: Cases) -> None:
    """One paper twice at one provider, in two profiles of the person."""
    paper = cases.paper(words=cases.random.choice((4, 7)))
    cases.add("openalex", paper, _doi(paper), venue="A Journal")
    cases.add("openalex", paper, venue="A Repository", year=paper["year"] + 1)


def _series(cases: Cases) -> None:
    """Tool and sequel, part I and part II: two papers."""
    for ending in cases.random.choice((("", "+"), (" I", " II"), ("", ": extended results"))):
        paper = cases.paper()
        if ending in {"", " I"}:
            first = paper
        told = {**first, "paper": paper["paper"], "title": first["title"] + ending}
        cases.add("openalex", told, _doi(told), venue="A Journal")
        cases.add("scholar_feed", told, authors=told["authors"][:3], authors_count=None)


def _spelled(cases: Cases) -> None:
    paper = cases.paper()
    clean = f"{paper['title']} of Poincaré’s A∞ étale spaces"
    spellings = {
        "openalex": clean,
        "semantic_scholar": rf"{paper['title']} of Poincar\'e's $A_\infty$ \'{{e}}tale Spaces",
        "dblp": clean.encode().decode("latin-1"),
        "orcid": f"<i>{paper['title']}</i> OF POINCARE&rsquo;S $$A_{{\\infty }}$$ ÉTALE SPACES",
    }
    for provider, title in spellings.items():
        cases.add(provider, paper, title=title)


def _namesakes(cases: Cases) -> None:
    """One title, two papers: other people's, or the same people's of years later."""
    paper = cases.paper()
    other = cases.paper(owner=None)
    left = [s for s in _SURNAMES if not any(s in name for name in paper["authors"])]
    told = {**other, "title": paper["title"], "year": paper["year"]}
    told["authors"] = tuple(f"B. {s}" for s in cases.random.sample(left, 2))
    if cases.random.random() < 0.5:
        told |= {"authors": paper["authors"], "year": paper["year"] + 3}
    cases.add("openalex", paper, _doi(paper), venue="A Journal")
    cases.add("openalex", told, _doi(told), venue="A Journal")
    cases.add("semantic_scholar", paper)
    cases.add("semantic_scholar", told)
    cases.add("orcid", paper, authors=())


def _sparse(cases: Cases) -> None:
    """What lists without counts leave out: years, authors, ends of titles."""
    paper = cases.paper(words=cases.random.choice((4, 7, 9)))
    few = {"authors": paper["authors"][:3], "authors_count": None}
    cases.add("openalex", paper, _doi(paper), venue="A Journal")
    cases.add("google_scholar", paper, **few)
    cases.add("google_scholar", paper, title=f"{paper['title'][:-4]}…", **few)
    cases.add("scholar_feed", paper, **few)
    cases.add("orcid", paper, authors=())
    cases.add("homepage", paper, year=None, **few)


def _swapped(cases: Cases) -> None:
    """Two papers whose preprints carry each other's DOI."""
    pair = cases.paper(), cases.paper()
    for paper, other in (pair, pair[::-1]):
        cases.add("openalex", paper, _doi(paper), venue="A Journal")
        cases.add("arxiv", paper, _arxiv(paper), _doi(other))


_KINDS: dict[Callable[[Cases], None], int] = {
    _plain: 30,
    _versions: 20,
    _retitled: 8,
    _split: 8,
    _series: 8,
    _spelled: 8,
    _namesakes: 6,
    _sparse: 10,
    _swapped: 2,
}


def pairs(homes: Mapping[str, object]) -> Iterator[int]:
    """Number of pairs in each group of records."""
    sizes: dict[object, int] = {}
    for home in homes.values():
        sizes[home] = sizes.get(home, 0) + 1
    return (size * (size - 1) // 2 for size in sizes.values())


def quality(found: Mapping[str, object], truth: Mapping[str, object]) -> tuple[float, float]:
    """Precision and recall over pairs of records that are one paper."""
    both = sum(pairs({record: (found[record], home) for record, home in truth.items()}))
    said, real = sum(pairs({r: found[r] for r in truth})), sum(pairs(truth))
    return (both / said if said else 1.0, both / real if real else 1.0)
