"""One repository: its stars, and the name that it has now.

The record keeps the name that was asked for, so that a repository that moved stays the same one;
its new name stands beside it.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

PROVIDER = "github"
WHERE = "GitHub"

_NODE = "nameWithOwner stargazerCount isArchived"


def read_repository(data: Fields) -> WorkRecord:
    """The record of a repository as REST has it; its name and its stars are mandatory."""
    name = data.required_text("full_name")
    stars = data.named(reading.one_line(name, limit=80)).required_count("stargazers_count")
    return _record(data, name, stars=stars, is_archived=data.flag("archived"))


def read_node(data: Fields, *, asked: str | None) -> WorkRecord:
    """The record of a repository as GraphQL has it."""
    name = data.required_text("nameWithOwner")
    stars = data.required_count("stargazerCount")
    work = _record(data, name, stars=stars, is_archived=data.flag("isArchived"))
    return renamed(work, asked) if asked else work


def renamed(work: WorkRecord, asked: str) -> WorkRecord:
    """The record under the id that was asked for; the name that it has now stands beside it."""
    if work.record_id == asked:
        return work
    now = work.record_id.removeprefix("github:")
    extra = MappingProxyType({**work.extra, "renamed_to": now})
    return replace(work, record_id=asked, ids=(asked, work.record_id), extra=extra)


def query(asked: Iterable[str]) -> str:
    """The GraphQL query of some repositories; each alias says which one was asked for."""
    parts = []
    for one in asked:
        owner, _, name = one.removeprefix("github:").partition("/")
        alias = f"r{one.removeprefix('github:').encode().hex()}"
        parts.append(f'{alias}: repository(owner: "{owner}", name: "{name}") {{ {_NODE} }}')
    return "query { " + " ".join(parts) + " }"


def asked_for(alias: str) -> str | None:
    """The id that an alias of `query` stands for; `None` for any other alias."""
    try:
        name = bytes.fromhex(alias.removeprefix("r")).decode("ascii")
    except ValueError:
        return None
    return ids.normalise(f"github:{name}")


def _record(data: Fields, name: str, *, stars: int, is_archived: bool | None) -> WorkRecord:
    found = ids.normalise(f"github:{name}")
    if found is None:
        raise layout_changed(
            data.where, f"{reading.one_line(name, limit=40)!r} is no repository's name"
        )
    extra: dict[str, float | int | str] = {"stars": stars}
    if is_archived is not None:
        extra["is_archived"] = int(is_archived)
    return WorkRecord(
        provider=PROVIDER,
        record_id=found,
        title=name,
        work_type="repository",
        ids=(found,),
        url=f"https://github.com/{name}",
        extra=MappingProxyType(extra),
    )
