"""Takes the pictures of README.md and docs/: the sample's own results in a headless Chromium.

Usage: python docs/screenshots.py [FOLDER]   (default docs/images; needs the extra `dev`, Chromium)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BADGES = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Badges</title>
<style>body {{ margin: 0; padding: 12px; background: #fff }} img {{ margin: 3px 6px 3px 0 }}</style>
<div>{}</div></html>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> int:
    """Take them all."""
    images = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    browser = os.environ.get("SCHOLAR_METRICS_CHROMIUM") or next(
        (path for name in NAMES if (path := shutil.which(name))), None
    )
    if browser is None:
        sys.exit(
            "no Chromium: install Debian's package chromium, or name one in "
            "SCHOLAR_METRICS_CHROMIUM"
        )
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as url:
        _make(Path(folder))
        with _browser(browser) as started:
            _take(started, f"{url}/data/report/ada.html", images / "report.png", size=(1200, 1080))
            _take(
                started,
                f"{url}/data/report/ada.html",
                images / "report-phone.png",
                size=(390, 844),
                dark=True,
            )
            _take(started, f"{url}/index.html", images / "homepage.png", size=(820, 560))
            _take(started, f"{url}/badges.html", images / "badges.png", size=(560, 60))
    return 0


def _make(folder: Path) -> None:
    """The sample's results, the plain homepage of examples/, and a page of badges."""
    command = [sys.executable, "-m", "pipeline", "refresh", "--sample", "--output", "data"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, check=True, env=environment, stdout=subprocess.DEVNULL)
    shutil.copy(ROOT / "examples" / "html" / "index.html", folder)
    names = ("citations", "h_index", "g_index", "i10_index", "papers")
    shown = "".join(f'<img alt="" src="data/badges/ada/{name}.svg">' for name in names)
    (folder / "badges.html").write_text(BADGES.format(shown))


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def _browser(path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        started = playwright.chromium.launch(executable_path=path, args=args)
        yield started
        started.close()


def _take(
    browser: Any, url: str, target: Path, *, size: tuple[int, int], dark: bool = False
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=1,
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=target)
    context.close()
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")  # noqa: T201 - what it did


if __name__ == "__main__":
    sys.exit(main())
