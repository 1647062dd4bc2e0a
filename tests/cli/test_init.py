"""`scholar-metrics init` as a person types it, its providers on loopback."""

import json
import os
import pty
import re
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from pipeline import config
from pipeline.cli.init import command
from spiders.registry import PROVIDERS

ORCID = "0000-0002-1825-0097"
ALL = [name for name, row in PROVIDERS.items() if row.id_schemes and not row.api_key_required]
TITLES = {n: f"A long title of the paper number {n} of tests" for n in range(1, 99)}


class Place:
    """A folder, and every provider on one loopback server, each below its own name."""

    def __init__(self, root, server, reply, commands):
        self.root = root
        self.commands = commands
        self.server = server
        self.reply = reply
        self.file = root / "scholar-metrics.toml"
        self.settings(f'base_url = "{server.url}/NAME"', "delay = 0")

    def settings(self, *lines, top="allow_private_hosts = true"):
        tables = [
            "\n".join([f"[providers.{n}]", *lines]).replace("NAME", n)
            for n in ALL
            if n != "homepage"
        ]
        page = f'[providers.homepage]\nbase_url = "{self.server.url}/homepage"\ndelay = 0'
        (self.root / "near.toml").write_text("\n".join([top, *tables, page]))

    def answer(self, path, value, **more):
        made = value if isinstance(value, self.reply) else self.reply.json(value, **more)
        self.server.routes[path] = made

    def words(self, *args):
        return ["init", "--providers", str(self.root / "near.toml"), *args]

    def run(self, *args, **env):
        return self.commands.run(*self.words(*args), cwd=self.root, env=os.environ | env)

    def type(self, answers, *args):
        """What a terminal shows when these are typed."""
        ours, theirs = pty.openpty()
        done = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *self.words(*args)],
            cwd=self.root,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        os.write(ours, f"{answers}\x04".encode())  # the end of what is typed: nothing hangs
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux says so when the other side has closed
                break
            if not more:
                break
            shown += more
        os.close(ours)
        return done.wait(30), shown.decode()

    @property
    def written(self):
        return tomllib.loads(self.file.read_text())

    @property
    def ids(self):
        return self.written["authors"][0]["ids"]

    @property
    def order(self):
        return self.written["providers"]["order"]

    def asked(self, provider):
        prefix = f"/{provider}"
        found = [t for t in self.server.targets() if t.startswith(f"{prefix}/")]
        return [t.removeprefix(prefix) for t in found]

    def openalex(self, author="A5", *, at=None, name="Ada Test", orcid=ORCID, papers=(1, 2, 3)):
        found = openalex_author(author, name=name, orcid=orcid, works=len(papers))
        self.answer(f"/openalex/authors/{at or author}", found)
        works = [
            {
                "id": f"https://openalex.org/W{n}",
                "doi": f"https://doi.org/10.1234/p{n}",
                "title": TITLES[n],
                "publication_year": 2020,
                "cited_by_count": 1,
                "authorships": [{"author": {"display_name": name}}],
            }
            for n in papers
        ]
        page = {"meta": {"count": len(works), "per_page": 100, "next_cursor": None}}
        self.answer("/openalex/works", page | {"results": works})

    def semantic_scholar(self, author="7", *, name="Ada Test", papers=(1, 2, 3), orcid=None):
        self.answer(
            f"/semantic_scholar/author/{author}",
            {
                "authorId": author,
                "name": name,
                "paperCount": len(papers),
                "citationCount": len(papers),
                "hIndex": 1,
                "externalIds": {"ORCID": orcid} if orcid else {},
                "papers": [s2_paper(n, [{"authorId": author, "name": name}]) for n in papers],
            },
        )

    def named_on_papers(self, *people, papers=(1, 2)):
        self.answer("/semantic_scholar/paper/batch", [s2_paper(n, [*people]) for n in papers])


