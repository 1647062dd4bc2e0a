"""A history of an earlier layout is read and goes on; one of a later layout is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from pipeline.history import History, columns, tables
from pipeline.history import manifest as listing

COMMANDS = (("status",), ("history",), ("check",), ("explain", "example"))


def spec_of(path):
    if "authors" in path:
        return tables.AUTHORS
    return tables.RECORDS if "records" in path else tables.SPECS[path.partition("/")[0]]


def older(data, path):
    """The file without the columns that a version may lack, and without a seal."""
    spec = tuple(c for c in spec_of(path) if c.is_needed)
    content = columns.unpack(data).select([c.name for c in spec])
    mark = columns.marked(data) | {"schema": 0}
    return columns.pack(spec, content, mark=mark).replace(b'"seal": "', b'"none": "')


@pytest.fixture
def aged(past, monkeypatch):
    """The same history as a version before this one would have left it."""
    found = listing.load((past.kept / "manifest.json").read_bytes())
    files = {}
    for path, entry in found.files.items():
        data = (past.kept / path).read_bytes()
        if path == listing.SUMMARY:
            rows = json.loads(data)
            for row in rows["sources"]:
                row.pop("held")
            data = json.dumps(rows).encode()
        else:
            data = older(data, path)
        (past.kept / path).write_bytes(data)
        files[path] = replace(entry, sha256=listing.digest(data), size=len(data))
    with monkeypatch.context() as patch:
        patch.setattr(listing, "SCHEMA", 0)
        text = listing.dump(replace(found, files=MappingProxyType(files)))
    for name in ("manifest.json", "manifest.copy.json"):
        (past.kept / name).write_bytes(text)
    return past


def renewed(past, schema):
    """The same history, its manifest as a version with another layout would have written it."""
    for name in ("manifest.json", "manifest.copy.json"):
        body = json.loads((past.kept / name).read_bytes())
        body.pop("sha256")
        body |= {"schema": schema, "what_is_new": ["unknown"]}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        body["sha256"] = listing.digest(text.encode())
        (past.kept / name).write_text(json.dumps(body))


def tree(root):
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and p.name != "run.json"
    }


def test_an_earlier_layout_is_read_and_what_it_lacks_is_unknown(aged, truth):
    seen = aged.look()
    assert seen.problems == []
    assert seen.figures == truth.figures
    states, series, runs, _ = seen.told
    assert series == truth.told[1]
    assert {r.works_seen for r in runs} == {None}, "not said is no 0"
    assert [(r.run_id, r.at, r.kind) for r in runs] == [
        (r.run_id, r.at, r.kind) for r in truth.told[2]
    ]
    assert {o.work_id for s in states for o in s.works} == {None}
    assert History(aged.kept).verify() == []


def test_an_earlier_layout_goes_on_as_this_one(aged, truth):
    numbers = aged.numbers()
    for _ in range(2):
        assert aged.ask() == 3
    assert aged.numbers() == numbers
    seen = aged.look()
    assert (seen.figures, seen.problems) == (truth.figures, [])
    assert seen.told[1] == truth.told[1]
    assert json.loads((aged.kept / "manifest.json").read_bytes())["schema"] == listing.SCHEMA
    assert History(aged.kept).verify() == []


def test_a_later_layout_is_refused_in_one_line_and_nothing_is_written(past, capsys):
    renewed(past, listing.SCHEMA + 1)
    before = tree(past.root)
    for command, *args in (*COMMANDS, ("refresh", "--from-html", str(past.root / "page.html"))):
        assert past.command(command, *args) == 5
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert "newer version" in err
        assert err.endswith("update scholar-metrics\n")
    left = tree(past.root)
    assert {p: d for p, d in left.items() if p != "kept/.lock"} == {
        p: d for p, d in before.items() if p != "kept/.lock"
    }


def test_a_later_file_is_refused_where_both_manifests_are_lost(past, capsys):
    path = past.path("changes of a month")
    data = path.read_bytes()
    mark = columns.marked(data) | {"schema": listing.SCHEMA + 1}
    path.write_bytes(columns.pack(tables.CHANGES, columns.unpack(data), mark=mark))
    for name in ("manifest", "copy"):
        past.path(name).unlink()
    assert past.command("status") == 5
    assert "newer version: update" in capsys.readouterr().err
    assert past.path("changes of a month").exists()
