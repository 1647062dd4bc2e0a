"""What is dear to make is made once: a drawn file says what it was made of, and is kept so long.

Drawing needs libraries that a night without news should not even load. The mark is a comment in the
file's last line, which covers the whole file: a damaged or edited one is made again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

_MARK = re.compile(rb"\n<!-- ([0-9a-f]{32}) -->\n\Z")


def kept(earlier: bytes | None, made_of: Any, make: Callable[[], str]) -> bytes:
    """The earlier file where it was made of the same, else a new one.

    Args:
        earlier: the file as it lies there, if it does.
        made_of: everything that the content depends on, the maker's version included, as JSON.
        make: draws the content, XML or HTML in which a last comment is allowed.
    """
    key = json.dumps(made_of, sort_keys=True, ensure_ascii=True).encode()
    found = _MARK.search(earlier) if earlier else None
    if earlier and found and found[1] == _mark(key, earlier[: found.start()]):
        return earlier
    content = make().rstrip("\n").encode()
    return content + b"\n<!-- " + _mark(key, content) + b" -->\n"


def _mark(key: bytes, content: bytes) -> bytes:
    digest = hashlib.sha256(hashlib.sha256(key).digest() + content)
    return digest.hexdigest()[:32].encode()
