"""Spreads mutations evenly over the pages of a provider, and counts what became of them.

A provider joins with its fixtures alone: which mutators suit a page is told by its first bytes.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from . import lines, markup, raw, values
from .oracle import Original, judge, names_read, original, wrongs

__all__ = [
    "Counter",
    "Original",
    "fixtures",
    "judge",
    "original",
    "run",
    "table",
    "totals",
    "wrongs",
]

Candidate = tuple[Original, raw.Mutator]
_REFUSAL_EVERY = 10
CLASSES = ("detected", "harmless", "refused", "WRONG")


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the mutants of one provider."""

    provider: str
    by_mutator: Mapping[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)
    """Each wrong number: mutator, page, seed, and what is wrong."""
    crashed: list[str] = field(default_factory=list)
    """Each exception that is no refusal."""

    @property
    def total(self) -> Counter[str]:
        """Mutants by class."""
        return sum(self.by_mutator.values(), Counter())

    @property
    def mutants(self) -> int:
        return sum(self.total.values())


def mutators_for(body: bytes, known: frozenset[str]) -> dict[str, raw.Mutator]:
    """The mutators of a body by name, each taking the body and a source of chance."""
    first = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first in (b"{", b"["):
        own = {n: partial(_named, m, known) for n, m in values.MUTATORS.items()}
    elif first == b"<":
        own = {n: partial(_named, m, known) for n, m in markup.MUTATORS.items()}
    else:
        own = lines.MUTATORS
    return {**own, **raw.MUTATORS}


def _named(mutator: markup.Mutator, known: frozenset[str], body: bytes, chance: Random):
    return mutator(body, chance, known)


def run(provider: str, pages: Sequence[Original], *, each: int) -> Tally:
    """`each` mutants of every mutator that suits a page, over all pages in turn.

    A page that is refused as it is gets its turn once in a while: nothing may come of it either.
    """
    tally = Tally(provider=provider)
    known = names_read(provider)
    good: dict[str, list[Candidate]] = defaultdict(list)
    bad: dict[str, list[Candidate]] = defaultdict(list)
    for page in pages:
        for name, mutator in mutators_for(page.body, known).items():
            (good if page.pages else bad)[name].append((page, mutator))
    for name, candidates in good.items():
        made = 0
        for turn in range(each * 6):
            if made == each:
                break
            is_bad = turn % _REFUSAL_EVERY == _REFUSAL_EVERY - 1 and name in bad
            pool = bad[name] if is_bad else candidates
            page, mutator = pool[(turn + zlib.crc32(name.encode())) % len(pool)]
            mutant = mutator(page.body, Random(f"{provider} {name} {turn}"))
            if mutant is None or mutant == page.body:
                continue
            made += 1
            _count(tally, f"{name}: {page.name} #{turn}", name, page, mutant)
    return tally


def _count(tally: Tally, place: str, name: str, page: Original, mutant: bytes) -> None:
    try:
        kind, why = judge(page, mutant)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a defect to be told
        tally.crashed.append(f"{tally.provider} {place}: {type(error).__name__}: {error}")
        kind, why = "refused", ""
    tally.by_mutator[name][kind] += 1
    if kind == "WRONG":
        tally.wrong.append(f"{tally.provider} {place}: {why}")


def fixtures(folder: Path, provider: str) -> list[Original]:
    """The project's own pages of a provider: those a run believes, then those it refuses."""
    found = []
    for case in sorted(path for path in (folder / provider).iterdir() if path.is_dir()):
        (body,) = case.glob("body.*")
        meta = json.loads((case / "meta.json").read_text("utf-8"))
        if "beside" in meta:
            continue  # its spider believes it only beside another answer, and so would no run
        told = {key: meta[key] for key in ("url", "status", "headers")}
        found.append(original(provider, case.name, body.read_bytes(), **told))
    good = [page for page in found if page.answers]
    return good + [page for page in found if not page.pages]


def totals(tallies: Iterable[Tally]) -> str:
    """The counts by provider."""
    head = f"\n{'mutants of':<20}" + "".join(f"{name:>10}" for name in CLASSES)
    rows = [f"{t.provider:<20}" + _counts(t.total, 10) for t in tallies]
    return "\n".join([head, *rows])


def table(tallies: Iterable[Tally]) -> str:
    """The counts by mutator, over all providers."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for tally in tallies:
        for name, counts in tally.by_mutator.items():
            rows[name].update(counts)
    head = f"{'':<42}" + "".join(f"{name:>10}" for name in CLASSES)
    return "\n".join([head, *(f"{name:<42}{_counts(rows[name], 10)}" for name in rows)])


def _counts(counts: Counter[str], width: int) -> str:
    return "".join(f"{counts[name]:>{width}}" for name in CLASSES)
