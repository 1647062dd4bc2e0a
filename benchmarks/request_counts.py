"""What 300 and 1,000 papers of one author cost in requests, beside popular clients of the APIs.

All ask the same server on loopback, which counts. Goals: at most 4 and 11 for OpenAlex, 1 and 2
for Semantic Scholar, a request for each batch of DOIs at Crossref, and never more than a client
that is used as documented. The clients are no dependencies: they run in the interpreter that
SCHOLAR_METRICS_PEERS names (pip install pyalex semanticscholar habanero).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from library import BAI, ORCID, Library, doi, serving
from timing import ROOT

sys.path.insert(0, str(ROOT))

from pipeline.collect import ProviderPlan, collect
from spiders.crossref import BATCH
from spiders.items import OutcomeKind, Target
from spiders.registry import PROVIDERS

SIZES = (300, 1000)
PEERS = "SCHOLAR_METRICS_PEERS"
OURS = "scholar-metrics"
IDS = {
    "openalex": "openalex:A1",
    "semantic_scholar": "semantic_scholar:1",
    "semantic_scholar_cut": "semantic_scholar:1",
    "crossref": f"orcid:{ORCID}",
    "opencitations": f"orcid:{ORCID}",
    "inspire": f"inspire_bai:{BAI}",
    "orcid": f"orcid:{ORCID}",
    "dblp": "dblp:07/1",
    "arxiv": f"orcid:{ORCID}",
    "ads": f"orcid:{ORCID}",
}
GOALS = {
    "openalex": (4, 11),
    "semantic_scholar": (1, 2),
    "semantic_scholar_cut": (2, 2),
    "crossref": tuple(ceil(size / BATCH) for size in SIZES),
}
BEYOND = {"pyalex-200": "200 a page is more than OpenAlex documents (100), and deprecated"}
"""Uses that are no goal to reach, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    who: str
    shown: str
    """With version and use."""
    provider: str
    requests: tuple[int, ...]
    came: tuple[int, ...]
    """Papers that came, in the order of `SIZES`."""


def ours(library: Library) -> list[Row]:
    """One crawl of everything: a process starts but one."""
    plans = []
    for provider, own in IDS.items():
        for size in SIZES:
            follow = tuple(f"doi:{doi(n)}" for n in range(size))
            row = PROVIDERS[provider.removesuffix("_cut")]
            target = Target(author_key=f"{provider}-{size}", id=own, follow=follow)
            plans.append(
                ProviderPlan(
                    provider=row,
                    targets=(target,),
                    base_url=f"{library.url}/{OURS}/{provider}/{size}",
                    api_key="for-loopback" if row.api_key_required else None,
                    delay=0.0,
                )
            )
    found = collect(plans, user_agent="scholar-metrics/benchmark", allow_private_hosts=True)
    for outcome in found.outcomes:
        if outcome.kind is not OutcomeKind.FRESH:
            sys.exit(f"{outcome.author_key}: {outcome.kind}: {outcome.reason}")
    came = {one.author_key: len(one.works) for one in found.collected}
    return [
        Row(
            who=OURS,
            shown=OURS,
            provider=provider,
            requests=tuple(library.counts[OURS, provider, size] for size in SIZES),
            came=tuple(came[f"{provider}-{size}"] for size in SIZES),
        )
        for provider in IDS
    ]


def theirs(library: Library, python: str) -> list[Row]:
    """The clients, in the interpreter that has them."""
    told: list[dict[str, Any]] = []
    for size in SIZES:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as dois:
            dois.write("\n".join(doi(n) for n in range(size)))
            dois.flush()
            script = Path(__file__).with_name("peers.py")
            command = [python, "-P", str(script), library.url, str(size), dois.name]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            sys.exit(f"{PEERS}={python}: exit code {done.returncode}\n{done.stderr}")
        told += map(json.loads, done.stdout.splitlines())
    came: dict[tuple[str, str, str], list[int]] = {}
    for one in told:
        name, *use = one["who"].split("-", 1)
        shown = " ".join([name, one["version"], *(f"({part})" for part in use)])
        came.setdefault((one["who"], shown, one["provider"]), []).append(one["came"])
    return [
        Row(
            who=who,
            shown=shown,
            provider=provider,
            requests=tuple(library.counts[who, provider, size] for size in SIZES),
            came=tuple(numbers),
        )
        for (who, shown, provider), numbers in came.items()
    ]


def judged(row: Row, others: list[Row]) -> list[str]:
    """What is missed."""
    missed = []
    for place, size in enumerate(SIZES):
        asked, came = row.requests[place], row.came[place]
        most = GOALS.get(row.provider, row.requests)[place]
        if asked > most:
            missed.append(f"{row.provider}: {asked} for {size} papers, goal {most}")
        if row.provider in GOALS and came != size:
            missed.append(f"{row.provider}: {came} of {size} papers came")
        missed += [
            f"{row.provider}: {asked} for {size} papers, {other.shown}: {other.requests[place]}"
            for other in others
            if other.provider == row.provider and other.who not in BEYOND
            if other.came[place] == size and asked > other.requests[place]
        ]
    return missed


def printed(row: Row) -> None:
    short = [f"{c} of {s}" for c, s in zip(row.came, SIZES, strict=True) if c != s]
    notes = [f"papers: {', '.join(short)}"] if short else []
    notes += [BEYOND[row.who]] if row.who in BEYOND else []
    few, many = row.requests
    print(f"{row.provider:<21} {row.shown:<32} {few:>10} {many:>12}  {'; '.join(notes)}".rstrip())


NOT_COMPARED = f"""
NOT COMPARED: pyalex, semanticscholar and habanero were not run. Name an interpreter with them:
  python -m venv /tmp/peers && /tmp/peers/bin/pip install pyalex semanticscholar habanero
  {PEERS}=/tmp/peers/bin/python python benchmarks/request_counts.py"""


def main() -> int:
    python = os.environ.get(PEERS)
    with serving() as library:
        rows = ours(library)
        others = theirs(library, python) if python else []
    print(f"{'requests of':<21} {'by':<32} {'300 papers':>10} {'1,000 papers':>12}")
    for row in rows:
        for one in (row, *(other for other in others if other.provider == row.provider)):
            printed(one)
    missed = [line for row in rows for line in judged(row, others)]
    for line in missed:
        print(f"goal MISSED: {line}")
    if not missed:
        print("goals: met" + (", and never more than the clients as documented" if python else ""))
    if not python:
        print(NOT_COMPARED)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