def openalex_author(author, *, name="Ada Test", orcid=None, works=3):
    return {
        "id": f"https://openalex.org/{author}",
        "display_name": name,
        "orcid": orcid and f"https://orcid.org/{orcid}",
        "works_count": works,
        "cited_by_count": works,
        "summary_stats": {"h_index": 1, "i10_index": 0},
        "last_known_institutions": [{"display_name": "University of Tests"}],
    }


def s2_paper(number, authors):
    return {
        "paperId": f"{number:040x}",
        "title": TITLES[number],
        "year": 2020,
        "citationCount": 1,
        "externalIds": {"CorpusId": number, "DOI": f"10.1234/p{number}"},
        "authors": authors,
    }


PERSON = """<dblpperson name="Ada Test" pid="12/34" n="2"><person key="homepages/12/34">
<author pid="12/34">Ada Test</author><url>https://orcid.org/0000-0002-1825-0097</url>
<url>https://scholar.google.com/citations?user=AAAAAAAAAAAJ</url></person>
<r><article key="journals/t/1"><author pid="12/34">Ada Test</author><title>{}.</title>
<year>2020</year></article></r><r><article key="journals/t/2"><author pid="12/34">Ada Test</author>
<title>{}.</title><year>2020</year></article></r></dblpperson>"""
HOMEPAGE = """<html><body><div class="sidebar"><h3 class="author__name">Ada Test</h3>
<a href="https://orcid.org/0000-0002-1825-0097">ORCID</a>
<a href="https://www.semanticscholar.org/author/Ada-Test/7">Semantic Scholar</a></div>
<p>Long enough to be somebody's page of papers.</p></body></html>"""


@pytest.fixture
def place(tmp_path, stand_in, reply, commands):
    return Place(tmp_path, stand_in(), reply, commands)


@pytest.fixture
def known(place):
    """One person whom OpenAlex knows by the ORCID iD, and Semantic Scholar by the papers."""
    return introduce(place)


@pytest.fixture(scope="module")
def done(tmp_path_factory, stand_in, reply, commands):
    """That person's place after `init --orcid`, and what it printed."""
    place = introduce(Place(tmp_path_factory.mktemp("done"), stand_in(), reply, commands))
    return place, place.run("--orcid", ORCID, SEMANTIC_SCHOLAR_API_KEY="a-secret")


def introduce(place):
    place.openalex(at=f"orcid:{ORCID}")
    place.semantic_scholar()
    place.answer(f"/orcid/v3.0/{ORCID}/works", {"group": [], "path": f"/{ORCID}/works"})
    place.answer(f"/orcid/v3.0/{ORCID}/person", {"name": None, "path": f"/{ORCID}/person"})
    me = {"authorId": "7", "name": "A. Test", "externalIds": {"ORCID": ORCID}}
    place.named_on_papers(me, {"authorId": "8", "name": "Bob Else"})
    return place


def test_an_orcid_leads_to_the_ids_that_providers_state(done):
    place, result = done
    assert result.returncode == 0, result.stderr
    assert place.ids == [f"orcid:{ORCID}", "openalex:A5", "semantic_scholar:7"]
    assert place.order == ["openalex", "semantic_scholar", "orcid"]
    assert place.written["authors"][0]["name"] == "Ada Test"
    assert "OpenAlex names it beside" in result.stdout
    assert re.search(r"semantic_scholar:7 .* 3 of 3  yes", result.stdout)


def test_the_file_says_who_stated_each_id_and_suggests_own_lists(done):
    text = done[0].file.read_text()
    assert f'"openalex:A5",  # OpenAlex names it beside orcid:{ORCID}' in text
    assert '# own_list = ["orcid"]' in text


def test_the_file_is_good_for_a_refresh_at_the_same_places(done):
    made = config.load(done[0].file)
    assert made.allow_private_hosts
    assert made.base_url("openalex") == f"{done[0].server.url}/openalex"
    assert made.delay("openalex") == 0


