"""Which hosts are refused, in every spelling that leads to them."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.middlewares.address_guard import is_near, origin
from spiders.middlewares.addresses import literal, why_address_refused, why_refused

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.1",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "::",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "ip6-localhost",
    "127%2e0%2e0%2e1",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021",
    "",
]
PUBLIC = ["api.openalex.org", "8.8.8.8", "[2606:4700::1111]", "134744072", "1e100.net", "0xyz.org"]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_host_is_refused(host):
    assert why_refused(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_host_passes(host):
    assert why_refused(host) is None


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_address_is_judged_like_the_address(number):
    address = ip_address(number)
    verdict = bool(why_address_refused(address))
    for host in (str(address), str(number), hex(number), f"0{number:o}", f"[::ffff:{address}]"):
        assert bool(why_refused(host)) is verdict


@pytest.mark.parametrize("host", ["4294967296", "1.2.3.4.5", "0x", "256.256.256.256", "08"])
def test_what_is_no_address_is_none(host):
    assert literal(host) is None


BASE = "http://127.0.0.1:8080/api"


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("https://api.openalex.org/x", True),
        ("http://api.openalex.org/x", True),
        ("https://api.openalex.org:8443/x", False),
        ("http://127.0.0.1:9090/x", False),
        ("http://api.openalex.org.evil.example/", False),
        ("http://api.openalex.org@evil.example/", False),
        ("http://evil.example/api.openalex.org", False),
        ("http://127.0.0.1:bad/", False),
        ("file:///etc/passwd", False),
        ("gopher://127.0.0.1:8080/", False),
    ],
)
def test_only_the_base_and_the_providers_hosts_are_near(url, near):
    assert is_near(url, base_url=BASE, hosts=("api.openalex.org",)) is near


def test_an_origin_has_its_default_port():
    assert origin("HTTPS://Example.org./x") == ("https", "example.org", 443)
