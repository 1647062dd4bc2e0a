"""Our badges beside those of badge-maker, shields' own. Goal: Latin text at most 3 px apart.

Needs node and npm: badge-maker is installed into a folder that goes away again. Writes a page of
both, to be looked at, and prints widths; 1 when the goal is missed, 2 when it cannot run.
`--record FILE` keeps badge-maker's widths, for the test that compares without npm.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.model import BADGE_METRICS
from pipeline.writers.colours import in_hex
from pipeline.writers.endpoint import FRESH, Endpoint, badge
from pipeline.writers.logos import data_uri
from pipeline.writers.svg import draw
from spiders.registry import PROVIDERS

REFERENCE = "badge-maker@6"
STYLES = ("flat", "flat-square")
APART = 3
SHEET = Path(__file__).parent / "data" / "badge-sheet.html"
MANY = 10_000
AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
THEIRS = """
import { readFileSync } from 'node:fs'
import { makeBadge } from 'badge-maker'
const asked = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify(asked.map(one => makeBadge(one))))
"""
LATIN = (
    ("i10-index since 2021", "551074"),
    ("citations since 1999", "≥ 1.2k"),
    ("citations (recent)", "0"),
    ("cited by", "1"),
    ("h-index", "WWWWWWWWWWWW"),
    ("iiiiiiiiiiiiiiiiiiii", "llllllllllllllll"),
    ("Zażółć gęślą jaźń", "Łódź"),
    ("Příliš žluťoučký kůň", "úpěl ďábelské ódy"),
    ("Þingvellir", "Æsir, Œuvre, straße"),
    ("Yığın", "Ğ, İ, ı, Ş, ñ, ç"),
    ("Nguyễn Thị Ánh Tuyết", "trích dẫn"),
    ("“quoted” – ‘text’", "50 % … €3 ± 1"),
    ("a <b> & \"c\" 'd'", "]]> -- &amp;"),
    ("The quick brown fox jumps over the lazy dog, and over the dog again and again", "yes"),
    ("papers", "The quick brown fox jumps over the lazy dog, and over the dog again and again"),
    ("", "no label"),
)
OTHER = (
    ("引用", "一千二百"),
    ("被引用数", "1.3k"),
    ("цитирования", "1.3k"),
    ("παραπομπές", "Ωμέγα"),
    ("인용", "1.3k"),
    ("★★★☆☆", "α→β 😀"),
)
COLOURS = ("#f6f6f6", "#9cf", "#d8b800", "#4b0", "#dd4343", "#939393", "#000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    badge: Endpoint
    is_latin: bool = True

    @property
    def theirs(self) -> dict[str, str]:
        """What badge-maker is asked: the same, with our picture for a logo."""
        one = self.badge
        asked = {"label": one.label, "message": one.message, "color": in_hex(one.color or FRESH)}
        if one.label_color:
            asked["labelColor"] = in_hex(one.label_color)
        if one.named_logo:
            asked["logoBase64"] = data_uri(one.named_logo) or ""
        return asked


def samples() -> list[Sample]:
    logos = sorted({p.logo for p in PROVIDERS.values() if p.logo})
    found = [
        badge(label, value, as_of=AS_OF, is_stale=is_stale, is_bound=is_bound, logo=logo)
        for label in dict.fromkeys(BADGE_METRICS.values())
        for value, is_stale, is_bound, logo in (
            ("1.3k", False, False, None),
            ("551074", False, True, "googlescholar"),
            ("42", True, False, "semanticscholar"),
        )
    ]
    found += [badge("citations", "1.3k", as_of=AS_OF, is_stale=False, logo=s) for s in logos]
    found += [badge("stars", "999", as_of=AS_OF, is_stale=True, logo="github")]
    found += [Endpoint(label=label, message=value, color=FRESH) for label, value in LATIN]
    found += [Endpoint(label="", message="no label", color="#9cf", named_logo="orcid")]
    found += [Endpoint(label="citations", message="1.3k", color=colour) for colour in COLOURS]
    found += [
        Endpoint(label="citations", message="1.3k", color=c, label_color="f6f6f6") for c in COLOURS
    ]
    other = [Endpoint(label=label, message=value, color=FRESH) for label, value in OTHER]
    return [Sample(badge=b) for b in found] + [Sample(badge=b, is_latin=False) for b in other]


def reference(asked: list[dict[str, str]]) -> list[str]:
    """badge-maker's drawings; `RuntimeError` says why there are none."""
    with tempfile.TemporaryDirectory(prefix="badge-sheet-") as folder:
        Path(folder, "package.json").write_text('{"private": true}')
        Path(folder, "theirs.mjs").write_text(THEIRS)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            for command in ([*install, REFERENCE], ["node", "theirs.mjs"]):
                ran = subprocess.run(
                    command,
                    cwd=folder,
                    input=json.dumps(asked),
                    capture_output=True,
                    text=True,
                    check=True,
                    timeout=300,
                )
        except (OSError, subprocess.SubprocessError) as error:
            said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
            raise RuntimeError(said[-1] if said else "no reason given") from error
    return json.loads(ran.stdout)


