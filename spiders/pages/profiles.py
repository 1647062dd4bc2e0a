"""Addresses of people's pages at other providers, as `scheme:value`.

dblp and ORCID list them beside a person; each is a proposal for the configuration and no more.
An address that is none of these says nothing.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from spiders import ids
from spiders.pages import reading

_LONGEST = 2000
_SCHOLAR = re.compile(r"(?:.+\.)?scholar\.google\.[a-z.]{2,6}")
_PATHS = {
    "orcid.org": ("orcid", re.compile(r"/([\dXx-]{19})")),
    "openalex.org": ("openalex", re.compile(r"/(?:authors/|people/)?([Aa]\d+)")),
    "semanticscholar.org": ("semantic_scholar", re.compile(r"/author/(?:[^/]+/)?(\d+)")),
    "arxiv.org": ("arxiv_author", re.compile(r"/a/([a-z][\w-]*_\d+)(?:\.atom2?)?")),
    "wikidata.org": ("wikidata", re.compile(r"/(?:entity|wiki)/(Q\d+)")),
    **dict.fromkeys(
        ("dblp.org", "dblp.uni-trier.de", "dblp.dagstuhl.de"),
        ("dblp", re.compile(r"/pid/([\w/.:+-]+?)(?:\.html|\.xml)?")),
    ),
}
"""By host: the scheme, and where in the path its value stands."""
_ELSEWHERE = re.compile(
    r"(?:.+\.)?(?:acm\.org|aminer\.(?:org|cn)|d-nb\.info|facebook\.com|github\.com|ieee\.org|isni\.org"
    r"|linkedin\.com|loc\.gov|mathgenealogy\.org|mathoverflow\.net|openreview\.net|publons\.com"
    r"|researchgate\.net|researcherid\.com|scopus\.com|twitter\.com|viaf\.org|webofscience\.com"
    r"|wikipedia\.org|x\.com|zbmath\.org|youtube\.com|mastodon\.social|bsky\.app|zotero\.org)"
)
"""Hosts where people have a page that is not their homepage."""


def person_id(address: str | None) -> str | None:
    """`orcid:...`, `google_scholar:...`, `dblp:...` and the like out of a person's address."""
    parts = _split(address)
    if parts is None:
        return None
    host, path, query = parts
    if _SCHOLAR.fullmatch(host):
        user = parse_qs(query, max_num_fields=50).get("user", [""])[0]
        return ids.normalise(f"google_scholar:{user}") if ":" not in user else None
    scheme, pattern = _PATHS.get(host.removeprefix("www."), ("", None))
    found = pattern.fullmatch(path.rstrip("/")) if pattern else None
    return ids.normalise(f"{scheme}:{found[1]}") if found else None


def homepage(*addresses: str | None) -> str | None:
    """The first address that is no known provider's: the person's own page."""
    for address in addresses:
        parts = _split(address)
        if parts is None or person_id(address):
            continue
        if not _ELSEWHERE.fullmatch(parts[0]) and not _SCHOLAR.fullmatch(parts[0]):
            return reading.web_address(address)
    return None


def _split(address: str | None) -> tuple[str, str, str] | None:
    """Host, path and query of a web address."""
    if not address or len(address) > _LONGEST or not reading.web_address(address):
        return None
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    return (host, unquote(parts.path), parts.query) if host else None
