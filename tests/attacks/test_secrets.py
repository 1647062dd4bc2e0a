"""A key goes to its provider and nowhere else, whatever the provider does with it.

A provider that repeats the key in every way that comes to mind is asked by the command at its
most talkative; then everything that the command wrote or said is searched for the key.
"""

from __future__ import annotations

import html
import io
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from pipeline.config import load
from pipeline.notify import notify_after_run
from pipeline.refresh import utc_now
from spiders.registry import PROVIDERS

KEYED = {name: row for name, row in PROVIDERS.items() if row.api_key_env}
KEYS = {name: f"CANARY{n}-{name[:3]}/47+11=Qz~x&y'{n}abcdef" for n, name in enumerate(KEYED)}
BEGINNING = 10
FILL, NONE = "x", ""
IDS = ["openalex:A1", "semantic_scholar:1", "google_scholar:AAAAAAAAAAAJ"]


class Echo(dict):
    """Routes that answer anything by one function."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def get(self, key, default=None):
        return self.answer


def bad(status, body, **headers):
    return lambda reply, key, port: reply(
        status=status,
        body=(body(key) if callable(body) else body).encode(),
        headers={"Content-Type": "application/json"}
        | {name.replace("_", "-"): value(key, port) for name, value in headers.items()},
    )


def message(key):
    return f'{{"error": "no", "message": "the key {key} is wrong", "id": "A1"}}'


ECHOES = {
    "400": bad(400, message),
    "401": bad(401, message),
    "403": bad(403, message),
    "404": bad(404, message),
    "429": bad(429, message, Retry_After=lambda key, port: "999999"),
    "500": bad(500, message),
    "an error with status 200": bad(200, lambda key: f'{{"error": "{key}", "message": "{key}"}}'),
    "a page": bad(200, lambda key: f"<html><title>{key}</title><p>api_key={key}</p></html>"),
    "no JSON": bad(200, lambda key: f"{{{key}"),
    "a key said twice": bad(200, lambda key: f'{{"{key}": 1, "{key}": 2}}'),
    "a count": bad(
        200,
        lambda key: (
            f'{{"id": "https://openalex.org/A1", "works_count": "{key}", "authorId": "{key}"}}'
        ),
    ),
    "cut in the middle": bad(400, lambda key: f'{{"message": "{180 * FILL}{key}"}}'),
    "quoted": bad(400, lambda key: f'{{"message": "at /?k={quote(key, safe=NONE)}"}}'),
    "in HTML": bad(400, lambda key: f'{{"message": "{html.escape(key)}"}}'),
    "a header": bad(400, "{}", X_Echo=lambda key, port: key),
    "a redirect elsewhere": bad(
        302, "", Location=lambda key, port: f"http://127.0.0.1:{port}/?api_key={quote(key)}"
    ),
    "a redirect to its other host": bad(
        302, "", Location=lambda key, port: f"http://api.openalex.org/?x={quote(key)}"
    ),
    "a redirect to nowhere": bad(302, "", Location=lambda key, port: f"http://[{quote(key)}/"),
    "an encoding": bad(200, "x", Content_Encoding=lambda key, port: key),
}


@pytest.fixture(scope="module")
def world(stand_in, reply, configured, command, public, tmp_path_factory):
    """Every echo was tried; what came of it."""
    folder = tmp_path_factory.mktemp("secrets")
    seen = {"keys": set(), "arguments": set()}
    victim = stand_in()
    now = {}

    def answer(asked):
        name = asked.path.split("/")[1]
        given = {value for head, value in asked.headers.items() if head.lower() in HEADERS}
        seen["keys"] |= given
        key = next((KEYS[p] for p in KEYS if any(KEYS[p] in value for value in given)), "none")
        if name == "authors":
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen["arguments"].add(path.read_bytes())
                except OSError:
                    continue
        return ECHOES[now["echo"]](reply, key, victim.port)

    server = stand_in()
    server.routes = Echo(answer)
    env = {row.api_key_env: KEYS[name] for name, row in KEYED.items()}
    env["LAB_CREDENTIAL"] = env.pop("SEMANTIC_SCHOLAR_API_KEY")
    providers = dict.fromkeys(("openalex", "semantic_scholar"), server.url)
    tables = {"semantic_scholar": 'api_key_env = "LAB_CREDENTIAL"'}
    configured(folder, authors={"ada": IDS}, providers=providers, tables=tables, extra="[notify]")
    said = {}
    for echo in ECHOES:
        now["echo"] = echo
        said[echo] = command(
            folder,
            *("-vv", "refresh", "--json"),
            env=env,
            names={"api.openalex.org": [public]},
            led={public: ("127.0.0.1", victim.port)},
        )
    for args in (("status",), ("history", "--runs", "--json"), ("check",), ("doctor",)):
        said[args[0]] = command(folder, *args, env=env)
    return folder, said, seen, victim


HEADERS = ("authorization", "x-api-key")


def leaks(text):
    """Keys of which more than a beginning stands in a text, in whatever spelling."""
    found = set()
    for name, key in KEYS.items():
        for spelled in (key, quote(key, safe=""), html.escape(key)):
            parts = (spelled[:BEGINNING].lower(), spelled[-BEGINNING:].lower())
            if any(part in text.lower() for part in parts):
                found.add(name)
    return found


def test_the_keys_were_sent_to_their_providers(world):
    _, said, seen, _ = world
    for name in ("openalex", "semantic_scholar"):
        assert any(KEYS[name] in value for value in seen["keys"])
    print(f"\n{len(ECHOES)} echoes, {len(KEYED)} providers with keys")
    for echo in ECHOES:
        assert said[echo].code == 3, (echo, said[echo])


def test_no_output_and_no_log_holds_a_key(world):
    for name, done in world[1].items():
        assert leaks(done.stdout) == set(), name
        assert leaks(done.stderr) == set(), name
    assert "***" in "".join(done.stdout for done in world[1].values())


def test_no_file_holds_a_key(world):
    paths = [path for path in world[0].rglob("*") if path.is_file()]
    assert len(paths) > 4
    for path in paths:
        data = path.read_bytes()
        assert leaks(data.decode("latin-1")) == set(), path
        if path.suffix == ".parquet":
            assert leaks(str(pq.read_table(io.BytesIO(data)).to_pylist())) == set(), path


def test_no_process_has_a_key_among_its_arguments(world):
    arguments = b"\n".join(world[2]["arguments"]).decode("latin-1")
    assert "-c" in arguments
    assert leaks(arguments) == set()


def test_no_redirect_carries_a_key_elsewhere(world):
    assert world[3].asked == []


def test_no_notification_holds_a_key(world):
    folder, said, _, _ = world
    sent = []

    class Sender:
        def send(self, message):
            sent.append(message.title + message.text + message.markdown)

    config = load(folder / "scholar-metrics.toml")
    for number, echo in enumerate(ECHOES):
        reasons = [f"{number} {outcome['reason']}" for outcome in said[echo].json()["outcomes"]]
        told = notify_after_run(
            config, exit_code=3, reasons=reasons, now=utc_now(), sender=Sender(), environ={}
        )
        assert told == ["failure"] or sent
    assert sent
    assert leaks("".join(sent)) == set()


@pytest.mark.parametrize("name", ["openalex", "semantic_scholar"])
def test_a_key_travels_encrypted_or_not_at_all(
    command, configured, stand_in, public, tmp_path, name
):
    server = stand_in()
    configured(
        tmp_path, authors={"ada": IDS}, providers={name: f"http://plain.example:{server.port}"}
    )
    world = {"names": {"plain.example": [public]}, "led": {public: ("127.0.0.1", server.port)}}
    env = {KEYED[name].api_key_env: KEYS[name]}
    done = command(tmp_path, "refresh", env=env, **world)
    assert done.code == 3
    assert (server.asked, done.connections) == ([], [])
    assert "https" in done.stderr
    assert command(tmp_path, "refresh", **world).code == 3
    assert server.asked


def test_a_defect_shows_no_key_and_no_command(command, configured, tmp_path):
    configured(tmp_path, authors={"ada": IDS}, providers={"openalex": "http://127.0.0.1:9"})
    text = f"{KEYS['openalex']}\n::error::forged\n##[error]forged\x1b[31m"
    env = {"OPENALEX_API_KEY": KEYS["openalex"]}
    done = command(tmp_path, "refresh", env=env, raises=text)
    assert done.code == 1
    assert "RuntimeError: ***" in done.stderr
    assert leaks(done.stderr) == set()
    assert "\x1b" not in done.stderr
    assert all(line.startswith(("  | ", "scholar-metrics: ")) for line in done.stderr.splitlines())
