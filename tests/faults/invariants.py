"""What holds after every fault, of whatever kind: `holds` is asked after each refresh of a scene.

I1  each published file parses, none is lost, and none is half of anything;
I2  no number becomes 0, empty or smaller without a reason;
I3  every acknowledged row of the history can be read, and nothing in it is damaged;
I4  every figure says when it was confirmed, and a badge shows it once that is long ago;
I5  the exit code is that of the outcomes, and one line names each cause.

I6 (requests are bounded, and waits are obeyed) is of the network alone: `stage.polite`.

Loaded by `conftest.py`; tests have it as the fixture `holds`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import yaml

from pipeline.history import History

Tree: TypeAlias = Mapping[str, bytes]
"""Content by path: `output/...` for what is published, `history/...` for what is remembered."""

GOOD = frozenset({"fresh", "unchanged"})
GREY = "#939393"
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LEAST = {
    "citations": lambda was: was * 0.8,
    "papers": lambda was: was - 5,
    "h_index": lambda was: was * 0.8 - 2,
}
"""What one believed answer may leave of a total."""
_COUNTED = ("citations", "papers", "h_index", "citations_max", "citations_mean", "i10_index")
_BY_AGE = frozenset({"m_quotient", "m_quotient_zero_based", "hi_annual"})
"""Figures of which a clock that went back knows nothing: a career that has not begun."""


def tree_of(output: Path, history: Path | None = None) -> dict[str, bytes]:
    """Every file of a home; the history is `history` below the output unless it is named."""
    place = history if history is not None else output / "history"
    return {**_files_of("output", output, but=place), **_files_of("history", place)}


def _files_of(name: str, root: Path, *, but: Path | None = None) -> dict[str, bytes]:
    """By rising path. Hundreds of times hundreds of files: no object is made of a path."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [one for one in folders if f"{folder}/{one}" != str(but)]
        start = name + folder[len(str(root)) :]
        for one in names:
            with open(f"{folder}/{one}", "rb") as file:  # noqa: PTH123
                found[f"{start}/{one}"] = file.read()
    return dict(sorted(found.items()))


def holds(
    before: Tree,
    after: Tree,
    *,
    exit_code: int | None,
    said: str,
    new: Tree | None = None,
    confirmed: Collection[tuple[str, str]] = (),
    stale_after: timedelta = timedelta(days=14),
) -> None:
    """Assert I1 to I5 of one refresh.

    Args:
        before: the home before it.
        after: the home after it.
        exit_code: the command's; `None` for one that was killed, which says nothing.
        said: what the command wrote to stderr.
        new: the home as the same refresh leaves it undisturbed, where that is known; each file
            must then be wholly the old or wholly the new one (but for `run.json`).
        confirmed: pairs of author and provider whose fall a person or three answers vouch for.
        stale_after: as configured.
    """
    _each_file_is_whole(before, after, new=new, killed=exit_code is None)
    _history_is_whole(before, after, killed=exit_code is None)
    if exit_code in (None, 5):
        assert exit_code is None or _one_line(said), f"I5: no word of the cause: {said!r}"
        if exit_code is None or "output/metrics.json" not in after:
            return
    run = _json(after, "output/run.json")
    if exit_code != 5:
        _the_run_is_told(before, run, exit_code=exit_code, said=said)
    outcomes = {(o["author"], o["provider"]): o["kind"] for o in run["outcomes"]}
    if "output/metrics.json" in after:
        _figures_are_kept(before, after, outcomes=outcomes, confirmed=confirmed)
        if exit_code != 5:
            now = datetime.fromisoformat(run["finished_at"])
            _age_is_shown(after, now=now, stale_after=stale_after)


# I1


def _each_file_is_whole(before: Tree, after: Tree, *, new: Tree | None, killed: bool) -> None:
    published = {p: b for p, b in after.items() if p.startswith("output/")}
    for path, data in published.items():
        name = path.rpartition("/")[2]
        if name.startswith(".") and name.endswith(".part"):
            assert killed, f"I1: left behind: {path}"
            continue
        if (name, data) in _sound:
            continue
        try:
            _parse(name, data)
            _sound.add((name, data))
        except (ValueError, ET.ParseError, OSError, yaml.YAMLError) as error:
            raise AssertionError(f"I1: {path} does not parse: {error}") from error
        if new is not None and name != "run.json" and data != before.get(path):
            assert data == new.get(path), f"I1: {path} is neither the old nor the new one"
    lost = {p for p in before if p.startswith("output/") and "/." not in p} - set(after)
    assert not lost, f"I1: gone: {sorted(lost)}"


