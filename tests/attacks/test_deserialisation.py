"""Nothing that is read is ever run: not by our own code, and not in a folder tampered with.

The formats that are read are JSON, TOML, Parquet, CSV, HTML and BibTeX; none of them can name a
function to call.
"""

from __future__ import annotations

import ast
import os
import pickle
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("spiders/**/*.py")])
MODULES = {
    *("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"),
    *("yaml", "ruamel", "jsonpickle", "dbm", "code", "codeop", "pty", "telnetlib", "xmlrpc"),
}
CALLS = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
METHODS = {
    *("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnl", "tempfile.mktemp"),
    *("pd.read_pickle", "pandas.read_pickle", "yaml.load", "np.load", "numpy.load"),
    *("subprocess.getoutput", "subprocess.getstatusoutput", "pd.eval", "pandas.eval"),
}


def name_of(node):
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def executions(tree):
    """Whatever in a module could run what it reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [a.name for a in node.names if a.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom):
            found = [node.module] if (node.module or "").partition(".")[0] in MODULES else []
        elif isinstance(node, ast.Call):
            name = name_of(node.func)
            found = [name] if name in CALLS | METHODS else []
            found += [
                f"{name}({k.arg}=...)"
                for k in node.keywords
                if k.arg in ("shell", "allow_pickle")
                and not (isinstance(k.value, ast.Constant) and k.value.value is False)
            ]
        else:
            continue
        for one in found:
            yield f"{one} in line {node.lineno}"


def test_no_module_of_ours_can_run_what_it_reads():
    assert len(SOURCES) > 100
    found = {
        str(path.relative_to(ROOT)): list(executions(ast.parse(path.read_bytes())))
        for path in SOURCES
    }
    assert {path: what for path, what in found.items() if what} == {}
    print(f"\n{len(SOURCES)} modules read")


@pytest.mark.parametrize(
    "code",
    [
        *("import pickle", "from yaml import load", "eval(x)", "os.system(x)", "exec('x')"),
        *("subprocess.run(x, shell=True)", "np.load(x, allow_pickle=flag)", "pd.read_pickle(x)"),
    ],
)
def test_the_reader_of_modules_finds_what_could_run(code):
    assert list(executions(ast.parse(code)))


class Canary:
    """Unpickling it leaves a file."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


@pytest.fixture
def known(command, configured, stand_in, answers, tmp_path):
    """A folder after a refresh, and how to call the command there."""
    server = stand_in(
        {"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(3)}
    )
    configured(
        tmp_path,
        authors={"ada": ["openalex:A1"]},
        providers={"openalex": server.url},
        extra="[notify]",
    )
    assert command(tmp_path, "refresh").code == 0

    def call(*args):
        return command(tmp_path, *args)

    return tmp_path, server, call


TAMPERED = {
    "pickle": lambda place: pickle.dumps(Canary(place)),
    "yaml": lambda place: yaml.dump({"x": Canary(place)}).encode(),
    "json": lambda place: (
        b'{"py/reduce": [{"py/function": "os.mkdir"}, ["%s"]]}' % str(place).encode()
    ),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_no_file_that_was_tampered_with_is_executed(known, kind):
    folder, _, call = known
    place = folder / "owned"
    data = TAMPERED[kind](place)
    paths = [path for path in (folder / "out").rglob("*") if path.is_file()]
    assert {".parquet", ".json", ".yml", ".csv", ".bib"} <= {path.suffix for path in paths}
    for path in paths:
        path.write_bytes(data)
    for name in (".notify.json", ".schedule.json", "cache.pickle", "spider.state", "requests.seen"):
        (folder / "out" / name).write_bytes(data)
        (folder / name).write_bytes(data)
    for folder_name in (".scrapy/httpcache/openalex/00", "httpcache", "crawls"):
        (folder / folder_name).mkdir(parents=True)
        (folder / folder_name / "pickled_meta").write_bytes(data)
    for args in (("status",), ("history",), ("explain", "Paper"), ("check",), ("refresh",)):
        done = call(*args)
        assert done.code in (0, 1, 2, 3, 4, 5), done
        assert "Traceback" not in done.stderr, (args, done.stderr)
    assert not place.exists()


def test_no_configuration_constructs_an_object(command, tmp_path):
    text = '!!python/object/apply:os.mkdir ["owned"]'
    (tmp_path / "scholar-metrics.toml").write_text(text)
    for name in ("status", "refresh", "doctor"):
        assert command(tmp_path, name).code == 2
    assert not (tmp_path / "owned").exists()


def test_a_captcha_that_came_once_does_not_outlive_its_run(
    command, configured, stand_in, reply, answers, tmp_path
):
    captcha = (
        b'<html><form id="gs_captcha_f"><div id="gs_captcha_c">canary-captcha</div></form></html>'
    )
    headers = {
        "Content-Type": "text/html",
        "Cache-Control": "public, max-age=999999",
        "ETag": '"1"',
    }
    page = reply(body=answers.scholar(), headers={"Content-Type": "text/html"})
    server = stand_in(
        {
            "/robots.txt": reply(status=404),
            "/citations": [reply(body=captcha, headers=headers), page],
        }
    )
    ids = {"ada": ["google_scholar:AAAAAAAAAAAJ"]}
    configured(tmp_path, authors=ids, providers={"google_scholar": server.url})
    first = command(tmp_path, "refresh", "--json")
    assert (first.code, first.json()["outcomes"][0]["kind"]) == (3, "blocked")
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and b"canary-captcha" in p.read_bytes()]
    assert kept == []
    assert command(tmp_path, "refresh").code == 0
    assert server.paths().count("/citations") == 2
    assert not any("If-None-Match" in asked.headers for asked in server.asked)
    assert {p.name for p in tmp_path.iterdir()} == {"scholar-metrics.toml", "out"}
