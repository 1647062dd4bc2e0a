"""Whatever a title, a name or a venue holds, every file and line that is written holds it as text.

The whole corpus goes through refreshes of the command; each output is then read by a real parser
of its consumer. A new writer is tried by one more test here: give it the outputs of `home`.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bibtexparser
import lxml.html
import pytest
import yaml
from markdown_it import MarkdownIt

from pipeline.config import load
from pipeline.history import History
from pipeline.jobs import summary
from pipeline.jobs.changes import Changes, PaperChange
from pipeline.jobs.github import Annotation
from pipeline.jobs.github import command as workflow_command
from pipeline.jobs.markdown import text as markdown_text
from pipeline.jobs.policy import Verdict
from pipeline.notify import digest_of, messages
from pipeline.writers import endpoint
from pipeline.writers.formatting import clean
from spiders.pages.reading import title as title_of

USER = "PAYLOADSAAAJ"
EXTRA = 'contact = "canary-contact@person.example"\n[notify]'
SOME = 12
"""Persons whose very names attack."""
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
COMMAND = re.compile(r"^\s*::|##\[")
GFM_LINK = re.compile(
    r"(?i)(?:https?|ftp)://\S|(?<![\w.])www\.\S|(?:mailto|xmpp):\S|[\w.+-]@[\w-]+\.\w"
    r"|(?<!\w)@\w|(?<![\w&])#\d|\bGH-\d|\b[0-9a-f]{7,40}\b(?=.*[a-f])|:[a-z+][\w+-]*:"
)
FORMULA = tuple("=+-@\t\r＝＋－＠")


def scholar_page(texts):
    """A profile whose rows, name, affiliation and labels are these texts."""
    rows = "".join(
        f'<tr class="gsc_a_tr"><td class="gsc_a_t"><a class="gsc_a_at" href="/citations?'
        f'citation_for_view={USER}:pub{number:09d}">{html.escape(text)}</a>'
        f'<div class="gs_gray">{html.escape(text)}</div><div class="gs_gray">{html.escape(text)}'
        f'</div></td><td class="gsc_a_c"><a class="gsc_a_ac" href="">{5000 - number}</a></td>'
        f'<td class="gsc_a_y"><span class="gsc_a_h">2020</span></td></tr>'
        for number, text in enumerate(texts)
    )
    total = sum(5000 - number for number in range(len(texts)))
    size = len(texts)
    cells = "".join(
        f'<td class="gsc_rsb_std">{value}</td>' for value in (total, 1, size, 1, size, 0)
    )
    heads = "".join(f'<th class="gsc_rsb_sth">{t}</th>' for t in ("", "All", "Since 2021"))
    labels = "".join(
        f'<a class="gsc_prf_inta" href="?mauthors=label:x">{html.escape(text)}</a>'
        for text in texts
    )
    return (
        f'<html><head><link rel="canonical" href="https://scholar.google.com/citations?'
        f'user={USER}&amp;hl=en"></head><body><div id="gsc_prf_in">{html.escape(texts[0])}</div>'
        f'<img id="gsc_prf_pup-img" src="https://picture.example/canary-picture.jpg">'
        f'<div class="gsc_prf_il">{html.escape(" ".join(texts))}</div>'
        f'<div class="gsc_prf_il" id="gsc_prf_ivh">Verified email at canary-mail.example</div>'
        f'<div class="gsc_prf_il" id="gsc_prf_int">{labels}</div>'
        f'<table id="gsc_rsb_st"><tr>{heads}</tr><tr>{cells}</tr></table>'
        f'<table><tbody id="gsc_a_b">{rows}</tbody></table>'
        f'<span id="gsc_a_nn">Articles 1-{size}</span>'
        f'<button id="gsc_bpf_more" disabled></button><div id="gs_ftr"></div></body></html>'
    ).encode()


def openalex_work(number, texts, titles, *, more):
    text = texts[number]
    return {
        "id": f"https://openalex.org/W{number + 1}",
        "doi": f"https://doi.org/10.1000/p{number}-{''.join(text.split())}",
        "title": titles[number],
        "publication_year": 2020,
        "type": text,
        "cited_by_count": 1000 + number + more,
        "authorships": [
            {"author": {"display_name": text}},
            {"raw_author_name": texts[(number + 1) % len(texts)]},
        ],
        "primary_location": {"source": {"display_name": text}, "landing_page_url": text},
        "ids": {"pmid": text, "mag": text},
    }


def apart(texts):
    """The texts as titles of different papers: those that read alike are numbered."""
    seen = set()
    titles = []
    for number, text in enumerate(texts):
        key = re.sub(r"[\W_]|<[^>]*>", "", shown(text).casefold())
        titles.append(f"{text} n{number}" if key in seen else text)
        seen.add(key)
    return titles


class World:
    """Three providers on loopback whose texts are the corpus; `more` is added to each count."""

    def __init__(self, stand_in, reply, texts):
        self.texts = texts
        self.titles = apart(texts)
        self.more = 0
        self._reply = reply
        scholar = [text for text in texts[::4] if "\x00" not in text][:100]
        self.server = stand_in(
            {
                "/robots.txt": reply(status=404),
                "/citations": reply(
                    body=scholar_page(scholar), headers={"Content-Type": "text/html"}
                ),
                "/authors/A1": lambda asked: self.author(),
                "/works": self.works,
                **{f"/author/{n}": self.person for n in range(1, SOME + 1)},
            }
        )
        self.scholar = scholar

    def author(self):
        size = len(self.texts)
        counts = [1000 + number + self.more for number in range(size)]
        stats = {"h_index": size, "i10_index": size}
        return self._reply.json(
            {
                "id": "https://openalex.org/A1",
                "display_name": self.texts[0],
                "works_count": size,
                "cited_by_count": sum(counts),
                "summary_stats": stats,
                "last_known_institutions": [{"display_name": " ".join(self.texts)}],
            }
        )

    def works(self, asked):
        cursor = parse_qs(urlsplit(asked.target).query)["cursor"][0]
        first = 0 if cursor == "*" else int(cursor)
        last = min(first + 100, len(self.texts))
        found = [
            openalex_work(n, self.texts, self.titles, more=self.more) for n in range(first, last)
        ]
        meta = {"count": len(self.texts), "per_page": 100}
        return self._reply.json(
            {"meta": meta | {"next_cursor": str(last) if found else None}, "results": found}
        )

    def name(self, number):
        return self.texts[number * len(self.texts) // (SOME + 1)]

    def person(self, asked):
        number = int(asked.path.rpartition("/")[2])
        text = self.name(number)
        paper = {
            "paperId": f"{number:040x}",
            "title": text,
            "year": 2020,
            "venue": text,
            "citationCount": 7 + self.more,
            "authors": [{"name": text}],
            "publicationTypes": [text],
            "externalIds": {"DOI": f"10.1000/{text}", "ArXiv": text},
        }
        return self._reply.json(
            {
                "authorId": str(number),
                "name": text,
                "affiliations": self.texts[:9],
                "homepage": text,
                "paperCount": 1,
                "citationCount": 7 + self.more,
                "hIndex": 1,
                "papers": [paper],
            }
        )


@pytest.fixture(scope="module")
def home(stand_in, reply, payloads, configured, command, tmp_path_factory):
    """A folder after two refreshes, and what the commands said of it."""
    world = World(stand_in, reply, payloads)
    folder = tmp_path_factory.mktemp("injection")
    authors = {"open": ["openalex:A1"], "schol": [f"google_scholar:{USER}"]}
    authors |= {f"s{number}": [f"semantic_scholar:{number}"] for number in range(1, SOME + 1)}
    names = {f"s{number}": world.name(number) for number in range(1, SOME + 1, 2)}
    order = ("openalex", "google_scholar", "semantic_scholar")
    providers = dict.fromkeys(order, world.server.url)
    configured(folder, authors=authors, providers=providers, names=names, extra=EXTRA)
    said = {"refresh": command(folder, "refresh", env={"TEST_HOURS_AGO": "1"})}
    assert said["refresh"].code == 0, said["refresh"].stderr
    world.more = 1
    files = {name: folder / name for name in ("summary.md", "output.txt")}
    runner = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(files["summary.md"]),
        "GITHUB_OUTPUT": str(files["output.txt"]),
    }
    said["job"] = command(folder, "job", env=runner)
    assert said["job"].code == 0, said["job"]
    for args in (
        ("status",),
        ("status", "--json"),
        ("check",),
        ("check", "--json"),
        ("history", "--papers"),
        ("history", "--json"),
        ("history", "--runs"),
        ("explain", "evil"),
        ("explain", "e", "--json"),
        ("explain", "x"),
        ("explain", "set-output"),
        ("-vv", "refresh", "--json"),
    ):
        said[" ".join(args)] = command(folder, *args)
    world.folder, world.said, world.out = folder, said, folder / "out"
    return world


def shown(text):
    """What of a text people see: mark-up of publishers and what misleads is taken off."""
    return clean(title_of(text) or "")


def folded(text):
    return re.sub(r"[\s']", "", text)


def test_the_corpus_is_large_and_no_paper_is_lost(home, payloads):
    print(f"\n{len(payloads)} payloads in {len(home.said)} commands")
    assert len(payloads) >= 200
    figures = json.loads((home.out / "metrics.json").read_bytes())
    works = {one["key"]: one["works"] for one in figures["authors"]}
    assert works["open"] == len(payloads)
    assert works["schol"] == len(home.scholar)


def test_a_spreadsheet_reads_as_many_papers_and_no_formula(home, payloads):
    rows = list(csv.DictReader(io.StringIO((home.out / "works.csv").read_bytes().decode())))
    assert len(rows) == len(payloads)
    found = {int(row["cited_by_count_openalex"]) - 1001: row for row in rows}
    for number, text in enumerate(home.titles):
        row = found[number]
        assert None not in row
        assert folded(row["title"]) == folded(shown(text)), text
    for path in home.out.rglob("works.csv"):
        data = path.read_bytes().decode()
        for separator in ",;\t":
            for row in csv.reader(io.StringIO(data), delimiter=separator):
                assert not [cell for cell in row if cell.lstrip().startswith(FORMULA)], path
        assert not UNSHOWN.search(data.replace("\r\n", "\n"))


def test_every_json_file_is_text_for_a_page_and_a_script_element(home):
    paths = [p for p in home.out.rglob("*.json") if "history" not in p.parts]
    assert len(paths) > len(home.texts)
    for path in paths:
        data = path.read_bytes()
        value = json.loads(data)
        assert b"<" not in data, path
        for text in texts_of(value):
            assert not UNSHOWN.search(text), (path, text)


def texts_of(value):
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if _is_list(value) else ():
        yield from texts_of(one)
    if isinstance(value, dict):
        yield from value


def _is_list(value):
    return isinstance(value, list)


def test_a_homepage_gets_whole_numbers_and_every_title(home, payloads):
    document = json.loads((home.out / "gs_data.json").read_bytes())
    papers = document["publications"]
    assert {type(paper["num_citations"]) for paper in papers.values()} == {int}
    assert type(document["citedby"]) is int
    titles = {shown(text) for text in home.titles}
    assert {paper["bib"]["title"] for paper in papers.values()} <= titles
    assert set(papers) & {"__proto__", "constructor"} == set()
    assert {key.partition(":")[0] for key in papers} == {"doi"}


def test_every_badge_is_one_that_shields_takes(home):
    badges = [p for p in (home.out / "badges").rglob("*.json") if p.name != "index.json"]
    badges += home.out.rglob("gs_data_*.json")
    for path in badges:
        found = endpoint.parse(json.loads(path.read_bytes()))
        assert re.fullmatch(r"[\w≥ .-]*", found.label + found.message), path
    assert len(badges) > len(home.texts)


def test_yaml_holds_strings_and_whole_numbers_only(home):
    for path in home.out.rglob("citations.yml"):
        text = path.read_text(encoding="utf-8")
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            assert getattr(event, "anchor", None) is None, path
            assert getattr(event, "tag", None) in (None, "tag:yaml.org,2002:str"), path
        value = yaml.safe_load(text)
        assert set(value) == {"metadata", "papers"}
    papers = yaml.safe_load((home.out / "authors/schol/citations.yml").read_text())["papers"]
    assert len(papers) == len(home.scholar)
    for paper in papers.values():
        assert {name: type(one) for name, one in paper.items()} == {
            "citations": int,
            "title": str,
            "year": str,
        }


def test_bibtex_reads_as_many_papers_and_no_command_of_others(home, payloads):
    text = (home.out / "works.bib").read_text(encoding="utf-8")
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    assert [*library.comments, *library.strings, *library.preambles] == []
    assert len(library.entries) == len(payloads)
    ours = {f"text{x}" for x in ("backslash", "braceleft", "braceright", "asciitilde")}
    ours |= {f"text{x}" for x in ("asciicircum", "less", "greater", "bar", "quotedbl")}
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= ours
    assert "^^" not in text
    fields = {"title", "author", "year", "doi", "eprint", "archiveprefix", "note"}
    fields |= {"school", "booktitle", "publisher", "howpublished", "journal"}
    assert {field.key for entry in library.entries for field in entry.fields} <= fields
    assert not UNSHOWN.search(text)
    assert len({entry.key.lower() for entry in library.entries}) == len(payloads)


@pytest.fixture(scope="module")
def github():
    """Markdown as GitHub renders it, HTML included."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    def render(text):
        return lxml.html.fragment_fromstring(parser.render(text), create_parent="div")

    return render


