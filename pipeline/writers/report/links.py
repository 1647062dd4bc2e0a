"""Addresses on pages: of ids that we know, made by us, and never another scheme than http(s)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from spiders.ids import normalise

_SAFE = "/:;()._-~"
_LONGEST = 300
_PAPERS = {
    "doi": "https://doi.org/{}",
    "arxiv": "https://arxiv.org/abs/{}",
    "openreview": "https://openreview.net/forum?id={}",
    "acl": "https://aclanthology.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}",
    "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/{}",
    "inspire": "https://inspirehep.net/literature/{}",
    "bibcode": "https://ui.adsabs.harvard.edu/abs/{}",
    "dblp": "https://dblp.org/rec/{}",
    "openalex": "https://openalex.org/{}",
    "semantic_scholar": "https://www.semanticscholar.org/paper/{}",
    "google_scholar": (
        "https://scholar.google.com/citations?view_op=view_citation&citation_for_view={}"
    ),
}
_PEOPLE = {
    "homepage": ("Homepage", "{}"),
    "google_scholar": ("Google Scholar", "https://scholar.google.com/citations?user={}"),
    "orcid": ("ORCID", "https://orcid.org/{}"),
    "openalex": ("OpenAlex", "https://openalex.org/{}"),
    "semantic_scholar": ("Semantic Scholar", "https://www.semanticscholar.org/author/{}"),
    "dblp": ("dblp", "https://dblp.org/pid/{}"),
    "arxiv_author": ("arXiv", "https://arxiv.org/a/{}"),
    "inspire": ("INSPIRE", "https://inspirehep.net/authors/{}"),
    "scholar_feed": ("Scholar Feed", "https://www.scholarfeed.org/author/{}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a page."""

    text: str
    href: str


def paper_address(ids: Iterable[str]) -> str | None:
    """Where a paper is read: its DOI's address, else the next best id's."""
    known = _by_scheme(ids)
    found = (pattern.format(known[name]) for name, pattern in _PAPERS.items() if name in known)
    return next(found, None)


def person_links(ids: Iterable[str], homepage: str | None = None) -> tuple[Link, ...]:
    """A person's own page and profiles, one a scheme."""
    known = _by_scheme(ids, is_person=True)
    own = web_address(known.pop("homepage", None)) or web_address(homepage)
    found = [Link(text="Homepage", href=own)] if own else []
    found += [
        Link(text=title, href=pattern.format(known[name]))
        for name, (title, pattern) in _PEOPLE.items()
        if name in known
    ]
    return tuple(found)


def repository_address(identifier: str) -> str | None:
    """The page of `github:owner/name`."""
    found = _by_scheme([identifier]).get("github")
    return f"https://github.com/{found}" if found else None


def web_address(text: str | None) -> str | None:
    """An http(s) address of a host as it stands, `None` for everything else."""
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_sound = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return text if is_sound and not set(text) & set(" \"'<>\\`{}|^") else None


def _by_scheme(ids: Iterable[str], *, is_person: bool = False) -> dict[str, str]:
    """The first sound value of each scheme, quoted for an address (a homepage's stays bare)."""
    found: dict[str, str] = {}
    for identifier in ids:
        normal = normalise(identifier)
        scheme, _, value = (normal or "").partition(":")
        if not value or scheme in found or not _is_kind(scheme, value, is_person=is_person):
            continue
        found[scheme] = value if scheme == "homepage" else quote(value, safe=_SAFE)
    return found


def _is_kind(scheme: str, value: str, *, is_person: bool) -> bool:
    """Whether a value is a person's, or a paper's, in schemes that have both."""
    if scheme == "google_scholar":
        return is_person is (":" not in value)
    if scheme == "openalex":
        return value.startswith("A" if is_person else "W")
    if scheme == "semantic_scholar":
        return is_person is value.isdecimal()
    return True
