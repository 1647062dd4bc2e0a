"""Nothing private is ever reached: whatever the configuration, a redirect or a resolver says.

The command runs whole; a stand-in that must not be asked listens on loopback, and every
connection that the command begins is written down. docs/security.md says what is promised.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import config
from pipeline.errors import ConfigError

PROVIDERS = ("openalex", "semantic_scholar", "google_scholar")
IDS = ["openalex:A1", "semantic_scholar:1", "google_scholar:AAAAAAAAAAAJ"]
CODES = (301, 302, 303, 307, 308)


@pytest.fixture(scope="module")
def victim(stand_in):
    """What must never be asked; it would answer anything."""
    server = stand_in()
    server.routes.clear()
    return server


def is_taken(url: str) -> bool:
    """Whether the configuration takes a base address."""
    lines = ["[[authors]]", 'key = "a"', 'ids = ["openalex:A1"]', "[providers.openalex]"]
    text = "\n".join([*lines, f"base_url = {json.dumps(url)}"])
    try:
        config.parse(text, name="f", base=Path())
    except ConfigError as error:
        return not str(error).startswith("f: providers.openalex.base_url: ")
    return True


@pytest.fixture(scope="module")
def bases(spellings, victim):
    """Every base address of the table."""
    made = [f"http://{host}:{victim.port}" for host in (*spellings["hosts"], *spellings["names"])]
    made += [f"https://{host}" for host in spellings["hosts"][::4]]
    return made + [scheme.format(port=victim.port) for scheme in spellings["schemes"]]


def test_other_schemes_are_refused_when_the_configuration_is_read(spellings):
    assert [s for s in spellings["schemes"] if is_taken(s.format(port=80))] == []


def test_no_spelling_of_a_private_address_is_asked_as_a_base_address(
    command, spellings, bases, victim, tmp_path
):
    done = command(tmp_path, bases=bases, names=spellings["names"])
    assert done.connections == []
    assert victim.asked == []
    outcomes = done.json()
    assert len(outcomes) == len(bases)
    for base, (kind, reason) in zip(bases, outcomes, strict=True):
        is_web = base.startswith("http")  # any other the configuration refuses
        assert kind == "refused" if is_web else kind != "fresh", (base, kind, reason)
        assert "not asked" in reason or not is_web, (base, reason)
    print(f"\n{len(bases)} base addresses, {sum(map(is_taken, bases))} of them past the reader")
    assert len(bases) >= 40


@pytest.mark.parametrize(
    "trio",
    [
        ("http://127.0.0.1:{0}", "http://0x7f.1:{0}", "http://[::ffff:7f00:1]:{0}"),
        ("http://loopback.example:{0}", "http://mixed.example:{0}", "http://localhost.:{0}"),
    ],
)
def test_the_command_says_why_it_asks_nothing_private(
    command, configured, spellings, victim, tmp_path, trio
):
    urls = [url.format(victim.port) for url in trio]
    providers = dict(zip(PROVIDERS, urls, strict=True))
    configured(tmp_path, authors={"ada": IDS}, providers=providers, private=False)
    done = command(tmp_path, "refresh", names=spellings["names"])
    assert done.code == 3
    assert (done.connections, victim.asked) == ([], [])
    reasons = done.stderr.splitlines()
    assert len(reasons) == 3
    assert all("allow_private_hosts = true" in line for line in reasons)


def test_the_command_refuses_another_scheme_in_one_line(command, configured, tmp_path):
    providers = {"openalex": "file:///etc/passwd"}
    configured(tmp_path, authors={"ada": IDS}, providers=providers)
    done = command(tmp_path, "refresh")
    assert done.code == 2
    assert done.stderr.count("\n") == 1
    assert "openalex.base_url" in done.stderr


@pytest.fixture(scope="module")
def places(spellings, victim):
    """Every place that a redirect of the table leads to."""
    port = victim.port
    found = [f"http://{host}:{port}/x" for host in (*spellings["hosts"], *spellings["names"])]
    found += [f"https://{host}/x" for host in spellings["hosts"][::4]]
    found += [text.format(port=port) for text in (*spellings["schemes"], *spellings["tricks"])]
    return [place for place in found if place.isprintable() and place.strip() == place]


@pytest.fixture(scope="module")
def redirecting(stand_in, reply, places):
    """A provider that leads each author somewhere else; `A<n>` goes to the place of number n."""
    server = stand_in()
    for number, place in enumerate(places):
        server.routes[f"/authors/A{number}"] = reply(
            status=CODES[number % len(CODES)],
            headers={"Location": place.encode().decode("latin-1")},
        )
    return server


@pytest.mark.parametrize("private", [False, True], ids=["guarded", "private hosts allowed"])
def test_no_redirect_leads_to_a_private_address(
    command, configured, spellings, places, redirecting, victim, public, tmp_path, private
):
    authors = {f"a{number}": [f"openalex:A{number}"] for number in range(len(places))}
    host = "127.0.0.1" if private else "api.openalex.org"
    providers = {"openalex": f"http://{host}:{redirecting.port}"}
    configured(tmp_path, authors=authors, providers=providers, private=private)
    before = len(redirecting.asked)
    done = command(
        tmp_path,
        "refresh",
        "--json",
        "--dry-run",
        names={**spellings["names"], "api.openalex.org": [public]},
        led={public: ("127.0.0.1", redirecting.port)},
    )
    assert done.code == 3
    assert set(done.connections) == {("127.0.0.1" if private else public, redirecting.port)}
    assert victim.asked == []
    asked = [one.path for one in redirecting.asked[before:]]
    assert set(asked) >= {f"/authors/A{number}" for number in range(len(places))}
    assert not any(one["kind"] == "fresh" for one in done.json()["outcomes"])
    print(f"\n{len(places)} redirects")
    assert len(places) >= 40


def test_a_chain_of_redirects_ends_where_it_would_leave_the_provider(
    command, configured, stand_in, reply, victim, tmp_path
):
    chain = {
        f"/authors/A1{step * '/next'}": reply(
            status=302, headers={"Location": f"/authors/A1{(step + 1) * '/next'}"}
        )
        for step in range(2)
    }
    chain["/authors/A1/next/next"] = reply(
        status=307, headers={"Location": f"http://127.0.0.1:{victim.port}/x"}
    )
    endless = {"/authors/A2": reply(status=301, headers={"Location": "/authors/A2?again"})}
    endless["/authors/A2?again"] = endless["/authors/A2"]
    server = stand_in(chain | endless)
    authors = {"ada": ["openalex:A1"], "bob": ["openalex:A2"]}
    configured(tmp_path, authors=authors, providers={"openalex": server.url})
    assert command(tmp_path, "refresh").code == 3
    assert victim.asked == []
    assert server.paths().count("/authors/A1/next/next") == 1
    assert server.paths().count("/authors/A2") <= 4


def test_a_page_that_sends_the_reader_on_sends_nobody_on(
    command, configured, stand_in, reply, victim, tmp_path
):
    place = f"http://127.0.0.1:{victim.port}/x"
    page = f'<meta http-equiv="refresh" content="0;url={place}"><script>location="{place}"</script>'
    headers = {"Refresh": f"0; url={place}", "Link": f"<{place}>; rel=canonical"}
    headers |= {"Content-Location": place, "Content-Type": "text/html"}
    sends_on = reply(body=page.encode(), headers=headers)
    server = stand_in({"/authors/A1": sends_on, "/author/1": sends_on, "/citations": sends_on})
    providers = dict.fromkeys(PROVIDERS, server.url)
    configured(tmp_path, authors={"ada": IDS}, providers=providers)
    done = command(tmp_path, "refresh")
    assert done.code == 3
    assert victim.asked == []
    assert {port for _, port in done.connections} == {server.port}


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        (["{public}", "127.0.0.1"], {"{public}"}),
        (["127.0.0.1", "{public}"], set()),
        (["{public}", "169.254.169.254", "{public}"], {"{public}"}),
    ],
)
def test_the_address_that_was_judged_is_the_one_that_is_connected_to(
    command, configured, stand_in, victim, public, tmp_path, answers, reached
):
    server = stand_in()
    names = {"api.openalex.org": [text.format(public=public) for text in answers]}
    authors = {f"a{number}": [f"openalex:A{number}"] for number in range(4)}
    base = f"http://api.openalex.org:{victim.port}"
    configured(tmp_path, authors=authors, providers={"openalex": base}, private=False)
    led = {public: ("127.0.0.1", server.port)}
    done = command(tmp_path, "refresh", names=names, led=led)
    assert done.code == 3
    assert {host for host, _ in done.connections} == {one.format(public=public) for one in reached}
    assert victim.asked == []


def test_private_hosts_are_let_in_by_name_and_nothing_else_with_them(
    command, configured, stand_in, reply, answers, victim, tmp_path
):
    server = stand_in(
        {
            "/authors/A1": answers.openalex_author(),
            "/works": answers.openalex_pages(2),
            "/authors/A2": reply(status=302, headers={"Location": "file:///etc/passwd"}),
            "/authors/A3": reply(
                status=302, headers={"Location": f"http://127.0.0.1:{victim.port}/authors/A1"}
            ),
        }
    )
    authors = {key: [f"openalex:A{n}"] for n, key in enumerate(("ada", "bob", "cleo"), 1)}
    configured(tmp_path, authors=authors, providers={"openalex": f"http://lab:{server.port}"})
    done = command(tmp_path, "refresh", "--json", names={"lab": ["127.0.0.1"]})
    assert {o["author"]: o["kind"] == "fresh" for o in done.json()["outcomes"]} == {
        "ada": True,
        "bob": False,
        "cleo": False,
    }
    assert victim.asked == []
    assert set(done.connections) == {("127.0.0.1", server.port)}


@pytest.mark.parametrize(
    "place", ["ext::sh -c 'touch owned'", "--upload-pack=touch owned", "fd::17", "-otouch owned"]
)
def test_no_repository_is_a_command(command, configured, tmp_path, place):
    configured(
        tmp_path,
        authors={"ada": IDS},
        providers={"openalex": "http://127.0.0.1:9"},
        extra=f"publish = {{ repository = {json.dumps(place)} }}",
    )
    for args in (("refresh",), ("publish",), ("publish", f"--repo={place}")):
        assert command(tmp_path, *args).code in (2, 3, 5)
    assert not (tmp_path / "owned").exists()