_sound: set[tuple[str, bytes]] = set()
"""Names and contents that parsed: most files of most scenes are the same."""


def _parse(name: str, data: bytes) -> None:
    kind = name.rpartition(".")[2]
    assert data, f"I1: {name} is empty"
    if kind == "json":
        json.loads(data)
    elif kind in ("svg", "xml"):
        ET.fromstring(data)  # noqa: S314 - our own file
    elif kind == "yml":
        yaml.load(data, Loader=_YAML)  # noqa: S506 - a safe loader either way
    elif kind == "toml":
        tomllib.loads(data.decode())
    elif kind == "parquet":
        pq.read_table(io.BytesIO(data))
    elif kind == "csv":
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1, f"I1: {name} has rows of several lengths"
    elif kind == "html":
        assert data.rstrip().endswith(b"</html>"), f"I1: {name} does not end"
    elif kind == "bib":
        text = data.decode()
        assert text.count("{") == text.count("}"), f"I1: {name} has an open brace"
    else:
        data.decode()


# I2


def _figures_are_kept(
    before: Tree,
    after: Tree,
    *,
    outcomes: Mapping[tuple[str, str], str],
    confirmed: Collection[tuple[str, str]],
) -> None:
    old, new = dict(_sources(before)), dict(_sources(after))
    for pair, was in old.items():
        assert pair in new, f"I2: the figures of {pair} are gone"
        its = new[pair]
        believed = outcomes.get(pair) in GOOD
        no_younger = its["as_of"] >= was["as_of"]
        if not believed:
            assert its.get("stated") == was.get("stated"), (
                f"I2: {pair} changed though it was not believed"
            )
            assert its["as_of"] == was["as_of"], f"I4: {pair} was not confirmed, and its date moved"
        if pair in confirmed:
            continue
        for series in ("stated", "resolved"):
            _is_kept(
                (*pair, series), was.get(series, {}), its.get(series, {}), no_younger=no_younger
            )
    for path, numbers in _published(before).items():
        now = _published(after).get(path, {})
        assert set(numbers) <= set(now), f"I2: {path} lost {sorted(set(numbers) - set(now))[:3]}"
    if not any(kind in GOOD for kind in outcomes.values()) and old:
        for path, data in before.items():
            if path.startswith("output/") and not path.endswith("run.json"):
                aged = {_unaged(path, data), _unaged(path, after[path])}
                assert len(aged) == 1, f"I2: {path} changed though nothing was believed"


def _is_kept(
    where: tuple[str, ...],
    was: Mapping[str, float],
    now: Mapping[str, float],
    *,
    no_younger: bool,
) -> None:
    """The totals stay, in their bounds; while the counts do, so does what follows from them."""
    for name, least in _LEAST.items():
        if name not in was:
            continue
        assert name in now, f"I2: {where} lost its {name}"
        assert now[name] >= least(was[name]), f"I2: {where}: {name} fell to {now[name]}"
        assert now[name] or not was[name], f"I2: {where}: {name} became 0"
    if all(was.get(name) == now.get(name) for name in _COUNTED):
        lost = set(was) - set(now) - (set() if no_younger else _BY_AGE)
        assert not lost, f"I2: {where} lost {sorted(lost)} with its counts as they were"


def _sources(tree: Tree) -> Iterator[tuple[tuple[str, str], Any]]:
    if "output/metrics.json" not in tree:
        return
    for author in _json(tree, "output/metrics.json")["authors"]:
        for name, source in author["sources"].items():
            yield (author["key"], name), source


def _published(tree: Tree) -> dict[str, dict[str, int]]:
    """Numbers that a homepage reads, by file; each is a whole number of 0 or more."""
    found: dict[str, dict[str, int]] = {}
    for path in tree:
        if path.endswith("/gs_data.json"):
            page = _json(tree, path)
            numbers = {k: p["num_citations"] for k, p in page["publications"].items()}
            numbers["citedby"] = page["citedby"]
            for name, value in numbers.items():
                assert type(value) is int, f"I2: {path}: {name} is {value!r}"
                assert value >= 0, f"I2: {path}: {name} is {value!r}"
            found[path] = numbers
    return found


def _unaged(path: str, data: bytes) -> bytes | str:
    """A file without what depends on how old its figures are."""
    if "/badges/" in path and path.endswith(".json") and not path.endswith("index.json"):
        page = json.loads(data)
        return str(page["message"]).partition(" (")[0]
    if path.endswith("/gs_data.json"):
        page = json.loads(data)
        return json.dumps({**page, "is_stale": None})
    if path.endswith("metrics.json"):
        return data.replace(b'"is_stale": true', b'"is_stale": false')
    if path.endswith(".json") and b'"schemaVersion"' in data:
        return str(json.loads(data)["message"]).partition(" (")[0]
    return b"" if path.endswith((".svg", ".html")) else data


