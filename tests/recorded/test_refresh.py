"""Recorded profiles with their counts changed at random, through the whole command."""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from pipeline.sample.server import ReplayServer

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
SCHOLAR = RECORDED / "google_scholar"

pytestmark = pytest.mark.skipif(
    not SCHOLAR.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)

COUNT = re.compile(rb'(<a\b[^>]*class="gsc_a_ac[^"]*"[^>]*>)([0-9]*)(</a>)')
CELL = re.compile(rb'(<td class="gsc_rsb_std">)([0-9]+)(</td>)')
USER = re.compile(rb'rel="canonical" href="[^"]*[?]user=([\w-]+)')
ROBOTS = "User-agent: *\nDisallow: /citations?\nAllow: /citations?user=\n"


def profiles():
    """Complete lists alone: their totals can be recomputed from what is shown."""
    found = []
    for path in sorted(SCHOLAR.glob("profile_*.html")):
        page = path.read_bytes()
        more = re.search(rb'<button[^>]*id="gsc_bpf_more"[^>]*>', page)
        if len(CELL.findall(page)) == 6 and (more is None or b"disabled" in more.group(0)):
            found.append(path)
    return found


def changed(page: bytes, seed: int) -> tuple[bytes, dict[str, int]]:
    """The page with every count changed, rows still falling, its table as Google would print it."""
    rng = random.Random(seed)
    anchors = COUNT.findall(page)
    counts = sorted((rng.randrange(3000) for _ in anchors), reverse=True)
    struck = [b"gsc_a_acm" in before for before, _, _ in anchors]
    shown = [c for c, out in zip(counts, struck, strict=True) if not out]
    figures = {
        "citations": sum(shown),
        "h_index": sum(c >= rank for rank, c in enumerate(shown, 1)),
        "i10_index": sum(c >= 10 for c in shown),
    }
    left = iter(counts)
    page = COUNT.sub(lambda m: m.group(1) + str(next(left)).encode() + m.group(3), page)
    cells = iter(
        [
            figures["citations"],
            min(figures["citations"], rng.randrange(500)),
            figures["h_index"],
            min(figures["h_index"], 2),
            figures["i10_index"],
            min(figures["i10_index"], 1),
        ]
    )
    return CELL.sub(lambda m: m.group(1) + str(next(cells)).encode() + m.group(3), page), figures


def refresh(commands, folder: Path, url: str, user: str) -> subprocess.CompletedProcess[str]:
    config = folder / "scholar-metrics.toml"
    config.write_text(
        f'output = "out"\nhistory = "kept"\nallow_private_hosts = true\n'
        f'[[authors]]\nkey = "me"\nids = {{google_scholar = "{user}"}}\n'
        f'[providers]\norder = ["google_scholar"]\n'
        f'[providers.google_scholar]\nbase_url = "{url}"\ndelay = 0\n'
    )
    return commands.run("refresh", "--config", str(config), cwd=folder)


def test_changed_figures_reach_every_file_exactly_with_one_request(tmp_path, capsys, commands):
    pages = profiles()
    assert len(pages) >= 3
    for seed, path in enumerate(pages):
        home = tmp_path / path.stem
        served = home / "served"
        served.mkdir(parents=True)
        page, figures = changed(path.read_bytes(), seed)
        kind = "text/html; charset=ISO-8859-1" if b"oe=ASCII" in page else "text/html"
        (served / "profile.html").write_bytes(page)
        (served / "robots.txt").write_text(ROBOTS)
        user = USER.search(page).group(1).decode()
        routes = [
            {"path": "/robots.txt", "body": "robots.txt"},
            {
                "path": "/citations",
                "query": {"user": user},
                "headers": {"Content-Type": kind},
                "body": "profile.html",
            },
        ]
        (served / "routes.json").write_text(json.dumps(routes))
        with ReplayServer(served) as server:
            result = refresh(commands, home, server.url, user)
            asked = [r.target for r in server.requests if not r.target.startswith("/robots")]
        assert result.returncode == 0, (path.name, result.stderr)
        assert asked == [f"/citations?user={user}&hl=en&pagesize=100"]
        _assert_written(home / "out", figures, path.name)
    with capsys.disabled():
        print(f"\n{len(pages)} recorded profiles refreshed with changed figures")


def _assert_written(output: Path, figures: dict[str, int], name: str) -> None:
    data = json.loads((output / "gs_data.json").read_text())
    own = [p for key, p in data["publications"].items() if not key.startswith(("doi:", "arxiv:"))]
    assert data["citedby"] == figures["citations"], name
    assert (data["hindex"], data["i10index"]) == (figures["h_index"], figures["i10_index"]), name
    assert all(type(p["num_citations"]) is int for p in own), name
    assert sum(p["num_citations"] for p in own) >= figures["citations"], name
    badge = json.loads((output / "gs_data_shieldsio.json").read_text())
    assert badge == {
        "schemaVersion": 1,
        "label": "citations",
        "message": str(figures["citations"]),
    }, name
    metrics = json.loads((output / "metrics.json").read_text())
    stated = metrics["authors"][0]["sources"]["google_scholar"]["stated"]
    assert {key: stated[key] for key in figures} == figures, name
