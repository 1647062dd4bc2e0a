"""How `init` shows what it found: a table, a line for what was left out, or one JSON document."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pipeline.cli.show import number, one_line, table
from pipeline.discover.evidence import Evidence, Failure, Finding, Kind, is_own
from pipeline.discover.listing import Listing
from pipeline.discover.writing import why
from spiders.items import OutcomeKind
from spiders.registry import PROVIDERS


def evidence_of(finding: Finding) -> str:
    """What speaks for and against an id, in one line."""
    named = f"“{finding.name}”" if finding.name else "no name is known there"
    parts = [named, *([finding.affiliation] if finding.affiliation else [])]
    if finding.papers is not None:
        parts.append(f"{number(finding.papers)} papers")
    if finding.common is not None:
        parts.append(f"{finding.common} in common with the {finding.compared} known ones")
    if finding.statement is not None:
        parts.append(why(finding))
    return ", ".join(parts) + "".join(f"; {doubt}" for doubt in finding.doubts)


def show(findings: tuple[Finding, ...]) -> None:
    """A row each id."""
    verdicts = {Kind.OPEN: "open", Kind.LEFT: "no"}
    columns = ["id", "where from", "name there", ">papers", ">in common", "taken"]
    rows = [
        [
            f.id,
            why(f),
            f.name or "–",
            number(f.papers),
            "–" if f.common is None else f"{f.common} of {f.compared}",
            verdicts.get(f.kind, "yes"),
        ]
        for f in findings
    ]
    table(None, columns, rows)


def tell(path: Path, findings: tuple[Finding, ...], evidence: Evidence) -> None:
    """What was left out and how to add it, what could not be asked, and the next command."""
    for one in findings:
        if one.is_taken and one.doubts:
            click.echo(one_line(f"note: {one.id}: {'; '.join(one.doubts)}: look at it"), err=True)
        if not one.is_taken:
            how = f'to take it, add "{one.id}" to ids in {path}'
            left = "left out" if one.kind is Kind.LEFT else "not taken without you"
            click.echo(one_line(f"{one.id}: {left}: {evidence_of(one)}; {how}"), err=True)
    for line in _not_asked(evidence):
        click.echo(one_line(line), err=True)
    click.echo(one_line(f"{path} written; now: scholar-metrics refresh --config {path}"))


def unanswered(evidence: Evidence) -> list[Failure]:
    """Questions that stay open; that nothing is there is an answer, but for a given id."""
    lost = (OutcomeKind.NOT_FOUND, OutcomeKind.LAYOUT_CHANGED)
    given = evidence.given
    return [f for f in evidence.failures if f.kind not in lost or (f.asked in given and is_own(f))]


def _not_asked(evidence: Evidence) -> Iterator[str]:
    failed = unanswered(evidence)
    if failed and not evidence.answers and {f.kind.value for f in failed} == {"offline"}:
        who = ", ".join(dict.fromkeys(f.provider for f in failed))
        yield (
            f"nobody could be asked ({who}): {failed[0].reason}; the file has what was given: "
            "remove it and run again when the network is back, if more is to be found"
        )
        return
    for one in failed:
        yield f"{one.provider} could not tell of {one.asked}: {one.kind}: {one.reason}"


def document(
    path: Path, findings: tuple[Finding, ...], evidence: Evidence, *, code: int
) -> dict[str, Any]:
    """All of it as JSON has it."""
    return {
        "schema": 1,
        "file": str(path),
        "exit_code": code,
        "name": evidence.known_name,
        "ids": [_document(f) for f in findings],
        "not_asked": [_failure(f) for f in unanswered(evidence)],
    }


def listing_document(listed: Listing) -> dict[str, Any]:
    """Who may be meant by a name, as JSON has it."""
    return {
        "schema": 1,
        "candidates": [dataclasses.asdict(one) for one in listed.found],
        "not_asked": [_failure(f) for f in listed.failures],
    }


def show_listing(listed: Listing) -> None:
    """Who may be meant by a name, a block each."""
    for one in listed.found:
        title = PROVIDERS[one.provider].title
        facts = [one.name or "somebody without a name", one.affiliation]
        facts += [f"{number(one.papers)} papers"] if one.papers is not None else []
        facts += [f"{number(one.cited_by_count)} citations"] if one.cited_by_count else []
        click.echo(one_line(f"{title}: {', '.join(filter(None, facts))}"))
        for paper in one.titles:
            click.echo(f"    {one_line(paper)}")
        click.echo(f"    {one_line(one.command)}")
    for failure in listed.failures:
        line = f"{failure.provider} could not be asked: {failure.kind}: {failure.reason}"
        click.echo(one_line(line), err=True)


def _document(finding: Finding) -> dict[str, Any]:
    told = finding.statement
    return {
        "id": finding.id,
        "kind": finding.kind,
        "is_taken": finding.is_taken,
        "stated_by": told.provider if told else None,
        "stated_beside": told.beside if told else None,
        "name": finding.name,
        "affiliation": finding.affiliation,
        "papers": finding.papers,
        "papers_in_common": finding.common,
        "papers_compared": finding.compared,
        "doubts": list(finding.doubts),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return dataclasses.asdict(failure)
