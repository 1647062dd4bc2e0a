"""Surnames: what is left of an author's name that every provider writes alike.

`Fernando Muro`, `Muro, Fernando`, `F. Muro` and `Muro F` share `muro`. A name may give two
forms where its spelling does not say which word is the surname; sharing one is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_PARTICLES = frozenset(
    [
        *("af", "al", "av", "bin", "bint", "da", "das", "de", "del", "della", "dem", "den", "der"),
        *("di", "do", "dos", "du", "el", "ibn", "la", "le", "lo", "ter", "ten", "van", "von"),
        *("vom", "zu", "zum", "zur", "y"),
    ]
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "phd", "md", "msc", "bsc", "esq"])
_NOBODY = frozenset({"et al", "al", "others", "and others", "et alii", ""})
_GROUPS = re.compile(
    r"\b(?:collaboration|consortium|group|team|committee|initiative)\b", re.IGNORECASE
)
_IDEOGRAMS_ONLY = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]{2,5}")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_MAX_INITIALS = 3
_MIN_TYPO = 5
_MAX_TYPO_AUTHORS = 20


def surnames(authors: Sequence[str]) -> frozenset[str]:
    """Folded surnames of a list of authors, in any of the usual spellings."""
    return frozenset().union(*name_forms(authors))


def name_forms(authors: Sequence[str]) -> tuple[frozenset[str], ...]:
    """For each author, the forms that the surname may take elsewhere."""
    return tuple(forms for name in authors if (forms := _forms(name)))


def shared(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> int:
    """How many authors of the shorter list appear in the longer one, by surname."""
    few, many = sorted((left, right), key=len)
    known = frozenset().union(*many)
    return sum(1 for forms in few if forms & known)


def alike(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> int:
    """Like `shared`, but a surname of five letters or more may have one letter wrong.

    Library catalogues mistype names (`Bauer` for `Baues`); lists of many authors are not asked.
    """
    few, many = sorted((left, right), key=len)
    if len(many) > _MAX_TYPO_AUTHORS:
        return shared(left, right)
    known = frozenset().union(*many)
    return sum(1 for forms in few if forms & known or _has_typo(forms, known))


def _has_typo(forms: frozenset[str], known: frozenset[str]) -> bool:
    return any(
        _one_letter_off(a, b) for a in forms for b in known if min(len(a), len(b)) >= _MIN_TYPO
    )


def _one_letter_off(left: str, right: str) -> bool:
    """Whether one letter replaced, added or left out makes one the other."""
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = short[at + 1 :] if len(short) == len(long) else short[at:]
    return rest == long[at + 1 :]


@lru_cache(maxsize=8192)
def _forms(name: str) -> frozenset[str]:
    text = name.strip().strip(".…*†‡,; ")
    if _letters(text, keep=" ") in _NOBODY:
        return frozenset()
    if _IDEOGRAMS_ONLY.fullmatch(text):
        return frozenset({_letters(text[0])})
    if _GROUPS.search(text):
        return frozenset({_letters(text)})
    family, _, rest = text.partition(",")
    given = [w for w in _words(rest.replace(",", " ")) if _letters(w) not in _SUFFIXES]
    words = _words(family)
    if not given:
        return _from_full_name(words)
    return _compound(_without_suffix(words))


def _from_full_name(words: list[str]) -> frozenset[str]:
    """The surname of `Fernando Muro`, `F. Muro`, `Muro F` or `Muro FJ`."""
    words = _without_suffix(words)
    if not words[1:]:
        return _compound(words)
    first, last = words[0], words[-1]
    if not _looks_like_initials(last):
        return _compound([last])
    if _looks_like_initials(first):
        return _compound([max(last, first, key=lambda w: len(w.strip(".")))])
    family = [w for w in words if not _looks_like_initials(w)]
    forms = _compound(family)
    # "Jian LI" and "Smith JA" look alike: both words may be the surname.
    return forms if "." in last or len(last) == 1 else forms | _compound([last])


def _looks_like_initials(word: str) -> bool:
    bare = word.replace(".", "").replace("-", "")
    return 0 < len(bare) <= _MAX_INITIALS and bare.isupper() and bare.isalpha()


def _compound(words: list[str]) -> frozenset[str]:
    """A surname of several words or parts: the whole, and its last part.

    Particles are dropped: some providers write them, some sort them to the given names.
    """
    parts = [p for w in words for p in re.split(r"[-‐‑–]", w) if p]
    bare = [letters for p in parts if (letters := _letters(p))]
    kept = [p for p in bare if p not in _PARTICLES] or bare[-1:]
    return frozenset({"".join(kept), kept[-1]}) if kept else frozenset()


def _without_suffix(words: list[str]) -> list[str]:
    while len(words) > 1 and _letters(words[-1]) in _SUFFIXES:
        words = words[:-1]
    return words


def _words(text: str) -> list[str]:
    return text.replace(".", ". ").split()


def _letters(text: str, keep: str = "") -> str:
    """Lower-case ASCII letters of a text in any script."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
        if not text.isascii():
            from anyascii import anyascii

            text = str(anyascii(unicodedata.normalize("NFC", text)))
    return _NOT_LETTERS.sub(keep, text.lower()).strip()
