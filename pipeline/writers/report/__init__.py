"""The report: pages for people, one an author, one a group, and one that leads to them.

Each page is one file that asks nobody for anything. What it was made of is marked in it, so that a
night without news draws nothing and loads no library for pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.model import Artifact, AuthorSnapshot, Snapshot
from pipeline.writers import Previous
from pipeline.writers.kept import kept
from pipeline.writers.report.assets import digest
from pipeline.writers.report.drawn import drawn
from pipeline.writers.report.renderer import Renderer
from pipeline.writers.report.view import author_page, index_page, page_name

FOLDER = "report/"


def artifacts(snapshot: Snapshot, previous: Previous) -> Iterator[Artifact]:
    """The pages and the drawings in them; nothing where none are wanted or nobody is followed."""
    if not snapshot.looks.pages or not (snapshot.authors or snapshot.groups):
        return
    yield _page("index", index_page(snapshot), previous, _render_index)
    with Renderer() as renderer:
        for author in (*snapshot.authors, *snapshot.groups):
            yield from _author(author, snapshot, previous, renderer)


def _author(
    author: AuthorSnapshot, snapshot: Snapshot, previous: Previous, renderer: Renderer
) -> Iterator[Artifact]:
    name = page_name(author)
    charts = drawn(author, page=name, snapshot=snapshot, previous=previous, renderer=renderer)
    for chart in charts:
        yield from chart.files
    members = [a for a in snapshot.authors if a.author.key in author.members]
    view = author_page(author, snapshot=snapshot, charts=charts, members=members)
    yield _page(name, view, previous, _render_author)


def _page(name: str, view: Any, previous: Previous, render: Callable[[Any], str]) -> Artifact:
    path = f"{FOLDER}{name}.html"
    made_of = {
        "view": hashlib.sha256(repr(view).encode("utf-8", errors="replace")).hexdigest(),
        "assets": digest(),
    }
    return Artifact(path=path, data=kept(previous(path), made_of, lambda: render(view)))


def _render_author(view: Any) -> str:
    from pipeline.writers.report.page import author

    return author(view)


def _render_index(view: Any) -> str:
    from pipeline.writers.report.page import index

    return index(view)
