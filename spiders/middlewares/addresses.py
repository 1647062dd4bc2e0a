"""Which addresses a crawl must never reach, in whatever spelling they come.

A configuration or a redirect could otherwise point a crawl at the machine it runs on, at its
network, or at a cloud's metadata service. Pure: no resolving here, no network.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from typing import TypeAlias
from urllib.parse import unquote

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}")
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "ip6-localhost", "ip6-loopback")
_NAT64 = tuple(
    ipaddress.IPv6Network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96")
)
# What `ipaddress` calls global differs between Python's versions; IANA's registries of special
# purpose do not. 192.0.0.192 is Oracle's metadata service.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        *("100::/64", "2001::/23", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)
_IGNORED = re.compile("[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Azure's host service answers on a public address; https://learn.microsoft.com, "168.63.129.16".
_METADATA = frozenset({ipaddress.IPv4Address("168.63.129.16")})


def why_refused(host: str) -> str | None:
    """Why a host, as it stands in a URL, must not be asked; `None` when nothing speaks against.

    A name is judged by its spelling only; what it resolves to is for `why_address_refused`.
    """
    # IDNA (RFC 3490 3.1) takes the ideographic full stop, U+3002, for a dot.
    name = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".")
    # Nameprep (RFC 3491 3.1) takes these for nothing.
    name = _IGNORED.sub("", name)
    name = name.strip().strip("[]").casefold()
    name = name.partition("%")[0].rstrip(".")
    if not name:
        return "there is no host in the address"
    if name.rpartition(".")[2] in _LOCAL_NAMES:
        return f"{name} is a name of this machine or network"
    address = literal(name)
    return why_address_refused(address) if address else None


def is_this_machine(host: str) -> bool:
    """Whether what is sent to a host leaves this machine for nowhere: its own name or address."""
    name = host.strip("[]").casefold().rstrip(".")
    address = literal(name)
    return address.is_loopback if address else name == "localhost"


def literal(name: str) -> Address | None:
    """The address that a host spells out (decimal, octal, hex, short and IPv6 forms included)."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(name):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        return None


def why_address_refused(address: Address) -> str | None:
    """Why an address must not be connected to, or `None` for a public one."""
    for seen in (address, *_embedded(address)):
        if seen in _METADATA:
            return f"{address} is a cloud's metadata service"
        if seen.is_multicast or not seen.is_global or any(seen in n for n in _SPECIAL):
            return f"{address} is a private or reserved address"
    return None


def _embedded(address: Address) -> tuple[Address, ...]:
    """IPv4 addresses that an IPv6 one leads to: mapped, 6to4, Teredo, translated, compatible."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found: list[Address] = [a for a in (address.ipv4_mapped, address.sixtofour) if a]
    found.extend(address.teredo or ())
    if any(address in network for network in (*_NAT64, _COMPATIBLE)):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(found)
