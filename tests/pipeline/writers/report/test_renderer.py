"""The drawing process: it may end as it likes, the run goes on."""

from __future__ import annotations

import os
import signal

import pytest

from pipeline.writers.report import renderer as rendering
from pipeline.writers.report.renderer import CannotDraw, Renderer

STAND_IN = """
import json, os, sys
for line in sys.stdin:
    spec = json.loads(line)
    if spec.get("ends") == "never":
        sys.stdin.read()
    if spec.get("ends"):
        os.abort() if spec["ends"] == "abort" else os._exit(0 * sys.stdout.write('{"svg'))
    print(json.dumps({"svg": f"{os.getpid()}"}), flush=True)
"""


@pytest.fixture
def renderer(tmp_path, monkeypatch):
    """One whose process does as it is told and draws its own number."""
    program = tmp_path / "program.py"
    program.write_text(STAND_IN)
    monkeypatch.setattr(rendering, "_PROGRAM", program)
    with Renderer() as found:
        yield found


def test_all_drawings_come_from_one_process(renderer):
    assert renderer.svg({}) == renderer.svg({}) != str(os.getpid())


@pytest.mark.parametrize("end", ["abort", "half a line"])
def test_an_end_costs_the_drawing_that_it_came_over(renderer, caplog, end):
    first = renderer.svg({})
    with pytest.raises(CannotDraw):
        renderer.svg({"ends": end, "usermeta": {"name": "h-core"}})
    code = -signal.SIGABRT if end == "abort" else 0
    assert f"report.not_drawn chart=h-core why=the drawing process ended with {code}" in caplog.text
    assert renderer.svg({}) != first


def test_a_drawing_that_is_never_done_is_ended(renderer, monkeypatch):
    renderer.svg({})
    monkeypatch.setattr(rendering, "MOST_SECONDS", 0.01)
    with pytest.raises(CannotDraw):
        renderer.svg({"ends": "never"})


def test_a_process_that_cannot_begin_is_no_drawing(renderer, monkeypatch):
    monkeypatch.setattr(rendering.sys, "executable", "/nowhere/python")
    with pytest.raises(CannotDraw):
        renderer.svg({})


def test_after_three_ends_nothing_more_is_tried(renderer, monkeypatch):
    monkeypatch.setattr(rendering.sys, "executable", "/nowhere/python")
    for _ in range(rendering.MOST_ENDS):
        with pytest.raises(CannotDraw):
            renderer.svg({})
    monkeypatch.undo()
    with pytest.raises(CannotDraw):
        renderer.svg({})


def test_the_process_ends_with_the_drawing(renderer):
    number = int(renderer.svg({}))
    renderer.__exit__(None, None, None)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_nothing_is_started_before_there_is_something_to_draw(monkeypatch):
    monkeypatch.setattr(rendering.subprocess, "Popen", lambda *_, **__: pytest.fail("started"))
    with Renderer():
        pass
