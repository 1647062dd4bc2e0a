"""Whose page it is: the name, and the ids that the page gives for its own owner.

Homepages link supervisors and co-authors by their profiles too. A profile is the owner's when it
stands among the page's own addresses (side bar, head, foot) or when the link says what it is
("Google Scholar", "ORCID"); a link on a person's name is not. Two of a kind are nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.pages import reading
from spiders.pages.homepage import links
from spiders.pages.homepage.elements import classes, text, with_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spiders.pages.homepage.document import Document, Element
    from spiders.pages.homepage.papers import Paper

TEMPLATE_USER = "DhtAFkwAAAAJ"
"""Whose Google Scholar id the AcadHomepage template is shipped with; forks forget it there."""

_ADDRESSES = re.compile(r"sidebar|side-bar|author__|profile|social|contact|icons?$", re.IGNORECASE)
_PLACES = frozenset({"nav", "header", "footer", "aside", "address"})
_SERVICES = re.compile(
    r"scholar|orcid|openalex|dblp|semantic|github|git-?hub|\bgs\b", re.IGNORECASE
)
_URL = re.compile(r"https?://[^\s\"'<>)]+")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who the page is of."""

    name: str | None
    ids: tuple[str, ...]
    account: str | None
    """Account at GitHub."""
    anomalies: tuple[str, ...]


def read(document: Document, papers: Sequence[Paper]) -> Owner:
    """The owner, as far as the page tells."""
    addresses = list(dict.fromkeys(_own_addresses(document)))
    told = [i for a in addresses if (i := links.person(a))]
    if not any(i.startswith("google_scholar:") for i in told):
        told += _scholar_user(papers)
    kinds: dict[str, list[str]] = {}
    for identifier in dict.fromkeys(told):
        kinds.setdefault(identifier.partition(":")[0], []).append(identifier)
    accounts = list(dict.fromkeys(a for one in addresses if (a := links.account(one))))
    return Owner(
        name=_name(document.root) or _in_bold(papers),
        ids=tuple(found[0] for found in kinds.values() if len(found) == 1),
        account=accounts[0] if len(accounts) == 1 else None,
        anomalies=tuple(f"several_{kind}_ids" for kind, found in kinds.items() if len(found) > 1),
    )


def scholar_ids(paper: Paper, owner: Owner) -> tuple[str, ...]:
    """The entries that a page names for a paper, where they are of its owner's own profile."""
    user = next((i for i in owner.ids if i.startswith("google_scholar:")), None)
    return tuple(i for i in paper.scholar_ids if user and i.startswith(f"{user}:"))


def _own_addresses(document: Document) -> Iterator[str]:
    yield from _URL.findall(document.front)
    for anchor in document.root.iter("a"):
        address = anchor.get("href") or ""
        if (links.person(address) or links.account(address)) and _is_own(anchor):
            yield address


def _is_own(anchor: Element) -> bool:
    said = [text(anchor), anchor.get("title") or "", anchor.get("aria-label") or ""]
    for inner in anchor.iter():
        if isinstance(inner.tag, str):
            said += [inner.get("class") or "", inner.get("alt") or "", inner.get("data-icon") or ""]
            said += [(inner.get("src") or "")[:300]]
    if any(_SERVICES.search(one) for one in said):
        return True
    return not text(anchor) and any(
        above.tag in _PLACES or any(_ADDRESSES.search(name) for name in classes(above))
        for above in anchor.iterancestors()
    )


def _scholar_user(papers: Sequence[Paper]) -> list[str]:
    """The one profile that the page's own citation counts are asked of."""
    users = {i.rpartition(":")[0] for paper in papers for i in paper.scholar_ids}
    return [*users] if len(users) == 1 and not {f"google_scholar:{TEMPLATE_USER}"} & users else []


def _name(root: Element) -> str | None:
    for element in with_class(root, "author__name", "profile-name", "p-name"):
        name = reading.fold(text(element))
        if name and len(name) <= _LONGEST_NAME:
            return name
    return None


def _in_bold(papers: Sequence[Paper]) -> str | None:
    """The name that is bold in the authors of most papers."""
    bold = Counter(name for paper in papers if paper.authors for name in set(paper.authors.bold))
    name, times = bold.most_common(1)[0] if bold else (None, 0)
    listed = sum(1 for paper in papers if paper.authors and paper.authors.bold)
    return name if times * 2 > listed else None
