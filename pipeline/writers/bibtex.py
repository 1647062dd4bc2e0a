r"""`works.bib`: the papers as BibTeX that always parses, each with its count and who says it.

A key is made from the paper's id alone, so that `\cite` holds when a title or year is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.model import Artifact, Snapshot, Work
from pipeline.writers import Previous
from pipeline.writers.formatting import clean, cleaned, day
from pipeline.writers.names import places, slug
from pipeline.writers.shown import COMBINED, Counted, Shown, counted, shown, source_of

FILE = "works.bib"

_PLAIN_KEY = re.compile(r"[a-z_]+:[a-z0-9:./_+-]+")
_DOI = re.compile(r"[^\s{}\\%#~^]+")
_ELIDED = frozenset({"...", "…", "others", "et al."})
_NAME_PARTS = 2
"""Most commas that BibTeX takes in a name: `von Last, Jr, First`."""
_LATEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "<": r"{\textless}",
        ">": r"{\textgreater}",
        "|": r"{\textbar}",
        '"': r"{\textquotedbl}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
    }
)
_TYPES = (
    ("thesis", "phdthesis", "school"),
    ("dissertation", "phdthesis", "school"),
    ("chapter", "incollection", "booktitle"),
    ("book", "book", "publisher"),
    ("proceeding", "inproceedings", "booktitle"),
    ("conference", "inproceedings", "booktitle"),
    ("preprint", "misc", "howpublished"),
    ("posted", "misc", "howpublished"),
    ("article", "article", "journal"),
    ("review", "article", "journal"),
)
"""Part of a provider's word for the type, the entry, and the field that its venue goes to."""


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:  # noqa: ARG001
    """One file in every folder, once anybody said anything of the author."""
    for place, author in places(snapshot):
        if not author.sources and not author.works:
            continue
        by = shown(author)
        entries = (
            entry(
                work,
                number=counted(work, by=by, order=snapshot.provider_order),
                by=by,
            )
            for work in author.works
        )
        yield Artifact(path=place + FILE, data="\n".join(entries).encode("utf-8", "replace"))


def entry(work: Work, *, number: Counted | None, by: Shown | None) -> str:
    """One paper; what is not known is left out."""
    kind, venue = _kind(work.work_type if work.venue else None)
    arxiv = _value(work.ids, "arxiv:")
    found = _value(work.ids, "doi:")
    fields = {
        "title": f"{{{escape(clean(work.title))}}}",
        "author": _authors(work),
        "year": None if work.year is None else str(work.year),
        venue: escape(cleaned(work.venue) or ""),
        "doi": found if found and _DOI.fullmatch(found) else None,
        "eprint": arxiv,
        "archiveprefix": "arXiv" if arxiv else None,
        "note": _note(number, by) if number else None,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key(work.work_id)},\n{body}}}\n"


def key(work_id: str) -> str:
    """Citation key: the id itself where BibTeX takes it, else a name made from it.

    Keys differ in more than case, because BibTeX does not tell case apart.
    """
    return work_id if _PLAIN_KEY.fullmatch(work_id) else slug(work_id)


def escape(text: str) -> str:
    """Text that LaTeX prints as it stands; braces always balance, for BibTeX counts them."""
    return text.translate(_LATEX)


def _kind(work_type: str | None) -> tuple[str, str]:
    word = (work_type or "").lower()
    found = ((kind, venue) for part, kind, venue in _TYPES if part in word)
    return next(found, ("misc", "howpublished"))


def _authors(work: Work) -> str:
    names = [n for n in map(cleaned, work.authors) if n and n.lower() not in _ELIDED]
    written = [_name(n) for n in names]
    is_cut = len(names) < len(work.authors) or len(names) < (work.authors_count or 0)
    return " and ".join([*written, *(["others"] if written and is_cut else [])])


def _name(name: str) -> str:
    """A name; one that BibTeX would take apart (` and `, many commas) is held together."""
    text = escape(name)
    holds = re.search(r"(?i)(?:^|\s)and(?:\s|$)", name) or name.count(",") > _NAME_PARTS
    return f"{{{text}}}" if holds or name.startswith(",") or name.endswith(",") else text


def _note(number: Counted, by: Shown | None) -> str:
    source = source_of(by.author, number.provider) if by else None
    title = source.title if source else number.provider.replace(COMBINED, "Combined")
    return escape(f"Cited by {number.cited_by_count} ({clean(title)}, {day(number.as_of)})")


def _value(ids: Sequence[str], scheme: str) -> str | None:
    return next((i.removeprefix(scheme) for i in ids if i.startswith(scheme)), None)
