"""What an address names: a paper, a repository, or a person at some provider."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from spiders import ids
from spiders.pages import reading

_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_PUBLISHERS = re.compile(
    r"/(?:doi|article|articles|chapter|document)/(?:(?:abs|full|pdf|epdf|epub|book)/)?"
    r"(10\.\d{4,9}/[^?#\s]+)",
    re.ASCII,
)
_TAIL = re.compile(r"(?:/(?:full|abstract|pdf|epdf|meta|html))+/?$|\.(?:pdf|html)$", re.IGNORECASE)
_ARXIV = re.compile(r"^(?:https?:)?//(?:www\.|export\.)?arxiv\.org/", re.IGNORECASE)
_STARS = re.compile(r"img\.shields\.io/github/stars/([^/?#\s]+/[^/?#\s]+)", re.IGNORECASE)
_IMAGE_END = re.compile(r"\.(?:svg|png|json)$", re.IGNORECASE)
_CODE = re.compile(
    r"//(?:www\.)?(?:github\.com|gitlab\.com|gitee\.com|bitbucket\.org)/", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_LABEL = re.compile(
    r"abs|abstract|aclweb|acm|and|appendix|arxiv|at|bib|bibtex|blog|cite|code|conference"
    r"|cvf|data|datasets?|demo|doi|elsevier|face|full|github|here|home|homepage|html"
    r"|hugging|huggingface|ieee|in|journal|link|media|models?|more|official|online|open"
    r"|openreview|page|paper|pdf|pmlr|poster|preprint|press|proceedings|project|publisher"
    r"|read|review|site|slides?|springer|supp[a-z]*|talk|text|the|twitter|version|video"
    r"|web|website|youtube|v?\d+(?:v\d+)?",
    re.ASCII,
)

_PEOPLE = (
    (
        "google_scholar",
        re.compile(r"//scholar\.google\.[a-z.]{2,6}/citations\?(?:[^#]*&)?user=([\w-]+)"),
    ),
    ("orcid", re.compile(r"//orcid\.org/([\dXx-]+)")),
    ("openalex", re.compile(r"//(?:www\.)?openalex\.org/(?:authors/)?([Aa]\d+)")),
    ("semantic_scholar", re.compile(r"//(?:www\.)?semanticscholar\.org/author/(?:[^/?#]*/)?(\d+)")),
    (
        "dblp",
        re.compile(r"//dblp\.(?:org|uni-trier\.de|dagstuhl\.de)/pid/([\w/-]+?)(?:\.html)?/?$"),
    ),
    ("scholar_feed", re.compile(r"//(?:www\.)?scholarfeed\.org/authors?/(\d+)")),
)
_ACCOUNT = re.compile(r"//(?:www\.)?github\.com/([A-Za-z0-9][A-Za-z0-9-]{0,38})/?$")


def paper(address: str) -> tuple[str, ...]:
    """Identifiers of the paper that an address leads to: arXiv (no version), OpenReview, DOI."""
    address = address.strip()
    if _ARXIV.match(address):
        found = ids.arxiv(re.split(r"[?#]", address)[0].rstrip("/"))
        return (f"arxiv:{found}",) if found else ()
    forum = ids.openreview(address)
    if forum:
        return (f"openreview:{forum}",)
    return _doi(address)


def _doi(address: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ()
    if host in _DOI_HOSTS or address.lower().startswith("doi:"):
        found = ids.from_doi(parts.path)
    else:
        published = _PUBLISHERS.search(unquote(parts.path))
        found = ids.from_doi(_TAIL.sub("", published[1])) if published else ()
    # A DOI of arXiv's is the arXiv id in other words.
    preprint = tuple(i for i in found if i.startswith("arxiv:"))
    return preprint or found


def repository(image: str) -> str | None:
    """`github:owner/repository` whose stars an image shows."""
    found = _STARS.search(image)
    if not found:
        return None
    return ids.normalise(f"github:{_IMAGE_END.sub('', unquote(found[1]))}")


def is_code(address: str) -> bool:
    """Whether an address leads to a host of code."""
    return _CODE.search(address) is not None


def is_label(text: str) -> bool:
    """Whether a link's text says what is behind it (`[paper]`, `arXiv:2311.16503`), no title."""
    words = (found[0] for found in _WORD.finditer(text.lower()))
    return all(_LABEL.fullmatch(word) for word in words)


def person(address: str) -> str | None:
    """The identifier of the person whose profile an address is."""
    for scheme, form in _PEOPLE:
        found = form.search(address)
        if found:
            return ids.normalise(f"{scheme}:{found[1]}")
    return None


def account(address: str) -> str | None:
    """The name of the GitHub account whose page an address is."""
    found = _ACCOUNT.search(address)
    return found[1] if found else None


def own(address: str | None) -> str | None:
    """A homepage's own address, without a fragment, as `homepage:` ids have it."""
    value = reading.web_address((address or "").partition("#")[0])
    return value if value and ids.normalise(f"homepage:{value}") else None
