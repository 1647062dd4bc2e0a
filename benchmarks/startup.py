"""How soon the command answers, against `python -c pass`. Goal: 8 times at most."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from timing import ROOT, Goal, interleaved, process, report

sys.path.insert(0, str(ROOT))

from pipeline.sample import sample_config, serve_sample

ROUNDS = 15


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        config = Path(scratch, "scholar-metrics.toml")
        with serve_sample() as urls:
            config.write_text(sample_config(urls, Path(scratch, "output"), Path(scratch, "past")))
            process(lambda: ["-m", "pipeline", "refresh", "--config", str(config)])()
        seconds = interleaved(
            {
                "python -c pass": process(lambda: ["-c", "pass"]),
                "python -c 'import click'": process(lambda: ["-c", "import click"]),
                "scholar-metrics --help": process(lambda: ["-m", "pipeline", "--help"]),
                "scholar-metrics status": process(
                    lambda: ["-m", "pipeline", "status", "--config", str(config)]
                ),
            },
            rounds=ROUNDS,
        )
    return report(
        seconds,
        baseline="python -c pass",
        goals={
            "scholar-metrics --help": Goal(ratio=8),
            "scholar-metrics status": Goal(ratio=8),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
