"""File names of our own making: whatever an id holds, its file stays inside the output folder.

Two different texts never share a name, also where the file system ignores case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from pipeline.model import AuthorSnapshot, Snapshot

_LIMIT = 80
_DIGEST = 10
_OTHER = re.compile(r"[^a-z0-9._-]+")
_LOOKS_HASHED = re.compile(rf".*-[0-9a-f]{{{_DIGEST}}}")
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{device}{n}" for device in ("com", "lpt") for n in range(10)]
)
"""Names that Windows gives to devices, whatever follows the first dot."""


def slug(text: str) -> str:
    """A file name out of `[a-z0-9._-]`, at most 80 long, for any text.

    A text that is such a name already stays as it is. Every other one ends in a part of its
    SHA-256, so that what was lost still tells names apart.
    """
    plain = _OTHER.sub("-", text.lower()).lstrip(".-").rstrip(".")
    if plain.split(".", 1)[0] in _RESERVED:
        plain = f"x-{plain}"
    if plain and plain == text and len(plain) <= _LIMIT and not _LOOKS_HASHED.fullmatch(plain):
        return plain
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:_DIGEST]
    head = plain[: _LIMIT - _DIGEST - 1].rstrip(".-")
    return f"{head or 'x'}-{digest}"


def folder(author: AuthorSnapshot) -> str:
    """Where the files of one author lie, `authors/<key>/`; those of a group, `groups/<key>/`."""
    return f"{'groups' if author.members else 'authors'}/{slug(author.author.key)}/"


def places(snapshot: Snapshot) -> Iterator[tuple[str, AuthorSnapshot]]:
    """Each folder that gets a set of files, and whose: the first author owns the root too."""
    for position, author in enumerate(snapshot.authors):
        if position == 0:
            yield "", author
        yield folder(author), author
    for group in snapshot.groups:
        yield folder(group), group
