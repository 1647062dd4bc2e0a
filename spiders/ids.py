"""Identifiers: every spelling that providers use, made one `scheme:value`.

A value that does not look like an identifier of its scheme is refused (`None`), never passed on.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+", re.IGNORECASE)
_LONGEST_DOI = 500
_LONGEST_ADDRESS = 2000
_ARXIV_NEW = re.compile(r"(\d{4}\.\d{4,5})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_ARXIV_OLD = re.compile(r"([a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_ARXIV_PREFIX = re.compile(
    r"^(?:https?://)?(?:(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|e-print)/|arxiv:\s*"
    r"|(?:dx\.)?doi\.org/10\.48550/arxiv\.|(?:doi:\s*)?10\.48550/arxiv\.)",
    re.IGNORECASE,
)
_ORCID = re.compile(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.IGNORECASE | re.ASCII)
_OPENREVIEW = re.compile(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)", re.ASCII)
_GITHUB = re.compile(
    r"(?:^|[/.@])github\.com[/:]([A-Za-z0-9][A-Za-z0-9-]{0,38})/([\w.-]{1,100})",
    re.ASCII | re.IGNORECASE,
)
_NOT_OWNERS = re.compile(
    r"about|apps|collections|contact|enterprise|features|login|marketplace|orgs|search|settings"
    r"|site|sponsors|topics|trending|users"
)
"""Words that stand where an owner would, in addresses that are no repository's."""

_VALUES = {
    # Twelve characters so far; the provider never promised it, and saved pages differ.
    "google_scholar": re.compile(r"[\w-]{6,40}(?::[\w-]{6,40})?", re.ASCII),
    "openalex": re.compile(r"[AW]\d{1,12}", re.ASCII),
    "semantic_scholar": re.compile(r"\d{1,15}|[0-9a-f]{40}", re.ASCII),
    "corpus_id": re.compile(r"\d{1,12}", re.ASCII),
    "openreview": re.compile(r"[\w-]{6,40}", re.ASCII),
    "dblp": re.compile(r"[\w/.:+-]{1,200}", re.ASCII),
    "mag": re.compile(r"\d{1,12}", re.ASCII),
    "pmid": re.compile(r"\d{1,9}", re.ASCII),
    "pmcid": re.compile(r"PMC\d{1,9}", re.ASCII),
    "acl": re.compile(r"[\w.-]{3,40}", re.ASCII),
    "inspire": re.compile(r"\d{1,10}", re.ASCII),
    "inspire_bai": re.compile(r"[A-Za-z][\w.'-]{0,78}\.\d{1,4}", re.ASCII),
    # The last character is an author's initial, save for some meetings (2022tess.conf111b01).
    "bibcode": re.compile(r"[12]\d{3}[\w.&'+]{15}", re.ASCII),
    "orcid_work": re.compile(r"\d{1,12}", re.ASCII),
    "arxiv_author": re.compile(r"[a-z][\w-]{0,78}_\d{1,4}", re.ASCII),
    "scholar_feed": re.compile(r"[\w.-]{1,80}", re.ASCII),
    "github": re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[\w.-]{1,100}", re.ASCII),
    "wikidata": re.compile(r"Q\d{1,12}", re.ASCII),
    # A person's is an address, a paper's its best identifier or a name made of its title.
    "homepage": re.compile(
        r"https?://[\x21-\x7e]{4,300}|(?:arxiv|doi|openreview):[\x21-\x7e]{2,200}|[\w.-]{1,100}",
        re.ASCII | re.IGNORECASE,
    ),
}

_CASELESS = frozenset({"github"})
"""Schemes whose values are the same in any case, and are written small."""

_ALIASES = {
    "scholar": "google_scholar",
    "gs": "google_scholar",
    "s2": "semantic_scholar",
    "semanticscholar": "semantic_scholar",
    "googlescholar": "google_scholar",
    "pubmed": "pmid",
    "pubmedcentral": "pmcid",
}