def test_authors_of_papers_are_asked_for_in_one_request(done):
    batches = [a for a in done[0].server.asked if a.path == "/semantic_scholar/paper/batch"]
    assert [a.method for a in batches] == ["POST"]


def test_a_key_goes_to_its_provider_only_and_is_shown_nowhere(done):
    place, result = done
    sent = [a for a in place.server.asked if "a-secret" in str(a)]
    assert {a.path.split("/")[1] for a in sent} == {"semantic_scholar"}
    assert all(a.headers["x-api-key"] == "a-secret" for a in sent)
    assert "a-secret" not in result.stdout + result.stderr + place.file.read_text()


def test_authors_of_papers_are_not_asked_for_where_the_id_is_known(known):
    known.run("--orcid", ORCID, "--semantic-scholar", "7")
    assert "/semantic_scholar/paper/batch" not in known.server.paths()


def test_a_second_round_keeps_the_pace_of_the_first(known):
    known.settings(f'base_url = "{known.server.url}/NAME"', "delay = 0.4")
    known.run("--orcid", ORCID)
    times = [a.at for a in known.server.asked if a.target.startswith("/semantic_scholar/")]
    assert len(times) == 2
    assert times[1] - times[0] >= 0.4


def test_without_a_terminal_what_only_looks_alike_is_left_out_and_told(known):
    known.named_on_papers({"authorId": "7", "name": "Ada Test"})
    result = known.run("--orcid", ORCID)
    assert result.returncode == 0
    assert "semantic_scholar:7" not in known.ids
    assert "not taken without you" in result.stderr
    assert "3 in common with the 3 known ones" in result.stderr
    assert 'add "semantic_scholar:7" to ids' in result.stderr


@pytest.mark.parametrize(("typed", "is_taken"), [("y\n", True), ("\n", False)])
def test_on_a_terminal_it_is_asked_with_its_evidence(known, typed, is_taken):
    known.named_on_papers({"authorId": "7", "name": "Ada Test"})
    code, shown = known.type(typed, "--orcid", ORCID)
    assert code == 0, shown
    assert "3 in common with the 3 known ones" in shown
    assert "Is that the same person? [y/N]" in shown
    assert ("semantic_scholar:7" in known.ids) is is_taken


def test_yes_asks_nothing_on_a_terminal_and_guesses_nothing(known):
    known.named_on_papers({"authorId": "7", "name": "Ada Test"})
    code, shown = known.type("", "--orcid", ORCID, "--yes")
    assert code == 0
    assert "Is that the same person" not in shown
    assert "semantic_scholar:7" not in known.ids


def test_a_dblp_id_leads_to_all_that_its_page_names(known, reply):
    known.answer("/dblp/pid/12/34.xml", reply(body=PERSON.format(TITLES[1], TITLES[2]).encode()))
    result = known.run("--dblp", "https://dblp.org/pid/12/34.html")
    # Google Scholar could not be asked (its page is none), and the id is stated all the same.
    assert known.ids[0] == f"orcid:{ORCID}"
    assert {"openalex:A5", "semantic_scholar:7", "dblp:12/34"} < set(known.ids)
    assert known.order[0] == "openalex"
    assert known.order[-1] == "dblp"
    assert result.returncode in (0, 1)


def test_a_saved_homepage_is_read_and_what_it_names_is_followed(known):
    page = known.root / "index.html"
    page.write_text(HOMEPAGE)
    result = known.run("--homepage", str(page))
    assert result.returncode == 0, result.stderr
    assert {f"orcid:{ORCID}", "openalex:A5", "semantic_scholar:7"} == set(known.ids)
    assert "Homepage names it beside index.html" in result.stdout


def test_a_homepage_by_its_address_is_asked_for(known, reply):
    html = reply(body=HOMEPAGE.encode(), headers={"Content-Type": "text/html"})
    known.answer("/homepage/~ada/", html)
    result = known.run("--homepage", "https://ada.example/~ada/")
    assert result.returncode == 0, result.stderr
    assert "openalex:A5" in known.ids
    assert known.ids[-1] == "homepage:https://ada.example/~ada/"


