"""Runs refreshes, each in a fork of one process that has everything imported already.

Starting Python with Scrapy takes a second, a reactor starts once a process, and a fork takes
milliseconds. So this file is a program: it imports the product, reads jobs from stdin, forks a
child for each, and writes what became of it to stdout. The child runs the very command on virtual
time: its clock is given, its waits are written down and not slept, and a deadline passes by them.

A job may name a change of `changes.py`, which is made to what every spider reads: so a fault of
content reaches every provider of the registry without a line of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import io
import logging
import os
import pickle
import signal
import struct
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

LIMIT = 60
"""Seconds after which a refresh that hangs is ended; the test then says so."""
MOST_WORKS = 9
"""Works of an author that a provider which follows works is asked for: some take one request each,
and a wave of failures or an author who is emptied is no other one for having twice as many."""
_REACTOR = "twisted.internet.reactor"


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer each job until there are no more."""
    import_module("pipeline.cli.refresh")
    import_module("pipeline.refresh")
    import_module("scrapy.crawler")
    _copy_settings_at_once()
    _follow_few()
    _notice_refusals_at_once()
    while job := read(jobs):
        found = _forked(job)
        _learn(found.pop("modules", ()))
        write(answers, found)


def _learn(modules: Sequence[str]) -> None:
    """Import what the first child had to: those after it find it here."""
    for name in modules:
        with contextlib.suppress(ImportError):
            import_module(name)
    assert _REACTOR not in sys.modules, "a reactor must begin in the fork"
    if modules:
        gc.collect()
        gc.freeze()  # what is here stays: children neither look through it nor copy its pages


def read(stream: BinaryIO) -> Any:
    """The next message; `None` when the other side is gone."""
    head = stream.read(8)
    return pickle.loads(stream.read(struct.unpack("<Q", head)[0])) if len(head) == 8 else None  # noqa: S301 - our own other half


def write(stream: BinaryIO, value: Any) -> None:
    """One message."""
    data = pickle.dumps(value)
    stream.write(struct.pack("<Q", len(data)) + data)
    stream.flush()


def _forked(job: dict[str, Any]) -> dict[str, Any]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        gc.disable()  # it ends soon, and looking for garbage would take a tenth of its time
        signal.alarm(LIMIT)
        try:
            found = _refresh(job)
        except BaseException:  # noqa: BLE001 - whatever it is, the test wants to see it
            found = {"crash": traceback.format_exc()}
        with os.fdopen(theirs, "wb") as pipe:
            pipe.write(pickle.dumps(found))
        _keep_coverage()
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if data else {"crash": f"the refresh ended with status {status}"}  # noqa: S301 - our own child


def _refresh(job: dict[str, Any]) -> dict[str, Any]:
    from pipeline import refresh as flow
    from pipeline.cli import run

    known = set(sys.modules)
    os.chdir(job["home"])
    os.environ.update(job["env"])
    waits: list[tuple[str, str, float]] = []
    _virtual_time(datetime.fromisoformat(job["at"]), waits, flow)
    _settings(job["settings"])
    _names(job["names"])
    os.fsync = lambda _: None  # a matter of tests/pipeline/history, and of kills
    if job["change"]:
        _changed(job["change"])
    said, shown, log = io.StringIO(), io.StringIO(), io.StringIO()
    logging.basicConfig(level="DEBUG" if job["log"] else "CRITICAL", stream=log, force=True)
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(said):
        code = run(["refresh", *job["args"]])
    return {
        "code": code,
        "said": said.getvalue(),
        "shown": shown.getvalue(),
        "waits": waits,
        "log": log.getvalue(),
        "modules": sorted(set(sys.modules) - known - {_REACTOR}),
    }


def _virtual_time(at: datetime, waits: list[tuple[str, str, float]], flow: Any) -> None:
    import spiders.settings
    from spiders.base import ProviderSpider
    from spiders.middlewares import manners

    waited: Counter[str] = Counter()

    async def wait(seconds: float) -> None:
        asking = sys._getframe(1).f_locals  # `Manners._again`, which awaits this
        name = asking["self"]._spider.name
        waited[name] += seconds
        waits.append((name, asking["request"].url, seconds))

    def now() -> datetime:
        return at + timedelta(seconds=round(max(waited.values(), default=0)))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return now().astimezone(tz)

    left = ProviderSpider.seconds_left
    ProviderSpider.seconds_left = lambda self: left(self) - waited[self.name]  # type: ignore[method-assign]
    spiders.settings.MANNERS_WAIT = wait  # type: ignore[assignment]
    manners.datetime = Clock  # type: ignore[misc]
    flow.refresh.__kwdefaults__["clock"] = now


def _copy_settings_at_once() -> None:
    """Scrapy copies all its settings for each crawl, value by value: a tenth of a refresh here."""
    from scrapy.settings import BaseSettings, SettingsAttribute

    def copied(settings: BaseSettings) -> BaseSettings:
        new = object.__new__(type(settings))
        new.__dict__.update(settings.__dict__)
        new.attributes = {name: of(one) for name, one in settings.attributes.items()}
        return new

    def of(attribute: SettingsAttribute) -> SettingsAttribute:
        value = attribute.value
        if isinstance(value, BaseSettings):
            value = copied(value)
        elif isinstance(value, list | dict | set):
            value = value.copy()
        return SettingsAttribute(value, attribute.priority)

    BaseSettings.copy = copied  # type: ignore[method-assign]


def _follow_few() -> None:
    from pipeline.refresh import asking

    with_works = asking._with_works

    def with_few(*args: Any) -> Any:
        plan = with_works(*args)
        few = (replace(t, follow=t.follow[-MOST_WORKS:]) for t in plan.targets)
        return replace(plan, targets=tuple(few))

    asking._with_works = with_few


def _notice_refusals_at_once() -> None:
    """Twisted looks only every 0.3 s whether all addresses of a name have refused a connection."""
    from twisted.internet.endpoints import HostnameEndpoint

    HostnameEndpoint._DEFAULT_ATTEMPT_DELAY = 0.07


def _settings(changed: dict[str, Any]) -> None:
    import spiders.settings

    for name, value in changed.items():
        setattr(spiders.settings, name, value)


def _names(known: dict[str, str | None]) -> None:
    """A resolver that knows these names only; `None` is one that does not exist."""
    import socket

    def resolve(name: str) -> str:
        if name.replace(".", "").isdigit():
            return name
        if known.get(name) is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known[name]  # type: ignore[return-value]

    socket.gethostbyname = resolve


def _changed(name: str) -> None:
    from spiders.registry import PROVIDERS

    place = Path(__file__).with_name("changes.py")
    spec = importlib.util.spec_from_file_location("faults_changes", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for row in PROVIDERS.values():
        path, _, spider = row.spider.partition(":")
        found = getattr(import_module(path), spider)
        found.read = module.changed(found.read, name)


def _keep_coverage() -> None:
    if "coverage" in sys.modules:
        measured = sys.modules["coverage"].Coverage.current()
        if measured is not None:
            measured.stop()
            measured.save()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
