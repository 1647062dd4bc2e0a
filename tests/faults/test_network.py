"""Faults of the network at all providers at once; `scene` asserts the invariants after each."""

import gzip
import json
import socket
import ssl
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path

import pytest

PROVIDERS = sys.modules["faults_stage"].PLAYED
FRESH = {"fresh", "unchanged"}
FIXTURES = Path(__file__).parents[1] / "spiders/pages/fixtures"
SHORT = {"DOWNLOAD_TIMEOUT": 0.1, "DNS_TIMEOUT": 1}


def is_robots(asked):
    return asked.target.startswith("/robots.txt")


def whose(asked):
    """Who is asked for; of papers that both have, Ada's are asked for first."""
    return asked.author or ("ada", "bob")[min(asked.turn, 1)]


def pages(fault):
    """The fault at every page; robots.txt answers."""
    return lambda asked, good: good if is_robots(asked) else fault(asked, good)


def first(count, fault):
    """The fault at the first pages of each provider only."""
    return pages(lambda asked, good: fault(asked, good) if asked.place < count else good)


def always(answer):
    return pages(lambda asked, good: answer)


def not_fresh(done):
    assert done.every_kind().isdisjoint(FRESH), done.said


# Connections


@pytest.mark.parametrize("count", [1, 2, 3, 99])
def test_a_connection_that_is_reset(scene, answer, count):
    done = scene(first(count, lambda asked, good: answer(raw=b"", end="reset")))
    if count == 1:
        assert done.code == 0, done.said
    if count == 99:
        assert (done.code, done.every_kind()) == (3, {"offline"})
        assert "reset" in done.said


def test_a_connection_that_is_reset_in_the_midst_of_a_body(scene, answer):
    def cut(asked, good):
        return answer(raw=good.sent()[:-20], end="reset")

    done = scene(pages(cut))
    assert (done.code, done.every_kind()) == (3, {"offline"})


def test_a_connection_that_ends_without_a_word(scene, answer):
    done = scene(always(answer(raw=b"", end="close")))
    assert (done.code, done.every_kind()) == (3, {"offline"})


def test_nobody_listens(scene):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        done = scene(urls=dict.fromkeys(PROVIDERS, url))
    assert (done.code, done.every_kind()) == (3, {"offline"})
    assert done.said.count("refused") >= len(PROVIDERS)


def test_a_name_that_does_not_resolve(scene):
    done = scene(urls=dict.fromkeys(PROVIDERS, "https://gone.example.org"))
    assert (done.code, done.every_kind()) == (3, {"offline"})
    assert done.said.count("gone.example.org") >= len(PROVIDERS)


def test_a_certificate_that_nobody_vouches_for(scene, untrusted):
    done = scene(urls=dict.fromkeys(PROVIDERS, untrusted))
    assert (done.code, done.every_kind()) == (3, {"offline"})
    assert done.said.count("certificate") >= len(PROVIDERS)


def test_a_server_that_speaks_no_tls(scene, theatre):
    urls = {name: theatre.stage.base_url(name).replace("http:", "https:") for name in PROVIDERS}
    done = scene(urls=urls, settings=SHORT)
    assert (done.code, done.every_kind()) == (3, {"offline"})


@pytest.mark.parametrize("where", ["connect", "request", "header", "body", "end"])
def test_a_server_that_hangs_ends_at_the_time_out(scene, answer, where, full):
    def hang(asked, good):
        sent = good.sent()
        head = sent.index(b"\r\n\r\n") + 4
        upto = {
            "request": 0,
            "header": 25,
            "body": min(head + 30, len(sent) - 1),
            "end": len(sent) - 1,
        }
        return answer(raw=sent[: upto[where]], end="hang")

    if where == "connect":
        done = scene(urls=dict.fromkeys(PROVIDERS, full), settings=SHORT)
    else:
        done = scene(pages(hang), settings=SHORT)
    assert (done.code, done.every_kind()) == (3, {"offline"})
    assert ("in time" if where == "connect" else "within 0.1 s") in done.said


def test_a_slow_drip_ends_at_the_time_out(scene):
    done = scene(pages(lambda asked, good: replace(good, drip=0.01)), settings=SHORT)
    assert (done.code, done.every_kind()) == (3, {"offline"})


# Refusals


TOLD = ["7", "0", "119.5", "120", "121", "999999999", "9" * 400, "-5", "soon", "", "+50", "-50"]


