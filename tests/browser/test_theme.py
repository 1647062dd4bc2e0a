"""AcadHomepage's reading rules, written anew, over pages that our command has annotated.

The theme fetches `gs_data.json` by jQuery from a CDN or raw address, writes `#total_cit`, then each
`.show_paper_citations` by its attribute `data`, and dies at the first thing that is missing. Here
its addresses are answered from this machine.
"""

import json
import os
import re
from pathlib import Path

import pytest

liquid = pytest.importorskip("liquid")
markdown = pytest.importorskip("markdown")
jquery = pytest.importorskip("xstatic.pkg.jquery")

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
SEEDS = RECORDED.resolve().parent / "seeds"
USER = "AbCdEfGh_-AJ"
BASES = {
    True: "https://cdn.jsdelivr.net/gh/ada-sample/ada-sample.github.io@",
    False: "https://raw.githubusercontent.com/ada-sample/ada-sample.github.io/",
}
SITE = "https://ada-sample.github.io/"
JQUERY = Path(jquery.BASE_DIR) / "jquery.js"
PIXEL = "<svg xmlns='http://www.w3.org/2000/svg' width='99' height='20'><title>badge</title></svg>"

READING = """
$(function () {
  $.getJSON("BASEgoogle-scholar-stats/gs_data.json", function (data) {
    document.getElementById("total_cit").innerHTML = data["citedby"];
    $(".show_paper_citations").each(function () {
      const paper = data["publications"][$(this).attr("data")];
      this.innerHTML = "| Citations: " + paper["num_citations"];
    });
  });
});
"""
HEAD = """---
permalink: /
title: ""
---
{% if site.google_scholar_stats_use_cdn %}
{% assign base = "https://cdn.jsdelivr.net/gh/" | append: site.repository | append: "@" %}
{% else %}
{% assign base = "https://raw.githubusercontent.com/" | append: site.repository | append: "/" %}
{% endif %}
{% assign url = base | append: "google-scholar-stats/gs_data_shieldsio.json" %}

<span class='anchor' id='about-me'></span>

Ada Sample counts things.

# 📝 Publications
"""
BOX = """
<div class='paper-box'><div class='paper-box-image'><div><div class="badge">TEST</div></div></div>
<div class='paper-box-text' markdown="1">

[{title}](https://arxiv.org/pdf/{number})

**Ada Sample**, Bo Example
</div>
</div>
"""
ABOUT = HEAD + "".join(
    BOX.format(number=number, title=title)
    for number, title in (
        ("2401.00001", "A First Paper on Synthetic Data"),
        ("2401.00002", "A Paper That No Provider Has Ever Seen"),
        ("2401.00003", "A Third Paper: With Naïve Counts"),
    )
)
OURS = {
    "arxiv:2401.00001": ("A First Paper on Synthetic Data", 31),
    "arxiv:2401.00003": ("A Third Paper: With Naïve Counts", 0),
}
SEEN = {
    "arxiv:2511.15690": ("MoDES", 5),
    "arxiv:2407.19547": ("Temporal", 12),
    "arxiv:2410.01723": ("HarmoniCa", 22),
    "arxiv:2311.16503": ("TFMQ-DM", 61),
}
"""Four of the five papers that are listed in seed 001; QVGen is known to nobody."""


def gs_data(papers, name):
    entries = {
        key: {
            "container_type": "Publication",
            "bib": {"title": title},
            "author_pub_id": key,
            "num_citations": count,
            "provider": "openalex",
        }
        for key, (title, count) in papers.items()
    }
    return {
        "container_type": "Author",
        "name": name,
        "citedby": 161,
        "publications": entries,
        "updated": "2026-03-01T03:17:05+00:00",
        "provider": "openalex",
        "figures": "stated",
        "author_key": "me",
    }


