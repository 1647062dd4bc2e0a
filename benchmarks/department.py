"""What a department costs: memory against its size, requests, and time an author.

Every slice is a process of its own, so the peak of any process must not grow with the list. The
limit for requests is one call a hundred works and one a hundred profiles.

Usage: python benchmarks/department.py [--authors 200 1000] [--works 50]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
GROWTH = 1.1
"""Most times the memory of the small department that the large one may take."""
SLICE = 100


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--authors", type=int, nargs=2, default=(200, 1000))
    parser.add_argument("--works", type=int, default=50)
    asked = parser.parse_args()
    crowd = subprocess.Popen(
        [sys.executable, str(HERE / "crowd.py"), str(asked.works)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    url = crowd.stdout.readline().strip() if crowd.stdout else ""
    print(f"{'authors':>8} {'seconds':>8} {'ms/author':>10} {'requests':>9} {'least':>6} {'MB':>6}")
    rows = [run(url, authors, asked.works) for authors in asked.authors]
    growth = rows[1][0] / rows[0][0]
    print(f"memory of the larger one: {growth:.2f} times (goal: {GROWTH} at most)")
    crowd.kill()
    return int(growth > GROWTH or any(requests > most for _, requests, most in rows))


def run(url: str, authors: int, works: int) -> tuple[float, int, int]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        rows = [f"p{n},openalex:A{n}" for n in range(1, authors + 1)]
        (root / "people.csv").write_text("\n".join(["key,ids", *rows, ""]))
        (root / "settings.toml").write_text(
            "allow_private_hosts = true\n[badges]\npapers = false\nsvg = false\n"
            'metrics = ["citations", "h_index", "i10_index", "papers"]\n[report]\npages = false\n'
            f'[providers]\norder = ["openalex"]\n[providers.openalex]\nbase_url = "{url}"\n'
            "delay = 0\n"
        )
        command = [sys.executable, "-m", "pipeline", "department", "people.csv", "--json"]
        command += ["--settings", "settings.toml", "--slice-size", str(SLICE)]
        began = time.perf_counter()
        with (root / "out.json").open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=root,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(HERE.parent)},
            )
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if status:
            sys.exit(f"exit code {os.waitstatus_to_exitcode(status)}")
        told = json.loads((root / "out.json").read_text())
        requests = sum(one["requests"] for one in told["done"])
        slices = told["slices"]
        # Each slice has its own last page of profiles and of works.
        least = -(-authors // 100) + authors * works // 100
        most = least + 3 * slices
        megabytes = usage.ru_maxrss / 1024
        print(
            f"{authors:8} {seconds:8.1f} {1000 * seconds / authors:10.1f} {requests:9} {least:6} "
            f"{megabytes:6.0f}"
        )
        return megabytes, requests, most


if __name__ == "__main__":
    sys.exit(main())
