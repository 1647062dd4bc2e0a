"""Whether two spellings may be one person's name. Pure.

`Yushi Huang`, `Huang, Yushi`, `Y. Huang` and `Yushi Huang (黄雨诗)` may; `Wei Li` is another's.
One whole word in common is enough: given and family names stand in any order, are cut to
initials, and one of the two changes when people marry. So equal names prove little, and only
names without a common word say that somebody else is meant.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TITLES = frozenset(
    [
        *("dr", "prof", "professor", "mr", "mrs", "ms", "phd", "md", "msc", "bsc", "jr", "sr"),
        *("ii", "iii", "iv", "esq"),
    ]
)
_PARTICLES = frozenset(
    [
        *("af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do"),
        *("dos", "du", "el", "ibn", "la", "le", "ter", "ten", "van", "von", "zu", "zur"),
    ]
)
"""Words that many names have; some of them are somebody's whole surname (`Linh Le`)."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_HYPHENS = re.compile(r"[-‐‑–]")


def same(left: str | None, right: str | None) -> bool | None:
    """Whether two names may be one person's; `None` when that cannot be told.

    It cannot when one of them is unknown, has initials alone, is in another script, or is one
    word only: a login, or a name without its spaces.
    """
    ours, theirs = _words(left or ""), _words(right or "")
    if ours.latin & theirs.latin or (
        ours.other & theirs.other and not (ours.latin and theirs.latin)
    ):
        return True
    is_told = ours.latin and theirs.latin and min(ours.length, theirs.length) > 1
    return False if is_told else None


class _Words:
    """The words of a name by which it can be told from others."""

    __slots__ = ("latin", "length", "other")

    def __init__(self, latin: frozenset[str], other: frozenset[str], length: int) -> None:
        self.length = length
        """Words in Latin letters, initials included."""
        self.latin = latin
        """Folded words of two letters or more, in every usual spelling."""
        self.other = other
        """Words in other scripts, and all of them as one."""


@lru_cache(maxsize=4096)
def _words(name: str) -> _Words:
    latin: set[str] = set()
    other: list[str] = []
    length = 0
    text = unicodedata.normalize("NFKC", name).casefold()
    for word in re.findall(r"[^\W\d_]+(?:[-‐‑–'’][^\W\d_]+)*", text):
        if all(unicodedata.name(c, "").startswith("LATIN") for c in word if c.isalpha()):
            latin |= _spellings(word)
            length += word not in _TITLES
        else:
            other.append(word)
    found = frozenset(word for word in latin if len(word) > 1 and word not in _TITLES | _PARTICLES)
    return _Words(found, frozenset([*other, "".join(other)]) - {""}, length)


def _spellings(word: str) -> set[str]:
    """A word, its hyphenated parts, with and without the letters that an umlaut stands for."""
    whole = word.replace("'", "").replace("’", "")
    parts = [*_HYPHENS.split(whole), _HYPHENS.sub("", whole)]
    return {_ascii(p) for p in parts} | {_ascii(p.translate(_UMLAUTS)) for p in parts}


def _ascii(word: str) -> str:
    if word.isascii():
        return word
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if bare.isascii():
        return bare
    from anyascii import anyascii

    return str(anyascii(bare)).lower()
