"""Whose figures a branch holds: a fork takes its branch along, with somebody else's in it."""

from __future__ import annotations

from typing import Any

from pipeline.config import Config
from pipeline.errors import PublishRefused
from pipeline.model import Author
from pipeline.publish.figures import document
from pipeline.writers.formatting import clean, cut


def check_owner(config: Config, data: bytes | None, *, branch: str) -> None:
    """Whether the branch's `gs_data.json` is of somebody whom we follow.

    Raises:
        PublishRefused: it is another person's.
    """
    theirs = document(data)
    if not theirs or any(_is_same(a.to_author(), theirs) for a in config.authors):
        return
    scholar = theirs.get("scholar_id")
    if scholar is None and theirs.get("author_key") is None:
        return
    whose = f"Scholar id {scholar}" if scholar else f"author {theirs.get('author_key')}"
    name = f"{theirs['name']}, " if isinstance(theirs.get("name"), str) else ""
    adding = f"add google_scholar:{scholar} to that author's ids, " if scholar else ""
    text = (
        f"the branch {branch} holds figures of another person ({name}{whose}): publish with "
        f"--branch OTHER, {adding}or delete it with `git push origin --delete {branch}`"
    )
    raise PublishRefused(cut(clean(text), 500))


def _is_same(author: Author, theirs: dict[str, Any]) -> bool:
    """Told by the Scholar id where both sides have one, else by our own key."""
    scholar = theirs.get("scholar_id")
    own = {
        i.removeprefix("google_scholar:").partition(":")[0]
        for i in author.ids
        if i.startswith("google_scholar:")
    }
    if scholar and own:
        return scholar in own
    is_named = not scholar and theirs.get("name") and author.name
    if is_named and theirs.get("name") != author.name:
        return False
    return theirs.get("author_key") == author.key
