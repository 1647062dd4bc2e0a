"""The papers of a page: cards of the AcadHomepage theme, and entries of any list.

A card is `.paper-box` with a `.badge` and, first in `.paper-box-text`, the linked title. An entry
is a list item, table row or paragraph with a link to arXiv, OpenReview or a DOI; its title is the
link's text, an element of class `title`, or bold text. Whatever has no title is named, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from spiders import ids
from spiders.pages import reading
from spiders.pages.homepage import links, names
from spiders.pages.homepage.elements import classes, lines, plain, text, with_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spiders.pages.homepage.document import Element

_CARD = "paper-box"
_TITLES = ("title", "papertitle", "paper-title", "pub-title", "publication-title", "paper_title")
_ENTRY = frozenset({"p", "li", "tr", "dd", "article", "blockquote"})
_ROWS = frozenset({"li", "tr", "dd", "article"})
"""Entries that are no prose, however much stands before the title."""
_ENTRY_CLASS = re.compile(r"pub|paper|entry|card|bib|item|work", re.IGNORECASE)
_QUOTED = re.compile('[“"]([^“”"\n]{15,300})[”"]')
_WORDS_OF_LINK = 3
_WORDS_OF_BOLD = 4
_WORDS_BEFORE = 8
_LONGEST_TITLE = 400
_FURTHEST = 3
_LISTS = frozenset({"body", "html", "main", "section", "ul", "ol", "dl", "table", "tbody"})
_MOST_IN_ENTRY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as a page shows it."""

    title: str
    ids: tuple[str, ...]
    """Of the paper, its repository last."""
    venue: str | None = None
    authors: names.Names | None = None
    scholar_ids: tuple[str, ...] = ()
    """Google Scholar entries whose counts the page wants to show there."""


@dataclass(slots=True)
class Found:
    """Papers of a tree, and what was left out."""

    papers: list[Paper] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """Anomalies, each naming one thing that was not taken."""


def read(root: Element) -> Found:
    """Every paper of a tree, in its order: cards first, then the entries outside them."""
    found = Found()
    cards = list(with_class(root, _CARD))
    for card in cards:
        _card(card, found)
    # lxml makes an element's object anew when nobody holds it: ids alone would be used again.
    _entries(root, found, done={e for card in cards for e in card.iter()})
    return found


def _card(card: Element, found: Found) -> None:
    body = next(with_class(card, "paper-box-text"), card)
    anchors = [a for a in body.iter("a") if a.get("href")]
    first = anchors[0] if anchors and not links.is_label(text(anchors[0])) else None
    shown = lines(body)
    title = reading.title(text(first)) if first is not None else _first(shown)
    named = [i for a in anchors if a is first or links.is_label(text(a)) for i in _paper(a)]
    if title is None or (not named and (first is None or links.is_code(first.get("href")))):
        found.skipped.append(f"no_paper:{reading.one_line(title or 'a card', limit=60)}")
        return
    badge = next(with_class(card, "badge"), None)
    found.papers.append(
        Paper(
            title=title,
            ids=reading.unique(*_one_of_a_kind(named), *_repositories(card)),
            venue=text(badge) or None,
            authors=_below(shown, title),
            scholar_ids=_scholar_ids(card),
        )
    )


def _entries(root: Element, found: Found, *, done: set[Element]) -> None:
    entries: dict[int, tuple[Element, list[Element]]] = {}
    for anchor in root.iter("a"):
        if anchor not in done and _paper(anchor):
            entry = _entry_of(anchor)
            entries.setdefault(id(entry), (entry, []))[1].append(anchor)
    for entry, anchors in entries.values():
        titled = [a for a in anchors if _is_title(text(a), _WORDS_OF_LINK)]
        for anchor in titled:
            _titled(entry, anchor, found, alone=anchors if len(titled) == 1 else [anchor])
        if not titled:
            _labelled(entry, anchors, found)


def _titled(entry: Element, anchor: Element, found: Found, *, alone: Sequence[Element]) -> None:
    title = reading.title(text(anchor)) or ""
    before = text(entry).partition(title)[0]
    if len(before.split()) > _WORDS_BEFORE and entry.tag not in _ROWS:
        found.skipped.append(f"in_a_sentence:{_paper(anchor)[0]}")
        return
    found.papers.append(_paper_of(entry, title, [anchor, *alone]))