@pytest.mark.parametrize(
    ("status", "told"), [*((429, told) for told in TOLD), (503, "7"), (503, "121"), (503, "+50")]
)
def test_retry_after_is_obeyed_or_the_provider_is_left_alone(scene, answer, begun, status, told):
    if told in ("+50", "-50"):
        moment = begun + timedelta(days=1, seconds=int(told))
        told = format_datetime(moment, usegmt=True)
    refusal = answer(status=status, headers={"Retry-After": told}, body=b"slow down")
    done = scene(first(1, lambda asked, good: refusal))
    waits = {provider: seconds for provider, _, seconds in done.waits}
    if told in ("121", "999999999"):
        assert not waits
        assert all(len(done.requests(p)) == 1 for p in PROVIDERS)
        not_fresh(done)
    elif told in ("7", "120"):
        assert set(waits.values()) == {float(told)}
    elif "GMT" in told:
        assert set(waits.values()) <= {0.0, 50.0}
    else:
        assert all(0 <= seconds <= 120 for seconds in waits.values())


@pytest.mark.parametrize(("status", "told"), [(429, "100"), (429, ""), (503, "100")])
def test_a_refusal_that_stays_costs_a_bounded_time(scene, answer, status, told):
    headers = {"Retry-After": told} if told else {}
    done = scene(always(answer(status=status, headers=headers, body=b"{}")))
    assert done.code == 3
    not_fresh(done)
    # Bob is not waited for once the host has failed for good.
    assert sum(seconds for _, _, seconds in done.waits) <= 900 * len(PROVIDERS)


def test_a_spent_budget_stops_a_provider_that_tells_of_it(scene):
    done = scene(pages(lambda asked, good: good.with_header("X-RateLimit-Remaining", "0")))
    assert done.kinds("openalex") == ["budget_spent"] * 2
    assert len(done.requests("openalex")) == 1


@cache
def refusals(provider):
    """Cases of the provider's own fixtures that its page module refuses."""
    folders = [f for f in sorted((FIXTURES / provider).iterdir()) if f.is_dir()]
    return [f for f in folders if "error" in json.loads((f / "expected.json").read_text())]


MOST = max(len(refusals(provider)) for provider in PROVIDERS)
KINDS = {
    "Blocked": "blocked",
    "BudgetSpent": "budget_spent",
    "NotFound": "not_found",
    "LayoutChanged": "layout_changed",
    "Truncated": "refused",
    "BadRequest": "refused",
    "Unavailable": "offline",
}


@pytest.mark.parametrize("number", range(MOST))
def test_a_providers_own_refusal_is_told_by_its_kind(scene, answer, number):
    played = {p: refusals(p)[number % len(refusals(p))] for p in PROVIDERS}
    said = {}
    for provider, folder in played.items():
        meta = json.loads((folder / "meta.json").read_text())
        (body,) = folder.glob("body.*")
        headers = {"Content-Type": "text/html"} | meta["headers"]
        said[provider] = answer(
            status=meta["status"] or 200, headers=headers, body=body.read_bytes()
        )
    done = scene(pages(lambda asked, good: said[asked.provider]))
    not_fresh(done)
    for provider, folder in played.items():
        wanted = json.loads((folder / "expected.json").read_text())["error"]["class"]
        kind = done.kinds(provider)[0]
        if wanted in ("Blocked", "NotFound", "BadRequest"):
            assert kind == KINDS[wanted], (folder, done.said)
        if wanted in ("Blocked", "BudgetSpent"):
            targets = done.requests(provider)
            assert len(set(targets)) == 1, "the other author is not asked for"


@pytest.mark.parametrize(
    ("count", "status"),
    [
        *((1, 502), (2, 503), (3, 504), (4, 520), (5, 522)),
        *((6, 524), (8, 408), (12, 500), (20, 503)),
    ],
)
def test_a_burst_of_failures_opens_the_breaker_or_passes(scene, answer, count, status):
    failure = answer(status=status, headers={"Content-Type": "text/html"}, body=b"<h1>busy</h1>")
    done = scene(first(count, lambda asked, good: failure))
    assert done.code == (0 if count == 1 else done.code)
    for provider in PROVIDERS:
        whole = 9 if PROVIDERS[provider].id_schemes else 20  # a request a paper
        fresh = sum(kind in FRESH for kind in done.kinds(provider))
        assert len(done.requests(provider)) <= 6 + fresh * whole
    if count > 5:
        # A page instead of data with status 503 is how a wall refuses.
        assert (done.code, done.every_kind() - {"blocked"}) in ((3, {"offline"}), (3, set()))


