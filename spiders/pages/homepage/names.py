r"""Authors' names in a line, without the marks that homepages put behind them.

`**Ada Test\***, Bob Test†, Cleo Test📧` are Ada Test, Bob Test and Cleo Test. A line is either
names all through or none: half of a sentence never becomes an author.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from spiders.pages.homepage.elements import BOLD_OFF, BOLD_ON, plain

_BETWEEN = re.compile(r"\s*[,;，、]\s*(?:and\s+|&\s*)?|\s+and\s+|\s+&\s+")
_NOTE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_MORE = re.compile(r"\bet\.? al\b\.?|\.\.\.|…|\band others\b|\bothers\b", re.IGNORECASE)
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "e", "el", "ibn", "la"}
    | {"le", "van", "von", "y", "zu", "ter", "ten"}
)
_KEPT = frozenset(" .'’-‐‑·ʼ")
_ENDS = frozenset({"jr.", "sr."})
_SENTENCE = re.compile(r"(?<=\w\w)[\W_]?\.[\x03]?\s")
_MOST_WORDS = 6
_LONGEST = 60
_INITIAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The authors that a line shows."""

    names: tuple[str, ...]
    bold: tuple[str, ...]
    """Those among them in bold: the owner of the page."""
    is_cut: bool
    """Whether there are more than are shown."""


def read(line: str) -> Names | None:
    """The authors of a line that holds nothing else, or `None`; one alone only in bold."""
    if plain(line).endswith((",", " and", "&")):
        return None
    names: list[str] = []
    bold: list[str] = []
    is_bold = False
    # One blank between words: a row of them would be tried from each of its places.
    for part in _BETWEEN.split(" ".join(_NOTE.sub("", _MORE.sub(" ", line)).split())):
        begins, ends = part.rfind(BOLD_ON), part.rfind(BOLD_OFF)
        was_bold, is_bold = is_bold, begins > ends or (is_bold and ends < 0)
        if not plain(part).strip(" ."):
            continue
        name = clean(part)
        if not is_name(name):
            return None
        names.append(name)
        if was_bold or begins >= 0:
            bold.append(name)
    if not names or (len(names) == 1 and not bold):
        return None
    return Names(names=tuple(names), bold=tuple(bold), is_cut=bool(_MORE.search(plain(line))))


def sentence(line: str) -> Names | None:
    """The authors of a line's first sentence; a full stop behind an initial ends none."""
    said = _SENTENCE.split(line.lstrip(" .,;:-–—|"), maxsplit=1)[0]
    return read(said.strip(" .,;:–—|"))


def clean(text: str) -> str:
    """A name without marks: stars, daggers, envelopes, digits, notes in brackets."""
    text = _NOTE.sub("", plain(text))
    kept = "".join(c if c in _KEPT or _is_letter(c) else "\0" for c in text)
    # Marks stand at the edges; what is inside a word would join its halves.
    kept = " ".join(kept.strip("\0 ").replace("\0", " ").split()).lstrip(".'’-·")
    last = kept.rpartition(" ")[2]
    is_short = len(last.rstrip(".")) < _INITIAL or last.lower() in _ENDS
    return kept.rstrip("'’-· ") if is_short else kept.rstrip(".'’-· ")


def is_name(text: str) -> bool:
    """Whether a text may be a person's name: two to six capitalised words, or ideograms."""
    words = text.split()
    if not words or len(text) > _LONGEST or len(words) > _MOST_WORDS:
        return False
    if len(words) == 1:
        return 2 <= len(text) <= 5 and all(unicodedata.category(c) == "Lo" for c in text)  # noqa: PLR2004 - as long as such names are
    return all(word in _PARTICLES or _is_capitalised(word) for word in words) and any(
        len(word.strip(".")) > 1 for word in words
    )


def _is_capitalised(word: str) -> bool:
    first = next((c for c in word if c.isalpha()), "")
    return bool(first) and (not first.islower() or word[:2].lower() in {"d'", "d’"})


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" and character not in "ªº\ufe0e\ufe0f\u20e3"
