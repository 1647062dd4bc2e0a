"""Reading a Google Scholar page of 100 rows, against lxml building its tree. Goal: under 5 ms.

The page is made here: rows as the provider writes them, and as much style and script around them
as makes up the size of its pages (about 190 kB).
"""

from __future__ import annotations

import sys

import lxml.html
from timing import ROOT, Goal, call, interleaved, report

sys.path.insert(0, str(ROOT))

from spiders.pages import google_scholar

ROUNDS = 300
ROWS = 100
USER = "BENCHmarkAAJ"
URL = f"https://scholar.google.com/citations?user={USER}&hl=en&pagesize=100"
YEARS = range(2007, 2027)
COUNTS = [1000 // number for number in range(1, ROWS + 1)]

_ROW = (
    '<tr class="gsc_a_tr"><td class="gsc_a_t"><a href="/citations?view_op=view_citation&amp;hl=en'
    '&amp;user={user}&amp;pagesize=100&amp;citation_for_view={user}:benchmark{number:03d}" '
    'class="gsc_a_at">Made-up paper number {number} on a subject of no importance</a>'
    '<div class="gs_gray">A Sample, B Placeholder, C Fixture</div><div class="gs_gray">Journal of '
    'Examples {number} (1), 1-9<span class="gs_oph">, {year}</span></div></td><td class="gsc_a_c">'
    '<a href="https://scholar.google.com/scholar?oi=bibs&amp;hl=en&amp;cites=90000000{number:03d}" '
    'class="gsc_a_ac gs_ibl">{count}</a></td><td class="gsc_a_y">'
    '<span class="gsc_a_h gsc_a_hc gs_ibl">{year}</span></td></tr>'
)
_INDICES = (
    '<table id="gsc_rsb_st"><thead><tr><th class="gsc_rsb_sth"></th><th class="gsc_rsb_sth">All'
    '</th><th class="gsc_rsb_sth">Since 2021</th></tr></thead><tbody>{rows}</tbody></table>'
)
_INDEX = (
    '<tr><td class="gsc_rsb_sc1">{name}</td><td class="gsc_rsb_std">{value}</td>'
    '<td class="gsc_rsb_std">1</td></tr>'
)


def page() -> bytes:
    """The page."""
    rows = "".join(
        _ROW.format(user=USER, number=number, year=YEARS[number % len(YEARS)], count=count)
        for number, count in enumerate(COUNTS, start=1)
    )
    h_index = sum(count >= place for place, count in enumerate(COUNTS, start=1))
    stated = {"Citations": sum(COUNTS), "h-index": h_index, "i10-index": len(COUNTS)}
    indices = "".join(_INDEX.format(name=name, value=value) for name, value in stated.items())
    years = "".join(f'<span class="gsc_g_t">{year}</span>' for year in YEARS)
    bars = "".join(
        f'<a class="gsc_g_a" style="z-index:{place}"><span class="gsc_g_al">9</span></a>'
        for place in range(1, len(YEARS) + 1)
    )
    style = "<style>" + ".gsc_a_tr{padding:0}.gs_el_ph .gsc_a_m{display:block}" * 400 + "</style>"
    script = "<script>" + "function gs_f(a){return a<1&&!a?'<b>':a+1}" * 1800 + "</script>"
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>Benchmark</title>{style}'
        f'<link rel="canonical" href="{URL}">{script}</head><body><div id="gsc_prf_in">Ada Sample'
        '</div><div class="gsc_prf_il">Institute of Examples</div><table id="gsc_a_t">'
        f'<tbody id="gsc_a_b">{rows}</tbody></table><span id="gsc_a_nn">Articles 1&ndash;{ROWS}'
        '</span><button id="gsc_bpf_more" disabled>Show more</button><div id="gsc_rsb_cit">'
        f"{_INDICES.format(rows=indices)}<div>{years}{bars}</div></div></body></html>"
    ).encode()


def main() -> int:
    body = page()
    (parsed,) = google_scholar.parse(body, url=URL, status=200)
    if [work.cited_by_count for work in parsed.works] != COUNTS:
        sys.exit("the page was not read right")
    print(f"{ROWS} rows, {len(body) / 1000:.0f} kB")
    seconds = interleaved(
        {
            "lxml.html.document_fromstring": call(lambda: lxml.html.document_fromstring(body)),
            "spiders.pages.google_scholar.parse": call(
                lambda: google_scholar.parse(body, url=URL, status=200)
            ),
        },
        rounds=ROUNDS,
    )
    return report(
        seconds,
        baseline="lxml.html.document_fromstring",
        goals={"spiders.pages.google_scholar.parse": Goal(seconds=0.005)},
    )


if __name__ == "__main__":
    sys.exit(main())