def test_two_orcids_are_told_and_neither_is_taken(known):
    known.openalex("A5")
    known.semantic_scholar(orcid="0000-0001-5109-3700")
    result = known.run("--openalex", "A5", "--semantic-scholar", "7")
    assert known.ids == ["openalex:A5", "semantic_scholar:7"]
    assert "two ORCID iDs are stated" in result.stderr


def test_namesakes_are_left_out(known):
    known.named_on_papers(papers=())
    known.answer("/semantic_scholar/paper/batch", [None, None])
    namesake = {"authorId": "9", "name": "Ada Test", "paperCount": 5, "citationCount": 5}
    found = {"total": 1, "offset": 0, "data": [namesake | {"hIndex": 1}]}
    known.answer("/semantic_scholar/author/search", found)
    known.semantic_scholar("9", papers=(51, 52, 53, 54, 55))
    result = known.run("--orcid", ORCID)
    assert "semantic_scholar:9" not in known.ids
    assert "none of its papers is among those" in result.stderr


def test_a_provider_that_blocks_costs_nothing_of_what_others_said(known, reply):
    wall = reply(body=b"<html>no</html>", status=403, headers={"Content-Type": "text/html"})
    known.answer("/semantic_scholar/paper/batch", wall)
    result = known.run("--orcid", ORCID)
    assert result.returncode == 1
    assert known.ids == [f"orcid:{ORCID}", "openalex:A5"]
    assert "semantic_scholar could not tell" in result.stderr
    assert "blocked" in result.stderr


def test_without_a_network_the_file_has_what_was_given(known):
    known.settings(f'base_url = "{known.server.url}/NAME"', top="deadline = 0.0001")
    result = known.run("--orcid", ORCID, "--scholar", "AAAAAAAAAAAJ")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "nobody could be asked" in result.stderr
    assert known.ids == [f"orcid:{ORCID}", "google_scholar:AAAAAAAAAAAJ"]
    assert known.server.asked == []


def test_offline_asks_nobody(known):
    result = known.run("--offline", "--orcid", ORCID)
    assert (result.returncode, result.stderr) == (0, "")
    assert known.ids == [f"orcid:{ORCID}"]
    assert known.order == ["openalex", "orcid"]
    assert known.server.asked == []


def test_a_file_that_exists_stays_and_nobody_is_asked(known):
    known.file.write_text("mine")
    result = known.run("--orcid", ORCID)
    assert result.returncode == 2
    assert "exists already" in result.stderr
    assert known.file.read_text() == "mine"
    assert known.server.asked == []


def test_json_is_one_document(known):
    known.named_on_papers({"authorId": "7", "name": "Ada Test"})
    result = known.run("--orcid", ORCID, "--json")
    found = json.loads(result.stdout)
    by_id = {one["id"]: one for one in found["ids"]}
    assert found["file"] == "scholar-metrics.toml"
    assert by_id["openalex:A5"]["stated_by"] == "openalex"
    assert by_id["openalex:A5"]["stated_beside"] == f"orcid:{ORCID}"
    assert not by_id["semantic_scholar:7"]["is_taken"]
    assert by_id["semantic_scholar:7"]["papers_in_common"] == 3
    assert known.file.exists()


def listed(place, name="Ada \x1b[31mTest\u202e"):
    person = openalex_author("A5", name=name, orcid=ORCID)
    place.answer("/openalex/authors", {"meta": {"count": 1}, "results": [person]})
    place.openalex()
    info = {"author": "Ada Test 0002", "url": "https://dblp.org/pid/12/34-2"}
    place.answer("/dblp/search/author/api", {"result": {"hits": {"hit": [{"info": info}]}}})
    place.answer("/semantic_scholar/author/search", {"total": 0, "offset": 0, "data": []})


