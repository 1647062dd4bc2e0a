r"""A name for a paper that has none but its title: the same on every capture of the same page.

`[... towards $\mathcal{O}(n)$ Attention ...]` here and `... towards O(n) Attention ...` there
become one; so do titles that differ by white space, accents, dashes or case.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2s

LONGEST = 80
"""Characters of a slug; of a longer one the end is told by a checksum."""

_TEX_STYLE = re.compile(r"\\(?:math|text|operatorname)[a-z]*\*?(?![A-Za-z])\s*")
_TEX_MARKS = re.compile(r"[\\${}^_]")
_WORDS = str.maketrans({"+": " plus ", "&": " and ", "#": " sharp "})
_OTHER = re.compile(r"[^a-z0-9]+")
_CHECKSUM_BYTES = 5


def slug(title: str) -> str:
    """Small ASCII words with dashes between them; never empty."""
    text = _TEX_MARKS.sub("", _TEX_STYLE.sub("", title))
    text = unicodedata.normalize("NFKD", text.translate(_WORDS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    if not text.isascii():
        from anyascii import anyascii

        text = str(anyascii(text))
    found = _OTHER.sub("-", text.lower()).strip("-")
    if found and len(found) <= LONGEST:
        return found
    whole = (found or title).encode("utf-8", "replace")
    checksum = blake2s(whole, digest_size=_CHECKSUM_BYTES).hexdigest()
    kept = found[: LONGEST - len(checksum) - 1].rstrip("-")
    return f"{kept}-{checksum}" if kept else checksum


def distinct(name: str, taken: dict[str, int]) -> str:
    """The name, or with a number where an earlier paper of the page has it; it is taken then.

    Args:
        name: What a paper is to be called.
        taken: Names of earlier papers, each with the last number that was tried for it.
    """
    found, number = name, taken.get(name, 1)
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken[name] = number
    taken.setdefault(found, 1)
    return found
