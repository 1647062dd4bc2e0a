"""Author ids as people paste them into an input: told apart by their form, never guessed.

A Google Scholar id has twelve letters, digits, `-` or `_`; an OpenAlex id begins with A and digits;
an ORCID iD has a check digit; a Semantic Scholar id is a number. Addresses of profiles and
`scheme:value` are read too.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from pipeline.errors import ConfigError
from pipeline.model import Author
from spiders import ids

_FORMS = (
    ("orcid", re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", re.ASCII)),
    ("openalex", re.compile(r"[Aa]\d{4,12}", re.ASCII)),
    ("semantic_scholar", re.compile(r"\d{1,11}", re.ASCII)),
    ("google_scholar", re.compile(r"[\w-]{12}", re.ASCII)),
)
_SCHEMES = tuple(scheme for scheme, _ in _FORMS)
_HOSTS = {
    "orcid.org": "orcid",
    "openalex.org": "openalex",
    "semanticscholar.org": "semantic_scholar",
}
_SCHOLAR = re.compile(r"scholar\.google\.[a-z.]{2,6}")
_FORMS_SAID = (
    "a Google Scholar id (twelve characters, the part after user=), an OpenAlex id (A5023888391), "
    "an ORCID iD (0000-0002-1825-0097) or a Semantic Scholar id (a number)"
)


def words(text: str) -> tuple[str, ...]:
    """The entries of a list that is separated by commas, semicolons or white space."""
    return tuple(dict.fromkeys(w for w in re.split(r"[\s,;]+", text) if w))


def author_ids(text: str) -> tuple[str, ...]:
    """Ids of one author, as `scheme:value`, out of the text of an input.

    Raises:
        ConfigError: something is no id, or two of a kind stand there.
    """
    found: dict[str, str] = {}
    for word in words(text):
        identifier = author_id(word)
        if identifier is None:
            raise ConfigError(f"authors: {_shown(word)} is no author id: give {_FORMS_SAID}")
        scheme = identifier.partition(":")[0]
        if found.setdefault(scheme, identifier) != identifier:
            raise ConfigError(
                f"authors: {_shown(found[scheme])} and {_shown(identifier)} would be two people: "
                "inputs are for one author; for more, commit a scholar-metrics.toml"
            )
    return tuple(found[scheme] for scheme in _SCHEMES if scheme in found)


def author_id(word: str) -> str | None:
    """One id as `scheme:value`, or `None`."""
    if "://" in word:
        return _of_address(word)
    scheme, colon, _ = word.partition(":")
    if colon:
        found = ids.normalise(word)
        return found if found and found.partition(":")[0] in _SCHEMES and scheme else None
    for scheme, form in _FORMS:
        if form.fullmatch(word):
            return ids.normalise(f"{scheme}:{word}")
    return None


def chosen(text: str, authors: tuple[Author, ...], *, name: str) -> tuple[str, ...]:
    """Keys of configured authors, named in an input by key or by one of their ids.

    Args:
        text: The input; empty for everybody.
        authors: Who is configured.
        name: Of the configuration file, for the message.

    Raises:
        ConfigError: nobody is called so.
    """
    keys = []
    for word in words(text):
        identifier = author_id(word)
        found = [a.key for a in authors if word == a.key or identifier in a.ids]
        if not found:
            known = ", ".join(a.key for a in authors)
            raise ConfigError(
                f"authors: {_shown(word)} is neither key nor id of an author in {name}; "
                f"there are {known}"
            )
        keys.append(found[0])
    return tuple(dict.fromkeys(keys))


def _of_address(word: str) -> str | None:
    try:
        parts = urlsplit(word)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if _SCHOLAR.fullmatch(host):
        user = parse_qs(parts.query).get("user", [""])[0]
        return ids.normalise(f"google_scholar:{user}")
    if host not in _HOSTS:
        return None
    last = parts.path.rstrip("/").rpartition("/")[2]
    return ids.normalise(f"{_HOSTS[host]}:{last}")


def _shown(word: str) -> str:
    return repr(word if len(word) <= 60 else f"{word[:60]}…")  # noqa: PLR2004 - enough to find it