def width_of(svg: str) -> float:
    return float(re.search(r'<svg[^>]* width="([0-9.]+)"', svg)[1])


def page(rows: list[tuple[Sample, str, str, str]]) -> str:
    body = "".join(
        f"<tr><td>{style}<td>{ours}<td>{theirs}<td>{width_of(ours) - width_of(theirs):+g}"
        f"<td>{html.escape(f'{s.badge.label} | {s.badge.message}')}\n"
        for s, style, ours, theirs in rows
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Badges</title><style>'
        "body{font:14px sans-serif}td,th{padding:2px 8px;text-align:left}"
        "svg{display:block}td{white-space:nowrap}"
        "</style><h1>Our badges beside badge-maker's</h1>\n"
        f"<table><tr><th>style<th>ours<th>{REFERENCE}<th>px<th>text\n{body}</table></html>\n"
    )


def speed() -> float:
    """Seconds that so many badges take, all different."""
    start = time.perf_counter()
    for number in range(MANY):
        draw(Endpoint(label="citations", message=str(number), named_logo="googlescholar"))
    return time.perf_counter() - start


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--output", type=Path, default=SHEET)
    asked.add_argument("--record", type=Path, help="file for the widths of badge-maker")
    options = asked.parse_args()
    plan = [(sample, style) for sample in samples() for style in STYLES]
    try:
        drawn = reference(
            [
                {**sample.theirs, "style": style, "idSuffix": str(number)}
                for number, (sample, style) in enumerate(plan)
            ]
        )
    except RuntimeError as error:
        print(f"NOT COMPARED: {REFERENCE} did not run ({error}): install node and npm, and go on")
        return 2
    rows = [
        (sample, style, draw(sample.badge, style=style), theirs)
        for (sample, style), theirs in zip(plan, drawn, strict=True)
    ]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page(rows), encoding="utf-8")
    worst = 0.0
    for sample, style, ours, theirs in rows:
        apart = width_of(ours) - width_of(theirs)
        worst = max(worst, abs(apart)) if sample.is_latin else worst
        kind = "latin" if sample.is_latin else "other"
        said = f"{sample.badge.label} | {sample.badge.message}"
        print(f"{width_of(ours):6g} {width_of(theirs):6g} {apart:+4g}  {kind} {style:11}  {said}")
    if options.record:
        known = [
            {"badge": sample.badge.document(), "width": width_of(theirs)}
            for sample, style, _, theirs in rows
            if sample.is_latin and style == "flat"
        ]
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in known)
        options.record.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{MANY} badges in {speed():.1f} s; looked at: {options.output}")
    verdict = "ok" if worst <= APART else "MISSED"
    print(f"Latin text: at most {worst:g} px apart, goal {APART}: {verdict}")
    return int(worst > APART)


if __name__ == "__main__":
    sys.exit(main())
