"""Counts and sums: what an index is made of."""

from __future__ import annotations

from pipeline.metrics.catalogue.metric import COUNTS, LATELY, SPLIT, Metric

_WHATEVER = "Papers whose count is unknown are left out; null when no count is known."
_CLIPPED = "More self-citations than citations count as unknown."

COUNTED = (
    Metric(
        name="papers",
        title="Papers",
        definition="Number of papers.",
        source="",
        convention="A paper whose citation count is unknown is a paper.",
        needs=frozenset(),
        unit="papers",
    ),
    Metric(
        name="papers_unknown_citations",
        title="Papers of unknown count",
        definition="Number of papers whose citation count is not known.",
        source="",
        convention="Unknown is never 0: these papers are in no citation metric.",
        needs=frozenset(),
        unit="papers",
    ),
    Metric(
        name="papers_unknown_year",
        title="Papers of unknown year",
        definition="Number of papers whose year is not known.",
        source="",
        convention="These papers are left out of metrics by age.",
        needs=frozenset({"year"}),
        unit="papers",
    ),
    Metric(
        name="cited_papers",
        title="Cited papers",
        definition="Number of papers with one citation or more.",
        source="",
        convention=_WHATEVER,
        needs=COUNTS,
        unit="papers",
    ),
    Metric(
        name="citations",
        title="Citations",
        definition="Sum of the papers' citations.",
        source="",
        convention=_WHATEVER,
        needs=COUNTS,
        unit="citations",
    ),
    Metric(
        name="citations_mean",
        title="Citations a paper",
        definition="Citations divided by the papers of known count.",
        source="",
        convention="Null when no paper has a known count.",
        needs=COUNTS,
        unit="citations",
        is_integer=False,
    ),
    Metric(
        name="citations_median",
        title="Median of citations",
        definition="Middle count of all papers, uncited ones included.",
        source="",
        convention="Of an even number, the mean of the two in the middle; null without papers.",
        needs=COUNTS,
        unit="citations",
        is_integer=False,
    ),
    Metric(
        name="citations_max",
        title="Most cited paper",
        definition="Largest count of a paper.",
        source="",
        convention="Null when no paper has a known count.",
        needs=COUNTS,
        unit="citations",
    ),
)

PARTS = (
    Metric(
        name="self_citations",
        title="Self-citations",
        definition="Sum of the self-citations among the papers' citations.",
        source="Schreiber 2007, EPL 78:30002",
        convention=f"What a self-citation is, the provider says. {_CLIPPED} "
        "Null when a cited paper's number is unknown.",
        needs=SPLIT,
        unit="citations",
    ),
    Metric(
        name="citations_without_self",
        title="Citations without self-citations",
        definition="Sum of citations less self-citations.",
        source="Schreiber 2007, EPL 78:30002",
        convention=f"{_CLIPPED} Null when a cited paper's number is unknown.",
        needs=SPLIT,
        unit="citations",
    ),
    Metric(
        name="h_index_without_self",
        title="h-index without self-citations",
        definition="h-index over citations less self-citations (the sharpened h).",
        source="Schreiber 2007, EPL 78:30002",
        convention=f"{_CLIPPED} Null when an unknown number could change it.",
        needs=SPLIT,
        unit="index",
    ),
    Metric(
        name="citations_recent",
        title="Recent citations",
        definition="Sum of the citations received lately, by papers of any year.",
        source="Google Scholar, author profiles, the columns `since`",
        convention="What lately means, the giver of the column says. "
        "Null when a cited paper's number is unknown.",
        needs=LATELY,
        unit="citations",
    ),
    Metric(
        name="h_recent_citations",
        title="h-index over recent citations",
        definition="h-index over the citations received lately, by papers of any year.",
        source="Google Scholar, author profiles, the columns `since`",
        convention="Not Scholar Metrics' h5, which takes papers published lately "
        "(h5_recent_papers). Null when an unknown number could change it.",
        needs=LATELY,
        unit="index",
    ),
    Metric(
        name="i10_recent_citations",
        title="i10-index over recent citations",
        definition="Papers that received 10 citations or more lately.",
        source="Google Scholar, author profiles, the columns `since`",
        convention="Null when an unknown number could change it.",
        needs=LATELY,
        unit="papers",
    ),
)