@pytest.mark.parametrize(
    "status", [204, 206, 300, 304, 400, 401, 402, 403, 404, 405, 410, 418, 451, 501, 505, 599, 999]
)
def test_a_status_that_is_no_success_is_never_one(scene, status, answer):
    def other(asked, good):
        # The body is a good one: the status alone must tell.
        return replace(good, status=status)

    done = scene(pages(other))
    not_fresh(done)


# Bodies


@pytest.mark.parametrize("number", range(25))
def test_a_body_that_is_cut_is_never_taken_for_a_whole_one(scene, theatre, number):
    """Each provider's pages at 50 places, the length told to match."""

    def cut(asked, good):
        who = whose(asked)
        known = theatre.targets[asked.provider, who]
        if asked.target != known[number % len(known)]:
            return good
        share = (number + 25 * (who == "bob")) / 50
        return replace(good, body=good.body[: int(len(good.body) * share)])

    done = scene(pages(cut))
    for provider, who in theatre.targets:
        known = theatre.targets[provider, who]
        whole = theatre.stage.scripts[provider].answer(known[number % len(known)])
        if whole.body.rstrip().endswith((b"}", b"]", b">")):
            assert done.outcomes[provider, who]["kind"] not in FRESH, (provider, who)


@pytest.mark.parametrize("length", ["longer", "shorter", "none", "negative", "words", "two"])
def test_a_length_that_is_wrong(scene, answer, length):
    def wrong(asked, good):
        size = len(good.body)
        if length == "none":
            return replace(good, body=good.body[: size // 2], length=None)
        if length in ("longer", "shorter"):
            by = 50 if length == "longer" else -50
            return replace(good, length=size + by, end="close")
        told = {"negative": f"-{size}", "words": "many", "two": f"{size}, {size + 9}"}[length]
        return replace(good, headers={**good.headers, "Content-Length": told}, length=None)

    done = scene(pages(wrong))
    not_fresh(done)


@pytest.mark.parametrize("chunks", ["good", "cut", "nonsense", "huge"])
def test_chunks(scene, answer, chunks):
    def chunked(asked, good):
        head = "".join(f"{n}: {v}\r\n" for n, v in good.headers.items())
        size = {"good": f"{len(good.body):x}", "cut": f"{len(good.body):x}"}
        size |= {"nonsense": "xyz", "huge": "f" * 40}
        end = b"\r\n0\r\n\r\n" if chunks == "good" else b""
        head = f"HTTP/1.1 {good.status} Said\r\n{head}Transfer-Encoding: chunked\r\n\r\n"
        raw = f"{head}{size[chunks]}\r\n"
        body = good.body if chunks == "good" else good.body[:-40]
        return answer(raw=raw.encode() + body + end, end="keep" if chunks == "good" else "close")

    short = {} if chunks == "good" else {"DOWNLOAD_TIMEOUT": 0.3}
    done = scene(pages(chunked), settings=short)
    assert done.code == (0 if chunks == "good" else 3), done.said


def zipped(good, how):
    data = gzip.compress(good.body)
    middle = len(data) // 2
    return {
        "good": data,
        "plain": good.body,
        "cut": data[:middle],
        "cut_in_the_check": data[:-4],
        "flipped": data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :],
        "wrong_check": data[:-8] + b"\0\0\0\0" + data[-4:],
        "empty": b"",
        "bomb": gzip.compress(good.body + b" " * 3_000_000),
        "brotli": data,
        "twice": gzip.compress(data),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("good", "plain", "cut", "cut_in_the_check", "flipped", "wrong_check"),
        *("empty", "bomb", "brotli", "twice"),
    ],
)
def test_a_compressed_body_is_read_whole_or_not_at_all(scene, how):
    def packed(asked, good):
        name = {"brotli": "br", "twice": "gzip, gzip"}.get(how, "gzip")
        return replace(good.with_header("Content-Encoding", name), body=zipped(good, how))

    done = scene(pages(packed), settings={"DOWNLOAD_MAXSIZE": 500_000})
    if how in ("good", "twice"):
        assert done.code == 0
    else:
        not_fresh(done)