def doi(text: str | None) -> str | None:
    """Bare lower-case DOI (`10.1145/1234`) out of any usual spelling, or `None`."""
    if not text:
        return None
    # Longer text may take the pattern time by the square of its length.
    found = _DOI.search(unquote(text.strip()[:_LONGEST_ADDRESS]))
    if not found:
        return None
    value = found.group(0).lower().rstrip(".,;")
    if value.endswith(")") and value.count("(") < value.count(")"):
        value = value[:-1]
    # The DOI Handbook (2.2) allows printable characters only; unquoting may have made others.
    return value if value.isprintable() and len(value) <= _LONGEST_DOI else None


def arxiv(text: str | None) -> str | None:
    """Bare arXiv id without its version (`2311.16503`, `math/0310334`), or `None`.

    Reads abs, pdf and DOI (10.48550) addresses, `arXiv:` forms and bare ids.
    """
    if not text:
        return None
    rest = _ARXIV_PREFIX.sub("", unquote(text.strip())).removesuffix(".pdf")
    for pattern in (_ARXIV_NEW, _ARXIV_OLD):
        found = pattern.fullmatch(rest)
        if found:
            return found.group(1).lower()
    return None


def orcid(text: str | None) -> str | None:
    """Bare ORCID iD with a right check digit, or `None`."""
    found = _ORCID.search(text or "")
    if not found:
        return None
    value = found.group(1).upper()
    total = 0
    for digit in value.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = "0123456789X"[(12 - total % 11) % 11]
    return value if value[-1] == check else None


def openalex(text: str | None) -> str | None:
    """Bare OpenAlex id (`A5023888391`, `W2741809807`), or `None`."""
    value = (text or "").strip().rstrip("/").rsplit("/", 1)[-1].upper()
    return value if _VALUES["openalex"].fullmatch(value) else None


def openreview(text: str | None) -> str | None:
    """OpenReview forum id out of an address, or `None`."""
    found = _OPENREVIEW.search(text or "")
    return found.group(1) if found else None


def github(text: str | None) -> str | None:
    """`owner/repository` in small letters out of an address of a repository, or `None`."""
    found = _GITHUB.search(text or "")
    if not found or _NOT_OWNERS.fullmatch(found.group(1).lower()):
        return None
    name = found.group(2).removesuffix(".git").rstrip(".")
    value = f"{found.group(1)}/{name}".lower()
    return value if _VALUES["github"].fullmatch(value) else None


def normalise(identifier: str) -> str | None:
    """`scheme:value` in its one normal form, or `None` when it is not one.

    Known scheme aliases are resolved (`scholar:` is `google_scholar:`, `s2:` is
    `semantic_scholar:`); a DOI of arXiv stays a DOI here (`from_doi` gives both).
    """
    scheme, _, value = identifier.strip().partition(":")
    scheme = scheme.strip().lower().replace("-", "_")
    scheme = _ALIASES.get(scheme, scheme)
    readers = {"doi": doi, "arxiv": arxiv, "orcid": orcid, "openalex": openalex}
    if scheme in readers:
        found = readers[scheme](value)
        return f"{scheme}:{found}" if found else None
    pattern = _VALUES.get(scheme)
    value = value.strip()
    if scheme in _CASELESS:
        value = value.lower()
    return f"{scheme}:{value}" if pattern and pattern.fullmatch(value) else None


def from_doi(text: str | None) -> tuple[str, ...]:
    """`doi:` identifier of any spelling, and the `arxiv:` one where the DOI is arXiv's."""
    value = doi(text)
    if value is None:
        return ()
    found = [f"doi:{value}"]
    preprint = arxiv(value) if value.startswith("10.48550/") else None
    if preprint:
        found.append(f"arxiv:{preprint}")
    return tuple(found)


def schemes() -> tuple[str, ...]:
    """Every scheme that `normalise` knows."""
    return ("doi", "arxiv", "orcid", *_VALUES)
