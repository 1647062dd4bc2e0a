"""What each command says over a damaged history: its answer, a line for each damage, and 5."""

from __future__ import annotations

import json
import os
import re

import pytest

COMMANDS = {
    "status": ("status",),
    "status --json": ("status", "--json"),
    "history": ("history", "--papers"),
    "history --json": ("history", "--json"),
    "history --runs": ("history", "--runs"),
    "check": ("check",),
    "check --json": ("check", "--json"),
    "explain": ("explain", "survey"),
    "explain --json": ("explain", "survey", "--json"),
}


@pytest.fixture(params=COMMANDS)
def command(request):
    return COMMANDS[request.param]


def answer(past, capsys, command):
    code = past.command(*command)
    out, err = capsys.readouterr()
    return code, re.sub(r"\d+\.\d days ago", "", out.replace(str(past.root), "")), err


def cut(path, data):
    path.write_bytes(data[: len(data) // 2])


def pipe(path, data):
    os.mkfifo(path)


def is_read(command, kind):
    """Whether a command cannot answer without that file."""
    if kind.startswith("changes"):
        return command[0] == "history" and "--runs" not in command
    if kind.startswith("runs"):
        return command[0] == "history"
    return {"summary": command[0] != "history", "manifest": True}.get(kind)


@pytest.mark.parametrize("damage", [cut, pipe])
def test_damage_is_one_line_each_and_exit_code_5(past, capsys, kind, damage):
    sound = {name: answer(past, capsys, command) for name, command in COMMANDS.items()}
    path = past.path(kind)
    data = path.read_bytes()
    for name, command in COMMANDS.items():
        path.unlink(missing_ok=True)
        damage(path, data)
        code, out, err = answer(past, capsys, command)
        assert sound[name][0::2] == (0, "")
        assert code == (5 if err else 0), name
        assert all(line.startswith("history: ") for line in err.splitlines())
        if out != sound[name][1]:
            assert code == 5, f"{name}: another answer in silence"
        if "--json" in command:
            json.loads(out)
        assert "Traceback" not in out + err
        if (is_named := is_read(command, kind)) is not None:
            assert (path.relative_to(past.kept).as_posix() in err) == is_named, name


def test_a_history_of_which_nothing_is_left_is_one_line_and_keeps_the_outputs(
    past, capsys, command
):
    numbers = past.numbers()
    for path in past.kept.rglob("*"):
        if path.is_file():
            path.write_bytes(bytes(path.stat().st_size))
    for one in (command, ("refresh", "--from-html", str(past.root / "page.html"))):
        assert past.command(*one) == 5
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert "nothing of the history" in err
        assert "restore that folder from the data branch or a backup" in err
    assert past.numbers() == numbers