@pytest.mark.parametrize(
    ("charset", "other"),
    [
        *(("utf-16", "text/html"), ("utf-7", "application/json"), ("nonsense", "image/png")),
        *(("latin-1", ""), ("cp037", "\u00ff"), ("\u00fc", "text/plain")),
    ],
)
def test_a_content_type_or_charset_that_is_wrong(scene, charset, other):
    """The charset for Ada, the type for Bob."""

    def declared(asked, good):
        if whose(asked) == "bob":
            return good.with_header("Content-Type", other)
        kind = next((v for n, v in good.headers.items() if n.lower() == "content-type"), "text/x")
        return good.with_header("Content-Type", f"{kind.partition(';')[0]}; charset={charset}")

    scene(pages(declared))


@pytest.mark.parametrize("how", ["utf-16", "utf-32", "cp037", "nul", "nuls", "noise", "bom"])
def test_bytes_that_are_no_text(scene, how):
    def spoilt(asked, good):
        body, middle = good.body, len(good.body) // 2
        new = {
            "nul": body[:middle] + b"\0" + body[middle:],
            "nuls": b"\0" * len(body),
            "noise": bytes(range(256)) * 40,
            "bom": b"\xef\xbb\xbf" + body,
        }
        other = (
            body.decode(errors="replace").encode(how)
            if how in ("utf-16", "utf-32", "cp037")
            else new[how]
        )
        return replace(good, body=other)

    done = scene(pages(spoilt))
    if how in ("nuls", "noise", "nul"):
        not_fresh(done)