# I3


def _history_is_whole(before: Tree, after: Tree, *, killed: bool) -> None:
    old, new = _past(_history(before)), _past(_history(after))
    expected = ("left by a run that was killed",) if killed else ()
    problems = [p for p in new.problems if not any(text in p for text in expected)]
    assert not problems, f"I3: {problems}"
    lost = old.points - new.points
    assert not lost, f"I3: {len(lost)} points are gone, e.g. {min(lost, key=repr)}"
    assert old.runs <= new.runs, "I3: rows of runs are gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    points: frozenset[tuple[Any, ...]]
    runs: frozenset[tuple[Any, ...]]
    problems: tuple[str, ...]


def _history(tree: Tree) -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted((p, b) for p, b in tree.items() if p.startswith("history/")))


def _past(files: tuple[tuple[str, bytes], ...]) -> _Past:
    digest = hashlib.sha256(repr(files).encode()).hexdigest()
    if digest not in _read:
        _read[digest] = _past_of(files)
    return _read[digest]


_read: dict[str, _Past] = {}


def _past_of(files: tuple[tuple[str, bytes], ...]) -> _Past:
    with tempfile.TemporaryDirectory() as name:
        for path, data in files:
            place = Path(name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        history = History(Path(name, "history"))
        problems = [f"{p.path}: {p.what}" for p in history.verify()]
        points = frozenset(
            (c.sequence, c.author_key, c.provider, c.record_id, c.metric, c.date, c.value)
            for c in history.series()
        )
        runs = frozenset((r.sequence, r.run_id, r.author_key, r.provider) for r in history.runs())
    return _Past(points=points, runs=runs, problems=tuple(problems))


# I4


def _age_is_shown(after: Tree, *, now: datetime, stale_after: timedelta) -> None:
    for author in _json(after, "output/metrics.json")["authors"]:
        for name, source in author["sources"].items():
            as_of = datetime.fromisoformat(source["as_of"])
            is_stale = now - as_of > stale_after
            assert source["is_stale"] is is_stale, f"I4: {author['key']}, {name}: {source['as_of']}"
        shown = author.get("shown", {}).get("provider")
        path = f"output/badges/{author['key']}/citations.json"
        if shown is None or path not in after:
            continue
        badge, source = _json(after, path), author["sources"][shown]
        as_of = datetime.fromisoformat(source["as_of"])
        dated = badge["message"].endswith(f" ({as_of:%b %Y})")
        assert dated is source["is_stale"], f"I4: {path} says {badge['message']!r}"
        assert (badge["color"] == GREY) is source["is_stale"], f"I4: {path} is {badge['color']}"


# I5


def _the_run_is_told(before: Tree, run: Any, *, exit_code: int | None, said: str) -> None:
    if "output/run.json" in before:
        assert run["run_id"] != _json(before, "output/run.json")["run_id"], "I5: run.json is old"
    kinds = [o["kind"] for o in run["outcomes"]]
    good = sum(kind in GOOD for kind in kinds)
    refused = any(c["blocking"] and not c["passed"] for c in run["checks"])
    wanted = 0 if good == len(kinds) else 1 if good else 4 if refused else 3
    wanted = 5 if run["problems"] else wanted
    assert exit_code == run["exit_code"] == wanted, f"I5: exit {exit_code}, wanted {wanted}"
    lines = said.splitlines()
    for outcome in run["outcomes"]:
        start = f"{outcome['author']}, {outcome['provider']}: {outcome['kind']}: "
        told = [line for line in lines if line.startswith(start)]
        if outcome["kind"] in GOOD:
            assert not told, f"I5: {told} of one that is fresh"
            continue
        assert len(told) == 1, f"I5: {len(told)} lines begin with {start!r} in {said!r}"
        assert len(told[0]) > len(start) + 10, f"I5: {told[0]!r} does not say why"
        assert told[0].isprintable(), f"I5: {told[0]!r}"


def _one_line(said: str) -> bool:
    lines = [line for line in said.splitlines() if line.strip()]
    return bool(lines) and lines[-1].isprintable()


@lru_cache(maxsize=256)
def _loaded(data: bytes) -> Any:
    return json.loads(data)


def _json(tree: Tree, path: str) -> Any:
    return _loaded(tree[path])