def test_a_name_alone_lists_who_may_be_meant_and_writes_nothing(place):
    listed(place)
    result = place.run("--name", "Ada Test")
    assert result.returncode == 2
    assert "University of Tests, 3 papers, 3 citations" in result.stdout
    assert TITLES[1] in result.stdout
    assert f"scholar-metrics init --openalex A5 --orcid {ORCID}\n" in result.stdout
    assert "scholar-metrics init --dblp 12/34-2\n" in result.stdout
    assert "10 to 15" in result.stderr
    assert not place.file.exists()
    # What providers wrote does nothing to a terminal.
    assert not set("\x1b\u202e") & set(result.stdout + result.stderr)


def test_a_name_alone_lists_as_json_too(place):
    listed(place)
    result = place.run("--name", "Ada Test", "--json")
    assert result.returncode == 2
    first = json.loads(result.stdout)["candidates"][0]
    assert first["ids"] == ["openalex:A5", f"orcid:{ORCID}"]
    assert first["titles"] == [TITLES[1], TITLES[2]]


def test_a_name_that_nobody_has_is_exit_code_3(place):
    result = place.run("--name", "Nobody Atall")
    assert result.returncode == 3
    assert "give an id" in result.stderr
    assert not place.file.exists()


@pytest.mark.parametrize(
    ("option", "value", "identifier"),
    [
        ("--scholar", "https://scholar.google.com/citations?user=AAAAAAAAAAAJ&hl=en", None),
        ("--openalex", "https://openalex.org/A5", "openalex:A5"),
        ("--semantic-scholar", "https://www.semanticscholar.org/author/A-T/7", None),
        ("--dblp", "12/34-2", "dblp:12/34-2"),
        ("--dblp", "https://dblp.uni-trier.de/pid/12/34-2.html", "dblp:12/34-2"),
        ("--inspire", "A.Test.1", "inspire_bai:A.Test.1"),
        ("--arxiv-author", "test_a_1", "arxiv_author:test_a_1"),
        ("--arxiv-author", "https://arxiv.org/a/test_a_1", "arxiv_author:test_a_1"),
        ("--homepage", "https://ada.example/~a", "homepage:https://ada.example/~a"),
    ],
)
def test_each_kind_of_id_is_read_as_it_is_copied(tmp_path, option, value, identifier):
    result = CliRunner().invoke(command, [str(tmp_path), "--offline", option, value], obj=1)
    assert result.exit_code == 0, result.output
    [written] = tomllib.loads((tmp_path / "scholar-metrics.toml").read_text())["authors"][0]["ids"]
    wanted = {
        "--scholar": "google_scholar:AAAAAAAAAAAJ",
        "--semantic-scholar": "semantic_scholar:7",
    }
    assert written == (identifier or wanted[option])


def test_a_saved_homepage_is_read_offline_too(tmp_path):
    page = tmp_path / "index.html"
    page.write_text(HOMEPAGE)
    args = [str(tmp_path), "--offline", "--homepage", str(page)]
    result = CliRunner().invoke(command, args, obj=1)
    assert result.exit_code == 0, result.output
    [author] = tomllib.loads((tmp_path / "scholar-metrics.toml").read_text())["authors"]
    assert author["ids"] == [f"orcid:{ORCID}", "semantic_scholar:7"]
    assert author["name"] == "Ada Test"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--dblp", "not an id"), "--dblp"),
        (("--semantic-scholar", "f" * 40), "is no semantic_scholar id"),
        (("--openalex", "W5"), "is no openalex id"),
        (("--homepage", "nowhere.html"), "neither an address"),
        (("--openalex", "A5", "--contact", "a\nb"), "--contact"),
        (("--openalex", "A5", "--providers", "near.toml"), "[providers.NAME]"),
    ],
)
def test_wrong_input_is_refused_before_anybody_is_asked(tmp_path, monkeypatch, args, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "near.toml").write_text('[authors]\nkey = "x"')
    result = CliRunner().invoke(command, [*args], obj=1)
    assert says in str(result.exception)
    assert not (tmp_path / "scholar-metrics.toml").exists()
