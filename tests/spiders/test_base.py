"""What all spiders share: the deadline, the breaker, the guard, TLS, and runs by hand."""

from __future__ import annotations

import datetime as dt
import json
import os
import ssl
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from spiders.items import OutcomeKind
from spiders.registry import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]


def test_the_deadline_ends_a_hanging_answer_and_all_that_follows(
    stand_in, reply, crawl, plan, answers
):
    hangs = stand_in({"/authors/A1": reply(body=b"{}" * 9, fault="drip")})
    good = stand_in({"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(2)})
    slow = stand_in({"/citations": answers.scholar()})
    done = crawl(
        plan("openalex", hangs, ada="openalex:A1", bob="openalex:A2"),
        plan("openalex", good, eve="openalex:A1"),
        plan(
            "google_scholar",
            slow,
            delay=50.0,
            ada="google_scholar:AAAAAAAAAAAJ",
            bob="google_scholar:BBBBBBBBBBBJ",
        ),
        deadline=0.8,
    )
    assert done.seconds < 4
    kinds = {pair: outcome.kind for pair, outcome in done.outcomes.items()}
    assert kinds["openalex", "eve"] is OutcomeKind.FRESH
    assert kinds["google_scholar", "ada"] is OutcomeKind.FRESH
    for pair in (("openalex", "ada"), ("openalex", "bob"), ("google_scholar", "bob")):
        assert kinds[pair] is OutcomeKind.OFFLINE
        assert "deadline of 0.8 s" in done.outcomes[pair].reason
    assert done.outcomes["openalex", "bob"].reason.startswith("not asked: ")
    assert len(hangs.asked) == 1
    # Bob waited for his turn, and was never asked for.
    assert done.outcomes["google_scholar", "bob"].requests == 0
    assert slow.paths() == ["/robots.txt", "/citations"]


def test_a_slow_answer_ends_at_the_time_out(stand_in, reply, crawl, plan):
    slow = stand_in({"/authors/A1": reply(body=b"{}" * 9, fault="drip")})
    done = crawl(plan("openalex", slow, ada="openalex:A1"), settings={"DOWNLOAD_TIMEOUT": 0.2})
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.OFFLINE
    assert done.outcomes["openalex", "ada"].requests == 3


def test_a_host_that_keeps_failing_is_left_alone(stand_in, reply, crawl, plan):
    down = stand_in({f"/authors/A{n}": reply(fault="reset") for n in range(1, 9)})
    authors = {f"a{n}": f"openalex:A{n}" for n in range(1, 9)}
    done = crawl(plan("openalex", down, **authors))
    assert len(down.asked) == 5
    assert {o.kind for o in done.outcomes.values()} == {OutcomeKind.OFFLINE}
    assert "failed 5 times in a row" in done.outcomes["openalex", "a8"].reason


def test_a_wait_that_was_asked_for_is_kept_by_the_next_author_too(
    stand_in, reply, crawl, plan, answers
):
    busy = stand_in(
        {
            "/authors/A1": reply.json({}, status=503, Retry_After="7"),
            "/authors/A2": answers.openalex_author("A2"),
            "/works": answers.openalex_pages(2),
        }
    )
    done = crawl(plan("openalex", busy, ada="openalex:A1", bob="openalex:A2"))
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.OFFLINE
    assert done.outcomes["openalex", "bob"].kind is OutcomeKind.FRESH
    assert done.waits == [7, 7, pytest.approx(7, abs=1)]


def test_one_failing_provider_does_not_touch_another(stand_in, reply, crawl, plan, answers):
    down = stand_in({"/authors/A1": reply(fault="reset")})
    good = stand_in({"/author/1": answers.semantic_scholar()})
    done = crawl(
        plan("openalex", down, ada="openalex:A1"),
        plan("semantic_scholar", good, ada="semantic_scholar:1"),
    )
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.OFFLINE
    assert done.outcomes["semantic_scholar", "ada"].kind is OutcomeKind.FRESH


def test_a_spider_that_cannot_begin_loses_nobody(crawl, plan):
    broken = replace(PROVIDERS["openalex"], page="spiders.pages.no_such_page")
    done = crawl(plan(broken, "http://127.0.0.1:9", ada="openalex:A1"), level="CRITICAL")
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.OFFLINE
    assert "never began" in done.outcomes["openalex", "ada"].reason


def test_a_page_module_that_fails_costs_one_author_and_no_crash(stand_in, crawl, plan, answers):
    server = stand_in({"/authors/A1": answers.openalex_author()})
    faulty = replace(PROVIDERS["openalex"], page="ast")  # its `parse` wants other arguments
    done = crawl(plan(faulty, server, ada="openalex:A1", bob="openalex:A1"))
    for who in ("ada", "bob"):
        assert done.outcomes["openalex", who].kind is OutcomeKind.LAYOUT_CHANGED
        assert "TypeError" in done.outcomes["openalex", who].reason
    assert "Traceback" in done.log


def test_logs_keep_to_the_level_that_was_asked_for(stand_in, crawl, plan, answers):
    good = stand_in({"/author/1": answers.semantic_scholar()})
    done = crawl(plan("semantic_scholar", good, ada="semantic_scholar:1"), level="WARNING")
    assert done.outcomes["semantic_scholar", "ada"].kind is OutcomeKind.FRESH
    assert done.log == ""


@pytest.fixture(scope="module")
def guarded(stand_in, crawl, plan, answers):
    """Base URLs that lead to this machine, private hosts not being allowed."""
    server = stand_in(
        {"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(2)}
    )
    port = server.port
    spellings = {
        "plain": f"http://127.0.0.1:{port}",
        "short": f"http://127.1:{port}",
        "decimal": f"http://2130706433:{port}",
        "octal": f"http://0177.0.0.1:{port}",
        "hex": f"http://0x7f.0.0.1:{port}",
        "dot": f"http://localhost.:{port}",
        "mapped": f"http://[::ffff:7f00:1]:{port}",
        "v6": f"http://[::1]:{port}",
        "any": f"http://0.0.0.0:{port}",
        "user": f"http://api.openalex.org@127.0.0.1:{port}",
        "rebinds": f"http://rebinds.example.org:{port}",
        "metadata": f"http://metadata.example.org:{port}",
        "file": "file:///etc",
        "ftp": "ftp://127.0.0.1",
    }
    names = {"rebinds.example.org": "127.0.0.1", "metadata.example.org": "169.254.169.254"}
    done = crawl(
        *(plan("openalex", url, **{name: "openalex:A1"}) for name, url in spellings.items()),
        names=names,
        allow_private_hosts=False,
        settings={"DOWNLOAD_TIMEOUT": 5},
    )
    return done, server, list(spellings)


def test_no_spelling_of_this_machine_is_reached(guarded):
    done, server, spellings = guarded
    assert server.asked == []
    assert {name for _, name in done.outcomes} == set(spellings)
    assert {o.requests for o in done.outcomes.values()} <= {0, 1}


def test_the_refusal_says_what_to_do(guarded):
    done, _, spellings = guarded
    for name in spellings:
        outcome = done.outcomes["openalex", name]
        assert outcome.kind is OutcomeKind.REFUSED, (name, outcome)
        if name not in {"file", "ftp"}:
            assert "allow_private_hosts = true" in outcome.reason, (name, outcome)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    stand_in, crawl, plan, answers, certificate
):
    server = stand_in({"/authors/A1": answers.openalex_author()})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.encrypt(context)
    url = server.url.replace("http:", "https:")
    done = crawl(plan("openalex", url, ada="openalex:A1"))
    assert done.outcomes["openalex", "ada"].kind is OutcomeKind.OFFLINE
    assert server.asked == []


def by_hand(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_spider_runs_by_hand_and_prints_its_items(stand_in, answers):
    server = stand_in(
        {"/authors/A1": answers.openalex_author(), "/works": answers.openalex_pages(2)}
    )
    done = by_hand(
        "crawl",
        "openalex",
        *("-a", "ids=A1,A7", "-a", f"base_url={server.url}", "-a", "delay=0"),
        *("-s", "ALLOW_PRIVATE_HOSTS=1"),
        OPENALEX_API_KEY="CANARY-by-hand",
    )
    items = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(items[0]["works"]) == 2
    assert items[0]["author"]["name"] == "Ada Test"
    assert items[1]["kind"] == "not_found"
    assert server.asked[0].headers["Authorization"] == "Bearer CANARY-by-hand"
    assert b"CANARY" not in done.stdout + done.stderr


def test_an_id_by_hand_that_is_none_is_refused_before_anything_is_sent(stand_in):
    from spiders.google_scholar import GoogleScholarSpider

    with pytest.raises(ValueError, match="no id of Google Scholar"):
        GoogleScholarSpider(ids="orcid:0000-0002-1825-0097")


def test_every_provider_of_the_registry_is_a_spider_of_the_project():
    assert by_hand("list").stdout.decode().split() == sorted(PROVIDERS)
