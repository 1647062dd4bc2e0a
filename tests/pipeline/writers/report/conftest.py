"""Pages of synthetic authors, read back by a parser."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import lxml.html
import pytest

from pipeline.model import Looks
from pipeline.writers import report


@pytest.fixture
def written():
    """Files of the report of a snapshot, by path; nothing is drawn unless it is asked for."""

    def write(snapshot, earlier=None, *, charts=False, pages=True):
        looked = replace(snapshot, looks=Looks(charts=charts, pages=pages))
        found = list(report.artifacts(looked, (earlier or {}).get))
        assert len({a.path for a in found}) == len(found)
        return {a.path: a.data for a in found}

    return write


@pytest.fixture
def opened(written, make):
    """The page of the first author (or of a path) as a tree, its white space folded."""

    def read(author=None, *, path="report/me.html", snapshot=None):
        files = written(snapshot or make.snapshot(author or make.author()))
        return lxml.html.document_fromstring(files[path].decode())

    return read


@pytest.fixture
def seen():
    """What a reader sees of an element: its text, white space folded."""
    return lambda element: " ".join(element.text_content().split())


@pytest.fixture
def lab(make):
    """Two people with a joint paper, and their group."""
    joint = make.work("doi:10.1/j", counts=[make.count("openalex:W1", 30)], title="Together")
    alone = make.work("doi:10.1/a", counts=[make.count("openalex:W2", 9)], title="Alone")
    sources = (make.source("openalex", author_id="A1"),)
    known = {"shown": "openalex", "figures": "resolved", "sources": sources}
    values = {"citations": 39, "h_index": 2, "papers": 2}
    figures = (make.metrics("openalex", "resolved", values=values),)
    bo = make.metrics("openalex", "resolved", values={"citations": 30, "h_index": 1, "papers": 1})
    ada = make.author("ada", works=(joint, alone), metrics=figures, **known)
    other = make.author("bo", works=(joint,), metrics=(bo,), **known)
    other = replace(other, author=replace(other.author, name="Bo Sample"))
    group = make.author(
        "lab", works=(joint, alone), metrics=figures, members=("ada", "bo"), **known
    )
    group = replace(group, author=replace(group.author, name="A Laboratory", ids=()))
    snapshot = replace(make.snapshot(ada, other), groups=(group,))
    return SimpleNamespace(snapshot=snapshot, ada=ada, bo=other, group=group)