BODIES = {
    "empty": b"",
    "blank": b" \r\n\t ",
    "html": b"<!doctype html><html><head><title>Welcome</title></head><body>Hi</body></html>",
    "json_object": b"{}",
    "json_list": b"[]",
    "json_null": b"null",
    "json_number": b"0",
    "json_error": b'{"error": "internal", "message": "try later", "status": "ok"}',
    "xml": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>',
    "text": b"OK",
    "yaml": b"---\nstatus: fine\n",
    "deep": b"[" * 50_000,
    "deep_html": b"<div>" * 3_000,
    "nan": b'{"cited_by_count": NaN, "id": Infinity}',
    "huge_number": b'{"cited_by_count": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("kind", ["own", "text/html"])
@pytest.mark.parametrize("name", list(BODIES)[::2])
def test_another_body_than_was_asked_for(scene, name, kind):
    """Ada gets one, Bob the next one."""
    names = list(BODIES)
    given = {"ada": name, "bob": names[(names.index(name) + 1) % len(names)]}

    def other(asked, good):
        found = replace(good, body=BODIES[given[asked.author or "ada"]])
        return found if kind == "own" else found.with_header("Content-Type", kind)

    not_fresh(scene(pages(other)))


HEADS = {
    "no_version": b"200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "words": b"HELO there\r\n\r\n{}",
    "no_status": b"HTTP/1.1\r\n\r\n{}",
    "letters": b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}",
    "http_0_9": b"<html></html>",
    "no_colon": b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 2\r\n\r\n{}",
    "no_ascii": b"HTTP/1.1 200 OK\r\nX-\xfc: a\r\nContent-Length: 2\r\n\r\n{}",
    "long": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
    "binary": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "endless": b"HTTP/1.1 100 Continue\r\n\r\n" * 60,
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_is_no_http(scene, answer, name):
    fault = always(answer(raw=HEADS[name], end="close"))
    done = scene(fault, settings={"DOWNLOAD_TIMEOUT": 0.3})
    not_fresh(done)


def test_odd_headers_around_a_good_body_do_no_harm(scene):
    def odd(asked, good):
        named = {"X-Odd": "\u00ff\u00fe", "Set-Cookie": "a=b", "Date": "yesterday", "Age": "-1"}
        named |= {"X-RateLimit-Remaining": "lots", "X-RateLimit-Reset": "NaN", "ETag": '"'}
        return replace(good, headers={**good.headers, **named})

    assert scene(pages(odd)).code == 0


# Redirects

PLACES = {
    "loop": "{target}",
    "foreign": "https://evil.example.org{target}",
    "foreign_http": "http://evil.example.org/",
    "loopback": "http://127.0.0.1:1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "file": "file:///etc/passwd",
    "data": "data:text/html,<html></html>",
    "javascript": "javascript:alert(1)",
    "slashes": "///evil.example.org/",
    "userinfo": "http://scholar.google.com@evil.example.org/",
    "nonsense": "http://[::1/",
    "empty": "",
    "control": "/a\x01b\tc",
}


@pytest.mark.parametrize(
    ("name", "status"), [(n, (301, 302, 303, 307, 308)[i % 5]) for i, n in enumerate(PLACES)]
)
def test_a_redirect_leads_nowhere_else(scene, answer, name, status):
    def away(asked, good):
        place = PLACES[name].format(target=asked.target)
        return answer(status=status, headers={"Location": place}, body=b"moved")

    # All pages lead to one place, which then has the tries of all of them.
    done = scene(pages(away), most_tries=8)
    not_fresh(done)


def test_a_redirect_at_the_same_host_is_followed(scene, answer):
    def moved(asked, good):
        join = "&" if "?" in asked.target else "?"
        place = f"{asked.target}{join}moved=1"
        return (
            good if "moved=1" in asked.target else answer(status=302, headers={"Location": place})
        )

    assert scene(pages(moved)).code == 0


# robots.txt


ROBOTS = {
    "fails": {"status": 503},
    "too_many": {"status": 429},
    "reset": {"raw": b"", "end": "reset"},
    "forbids": {"body": b"User-agent: *\nDisallow: /\n"},
    "redirects": {"status": 302, "headers": {"Location": "http://evil.example.org/robots.txt"}},
    "is_html": {"body": b"<html><body>Hello</body></html>"},
    "missing": {"status": 404},
    "noise": {"body": bytes(range(256)) * 20},
    "cut": {"body": b"User-agent: *\nDisal", "length": 4000, "end": "close"},
}


@pytest.mark.parametrize("name", ROBOTS)
def test_rules_that_cannot_be_read_or_forbid(scene, answer, name):
    fault = answer(**ROBOTS[name])
    done = scene(lambda asked, good: fault if is_robots(asked) else good)
    for provider, row in PROVIDERS.items():
        if row.robots and name in ("fails", "too_many", "reset", "forbids", "cut"):
            assert set(done.kinds(provider)).isdisjoint(FRESH)
            assert done.requests(provider) == []
        if not row.robots:
            assert set(done.kinds(provider)) <= FRESH


# One provider among others


@pytest.mark.parametrize("number", range((len(PROVIDERS) + 1) // 2))
def test_the_others_are_fresh_while_one_is_not(scene, answer, number):
    """Two providers a scene, each with a fault of its own: every one has its turn."""
    names = list(PROVIDERS)
    broken = tuple(names[number :: (len(names) + 1) // 2])
    played = {
        "reset": answer(raw=b"", end="reset"),
        "refusal": answer(status=403, headers={"Content-Type": "text/html"}, body=b"<h1>no</h1>"),
        "failure": answer(status=500, body=b"oops"),
        "nonsense": answer(headers={"Content-Type": "text/plain"}, body=b"OK"),
    }
    faults = {name: list(played.values())[(number + i) % 4] for i, name in enumerate(broken)}
    done = scene(pages(lambda asked, good: faults.get(asked.provider, good)))
    for provider in broken:
        assert set(done.kinds(provider)).isdisjoint(FRESH)
    others = {kind for name in names if name not in broken for kind in done.kinds(name)}
    assert others <= FRESH
    assert done.code == (1 if others else 3)


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_one_authors_missing_page_is_nobody_elses_matter(scene, theatre, answer, who):
    gone = answer(status=404, headers={"Content-Type": "text/html"}, body=b"<h1>Not here</h1>")
    done = scene(pages(lambda asked, good: gone if asked.author == who else good))
    assert done.code == 1
    for provider in theatre.apart:
        kinds = dict(zip(("ada", "bob"), done.kinds(provider), strict=True))
        assert kinds.pop(who) == "not_found"
        assert set(kinds.values()) <= FRESH


def test_a_block_of_the_first_author_spares_the_second_the_question(scene, answer):
    fault = answer(status=403, headers={"Content-Type": "text/html"}, body=b"<h1>no</h1>")
    done = scene(always(fault))
    for provider, row in PROVIDERS.items():
        # One without a host of its own is asked for each page once: they are anybody's.
        assert len(done.requests(provider)) == (1 if row.hosts else 2)
    not_fresh(done)


# Servers of no provider


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory):
    """Address of a server with a certificate that nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0), backlog=32) as listening:
        threading.Thread(target=_shake_hands, args=(listening, context), daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def _shake_hands(listening, context):
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(4096)
        except OSError:
            continue


@pytest.fixture
def full():
    """Address of a server that accepts no more connections: each waits to be connected."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
            waiting.append(one)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        for one in waiting:
            one.close()
