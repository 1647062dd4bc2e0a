"""What the verified files say: states, changes, runs and the summary of one manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, TypeVar

from pipeline.history import rebuild, summary, tables, timeline
from pipeline.history.dated import Runs
from pipeline.history.files import Files
from pipeline.history.manifest import AUTHORS, PREVIOUS, RECORDS, Entry, Manifest
from pipeline.history.rows import Change, RunRow, SummaryRow
from pipeline.history.tables import Key
from pipeline.history.timeline import Timeline
from pipeline.model import Observed, ProviderState

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything last known good."""

    states: tuple[ProviderState, ...]
    rebuilt: frozenset[str] = frozenset()
    """State files that had to be made again, and are to be written whatever changed."""
    manifest: Manifest = field(default_factory=Manifest)
    """What they were read by."""
    texts: Mapping[int, str] = field(default_factory=dict)
    """The stored text of each record in `states`, by the `id` of the record."""

    def is_of(self, stored: Manifest) -> bool:
        """Whether reading by this manifest would give the same again, for certain."""
        same = all(self.manifest.files.get(p) == stored.files.get(p) for p in (AUTHORS, RECORDS))
        return bool(stored.sha256) and stored.sha256 == self.manifest.sha256 and same


class Reader:
    """The tables of one manifest."""

    def __init__(self, files: Files, manifest: Manifest) -> None:
        self._files = files
        self._manifest = manifest

    def states(self) -> Loaded:
        """The states; what is damaged is made again as far as that goes."""
        authors, works = self._authors(AUTHORS), self._records(RECORDS)
        texts: Mapping[int, str] = works[2] if works else {}
        rebuilt = {p for p, v in ((AUTHORS, authors), (RECORDS, works)) if v is None}
        if authors is None:
            before = self._authors(PREVIOUS[AUTHORS]) or {}
            authors = rebuild.authors(before, self._since(AUTHORS))
        if works is None:
            known = self._records(PREVIOUS[RECORDS]) or ([], [], {})
            again = rebuild.records(zip(*known[:2], strict=True), self._since(RECORDS))
        pairs = zip(*works[:2], strict=True) if works else again
        return Loaded(
            states=rebuild.joined(authors, pairs, self._checked()),
            rebuilt=frozenset(rebuilt),
            manifest=self._manifest,
            texts=texts,
        )

    def again(self, before: Loaded | None) -> Loaded:
        """The states, which were read before if that was by the very same files."""
        is_same = before is not None and not before.rebuilt and before.is_of(self._manifest)
        return before if before and is_same else self.states()

    def changes(self, **asked: str | None) -> Timeline:
        """Changes of what is asked for (`Timeline.where`), in the order of runs."""
        kept = {p: self._files.fetch(self._manifest, p, bytes) for p in self._manifest.of("runs")}
        runs = Runs(partial(self._run_tables, kept))
        texts = tuple(column.name for column in tables.CHANGES if column.kind == "string")
        parts = [self.table(path, repeated=texts) for path in self._manifest.of("changes")]
        found = [timeline.read(part, runs).where(**asked) for part in parts if part is not None]
        whole = Timeline.together(found)
        return timeline.in_order(whole, is_sorted=self._is_in_order("changes"))

    def runs(self) -> list[RunRow]:
        """Rows of all runs, in their order."""
        parts = (self._parsed(path, tables.to_runs) for path in self._manifest.of("runs"))
        found = [row for part in parts for row in part or ()]
        return sorted(found, key=lambda r: (r.sequence, r.author_key, r.provider))

    def summary(self) -> tuple[SummaryRow, ...]:
        """The summary, made again from the state and the runs, of which the latest counts."""
        runs = sorted(self.runs(), key=lambda r: r.at)
        return summary.summarise(self.states().states, runs)

    def glance(self) -> tuple[SummaryRow, ...]:
        """The summary as it is stored, or made again."""
        return self.summary() if self._stored_summary is None else self._stored_summary

    def table(self, path: str, *, repeated: tuple[str, ...] = ()) -> Any | None:
        """One file as an Arrow table (`unpack`), or `None` when it is damaged or not there."""
        from pipeline.history.columns import unpack

        if path not in self._manifest.files:
            return None
        return self._files.fetch(self._manifest, path, lambda d: unpack(d, repeated=repeated))

    def is_stored(self, path: str, sha256: str) -> bool:
        """Whether a file with these very bytes is in its place."""
        entry = self._manifest.files.get(path)
        return entry is not None and entry.sha256 == sha256 and self._files.is_sound(path, entry)

    def entry(self, path: str) -> Entry:
        """What the manifest says of a file."""
        return self._manifest.files[path]

    def _parsed(self, path: str, of: Callable[[Any], T]) -> T | None:
        """What a file says, by its table; `None` when it is damaged or not there."""
        from pipeline.history.columns import unpack

        if path not in self._manifest.files:
            return None
        return self._files.fetch(self._manifest, path, lambda data: of(unpack(data)))

    def _run_tables(self, kept: Mapping[str, bytes | None]) -> Iterator[Any]:
        """What dates changes, out of files that were read before."""
        from pipeline.history.columns import unpack

        names = tuple(column.name for column in tables.RUNS[:3])
        for path, data in kept.items():
            try:
                if data is not None:
                    yield unpack(data, columns=names)
            except ValueError as error:
                self._files.note(path, f"{error}: it was left out")

    def _is_in_order(self, kind: str) -> bool:
        """Whether no file holds a run that comes before the last one of the file before it."""
        found = [self._manifest.files[path] for path in self._manifest.of(kind)]
        return all(one.last < other.first for one, other in pairwise(found))

    def _authors(self, path: str) -> dict[Key, ProviderState] | None:
        if not self._is_begun(path):
            return {}
        return self._parsed(path, tables.to_authors)

    def _records(self, path: str) -> tuple[list[Key], list[Observed], dict[int, str]] | None:
        return self._parsed(path, tables.to_observed) if self._is_begun(path) else ([], [], {})

    def _is_begun(self, path: str) -> bool:
        """Whether there ever was such a file: not before the first answer that was believed."""
        files = self._manifest.files
        return path in files or PREVIOUS.get(path) in files or bool(self._manifest.of("changes"))

    def _since(self, path: str) -> list[Change]:
        """Changes of the runs after the generation that a state file is made again from."""
        before = self._manifest.files.get(PREVIOUS[path])
        last = before.last if before and self._files.is_sound(PREVIOUS[path], before) else 0
        found = [c for c in self.changes() if c.sequence > last]
        how = f"the generation of run {last} and" if last else "nothing but"
        self._files.note(
            path,
            f"made again from {how} {len(found)} changes; titles and other metadata "
            "come back with the next answer of each provider",
        )
        return found

    def _checked(self) -> dict[Key, datetime]:
        """When each provider was last believed: from the summary, or from the runs."""
        found = self._stored_summary
        if found is None:
            runs = sorted(self.runs(), key=lambda r: r.at)
            return {(r.author_key, r.provider): r.at for r in runs if r.works_seen is not None}
        return {(r.author_key, r.provider): r.checked_at for r in found if r.checked_at}

    @cached_property
    def _stored_summary(self) -> tuple[SummaryRow, ...] | None:
        return summary.stored(self._files, self._manifest)
