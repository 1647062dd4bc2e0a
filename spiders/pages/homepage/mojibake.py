"""Text that was read in a wrong encoding, mended: `ðŸ“§` and `üìß` are both an envelope.

Whole pages are garbled when a UTF-8 file is opened as Windows-1252 or as Mac Roman and saved
again. Each run of non-ASCII characters is reversed for itself, so that a page that was edited
afterwards is mended too. Three bytes that are one character by chance do not happen; two do
(`SPAß“`), and are believed where most runs of a page are such. (The library for this, ftfy 6,
leaves the Mac Roman of emoji as it is.)
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[^\x00-\x7f]+")
_CODECS = ("cp1252", "mac_roman")
_LAST_LATIN = 0x17F
_LAST_OF_TWO_BYTES = 0x7FF
_FEWEST = 2


def mend(text: str) -> str:
    """The text as it was meant."""
    for codec in _CODECS:
        runs = _RUN.findall(text)
        known = {run: meant for run in set(runs) if (meant := _reverse(run, codec)) is not None}
        garbled = sum(1 for run in runs if run in known)
        if garbled < _FEWEST or garbled * 2 <= len(runs):
            known = {run: meant for run, meant in known.items() if _is_sure(run, meant)}
        meant_by = known.get
        text = _RUN.sub(lambda run, meant_by=meant_by: meant_by(run[0], run[0]), text)  # type: ignore[misc]
    return text


def _is_sure(run: str, meant: str) -> bool:
    """Whether a run is no chance: a character of three bytes, or the usual `Ã©` and `Â·`."""
    return any(ord(c) > _LAST_OF_TWO_BYTES for c in meant) or run[0] in "ÃÂ"


def _reverse(run: str, codec: str) -> str | None:
    """What a run was before it was read with a codec, or `None` when it never was."""
    try:
        meant = b"".join(_bytes(c, codec) for c in run).decode("utf-8")
    except UnicodeError:
        return None
    if not all(c.isprintable() or c.isspace() or c in "\u200d\ufe0f" for c in meant):
        return None
    is_doubtful = len(meant) == 1 and _LAST_LATIN < ord(meant) <= _LAST_OF_TWO_BYTES
    return None if is_doubtful else meant


def _bytes(character: str, codec: str) -> bytes:
    # Browsers read the five bytes that Windows-1252 leaves out as control characters.
    if codec == "cp1252" and "\x80" <= character <= "\x9f":
        return character.encode("latin-1")
    return character.encode(codec)
