"""Dask as the place where tasks run: workers on this machine, or a cluster that runs already.

A task that dies with its worker is run again elsewhere; results come back as bytes and only one
process writes, so a killed worker costs time and nothing else. Workers must see the input (and,
where rows are partitioned first, the folder of the output) under the same paths.
"""

from __future__ import annotations

import logging
import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self, TypeVar

from pipeline.errors import ConfigError, StorageError
from pipeline.metrics.compiled import PAYS_FROM

T = TypeVar("T")
R = TypeVar("R")

REACH_SECONDS = 10
"""How long a scheduler may take to answer."""
WORKER_SECONDS = 60
"""How long no worker at all may be there."""
RETRIES = 3
"""Times that a task may fail by an error of its worker's."""
_IMPORTS = 4
"""Every worker imports compiled code for itself, and again when it is killed."""
_KEPT_BYTES = 1 << 28
DEATHS = 20
"""Workers that a task may lose before it is given up."""


class Cluster:
    """Tasks on Dask workers; a context manager.

    Args:
        workers: processes on this machine; its processors when `None`. Not with `scheduler`.
        scheduler: address such as `tcp://host:8786` of one that runs already.
        say: told one line: where the tasks run, and the dashboard.

    Raises:
        ConfigError: the extra is missing, the scheduler cannot be reached, no worker comes, or
            one lacks this package.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        scheduler: str | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._asked = workers
        self._scheduler = scheduler
        self._say = say or (lambda _: None)
        self._stack = ExitStack()
        self.workers = 1
        self.compiles_from = 0

    def __enter__(self) -> Self:
        try:
            import distributed
        except ImportError as error:
            raise ConfigError(
                "--engine dask needs Dask; pip install 'scholar-metrics[dask]'"
            ) from error
        with ExitStack() as stack:
            begin = self._here if self._scheduler is None else self._there
            self.client = begin(distributed, stack)
            self._meet(distributed)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def ordered(self, task: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Results in order; four tasks a worker are begun at once, so that none waits."""
        waiting: deque[Any] = deque()
        try:
            for item in items:
                waiting.append(self.client.submit(task, item, pure=False, retries=RETRIES))
                if len(waiting) >= 4 * self.workers:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            for future in waiting:
                future.cancel()

    def _here(self, distributed: Any, stack: ExitStack) -> Any:
        import dask

        from pipeline.scale.engine import processors

        # Dask has its workers give back each 64 KiB of freed memory, which costs page faults.
        keep = {"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": _KEPT_BYTES}
        settings = {"distributed.scheduler.allowed-failures": DEATHS} | keep
        stack.enter_context(dask.config.set(settings))
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=self._asked or processors(),
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
        )
        return stack.enter_context(distributed.Client(cluster, set_as_default=False))

    def _there(self, distributed: Any, stack: ExitStack) -> Any:
        address = self._scheduler
        remedy = "check the address and that `dask scheduler` runs there"
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            # A client that got a broken address hangs for 20 seconds when it is dropped.
            distributed.comm.parse_host_port(distributed.comm.parse_address(address)[1])
            client = distributed.Client(address, timeout=REACH_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, ImportError) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise ConfigError(f"--scheduler {address}: not reached ({reason}); {remedy}") from error
        return stack.enter_context(client)

    def _meet(self, distributed: Any) -> None:
        """Wait for a worker, and see that every one has what it needs."""
        client, where = self.client, self._scheduler or "the local cluster"
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise ConfigError(
                f"{where}: no worker came within {WORKER_SECONDS} seconds; "
                f"start one: dask worker {self._scheduler or ''}"
            ) from error
        found = client.run(_inspect_by_value(), on_error="return")
        for worker, answer in found.items():
            problem = _problem(answer, platform.python_version_tuple()[:2], distributed)
            if problem:
                raise ConfigError(f"worker {worker}: {problem}")
        self.workers = max(sum(client.nthreads().values()), 1)
        self.compiles_from = _IMPORTS * self.workers * PAYS_FROM
        hint = "" if find_spec("bokeh") or self._scheduler else " (its pages need bokeh)"
        self._say(f"{len(found)} Dask workers at {where}; dashboard {client.dashboard_link}{hint}")

    def _result(self, future: Any) -> Any:
        from distributed import TimeoutError as Late

        while True:
            try:
                return future.result(timeout=WORKER_SECONDS)
            except Late as error:
                if not self.client.nthreads():
                    raise StorageError(
                        f"no worker is left, for {WORKER_SECONDS} seconds; start some and run again"
                    ) from error
            except ConfigError:
                raise
            except Exception as error:
                reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
                raise StorageError(
                    f"a task was given up ({reason}); see the workers' logs and run again"
                ) from error


def _inspect_by_value() -> Callable[[], dict[str, str]]:
    """A function that is sent whole, so that a worker without this package can answer."""

    def inspect() -> dict[str, str]:
        import platform
        from importlib.metadata import version
        from importlib.util import find_spec

        found = {"python": ".".join(platform.python_version_tuple()[:2])}
        for name in ("distributed", "numpy", "pyarrow"):
            found[name] = version(name) if find_spec(name) else ""
        found["pipeline"] = "here" if find_spec("pipeline.scale") else ""
        return found

    inspect.__module__ = "__main__"
    return inspect


def _problem(answer: Any, python: tuple[str, ...], distributed: Any) -> str | None:
    if isinstance(answer, BaseException):
        if isinstance(answer, ModuleNotFoundError):
            return f"lacks scholar-metrics ({answer}); install the same version there"
        return f"does not answer ({answer}); restart it"
    if not answer["pipeline"]:
        return "lacks scholar-metrics; install the same version there"
    for name in ("numpy", "pyarrow"):
        if not answer[name]:
            return f"lacks {name}; install scholar-metrics with its dependencies there"
    if answer["python"] != ".".join(python) or answer["distributed"] != distributed.__version__:
        return (
            f"runs Python {answer['python']} with distributed {answer['distributed']}, not "
            f"{'.'.join(python)} with {distributed.__version__}; install the same versions there"
        )
    return None