def _labelled(entry: Element, anchors: Sequence[Element], found: Found) -> None:
    """An entry whose links are labels: its title stands elsewhere in it, or around it."""
    named = _one_of_a_kind([i for a in anchors for i in _paper(a)])
    if len({i for a in anchors for i in _paper(a)}) > _MOST_IN_ENTRY:
        found.skipped += [f"no_title:{i}" for a in anchors for i in _paper(a)]
        return
    for around in (entry, *_around(entry)):
        title = _title_in(around)
        if title:
            found.papers.append(_paper_of(around, title, anchors))
            return
    found.skipped.append(f"no_title:{named[0]}")


def _paper_of(entry: Element, title: str, anchors: Sequence[Element]) -> Paper:
    named = [i for a in anchors for i in _paper(a)]
    shown = lines(entry)
    return Paper(
        title=title,
        ids=reading.unique(*_one_of_a_kind(named), *_repositories(entry)),
        authors=_authors_in(entry) or _below(shown, title) or _beside(shown, title),
        scholar_ids=_scholar_ids(entry),
    )


def _paper(anchor: Element) -> tuple[str, ...]:
    return links.paper(anchor.get("href") or "")


def _one_of_a_kind(named: Sequence[str]) -> list[str]:
    """The first identifier of each scheme: later ones are of other papers or versions."""
    kinds: dict[str, str] = {}
    for identifier in named:
        kinds.setdefault(identifier.partition(":")[0], identifier)
    return list(kinds.values())


def _entry_of(anchor: Element) -> Element:
    for above in anchor.iterancestors():
        if above.tag in _ENTRY or (above.tag == "div" and _ENTRY_CLASS.search(_class(above))):
            return above
        if above.tag == "body":
            break
    return anchor.getparent() if anchor.getparent() is not None else anchor


def _around(entry: Element) -> Iterator[Element]:
    """What may hold the rest of an entry, as long as it holds one paper."""
    own = {i for a in entry.iter("a") for i in _paper(a)}
    for above in islice(entry.iterancestors(), _FURTHEST):
        if above.tag in _LISTS or {i for a in above.iter("a") for i in _paper(a)} != own:
            return
        yield above


def _title_in(entry: Element) -> str | None:
    named = ((e, _WORDS_OF_LINK) for e in with_class(entry, *_TITLES))
    # A link that leads to a paper has been looked at: its text is that paper's title or a label.
    linked = ((e, _WORDS_OF_BOLD) for e in entry.iter("a", "h3", "h4", "h5") if not _paper(e))
    bold = ((e, _WORDS_OF_BOLD) for e in entry.iter("b", "strong"))
    for element, fewest in chain(named, linked, bold):
        title = reading.title(text(element))
        if title and _is_title(title, fewest):
            return title
    quoted = _QUOTED.search(text(entry))
    return reading.title(quoted[1].rstrip(" ,.")) if quoted else None


def _is_title(said: str, fewest: int) -> bool:
    return fewest <= len(said.split()) and len(said) <= _LONGEST_TITLE and not links.is_label(said)


def _first(shown: Sequence[str]) -> str | None:
    return reading.title(plain(shown[0])) if shown else None


def _below(shown: Sequence[str], title: str) -> names.Names | None:
    """Authors in the line below the title's."""
    at = next((n for n, line in enumerate(shown) if title in _same(line)), None)
    return names.read(shown[at + 1]) if at is not None and at + 1 < len(shown) else None


def _beside(shown: Sequence[str], title: str) -> names.Names | None:
    """Authors before the title or behind it, in its line."""
    for line in shown:
        before, same, after = line.partition(title)
        if same:
            return names.read(before.rstrip(' .,:;([“"|')) or names.sentence(after.lstrip('”"'))
    return None


def _same(line: str) -> str:
    return plain(line).replace("\u2217", "*")


def _authors_in(entry: Element) -> names.Names | None:
    for element in with_class(entry, "author", "authors", "paper-authors", "pub-authors"):
        said = " ".join(lines(element))
        found = names.read(said)
        if found:
            return found
    return None


def _repositories(element: Element) -> list[str]:
    shown = (links.repository(image.get("src") or "") for image in element.iter("img"))
    return [r for r in shown if r][:1]


def _scholar_ids(element: Element) -> tuple[str, ...]:
    said = (s.get("data") or "" for s in with_class(element, "show_paper_citations"))
    found = (ids.normalise(f"google_scholar:{d}") for d in said if d.count(":") == 1)
    return reading.unique(*found)


def _class(element: Element) -> str:
    return " ".join(classes(element))