def faults_of(root, *, allowed):
    """Elements and attributes beside the allowed ones, and what GitHub would make a link."""
    found = []
    for element in root.iter():
        if element.tag is lxml.html.etree.Comment:
            found += [] if element.text == " " else [f"<!--{element.text}-->"]
            continue
        if element.tag not in allowed:
            found.append(f"<{element.tag}>")
        found += [f"{k}={v}" for k, v in element.attrib.items() if not v.startswith("text-align")]
    found += [t for t in root.itertext(tag=lxml.html.etree.Element) if GFM_LINK.search(t)]
    return found


def test_a_job_summary_shows_every_text_as_text(home, github, payloads):
    allowed = {"div", "h2", "h3", "p", "ul", "li", "strong"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td"}
    root = github((home.folder / "summary.md").read_text(encoding="utf-8"))
    assert faults_of(root, allowed=allowed) == []
    assert len(root.xpath("//table[.//th[text()='paper']]//tr")) == 51
    verdict = Verdict(exit_code=1, level="warning", message="partly", is_publishable=True)
    document = {"problems": [], "checks": [], "outcomes": [], "figures": []}
    for first in range(0, len(payloads), 50):
        some = payloads[first : first + 50]
        papers = tuple(
            PaperChange(author_key="a", provider="openalex", title=text, before=n, now=n + 1)
            for n, text in enumerate(some)
        )
        checks = [
            {"name": text, "author": text, "provider": text, "detail": text}
            | {"passed": False, "blocking": False}
            for text in some
        ]
        stopped = [{"author": t, "provider": t, "kind": "blocked", "reason": t} for t in some]
        told = document | {"checks": checks, "outcomes": stopped, "problems": list(some)}
        root = github(summary.markdown(verdict, told, Changes(papers=papers)))
        assert faults_of(root, allowed=allowed) == []
        rows = root.xpath("//table[.//th[text()='paper']]//tr")[1:]
        assert len(rows) == len(some)
        for text, row in zip(some, rows, strict=True):
            assert len(row) == 5, text
            assert row[0].text_content().strip() == clean(text) or len(text) > 200, text


def read_back(text):
    """A value of a workflow command as the runner decodes it."""
    for written, meant in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def test_no_line_of_a_job_is_a_command_of_others(home, payloads):
    job = home.said["job"]
    for line in (job.stdout + job.stderr).splitlines():
        assert not re.match(r"\s*::(?!(notice|warning|error) title=)", line), line
        assert "##[" not in line
    outputs = (home.folder / "output.txt").read_text()
    names = re.findall(r"^([A-Za-z-]+)<<(end_[0-9a-f]{32})\n(?:.*\n)*?\2$", outputs, re.MULTILINE)
    assert {name for name, _ in names} == {
        *("config", "repository", "branch", "files", "root"),
        *("citations", "h-index", "changed", "exit-code", "publishable"),
    }
    assert outputs.count("<<end_") == len(names)
    for text in payloads:
        line = workflow_command(Annotation(level="warning", title=text, message=text))
        found = re.fullmatch(r"::warning title=([^:,]*)::(.*)", line)
        assert found, text
        for part in found.groups():
            assert read_back(part) == clean(text), text
        assert "\n" not in line
        assert not UNSHOWN.search(line)


def test_no_line_for_a_terminal_obeys_anybody(home):
    for name, done in home.said.items():
        for stream in (done.stdout, done.stderr):
            assert not UNSHOWN.search(stream), name
            if name == "job":
                continue
            assert not [line for line in stream.splitlines() if COMMAND.search(line)], name
        if name.endswith("--json"):
            json.loads(done.stdout)


def test_tables_have_a_line_a_row(home):
    lines = home.said["refresh"].stdout.splitlines()
    assert len(lines) == 1 + 2 + SOME + 1
    assert home.said["refresh"].stderr.count("\n") == len(
        [line for line in home.said["refresh"].stderr.splitlines() if ", " in line]
    )
    changes = home.said["history --papers"].stdout.splitlines()
    assert len(changes) == 1 + 200 + 1


def test_a_log_record_is_one_line_whatever_it_says(home):
    levels = r"(?:DEBUG|INFO|WARNING|ERROR) [\w.]+: "
    lines = home.said["-vv refresh --json"].stderr.splitlines()
    reasons = r"(?:open|schol|s\d+), \w+: "
    odd = [line for line in lines if not re.match(f"{levels}|{reasons}|  \\| ", line)]
    assert odd == []
    assert not [
        line for line in lines if line.startswith(("ERROR root: forged", "WARNING pipeline"))
    ]


def test_a_refusal_in_any_words_is_a_line_each(
    command, configured, stand_in, reply, payloads, tmp_path
):
    routes = {
        f"/authors/A{n}": reply.json(
            {"error": text, "message": text}, status=(400, 404, 418)[n % 3]
        )
        for n, text in enumerate(payloads, 1)
    }
    authors = {f"a{n}": [f"openalex:A{n}"] for n in range(1, len(payloads) + 1)}
    configured(tmp_path, authors=authors, providers={"openalex": stand_in(routes).url})
    done = command(tmp_path, "refresh", "--dry-run")
    assert done.code == 3
    lines = done.stderr.splitlines()
    assert [
        line for line in lines if not re.match(r"a\d+, openalex: (refused|not_found): ", line)
    ] == []
    assert len(lines) == len(payloads)
    assert not UNSHOWN.search(done.stdout + done.stderr)
    assert not [line for line in lines if COMMAND.search(line)]


def test_a_notification_links_to_nothing_and_wakes_nobody(home, github, payloads):
    config = load(home.folder / "scholar-metrics.toml")
    now = datetime.now(UTC) + timedelta(hours=1)
    found = digest_of(
        config,
        History(config.history_path),
        since=min(run.at for run in History(config.history_path).runs()),
        until=now,
    )
    assert not found.is_empty
    reasons = list(payloads)
    sections = [messages.news(found)]
    sections += [messages.failure(3, reasons[n : n + 25]) for n in range(0, len(reasons), 25)]
    sent = messages.compose(sections)
    for line in sent.text.splitlines():
        assert not re.search(r"@\w|https?://|www\.\w|<[@!#]|\w@\w", line), line
    root = github(sent.markdown.replace("\u200b", "\ufffc"))
    assert {e.tag for e in root.iter()} <= {"div", "p", "strong", "ul", "li"}
    assert len(root.xpath("//li")) == sent.text.count("\n- ")
    for stream in (sent.text, sent.markdown):
        assert not UNSHOWN.search(stream.replace("\u200b", ""))
    assert sent.title == messages.compose(sections).title


def test_text_in_markdown_is_seen_as_it_is(github, payloads):
    for text in payloads:
        for line in (markdown_text(text), f"- {markdown_text(text)}", f"x {markdown_text(text)} y"):
            root = github(line)
            seen = root.text_content().strip()
            assert clean(text) in seen or len(text) > 200, (text, seen)
            assert faults_of(root, allowed={"div", "p", "ul", "li"}) == [], text
            assert not re.search(r"(?<!\\)\$", line), text  # GitHub reads mathematics there


def test_nothing_personal_is_published(home):
    seen = b"".join(path.read_bytes() for path in home.out.rglob("*") if path.is_file())
    for canary in (b"canary-mail", b"canary-picture", b"canary-contact", b"email_domain"):
        assert canary not in seen
    document = json.loads((home.out / "authors/schol/gs_data.json").read_bytes())
    assert set(document) <= {
        *("container_type", "filled", "scholar_id", "source", "name", "affiliation", "interests"),
        *("citedby", "publications", "citedby5y", "hindex", "hindex5y", "i10index", "i10index5y"),
        *("cites_per_year", "updated", "provider", "figures", "author_key", "is_stale"),
        "lower_bounds",
    }
    papers = document["publications"].values()
    assert {key for paper in papers for key in paper} <= {
        *("container_type", "source", "bib", "filled", "author_pub_id", "num_citations"),
        *("provider", "as_of"),
    }
    assert {key for paper in papers for key in paper["bib"]} <= {"title", "pub_year", "citation"}
    for path in home.out.rglob("metrics.json"):
        for author in json.loads(path.read_bytes())["authors"]:
            assert {"email", "picture", "homepage", "affiliation"} & set(author) == set()


def test_nothing_was_executed(home):
    assert [p for p in home.folder.rglob("*") if p.name.startswith("owned")] == []
    assert not Path("owned").exists()
