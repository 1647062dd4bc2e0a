"""Serve a folder of answers until stdin ends: the provider of a benchmark, in its own process.

Usage: python benchmarks/replay.py FOLDER   (prints the base URL)
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.sample.server import ReplayServer

with ReplayServer(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
