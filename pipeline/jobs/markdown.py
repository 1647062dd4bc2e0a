"""Text in a Markdown document: whatever stands in it, it is shown as text.

Job summaries are rendered as GitHub's Markdown, HTML included. Signs that mean something inside a
line are escaped, in tables too. Addresses, mentions, references and emoji are found by GitHub in
what is left after that, so they are cut apart by a comment that is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.writers.formatting import clean, cut

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~!&:@^$])")
# As they are after escaping: `\@name`, `\#12`, `GH-12`, `https\://`, `\:tada\:`, `www.`
_LINKED = re.compile(r"(\\[@#]|\\:(?=\S)|(?<=[Gg][Hh])-(?=\d)|(?<=[Ww]{3})\.)")
_HASH = re.compile(r"\b[0-9a-fA-F]{7,}\b")
_BEGINS = re.compile(r"^(?:[-+=]|\d{1,9}(?=[.)]))")
"""Signs that mean a list or a heading at the beginning of a line."""
_APART = "<!-- -->"
_LONGEST = 240


def text(value: str | None, limit: int = _LONGEST) -> str:
    """One line of text, cleaned and cut, that no Markdown reads anything into."""
    plain = clean(value or "")
    short = cut(plain, limit)
    line = _SIGNS.sub(r"\\\1", short if short == plain else f"{short}…")
    line = _BEGINS.sub(_without_meaning, line)
    return _HASH.sub(_in_pieces, _LINKED.sub(rf"\1{_APART}", line))


def _without_meaning(found: re.Match[str]) -> str:
    sign = found.group()
    return f"{sign}{_APART}" if sign.isdigit() else f"\\{sign}"


def _in_pieces(found: re.Match[str]) -> str:
    """A commit's hash, so that no piece is long enough to be one."""
    text = found.group()
    return _APART.join(text[n : n + 6] for n in range(0, len(text), 6))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; names and cells are Markdown already, `>` before a name sets it right."""
    names = [name.removeprefix(">") for name in columns]
    rules = ["---:" if name.startswith(">") else "---" for name in columns]
    return [_row(names), _row(rules), *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
