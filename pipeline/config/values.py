"""Values of the configuration: each is checked where it stands, and refused with what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from pipeline.model import BADGE_METRICS
from spiders import ids as identifiers
from spiders.registry import PROVIDERS

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:.+")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_URL = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.ASCII)
"""Characters that RFC 3986 knows, so that every reader of an address takes it apart alike."""
_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def provider_name(name: str) -> str:
    """The name of a provider that there is."""
    if name not in PROVIDERS:
        raise ValueError(f"no provider is called {name!r}{nearest(name, PROVIDERS)}")
    return name


def author_key(key: str) -> str:
    """A key that can stand in paths, badges and commands."""
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"{key!r} is no author key: use 1 to 64 letters, digits, '.', '_' or '-', "
            "beginning with a letter or digit"
        )
    return key


def identifier(text: str) -> str:
    """An identifier `scheme:value` in its one normal form."""
    found = identifiers.normalise(text)
    if found is None:
        scheme = text.partition(":")[0]
        known = identifiers.schemes()
        if scheme not in known:
            hint = f"the scheme must be one of {', '.join(known)}{nearest(scheme, known)}"
        else:
            hint = f"that is not how a value of {scheme} looks"
        raise ValueError(f"{text!r} is no identifier `scheme:value`: {hint}")
    return found


def id_list(value: object) -> object:
    """Accept `{openalex = "A1"}` and `{openalex = ["A1", "A2"]}` beside `["openalex:A1"]`."""
    if not isinstance(value, Mapping):
        return value
    pairs: list[str] = []
    for scheme, given in value.items():
        values = given if isinstance(given, list) else [given]
        pairs.extend(f"{scheme}:{str(one).removeprefix(f'{scheme}:')}" for one in values)
    return pairs


def http_url(url: str) -> str:
    """A base address without a slash at its end, and without secrets."""
    if not _URL.fullmatch(url):
        raise ValueError(
            f"{url!r} is no http(s) address: write it in ASCII, the host as it is on the wire"
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_port(parts):
        raise ValueError(f"{url!r} is no http(s) address")
    if parts.username or parts.password:
        raise ValueError("an address with a user name or password in it is refused")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} is a base address: leave out everything after '?' or '#'")
    return url.rstrip("/")


def _has_port(parts: SplitResult) -> bool:
    """Whether the port, where there is one, is a number that ports have."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def env_name(name: str) -> str:
    """The name of an environment variable; a key itself is refused."""
    if not _ENV.fullmatch(name):
        raise ValueError(
            "this is the NAME of an environment variable, and what stands there is none; "
            "put the key into the environment, never into this file"
        )
    return name


def is_address(place: str) -> bool:
    """Whether a repository is named by its address (`https://…`, `git@host:…`), not by a folder."""
    return "://" in place or _SCP.fullmatch(place) is not None


def git_place(place: str) -> str:
    """A folder, or an address that git can reach, without secrets."""
    if place.startswith("-") or any(c in place for c in "\0\n\r"):
        raise ValueError(f"{place!r} is no repository")
    parts = urlsplit(place)
    if "://" in place and (parts.password or (parts.scheme != "ssh" and parts.username)):
        raise ValueError(
            "an address with a user name or token in it is refused: git's credential helper or the "
            "environment holds the token"
        )
    if "://" in place and parts.scheme not in ("https", "ssh", "file"):
        raise ValueError(f"{place!r}: https, ssh or file is wanted")
    return place


def branch_name(name: str) -> str:
    """A name that git takes for a branch, and that is no other kind of reference."""
    parts = name.split("/")
    if not all(_BRANCH.fullmatch(p) and not p.endswith((".", ".lock")) for p in parts):
        raise ValueError(f"{name!r} is no branch name")
    if name == "HEAD" or ".." in name:
        raise ValueError(f"{name!r} is no branch name")
    return name


def badge_metric(name: str) -> str:
    """A figure that there is a badge of."""
    if name not in BADGE_METRICS:
        raise ValueError(f"there is no badge of {name!r}{nearest(name, BADGE_METRICS)}")
    return name


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` where something known is near, else nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else ""
