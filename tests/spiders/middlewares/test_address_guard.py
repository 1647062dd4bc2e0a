"""The resolver's door: what a name resolves to, judged each time it is asked for."""

from __future__ import annotations

import pytest
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from spiders.middlewares import address_guard
from spiders.middlewares.address_guard import CachingThreadedResolver, GuardedResolver


@pytest.fixture
def resolver(monkeypatch):
    """A resolver whose names answer as told, one address a question."""
    told = {}
    monkeypatch.setattr(address_guard, "refused_names", {})
    monkeypatch.setattr(
        CachingThreadedResolver,
        "getHostByName",
        lambda self, name, timeout=(): defer.succeed(told[name].pop(0)),
    )
    made = GuardedResolver.__new__(GuardedResolver)
    made.told = told
    return made


def result(deferred):
    found = []
    deferred.addBoth(found.append)
    return found[0]


def test_a_public_address_is_given_away(resolver):
    resolver.told["api.example.org"] = ["93.184.215.14"]
    assert result(resolver.getHostByName("api.example.org")) == "93.184.215.14"


def test_a_name_that_changes_its_address_is_caught_when_it_does(resolver):
    resolver.told["api.example.org"] = ["93.184.215.14", "127.0.0.1"]
    assert result(resolver.getHostByName("api.example.org")) == "93.184.215.14"
    assert result(resolver.getHostByName("api.example.org")).check(DNSLookupError)
    assert "allow_private_hosts" in address_guard.refused_names["api.example.org"]


def test_private_addresses_pass_where_they_are_allowed(resolver):
    resolver.allow_private = True
    resolver.told["replay"] = ["127.0.0.1"]
    assert result(resolver.getHostByName("replay")) == "127.0.0.1"
