"""A homepage as its source has it: papers with their places, spans, the total, the badge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import ConfigError
from pipeline.homepage import links, places, regions, tags
from pipeline.homepage.headings import publications
from pipeline.homepage.links import Link
from pipeline.homepage.places import Place, Source
from pipeline.homepage.regions import HIDDEN, Region
from pipeline.homepage.tags import Element
from spiders.items import AuthorRecord, WorkRecord

_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HEAD = 4096
_ASSIGNED = re.compile(r"{%-?\s*assign\s+url\s*=[^%]*gs_data_shieldsio\.json[^%]*%}", re.ASCII)
_PRINTED = re.compile(r"{{-?\s*url\b", re.ASCII)
# Bold text marks the page's owner among authors; a bold span behind a name does not.
_BOLD_SPAN = re.compile(
    rb"<strong>\s*(<span\b[^<>]*\bshow_paper_citations\b[^<>]*>\s*</span>)\s*</strong>"
)
_ENDPOINT = "img.shields.io/endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper of the page."""

    work: WorkRecord
    place: Place | None
    """`None` when it is commented out, or when its source was not found."""

    @property
    def is_listed(self) -> bool:
        """Whether the page shows it."""
        return not self.work.is_excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An element that is to show a paper's citations."""

    element: Element
    key: str | None
    """Its `data`; `None` when it has none."""

    @property
    def is_made(self) -> bool:
        """Whether Liquid puts its id in, when the page is built."""
        return self.key is not None and ("{{" in self.key or "{%" in self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One homepage."""

    name: str
    """Of its file."""
    text: str
    """Its bytes as Latin-1: a place here is a place in the file."""
    regions: Sequence[Region]
    source: Source
    owner: AuthorRecord
    papers: tuple[Paper, ...]
    spans: tuple[Span, ...]
    total: Element | None
    """What the theme's script writes the total into, the first of all."""
    has_badge: bool

    @property
    def newline(self) -> str:
        """How its lines end."""
        crlf = self.text.count("\r\n")
        return "\r\n" if crlf * 2 > self.text.count("\n") else "\n"

    @property
    def seen(self) -> str:
        """The source without what is no element of the page, places kept."""
        return regions.masked(self.text, self.regions, HIDDEN)

    def liquid_url(self) -> tuple[int | None, bool]:
        """Where Liquid has put the badge's address together, and whether it is printed."""
        seen = regions.masked(self.text, self.regions, HIDDEN | {"raw"})
        assigned = _ASSIGNED.search(seen)
        return assigned.end() if assigned else None, _PRINTED.search(seen) is not None


def read(body: bytes, *, name: str = "") -> Page:
    """Read a page's source.

    Args:
        body: the file.
        name: of the file: `.html` is no Markdown.

    Raises:
        ConfigError: it is no text, has neither papers nor an id of the owner, or is cut off.
    """
    from spiders.errors import ProviderError
    from spiders.pages import homepage

    try:
        (parsed,) = homepage.parse(_BOLD_SPAN.sub(rb"\1", body))
    except ProviderError as error:
        raise ConfigError(f"{name}: {error}; name the page that lists the papers") from None
    text = body.decode("latin-1")
    is_markdown = not (_WEB_PAGE.search(text[:_HEAD]) or name.lower().endswith((".html", ".htm")))
    found = regions.read(text, is_markdown=is_markdown)
    masked = regions.masked(text, found)
    elements = tags.read(masked)
    source = Source(
        text=masked,
        elements=elements,
        links=links.read(masked, elements, is_markdown=is_markdown),
        is_markdown=is_markdown,
    )
    total, spans, has_badge = consumers(text, found)
    assert parsed.author is not None  # noqa: S101 - the parser always says whose page it is
    return Page(
        name=name,
        text=text,
        regions=found,
        source=source,
        owner=parsed.author,
        papers=_papers(source, parsed.works),
        spans=spans,
        total=total,
        has_badge=has_badge,
    )


def consumers(
    text: str, found: Sequence[Region] | None = None
) -> tuple[Element | None, tuple[Span, ...], bool]:
    """What of a page, layout or include is there to show our figures: total, spans, badge."""
    parts = regions.read(text, is_markdown=False) if found is None else found
    seen = regions.masked(text, parts, HIDDEN)
    elements = tags.read(seen)
    total = next((e for e in elements if e.attrs.get("id") == "total_cit"), None)
    spans = tuple(
        Span(element=e, key=e.attrs.get("data", "").strip() or None)
        for e in elements
        if "show_paper_citations" in e.classes
    )
    return total, spans, _ENDPOINT in seen


def _papers(source: Source, works: Sequence[WorkRecord]) -> tuple[Paper, ...]:
    cards = source.cards()
    inside = {k for k in source.links if any(c.holds(k.start) for c in cards)}
    carded = _carded(source, cards, [w for w in works if not w.is_excluded])
    begins = next((h.end for h in publications(source)), 0)
    papers = []
    for work in works:
        place = carded.get(work.record_id)
        if place is None and not work.is_excluded:
            place = places.in_list(source, work.ids, inside, begins=begins)
        papers.append(Paper(work=work, place=place))
    return tuple(papers)


def _carded(
    source: Source, cards: Sequence[Element], works: Sequence[WorkRecord]
) -> dict[str, Place]:
    """Places of papers that have a card, by record."""
    found: dict[str, Place] = {}
    for card in cards:
        inside = [k for k in source.links if card.holds(k.start)]
        title = next((k for k in inside if k.text and not k.is_label), None)
        work = _work_of(title, inside, [w for w in works if w.record_id not in found])
        place = places.in_card(source, card, title) if work else None
        if work and place:
            found[work.record_id] = place
    return found


def _work_of(
    title: Link | None, inside: Sequence[Link], works: Sequence[WorkRecord]
) -> WorkRecord | None:
    """The paper of a card: by the ids of its title and labels, else by its title."""
    from pipeline.identity.keys import fold

    named = [i for k in inside if k is title or k.is_label for i in k.papers]
    for one in named:
        for work in works:
            if one in work.ids:
                return work
    said = fold(title.text.encode("latin-1").decode("utf-8", "replace")) if title else ""
    return next((w for w in works if said and fold(w.title) == said), None)
