"""Whatever lies in the place of one file: the rest is read, the damage named, no figure lost."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime

import pytest

from pipeline.history import History
from pipeline.history import manifest as listing

UNREAD = "copy"
"""Read only where `manifest.json` cannot be, and written by every run."""
NO_FILE = ("folder", "pipe", "dead link", "looped link")

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
HTML = b"<!doctype html><title>Sign in to the network</title><p>Accept the terms to go on."


def put(data):
    return lambda path, other: path.write_bytes(data)


def zeros(path, other):
    path.write_bytes(bytes(path.stat().st_size))


def half(path, other):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def deleted(path, other):
    path.unlink()


def folder(path, other):
    path.unlink()
    path.mkdir()
    (path / "inside.txt").write_text("mine")


def pipe(path, other):
    path.unlink()
    os.mkfifo(path)


def link(path, other):
    foreign = other.with_name("elsewhere.txt")
    foreign.write_bytes(HTML)
    path.unlink()
    path.symlink_to(foreign)


def dead_link(path, other):
    path.unlink()
    path.symlink_to("nowhere")


def looped_link(path, other):
    path.unlink()
    path.symlink_to(path.name)


def of_another(path, other):
    path.write_bytes(other.read_bytes())


DAMAGE = {
    "empty": put(b""),
    "picture": put(PNG),
    "page": put(HTML),
    "zeros": zeros,
    "half": half,
    "deleted": deleted,
    "folder": folder,
    "pipe": pipe,
    "link": link,
    "dead link": dead_link,
    "looped link": looped_link,
    "another history's": of_another,
}


@pytest.fixture(scope="session")
def another(template, tmp_path_factory):
    """Files of a history with the same names and other figures, from the same days."""
    root = tmp_path_factory.mktemp("another")
    other = type(template)(root)
    other.config().write_bytes(template.config().read_bytes())
    for raised, day in enumerate(((2025, 12, 1), (2025, 12, 2), (2026, 1, 5), (2026, 1, 6))):
        other.live(40 + raised, datetime(*day, 3, 17, tzinfo=UTC))
    for raised, day in enumerate(((2026, 2, 3), (2026, 2, 4), (2026, 2, 5))):
        other.live(50 + raised, datetime(*day, 3, 17, tzinfo=UTC))
    return other


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_costs_no_figure_and_the_next_run_mends_it(past, truth, another, kind, how, capsys):
    path, numbers = past.path(kind), past.numbers()
    DAMAGE[how](path, another.path(kind))
    damaged = path.read_bytes() if path.is_file() else None
    seen = past.look()
    assert seen.figures == truth.figures
    if not seen.problems:
        assert seen.told == truth.told, "read as different data in silence"
    else:
        assert path.relative_to(past.kept).as_posix() in {p.path for p in seen.problems}
    is_noticed = kind != UNREAD or how in NO_FILE
    assert past.ask() == (5 if is_noticed else 3)
    assert "Traceback" not in capsys.readouterr().err
    assert past.numbers() == numbers
    after = past.look()
    assert after.figures == truth.figures
    assert after.problems == []
    aside = [past.kept / p.path for p in History(past.kept).verify()]
    assert all(p.parent.name == "quarantine" for p in aside), "nothing but what was set aside"
    assert len(aside) == (is_noticed and how != "deleted")
    assert damaged is None or not aside or aside[0].read_bytes() == damaged


def test_no_truncation_is_read_as_different_data(past, truth, kind):
    path = past.path(kind)
    data = path.read_bytes()
    lost = 0
    for percent in range(100):
        path.write_bytes(data[: len(data) * percent // 100])
        seen = past.look()
        assert seen.figures == truth.figures, f"cut at {percent} %"
        if not seen.problems:
            assert seen.told == truth.told, f"cut at {percent} %: different data in silence"
        lost += bool(seen.problems)
    print(f"{kind}: {lost} of 100 truncations named")
    assert lost == (0 if kind == UNREAD or kind.endswith("before") else 100)


def test_a_manifest_with_any_byte_flipped_is_refused_or_says_the_same(past, truth):
    path = past.kept / "manifest.json"
    data = path.read_bytes()
    chance = random.Random(1)
    sound = listing.load(data)
    refused = harmless = 0
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << chance.randrange(8)
        found = listing.peek(bytes(flipped))
        if found is None:
            refused += 1
        else:
            harmless += 1
            assert (found.sequence, found.last_at) == (sound.sequence, sound.last_at)
            assert dict(found.files) == dict(sound.files)
        if place % 100 == 0:
            path.write_bytes(flipped)
            assert past.look().told == truth.told
    print(f"manifest: {len(data)} bytes, {refused} refused, {harmless} harmless, 0 silent")
    assert refused > 0.9 * len(data)
