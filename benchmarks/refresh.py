"""A cold refresh of one author against the least that Scrapy can do. Goal: 1.5 times at most.

Both are whole processes and read the same Google Scholar page of the bundled sample from a replay
server in a third one. The refresh also asks robots.txt, checks, keeps history and writes every
artifact.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from timing import ROOT, Goal, interleaved, process, report

sys.path.insert(0, str(ROOT))

from pipeline.sample import PAGES, sample_config

ROUNDS = 7
FIGURES = "[badges]\nsvg = false\n[report]\npages = false\n"
"""Only what a homepage's script reads: nothing is drawn."""
QUERY = "/citations?user=SAMPLEadaAAJ&hl=en&pagesize=100"


@contextmanager
def replayed(folder: Path) -> Iterator[str]:
    """Serve a folder from another process."""
    command = [sys.executable, str(ROOT / "benchmarks" / "replay.py"), str(folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as server:
        assert server.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert server.stdout is not None  # noqa: S101
        yield server.stdout.readline().strip()
        server.stdin.close()


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as scratch,
        replayed(PAGES / "google_scholar") as url,
    ):
        places = (Path(scratch, str(number)) for number in count())

        def configured(place: Path, extra: str = FIGURES) -> list[str]:
            place.mkdir(exist_ok=True)
            text = sample_config({"google_scholar": url}, place / "output", place / "history")
            text += extra
            (place / "scholar-metrics.toml").write_text(text)
            return ["-m", "pipeline", "refresh", "--config", str(place / "scholar-metrics.toml")]

        def bare() -> Sequence[str]:
            badge = Path(scratch, f"badge-{next(places).name}.json")
            return [str(ROOT / "benchmarks" / "bare_crawl.py"), url + QUERY, str(badge)]

        known, drawn = next(places), next(places)
        seconds = interleaved(
            {
                "bare Scrapy, one badge": process(bare),
                "figures, nothing known": process(lambda: configured(next(places))),
                "figures, all known": process(lambda: configured(known)),
                "everything, nothing known": process(lambda: configured(next(places), "")),
                "everything, all known": process(lambda: configured(drawn, "")),
            },
            rounds=ROUNDS,
        )
    return report(
        seconds,
        baseline="bare Scrapy, one badge",
        goals={
            "figures, nothing known": Goal(ratio=1.5),
            "everything, all known": Goal(ratio=1.5),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