@pytest.fixture
def annotate(tmp_path, commands):
    """Annotates a page with the command; gives its text."""

    def run(source, data):
        page, known = tmp_path / "about.md", tmp_path / "gs_data.json"
        page.write_bytes(source)
        known.write_text(json.dumps(data))
        done = commands.run("homepage", "annotate", str(page), "--data", str(known), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return page.read_text("utf-8")

    return run


def rendered(source, *, use_cdn):
    """What Jekyll makes of a page, as far as numbers go: front matter, Liquid, Markdown.

    For kramdown all that stands in a block without `markdown` is HTML; Python's Markdown asks what
    is around the block, and takes indented tags in it for code: so it is helped.
    """
    body = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    site = {
        "google_scholar_stats_use_cdn": use_cdn,
        "repository": "ada-sample/ada-sample.github.io",
    }
    text = liquid.Environment().from_string(body).render(site=site)
    text = text.replace("<div class='paper-box'>", "<div class='paper-box' markdown='1'>")
    text = re.sub(r"^ {4,}(?=<)", "", text, flags=re.MULTILINE)
    return markdown.markdown(text, extensions=["md_in_html", "tables"])


@pytest.fixture
def visit(page):
    """Opens the theme's page at its own address; what it asks for is answered here."""

    def go(body, data, *, use_cdn, script=READING):
        asked = []
        document = (
            f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Home</title><body>{body}"
            "<script>var died = false; addEventListener('error', () => { died = true; });</script>"
            f"<script src='/jquery.js'></script>"
            f"<script>{script.replace('BASE', BASES[use_cdn])}</script></body></html>"
        )

        def answer(route):
            url = route.request.url
            asked.append(url)
            if url == SITE:
                route.fulfill(body=document, content_type="text/html; charset=utf-8")
            elif url == SITE + "jquery.js":
                route.fulfill(path=JQUERY)
            elif url == BASES[use_cdn] + "google-scholar-stats/gs_data.json":
                route.fulfill(
                    body=json.dumps(data),
                    content_type="text/plain; charset=utf-8",
                    headers={"Access-Control-Allow-Origin": "*"},
                )
            elif route.request.resource_type == "image":
                route.fulfill(body=PIXEL, content_type="image/svg+xml")
            else:
                route.fulfill(status=204)

        page.route("**/*", answer)
        page.goto(SITE)
        page.wait_for_function("died || ($.active === 0 && document.readyState === 'complete')")
        assert BASES[use_cdn] + "google-scholar-stats/gs_data.json" in asked
        return page, asked

    return go


def papers_of(page):
    """What is seen behind each paper's link and before the next one's, by arXiv id."""
    found = page.evaluate(
        """() => {
            const found = [];
            for (const one of document.querySelectorAll('a[href], .show_paper_citations')) {
                const arxiv = /arxiv\\.org\\/pdf\\/([0-9.]+)/.exec(one.href);
                if (arxiv) found.push([arxiv[1], '']);
                else if (!one.href) found[found.length - 1][1] += one.innerText;
            }
            return found;
        }"""
    )
    shown = {}
    for number, text in found:
        shown[f"arxiv:{number}"] = shown.get(f"arxiv:{number}", "") + text
    return shown


@pytest.mark.parametrize("use_cdn", [True, False], ids=["cdn", "raw"])
def test_a_page_of_ours_shows_the_total_and_each_known_paper(annotate, visit, use_cdn):
    data = gs_data(OURS, "Ada Sample")
    source = annotate(ABOUT.encode(), data)
    page, asked = visit(rendered(source, use_cdn=use_cdn), data, use_cdn=use_cdn)
    assert page.inner_text("#total_cit") == "161"
    assert papers_of(page) == {
        "arxiv:2401.00001": "| Citations: 31",
        "arxiv:2401.00002": "",
        "arxiv:2401.00003": "| Citations: 0",
    }
    badges = [
        url for url in asked if url.startswith("https://img.shields.io/endpoint?url=https%3A")
    ]
    assert len(badges) == 1
    assert "google-scholar-stats%2Fgs_data_shieldsio.json" in badges[0]


def test_a_span_of_an_unknown_paper_is_what_keeps_later_ones_blank(visit, complaints):
    """The rules are the theme's: they die at what is missing, and later papers stay blank."""
    complaints.allow("num_citations")
    data = gs_data(OURS, "Ada Sample")
    spans = "".join(
        f"<p class='show_paper_citations' data='arxiv:2401.0000{n}'></p>" for n in (1, 2, 3)
    )
    page, _ = visit(f"<b id='total_cit'>many</b>{spans}", data, use_cdn=True)
    shown = page.locator("#total_cit, .show_paper_citations").all_text_contents()
    assert shown == ["161", "| Citations: 31", "", ""]
    assert complaints.heard


@pytest.mark.skipif(
    not SEEDS.is_dir(), reason=f"NO SEEDS at {SEEDS}: set SCHOLAR_METRICS_RECORDED to their sibling"
)
@pytest.mark.parametrize("use_cdn", [True, False], ids=["cdn", "raw"])
def test_the_owners_page_shows_the_total_and_each_paper(annotate, visit, use_cdn):
    (seed,) = SEEDS.glob("001_*.txt")
    data = gs_data(SEEN, "Yushi Huang")
    source = annotate(seed.read_bytes(), data)
    page, _ = visit(rendered(source, use_cdn=use_cdn), data, use_cdn=use_cdn)
    assert page.inner_text("#total_cit") == "161"
    assert papers_of(page) == {
        "arxiv:2505.11497": "",
        **{key: f"| Citations: {count}" for key, (_, count) in SEEN.items()},
    }
    print(f"seed 001: {len(SEEN)} papers filled, 1 unknown left alone")
