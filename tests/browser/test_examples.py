"""The templates in `examples/`, each used as its page says, with what they need answered here."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

liquid = pytest.importorskip("liquid")
yaml = pytest.importorskip("yaml")

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "examples"
SCRIPT = PROJECT / "pipeline/writers/assets/scholar-metrics.js"
FIRST, LAST = "SAMPLEadaAAJ:smplPaper03C", "arxiv:1999.00003"
USER = "SAMPLEadaAAJ"
DATA = {
    "citedby": 1410,
    "hindex": 9,
    "i10index": 8,
    "publications": {
        key: {"num_citations": count, "provider": "google_scholar"}
        for key, count in ((FIRST, 64), (LAST, 64), ("arxiv:2401.00001", 0), ("doi:10.1000/one", 7))
    },
    "updated": "2026-03-01T03:17:05+00:00",
    "provider": "google_scholar",
}
SITE = "https://you.github.io/"
CDN = "https://cdn.jsdelivr.net/gh/YOU/REPO@google-scholar-stats/"
RAW = "https://raw.githubusercontent.com/YOU/REPO/google-scholar-stats/"


def jekyll(template, **context):
    """A template as Jekyll renders it; its `include` tags are looked at apart."""
    environment = liquid.Environment()
    environment.add_filter("relative_url", lambda path: path)
    text = (EXAMPLES / template).read_text("utf-8")
    assert text.count("{%") == text.count("%}")
    return environment.from_string(text).render(**context)


@pytest.fixture
def visit(page):
    """Opens a page at its real address; whatever it asks for is answered from this machine."""

    def go(body, *, data=RAW):
        asked = []

        def answer(route):
            url = route.request.url
            asked.append(url)
            if url == SITE:
                text = (
                    f"<!doctype html><html lang='en'><meta charset='utf-8'><title>A</title>{body}"
                )
                route.fulfill(body=text, content_type="text/html")
            elif url == SITE + "assets/js/scholar-metrics.js":
                route.fulfill(path=SCRIPT, content_type="text/javascript")
            elif url == data + "gs_data.json":
                route.fulfill(json=DATA, headers={"Access-Control-Allow-Origin": "*"})
            else:
                route.fulfill(
                    body="<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"
                )

        page.route("**/*", answer)
        page.goto(SITE)
        page.evaluate("scholarMetrics.fill()")
        assert data + "gs_data.json" in asked
        return asked

    return go


def test_the_plain_page_works_as_its_readme_says(page, serve, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copy(EXAMPLES / "html/index.html", tmp_path)
    shutil.copy(SCRIPT, tmp_path / "data")
    (tmp_path / "data/gs_data.json").write_text(json.dumps(DATA))
    page.goto(serve(tmp_path).url + "/")
    page.evaluate("scholarMetrics.fill()")
    assert page.locator("dd").all_inner_texts() == ["1,410", "9", "8"]
    said = "Counted by Google Scholar, as of 1 Mar 2026."
    assert said in re.sub(r"\s+", " ", page.inner_text("body"))
    first, second, third = page.locator("li").all_inner_texts()
    assert first.endswith("| Citations: 64")
    assert second.endswith("cited by 64")
    assert third.endswith("Citations: not known yet")


def test_the_plain_page_can_be_read_without_numbers(new_page, serve, tmp_path):
    shutil.copy(EXAMPLES / "html/index.html", tmp_path)
    page = new_page(java_script_enabled=False)
    page.goto(serve(tmp_path).url + "/")
    assert page.locator("dd").all_inner_texts() == ["many", "–", "–"]


def test_the_plain_page_names_papers_of_the_sample():
    pages = "".join(
        path.read_text("utf-8", "replace")
        for path in (PROJECT / "pipeline/sample").rglob("*")
        if path.suffix in {".html", ".json"}
    )
    assert FIRST.partition(":")[2] in pages
    assert LAST.partition(":")[2] in pages


@pytest.mark.parametrize(("use_cdn", "base"), [(True, CDN), (False, RAW)], ids=["cdn", "raw"])
def test_acadhomepage_is_filled_and_an_unknown_paper_stops_nothing(page, visit, use_cdn, base):
    site = {"google_scholar_stats_use_cdn": use_cdn, "repository": "YOU/REPO"}
    about = jekyll("acadhomepage/about-snippet.md", site=site)
    unknown = "<i class='show_paper_citations' data='arxiv:2399.9'></i>"
    script = jekyll("acadhomepage/_includes/fetch_google_scholar_stats.html", site=site)
    asked = visit(unknown + about + script, data=base)
    assert page.inner_text("#total_cit") == "1410"
    assert page.inner_text("[data-scholar-metrics]") == "9"
    assert page.locator(".show_paper_citations").all_inner_texts() == ["", "| Citations: 0"]
    badge = (
        f"https://img.shields.io/endpoint?url={quote(base + 'gs_data_shieldsio.json', safe='')}&"
    )
    assert any(url.startswith(badge) for url in asked)


def test_acadhomepage_needs_no_total_on_the_page(page, visit):
    site = {"repository": "YOU/REPO"}
    script = jekyll("acadhomepage/_includes/fetch_google_scholar_stats.html", site=site)
    visit(f"<i class='show_paper_citations' data='{FIRST}'></i>{script}")
    assert page.inner_text("i") == "| Citations: 64"


def test_academicpages_is_filled(page, visit):
    site = {"scholar_metrics_repository": "YOU/REPO"}
    script = jekyll("academicpages/_includes/scholar-metrics.html", site=site)
    papers = [
        jekyll("academicpages/_includes/scholar-metrics-paper.html", include={"paper": key})
        for key in (LAST, None, "arxiv:2399.9", '"><script>x</script>')
    ]
    assert papers[1] == ""
    visit(script + "".join(papers))
    assert page.locator("p").all_inner_texts() == [
        "Citations: 64",
        "Citations: not known yet",
        "Citations: not known yet",
    ]


def test_academicpages_without_its_setting_has_no_script():
    assert jekyll("academicpages/_includes/scholar-metrics.html", site={}) == ""


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({"google_scholar_id": "smplPaper03C"}, "Cited by 65"),
        ({"google_scholar_id": "unknown", "arxiv": "1999.00003"}, "Cited by 64"),
        ({"arxiv": "2401.00001"}, "Cited by 0"),
        ({"arxiv": "2399.9", "doi": "10.1000/ONE"}, "Cited by 7"),
        ({"arxiv": "2399.9"}, ""),
        ({}, ""),
    ],
)
def test_al_folio_prints_what_is_known(named, wanted):
    citations = {
        "metadata": {"last_updated": "2026-02-28"},
        "papers": {FIRST: {"citations": 65}},
    }
    data = {"socials": {"scholar_userid": USER}, "citations": citations, "gs_data": DATA}
    shown = jekyll("al-folio/_includes/scholar_metrics.liquid", include=named, site={"data": data})
    assert re.sub(r"<[^<>]*>", "", shown).strip() == wanted
    if wanted:
        day = "28 Feb 2026" if wanted == "Cited by 65" else "1 Mar 2026"
        assert f'title="as of {day}"' in shown


def test_al_folio_prints_nothing_without_data():
    named = {"google_scholar_id": "a", "arxiv": "b", "doi": "c"}
    template = "al-folio/_includes/scholar_metrics.liquid"
    assert jekyll(template, include=named, site={"data": {}}).strip() == ""


def test_al_folio_reads_the_file_that_is_written():
    """Its keys are those of our writer, as `docs/artifacts.md` shows it."""
    text = (PROJECT / "docs/artifacts.md").read_text("utf-8")
    example = re.search(r"```yaml\n(metadata:.*?)```", text, flags=re.DOTALL)[1]
    found = yaml.safe_load(example)
    ((key, paper),) = found["papers"].items()
    user, _, paper_id = key.partition(":")
    shown = jekyll(
        "al-folio/_includes/scholar_metrics.liquid",
        include={"google_scholar_id": paper_id},
        site={"scholar_userid": user, "data": {"citations": found}},
    )
    assert f">Cited by {paper['citations']}<" in shown


def test_al_folios_hook_calls_the_include_with_what_it_reads():
    hook = (EXAMPLES / "al-folio/_includes/hook/bib.liquid").read_text("utf-8")
    call = re.search(r"\{% include (\S+)((?: \w+=[\w.]+)+) %\}", hook)
    template = EXAMPLES / "al-folio/_includes" / call[1]
    reads = set(re.findall(r"include\.(\w+)", template.read_text("utf-8")))
    assert reads == set(re.findall(r" (\w+)=", call[2]))


@pytest.mark.skipif(not shutil.which("hugo"), reason="NO HUGO: its templates are not run here")
def test_hugo_builds_with_the_data_and_without(serve, tmp_path):
    shutil.copytree(EXAMPLES / "hugo/layouts", tmp_path / "layouts")
    (tmp_path / "layouts/home.html").write_text(
        '{{ partial "hooks/head-end/scholar-metrics.html" . }}{{ .Content }}'
    )
    (tmp_path / "content").mkdir()
    (tmp_path / "content/_index.md").write_text(
        'Cited {{< citations >}} {{< citations metric="h_index" >}}'
        f' {{{{< citations paper="{LAST}" >}}}}'
        ' {{< citations paper="arxiv:2399.9" else="a few" >}} {{< citations metric="x" >}}'
    )
    site = serve()
    (tmp_path / "hugo.toml").write_text(
        f'baseURL = "https://example.org/"\n[params]\nscholarMetrics = "{site.url}/"\n'
        'disableKinds = ["taxonomy", "term", "RSS", "sitemap", "section", "404"]\n'
        '[security.http]\nurls = [".*"]\n'
    )
    known, unknown = "Cited 1410 9 64 a few –", "Cited – – – a few –"
    answers = [
        (json.dumps(DATA), 200, known),
        (json.dumps(DATA | {"citedby": "<b>", "updated": "<b>"}), 200, "Cited – 9 64 a few –"),
        ("<html>", 200, unknown),
        ('{"citedby": NaN}', 200, unknown),
        ("gone", 404, unknown),
    ]
    for body, status, wanted in answers:
        site.answer("/gs_data.json", body, status=status)
        built = subprocess.run(
            ["hugo", "--ignoreCache"], cwd=tmp_path, check=False, capture_output=True
        )
        assert built.returncode == 0, (built.stdout + built.stderr).decode()
        page = (tmp_path / "public/index.html").read_text("utf-8")
        text = re.search(r"<p>(.*)</p>", page, flags=re.DOTALL)[1]
        assert re.sub(r"<[^<>]*>", "", text).strip() == wanted


@pytest.mark.parametrize("folder", sorted(p.name for p in EXAMPLES.iterdir() if p.is_dir()))
def test_a_readme_names_every_file_of_its_folder(folder):
    readme = (EXAMPLES / folder / "README.md").read_text("utf-8")
    assert f"({folder})" in (EXAMPLES / "README.md").read_text("utf-8")
    for path in (EXAMPLES / folder).rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert path.relative_to(EXAMPLES / folder).as_posix() in readme, path
