r"""Title keys: every spelling that providers give one title, made one string.

The same paper is called `Enhanced $$A_{\infty }$$-obstruction theory` here and
`Enhanced A∞-obstruction theory` there. Keys of both are equal; keys of different papers are
not (`+`, `#` and digits are kept as words). A title that names no single paper has no key.
"""

from __future__ import annotations

import re
import unicodedata

MIN_WORDS = 4
"""Titles of fewer words are shared by different papers too often to be evidence."""

_TAG = re.compile(r"</?([a-zA-Z][\w:.-]*)(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_BLOCK_TAGS = frozenset({"br", "p", "div", "title", "jats:title", "jats:p", "li"})

_TEX_ACCENT = re.compile(r"""\\(?:["'`^~=.]\s*|[vcHukrbdt](?=\s*\{))\{?\s*\\?([A-Za-z])\}?""")
_TEX_LETTER = re.compile(r"\\(aa|AA|ae|AE|oe|OE|ss|o|O|l|L|i|j)(?![A-Za-z])\s?")
_TEX_STYLE = re.compile(
    r"\\(?:text\w*|math\w*|operatorname\*?|emph|mbox|boldsymbol|bm|it|bf|rm|sc|tt|em|cal|sf"
    r"|left|right|big|Big|overline|widetilde|widehat|tilde|hat|bar|vec)(?![A-Za-z])\s*"
)
_TEX_SPACE = re.compile(r"\\(?:to|rightarrow|cdot|leq?|geq?|quad|qquad|[,;:! \\])(?![A-Za-z])")
_TEX_WORDS = {"infty": "infinity", "times": "x", "ell": "l"}
_TEX_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_TEX_VARIANTS = re.compile(r"var(?=epsilon|theta|phi|rho|sigma|pi|kappa)")

_SYMBOLS = str.maketrans(
    {
        "∞": " infinity ",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{SCRIPT SMALL L}": "l",
        "&": " and ",
        "+": " plus ",
        "#": " sharp ",
        "™": " ",
        "®": " ",
        "©": " ",
        "\u00ad": "",
        "\u200b": "",
        "\ufeff": "",
    }
)
_LONE_GREEK = re.compile(r"(?<![\u03b1-\u03c9])[\u03b1-\u03c9](?![\u03b1-\u03c9])")
_IDEOGRAMS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNSPACED_LETTERS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_IDEOGRAMS_A_WORD = 2
_LETTERS_A_WORD = 5

_PERHAPS_GARBLED = re.compile(r"[\u00c2-\u00f4\u0192\u221a\u201a\u201e][^\x00-\x7f]")
"""A letter that begins a character of UTF-8 in Windows-1252 or in Mac Roman, and another."""

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")

_GENERIC_TITLES = frozenset(
    {
        "a message from the editor",
        "about the authors",
        "editorial board and publication information",
        "from the editor in chief",
        "in this issue of",
        "information for the authors",
        "instructions to the authors",
        "introduction to the issue",
        "introduction to the minitrack",
        "introduction to the special issue",
        "introduction to the special section",
        "introduction to this special issue",
        "letter to the editor",
        "list of the reviewers",
        "message from the chairs",
        "message from the editors",
        "message from the general chairs",
        "message from the program chairs",
        "note from the editor",
        "preface to the proceedings",
        "preface to the second edition",
        "preface to the special issue",
        "table of contents and preface",
        "thanks to our reviewers",
    }
)
_GENERIC_STARTS = tuple(
    text + " "
    for text in (
        "acknowledgement of reviewers",
        "acknowledgment of reviewers",
        "addendum",
        "author correction",
        "author index",
        "back matter",
        "call for papers",
        "correction",
        "corrections",
        "corrigenda",
        "corrigendum",
        "cover image",
        "editorial",
        "editors introduction",
        "errata",
        "erratum",
        "expression of concern",
        "foreword",
        "front matter",
        "guest editorial",
        "guest editors introduction",
        "issue information",
        "preface",
        "publisher correction",
        "retraction note",
        "retraction notice",
        "table of contents",
        "title page",
    )
)


def fold(title: str | None) -> str:
    """Words of a title, lower-case ASCII, one space apart; `""` when there are none."""
    if not title:
        return ""
    text = _without_markup(title)
    if not text.isascii():
        text = _latin(text)
    text = text.translate(_SYMBOLS).lower()
    return _NOT_ALPHANUMERIC.sub(" ", text).strip()


def title_key(title: str | None) -> str | None:
    """Key of a title that can tell one paper from another, or `None` when it cannot.

    It cannot when it has fewer than four words (two ideograms count as a word) or is generic:
    a correction, an editorial, a preface.
    """
    key = fold(title)
    if not title or word_count(title, key) < MIN_WORDS or is_generic(key):
        return None
    return key


def squeeze(key: str) -> str:
    """The key without its spaces, so that `non-symmetric`, `nonsymmetric` are one.

    A space between two digits stays: `1 12` and `11 2` are not the same numbers.
    """
    return re.sub(r"(?<!\d) | (?!\d)", "", key)


def word_count(title: str, key: str) -> int:
    """How many words a title has; scripts without spaces are judged by their length."""
    ideograms = len(_IDEOGRAMS.findall(title))
    letters = len(_UNSPACED_LETTERS.findall(title))
    if not ideograms and not letters:
        return len(key.split())
    rest = _UNSPACED_LETTERS.sub(" ", _IDEOGRAMS.sub(" ", title))
    spaced = len(fold(rest).split())
    return spaced + ideograms // _IDEOGRAMS_A_WORD + letters // _LETTERS_A_WORD


def is_generic(key: str) -> bool:
    """Whether many different papers carry this title."""
    return key in _GENERIC_TITLES or (key + " ").startswith(_GENERIC_STARTS)


def is_cut(title: str | None) -> bool:
    """Whether the provider cut the title (Google Scholar ends long ones in an ellipsis)."""
    return bool(title) and str(title).rstrip().endswith(("…", "..."))


def _without_markup(title: str) -> str:
    text = title
    if _PERHAPS_GARBLED.search(text):
        from spiders.pages.homepage.mojibake import mend

        text = mend(text)
    if "&" in text:
        import html

        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub(lambda tag: " " if tag[1].lower() in _BLOCK_TAGS else "", text)
    if any(mark in text for mark in "\\$_^{"):
        text = _without_tex(text)
    return text


def _without_tex(text: str) -> str:
    text = _TEX_ACCENT.sub(r"\1", text)
    text = _TEX_LETTER.sub(r"\1", text)
    text = _TEX_STYLE.sub("", text)
    text = _TEX_SPACE.sub(" ", text)
    text = _TEX_COMMAND.sub(lambda found: f" {_tex_word(found[1])} ", text)
    for mark in "\\${}_^":
        text = text.replace(mark, "")
    return text


def _tex_word(command: str) -> str:
    return _TEX_WORDS.get(command, _TEX_VARIANTS.sub("", command.lower()))


def _latin(text: str) -> str:
    """ASCII of any script; a lone Greek letter by its name, an ideogram as a word."""
    text = unicodedata.normalize("NFKD", text.translate(_SYMBOLS))
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    if text.isascii():
        return text
    text = _LONE_GREEK.sub(lambda found: _letter_name(found[0]), text)
    if text.isascii():
        return text
    from anyascii import anyascii

    text = _IDEOGRAMS.sub(lambda found: f" {found[0]} ", unicodedata.normalize("NFC", text))
    return str(anyascii(text))


def _letter_name(letter: str) -> str:
    """`alpha`; TeX writes the letters by the names that Unicode has, but for lambda."""
    name = unicodedata.name(letter).removeprefix("GREEK SMALL LETTER ").lower()
    return {"lamda": "lambda", "final sigma": "sigma"}.get(name, name)
