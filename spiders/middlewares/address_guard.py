"""Keeps every request, redirects and robots.txt included, on public hosts of its provider.

Two doors: the middleware judges the URL of each hop, the resolver judges what a name resolves
to at the moment of connecting, so that a name that changes its address in between passes
neither. `ALLOW_PRIVATE_HOSTS` opens both for local replays.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import SplitResult, urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from spiders.errors import BadRequest
from spiders.middlewares.addresses import is_this_machine, why_address_refused, why_refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

_PORTS = {"http": 80, "https": 443}
_MEND = "set allow_private_hosts = true in the configuration if that is meant"

refused_names: dict[str, str] = {}
"""Names that the resolver refused in this process, with the reason; Twisted drops the latter."""


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL, the default port filled in."""
    parts: SplitResult = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), _port(parts) or _PORTS.get(scheme)


def is_near(url: str, *, base_url: str, hosts: Sequence[str]) -> bool:
    """Whether a URL is at the base URL's host and port, or at one of the provider's hosts."""
    scheme, host, port = origin(url)
    if scheme not in _PORTS:
        return False
    _, base_host, base_port = origin(base_url)
    return (host, port) == (base_host, base_port) or (host in hosts and port == _PORTS[scheme])


class AddressGuard:
    """Refuses requests to other hosts than the provider's, and to private ones."""

    def __init__(self, crawler: Crawler) -> None:
        self._spider: Any = crawler.spider
        self._allow_private = crawler.settings.getbool("ALLOW_PRIVATE_HOSTS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy once a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request pass, or say why not.

        Raises:
            BadRequest: the URL is not one that this provider's spider may ask for.
        """
        spider = self._spider
        if not is_near(request.url, base_url=spider.base_url, hosts=spider.provider.hosts):
            raise BadRequest(f"{request.url} is no address of {spider.provider.title}: not asked")
        scheme, host, _ = origin(request.url)
        if spider.api_key and scheme != "https" and not is_this_machine(host):
            raise BadRequest(
                f"the key would travel to {host} where everybody on the way can read it: not "
                "asked; give `base_url` an https address, or take the key away"
            )
        if self._allow_private:
            return
        reason = why_refused(host)
        if reason:
            raise BadRequest(f"{reason}: not asked; {_MEND}")


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's caching resolver (IPv4), which gives no private address away."""

    allow_private = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Built by Scrapy once a process."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = crawler.settings.getbool("ALLOW_PRIVATE_HOSTS")
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Resolve a name; a private address fails like an unknown name."""
        found = super().getHostByName(name, timeout)
        return found if self.allow_private else found.addCallback(self._judge, name)

    @staticmethod
    def _judge(address: str, name: str) -> str:
        reason = why_address_refused(ip_address(address))
        if reason is None:
            return address
        refused_names[name] = (
            f"{name} resolves to an address that is not public: not asked; {_MEND}"
        )
        raise DNSLookupError(f"{name}: {reason}")


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None
