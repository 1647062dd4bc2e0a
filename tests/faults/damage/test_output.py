"""Damaged outputs are written anew, no id that a page names goes with them; read-only folders."""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

SHOWN = (
    "gs_data.json",
    "gs_data_shieldsio.json",
    "gs_data_h_index.json",
    "metrics.json",
    "works.csv",
    "works.parquet",
    "works.bib",
    "citations.yml",
    "badges/ada/citations.json",
    "badges/ada/papers/index.json",
    "authors/ada/gs_data.json",
    "authors/ada/metrics.json",
    "run.json",
)

DAMAGE = {
    "empty": lambda _: b"",
    "cut": lambda data: data[: len(data) // 2],
    "zeros": lambda data: bytes(len(data)),
    "picture": lambda _: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "page": lambda _: b"<!doctype html><title>404</title>",
    "null": lambda _: b"null",
    "list": lambda _: b'[{"publications": {}}]',
    "number": lambda _: b"1e999",
    "bottomless": lambda _: b"[" * 100_000,
    "wrong types": lambda _: json.dumps(
        {
            "scholar_id": "SAMPLEadaAAJ",
            "name": ["Ada"],
            "author_key": "ada",
            "citedby": "many",
            "publications": {
                "SAMPLEadaAAJ:smplPaper01C": {"num_citations": None},
                "SAMPLEadaAAJ:oddPaper01": {"num_citations": "7"},
                "SAMPLEadaAAJ:oddPaper02": {"num_citations": True},
                "SAMPLEadaAAJ:oddPaper03": [],
                "SAMPLEadaAAJ:oddPaper04": {"num_citations": -1},
            },
        }
    ).encode(),
}


def shown(past):
    return {
        p.relative_to(past.output).as_posix(): p.read_bytes()
        for p in past.output.rglob("*")
        if p.is_file() and p.name != "run.json"
    }


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_outputs_are_written_anew(past, capsys, how):
    assert past.ask() == 3
    before = shown(past)
    for name in SHOWN:
        path = past.output / name
        path.write_bytes(DAMAGE[how](path.read_bytes()))
    assert past.command("status") == 0
    assert past.ask() == 3
    assert shown(past) == before
    json.loads((past.output / "run.json").read_bytes())
    assert "Traceback" not in capsys.readouterr().err


def test_every_id_comes_back_from_the_history_the_gone_ones_too(past):
    text = (past.root / "page.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr class="gsc_a_tr">.*?</tr>', text, flags=re.DOTALL)
    (row,) = (r for r in rows if "smplPaper13C" in r)
    short = past.root / "short.html"
    short.write_text(text.replace(row, ""), encoding="utf-8")
    assert past.ask("--accept", page=short) == 0
    assert {gone for _, gone in past.look().figures.values()} == {False, True}
    names = ("gs_data.json", "authors/ada/gs_data.json")
    before = {name: json.loads((past.output / name).read_bytes()) for name in names}
    for name in names:
        assert "SAMPLEadaAAJ:smplPaper13C" in before[name]["publications"]
        (past.output / name).write_bytes(b"{")
    assert past.ask() == 3
    for name in names:
        after = json.loads((past.output / name).read_bytes())
        assert after["publications"] == before[name]["publications"]


@pytest.mark.parametrize("damaged", ["gs_data.json", "authors/ada/gs_data.json"])
def test_ids_that_another_program_wrote_stay_while_one_of_both_files_is_sound(past, damaged):
    path = past.output / "gs_data.json"
    data = json.loads(path.read_bytes())
    data["publications"]["SAMPLEadaAAJ:earlier01C"] = {"num_citations": 7}
    path.write_text(json.dumps(data))
    assert past.ask() == 3
    (past.output / damaged).write_bytes(b"")
    assert past.ask() == 3
    for name in ("gs_data.json", "authors/ada/gs_data.json"):
        kept = json.loads((past.output / name).read_bytes())["publications"]
        assert kept["SAMPLEadaAAJ:earlier01C"]["num_citations"] == 7


def test_text_that_no_file_can_hold_is_no_end_of_a_refresh(past, capsys):
    path = past.output / "gs_data.json"
    data = json.loads(path.read_bytes())
    odd = {"num_citations": 7, "bib": {"title": "a\ud800b"}}
    data["publications"]["SAMPLEadaAAJ:earlier01C"] = odd
    data["publications"]["SAMPLEadaAAJ:\udfff"] = odd
    path.write_text(json.dumps(data))
    assert past.ask() == 3
    assert "Traceback" not in capsys.readouterr().err
    assert json.loads(path.read_bytes())["citedby"] == 415


def test_an_output_that_is_a_pipe_or_a_folder_is_named_and_waited_for_by_nobody(past, capsys):
    numbers = past.numbers()
    for make in (os.mkfifo, os.mkdir):
        path = past.output / "gs_data.json"
        path.unlink()
        make(path)
        assert past.ask() == 5
        line = capsys.readouterr().err.rstrip()
        assert "\n" not in line
        assert "gs_data.json" in line
        assert line.endswith("run again")
        path.rmdir() if path.is_dir() else path.unlink()
        assert past.ask() == 3
        capsys.readouterr()
        assert past.numbers() == numbers


@contextmanager
def read_only(monkeypatch, root):
    """As a disk that was mounted read-only: permissions do not bind an administrator."""

    def guarded(real, is_write):
        def call(path, *args, **options):
            fd = options.get("dir_fd", options.get("src_dir_fd"))
            base = Path(f"/proc/self/fd/{fd}").readlink() if isinstance(fd, int) else Path.cwd()
            if (base / path).is_relative_to(root) and is_write(args):
                raise OSError(errno.EROFS, "Read-only file system", str(path))
            return real(path, *args, **options)

        return call

    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", guarded(os.open, lambda args: bool(args[0] & writing)))
        for name in ("mkdir", "replace", "rename", "unlink", "remove", "rmdir"):
            patch.setattr(os, name, guarded(getattr(os, name), lambda _: True))
        yield


def test_a_read_only_history_is_read_and_a_refresh_says_so_in_one_line(past, capsys, monkeypatch):
    before, numbers = past.look().told, past.numbers()
    with read_only(monkeypatch, past.kept):
        for command in (("status",), ("history",), ("check",), ("explain", "survey")):
            assert past.command(*command) == 0
        assert capsys.readouterr().err == ""
        assert past.ask() == 5
    (line,) = capsys.readouterr().err.splitlines()
    assert "Read-only file system" in line
    assert "mend the disk and run again" in line
    assert past.look().told == before
    assert past.numbers() == numbers


def test_damage_in_a_read_only_history_is_named_and_stays(past, truth, capsys, monkeypatch):
    past.path("records").write_bytes(b"x")
    past.path("changes of a night").write_bytes(b"x")
    with read_only(monkeypatch, past.kept):
        seen = past.look()
        assert past.command("history") == 5
    assert seen.figures == truth.figures
    assert {p.path for p in seen.problems if "could not be set aside" in p.what} == {
        "state/records.parquet",
        past.path("changes of a night").relative_to(past.kept).as_posix(),
    }
    assert "could not be set aside" in capsys.readouterr().err
    assert past.path("records").read_bytes() == b"x"


def test_a_read_only_output_is_one_line_and_loses_no_answer(past, capsys, monkeypatch):
    before = shown(past)
    with read_only(monkeypatch, past.output):
        page = past.root / "page.html"
        text = page.read_text(encoding="utf-8").replace(">415<", ">416<").replace(">125<", ">126<")
        page.write_text(text, encoding="utf-8")
        assert past.ask(page=page) == 5
        assert shown(past) == before
    (line,) = capsys.readouterr().err.splitlines()
    assert "Read-only file system" in line
    assert line.endswith("run again")
    assert past.ask() == 3
    assert past.numbers()["gs_data.json citedby"] == 416


@pytest.mark.parametrize("name", [".lock", ".holder.json"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda p: p.write_bytes(b"\xff\x00{")])
def test_whatever_lies_in_place_of_the_lock_nobody_waits_for_it(past, truth, capsys, name, make):
    path = past.kept / name
    path.unlink(missing_ok=True)
    make(path)
    assert past.look() == truth
    assert past.command("status") == 0
    code = past.ask()
    err = capsys.readouterr().err
    assert "Traceback" not in err
    if path.is_dir() and name == ".lock":
        assert (code, err.count("\n")) == (5, 1)
        path.rmdir()
        code = past.ask()
    assert code == 3
