"""The summary of a job: what changed, what is stale and why, and who says what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.jobs.changes import Changes, PaperChange
from pipeline.jobs.github import Annotation, within_limit
from pipeline.jobs.markdown import table, text
from pipeline.jobs.policy import Verdict
from spiders.registry import PROVIDERS

_GOOD = ("fresh", "unchanged")
_MOST_PAPERS = 50
_MOST_ANNOTATIONS = 8
"""The runner shows ten of a kind and step; the verdict is one, "and so on" another."""
_FIGURES = ("citations", "h_index", "i10_index", "papers")
_SIGNS = {"notice": "✅", "warning": "⚠️", "error": "❌"}


def markdown(
    verdict: Verdict,
    document: Mapping[str, Any] | None,
    changes: Changes | None,
    *,
    is_dry: bool = False,
) -> str:
    """The whole summary.

    Args:
        verdict: What the job makes of the refresh.
        document: What `refresh --json` printed; `None` when it printed nothing.
        changes: What the run changed; `None` when that cannot be told.
        is_dry: Whether nothing was written.
    """
    lines = ["## Citation metrics", "", f"{_SIGNS[verdict.level]} {text(verdict.message, 2000)}."]
    if is_dry:
        lines.append("This was a dry run: nothing was written.")
    lines.append("")
    if document is None:
        return within_limit(lines)
    lines += [
        *_changes(changes),
        *_stale(document),
        *_providers(document),
        *_notes(document),
    ]
    return within_limit(lines)


def alerts(verdict: Verdict, document: Mapping[str, Any] | None) -> list[Annotation]:
    """The verdict where it is no good news, and a warning for each answer that did not come."""
    found = []
    if verdict.level != "notice":
        found.append(
            Annotation(level=verdict.level, title="Citation metrics", message=verdict.message)
        )
    if document is None:
        return found
    reasons = [
        Annotation(
            level="warning",
            title=f"{title_of(one['provider'])}: {_words(one['kind'])}",
            message=f"{one['author']}: {one.get('reason') or _words(one['kind'])}",
        )
        for one in _failed(document)
    ]
    reasons += [
        Annotation(level="warning", title="History", message=problem)
        for problem in document["problems"]
    ]
    rest = len(reasons) - _MOST_ANNOTATIONS
    found += reasons[:_MOST_ANNOTATIONS]
    if rest > 0:
        message = f"{rest} more are in the summary of this job"
        found.append(Annotation(level="warning", title="Citation metrics", message=message))
    return found


def title_of(provider: str) -> str:
    """A provider's name for people."""
    known = PROVIDERS.get(provider)
    return known.title if known else provider


def _changes(changes: Changes | None) -> list[str]:
    lines = ["### What changed", ""]
    if changes is None:
        return [*lines, "Not known: the history could not be read.", ""]
    if not changes:
        return [*lines, "Nothing.", ""]
    if changes.begun:
        names = ", ".join(f"{text(title_of(name))} on {text(key)}" for key, name in changes.begun)
        lines += [f"Heard for the first time: {names}.", ""]
    if changes.figures:
        lines += table(
            ["author", "provider", "figure", ">before", ">now", ">change"],
            (
                [
                    text(c.author_key),
                    text(title_of(c.provider)),
                    text(c.name),
                    _number(c.before),
                    _number(c.now),
                    _difference(c.before, c.now),
                ]
                for c in changes.figures
            ),
        )
    return [*lines, *_papers(changes.papers)]


def _papers(papers: tuple[PaperChange, ...]) -> list[str]:
    if not papers:
        return []
    shown = papers[:_MOST_PAPERS]
    lines = table(
        ["paper", "provider", ">citations before", ">now", ">change"],
        (
            [
                text(p.title) or "(no title)",
                text(title_of(p.provider)),
                "new" if p.before is None else _number(p.before),
                "gone" if p.now is None else _number(p.now),
                _difference(p.before, p.now),
            ]
            for p in shown
        ),
    )
    if len(papers) > len(shown):
        lines += [f"And {len(papers) - len(shown)} papers more.", ""]
    return lines


def _stale(document: Mapping[str, Any]) -> list[str]:
    as_of = {(r["author"], r["provider"]): r for r in document["figures"]}
    lines = []
    told = set()
    for one in _failed(document):
        pair = (one["author"], one["provider"])
        told.add(pair)
        row = as_of.get(pair)
        kept = f"figures of {_day(row['as_of'])} stay" if row else "nothing is known of it yet"
        lines.append(
            f"- **{text(title_of(one['provider']))}** on {text(one['author'])}: "
            f"{_words(one['kind'])}; {kept}. {text(one.get('reason'), 600)}".rstrip()
        )
    lines += [
        f"- **{text(title_of(name))}** on {text(author)}: not confirmed since {_day(row['as_of'])}."
        for (author, name), row in as_of.items()
        if row["is_stale"] and (author, name) not in told
    ]
    return ["### What is stale, and why", "", *lines, ""] if lines else []


def _providers(document: Mapping[str, Any]) -> list[str]:
    outcomes = {(o["author"], o["provider"]): o["kind"] for o in document["outcomes"]}
    rows = []
    for row in document["figures"]:
        pair = (row["author"], row["provider"])
        series = "combined" if "combined" in row else "stated"
        bounds = row["lower_bounds"][series]
        kind = outcomes.pop(pair, None)
        rows.append(
            [
                text(row["author"]),
                text(title_of(row["provider"])) + (" (shown)" if row["is_shown"] else ""),
                *(_number(row[series][n], at_least=n in bounds) for n in _FIGURES),
                _day(row["as_of"]) + (" (stale)" if row["is_stale"] else ""),
                _words(kind) if kind else f"by {row['rule']}" if "rule" in row else "not asked",
            ]
        )
    for (author, name), kind in outcomes.items():
        rows.append([text(author), text(title_of(name)), *("–" * 4), "never", _words(kind)])
    head = [">citations", ">h-index", ">i10-index", ">papers"]
    return [
        "### By provider",
        "",
        *table(["author", "provider", *head, "as of (UTC)", "outcome"], rows),
    ]


def _notes(document: Mapping[str, Any]) -> list[str]:
    lines = [f"- History: {text(problem, 600)}" for problem in document["problems"]]
    lines += [
        f"- {text(title_of(c['provider']))} on {text(c['author'])}: {text(c['name'])}: "
        f"{text(c['detail'], 600)}"
        for c in document["checks"]
        if not c["passed"] and not c["blocking"]
    ]
    return ["### Notes", "", *lines, ""] if lines else []


def _failed(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [o for o in document["outcomes"] if o["kind"] not in _GOOD]


def _words(kind: str) -> str:
    return text(kind.replace("_", " "))


def _day(moment: str | None) -> str:
    return (moment or "never")[:10]


def _number(value: float | None, *, at_least: bool = False) -> str:
    if value is None:
        return "–"
    return f"≥ {value:,}" if at_least else f"{value:,}"


def _difference(before: int | None, now: int | None) -> str:
    if before is None or now is None:
        return ""
    return f"{now - before:+,}"
