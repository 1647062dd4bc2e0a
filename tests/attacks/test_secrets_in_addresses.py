"""A key that its provider takes in the address alone stands in nothing that is kept or said."""

from __future__ import annotations

import html
import io
import json
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pyarrow.parquet as pq
import pytest

KEY = "CANARYaddr:e,s*s/47+11=Qz~x&y'abcdef"
USER = "AAAAAAAAAAAJ"
SPELLED = {KEY, quote(KEY), quote(KEY, safe=""), html.escape(KEY)}
PARTS = {part.lower() for one in SPELLED for part in (one[:10], one[-10:])}


def profile(port):
    """A good answer that repeats the key wherever an address may stand."""
    address = f"http://127.0.0.1:{port}/search.json?api_key={quote(KEY, safe='')}"
    article = {
        "title": "A paper",
        "link": address,
        "citation_id": f"{USER}:pub000000001",
        "cited_by": {"value": 1, "link": address, "serpapi_link": address},
        "year": "2020",
    }
    table = [{n: {"all": v}} for n, v in (("citations", 1), ("h_index", 1), ("i10_index", 0))]
    return {
        "search_metadata": {
            "status": "Success",
            "json_endpoint": address,
            "raw_html_file": address,
        },
        "search_parameters": {"author_id": USER, "api_key": KEY, "num": "100"},
        "author": {"name": "Ada Test", "thumbnail": address, "interests": [{"link": address}]},
        "articles": [article],
        "cited_by": {"table": table},
        "public_access": {"link": address},
    }


def echoes(reply, port, victim):
    said = {"search_metadata": {"status": "Error"}, "error": f"failed: api_key={KEY}"}
    there = f"http://127.0.0.1:{victim}/?api_key={quote(KEY, safe='')}"
    return {
        "good": reply.json(profile(port)),
        "401": reply.json({"error": f"Invalid API key {KEY}"}, status=401),
        "429": reply.json({"error": f"run out: {quote(KEY)}"}, status=429),
        "500": reply(status=500, body=f"<html>{html.escape(KEY)}</html>".encode()),
        "failed": reply.json(said),
        "no JSON": reply(body=f"{{{KEY}".encode()),
        "a count": reply.json({**profile(port), "cited_by": {"table": [{KEY: {"all": KEY}}]}}),
        "an id": reply.json({**profile(port), "search_parameters": {"author_id": KEY}}),
        "cut short": reply.json({"error": f"{160 * 'x'}{KEY}"}, status=400),
        "elsewhere": reply(status=302, headers={"Location": there}),
        "plain": reply(status=302, headers={"Location": there.replace("127.0.0.1", "serpapi.com")}),
        "reset": reply(fault="reset"),
    }


@pytest.fixture(scope="module")
def world(stand_in, reply, configured, command, public, tmp_path_factory):
    """Every echo was tried, the good answer first; what came of it."""
    folder = tmp_path_factory.mktemp("addresses")
    victim, server = stand_in(), stand_in()
    configured(
        folder, authors={"ada": [f"google_scholar:{USER}"]}, providers={"serpapi": server.url}
    )
    outside = {
        "env": {"SERPAPI_KEY": KEY},
        "names": {"serpapi.com": [public]},
        "led": {public: ("127.0.0.1", victim.port)},
    }
    said = {}
    for name, answer in echoes(reply, server.port, victim.port).items():
        server.routes = {"/search.json": answer}
        said[name] = command(folder, "-vv", "refresh", "--json", **outside)
    for args in (("status",), ("history", "--runs", "--json"), ("check",), ("doctor",)):
        said[args[0]] = command(folder, *args, **outside)
    return folder, said, server, victim


def leaks(text):
    return sorted(part for part in PARTS if part in text.lower())


def test_the_key_came_to_its_provider_in_the_address(world):
    queries = [parse_qs(urlsplit(asked.target).query) for asked in world[2].asked]
    assert {query["api_key"][0] for query in queries} == {KEY}
    assert world[1]["good"].code == 0, world[1]["good"].stderr


def test_no_output_and_no_log_holds_it(world):
    for name, done in world[1].items():
        assert leaks(done.stdout + done.stderr) == [], name
    assert "api_key=***" in world[1]["good"].stderr


def test_no_file_holds_it(world):
    paths = [path for path in Path(world[0]).rglob("*") if path.is_file()]
    assert any(path.name == "run.json" for path in paths)
    for path in paths:
        data = path.read_bytes()
        assert leaks(data.decode("latin-1")) == [], path
        if path.suffix == ".parquet":
            assert leaks(str(pq.read_table(io.BytesIO(data)).to_pylist())) == [], path


def test_no_address_of_the_vendors_is_kept(world):
    for path in Path(world[0]).rglob("*.json"):
        assert "/search.json?" not in json.dumps(json.loads(path.read_text()))


def test_it_is_sent_nowhere_else_and_no_request_says_where_it_comes_from(world):
    assert world[3].asked == []
    assert not any(h.lower() == "referer" for asked in world[2].asked for h in asked.headers)


@pytest.mark.parametrize(
    ("name", "variable", "author"),
    [
        ("serpapi", "SERPAPI_KEY", f"google_scholar:{USER}"),
        ("ads", "ADS_API_TOKEN", "orcid:0000-0002-1825-0097"),
    ],
)
def test_it_travels_encrypted_or_not_at_all(
    command, configured, stand_in, public, tmp_path, name, variable, author
):
    server = stand_in()
    url = f"http://plain.example:{server.port}"
    configured(tmp_path, authors={"ada": [author]}, providers={name: url})
    led = {public: ("127.0.0.1", server.port)}
    names = {"plain.example": [public]}
    done = command(tmp_path, "refresh", env={variable: KEY}, names=names, led=led)
    assert (done.code, server.asked, done.connections) == (3, [], [])
    assert "https" in done.stderr
