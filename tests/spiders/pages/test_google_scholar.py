"""What is on a profile page and must never leave it."""

import dataclasses
import json
from pathlib import Path

import pytest

from spiders.pages.google_scholar import parse

CASES = Path(__file__).with_name("fixtures") / "google_scholar"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
GOOD = [n for n in NAMES if "pages" in json.loads((CASES / n / "expected.json").read_text("utf-8"))]


@pytest.mark.parametrize("case", GOOD)
def test_the_domain_of_the_email_address_is_never_carried(case):
    meta = json.loads((CASES / case / "meta.json").read_text("utf-8"))
    body = (CASES / case / "body.html").read_bytes()
    (page,) = parse(body, **{name: meta[name] for name in ("url", "status", "headers")})
    told = repr(dataclasses.replace(page.author, homepage=None))
    assert "sample.example" not in told
