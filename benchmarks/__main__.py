"""`python -m benchmarks`: every benchmark, one after another; 1 when a goal is missed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ORDER = (
    *("startup", "refresh", "parse", "measure", "bounds", "request_counts", "identity"),
    *("crawl", "department", "writing", "history", "ledger", "scale", "cluster", "snapshot"),
)


def main() -> int:
    codes = []
    for name in ORDER:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, str(HERE / f"{name}.py")]
        codes.append(subprocess.run(command, check=False).returncode)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
