"""Which providers can be searched for people, and by what: rows beside those of the registry."""

from __future__ import annotations

from dataclasses import replace

from spiders.items import Provider

_SEARCHES = {
    "openalex": ("spiders.pages.openalex.candidates", "OpenAlexCandidates", "OpenAlexExamples"),
    "semantic_scholar": (
        "spiders.pages.semantic_scholar.candidates",
        "SemanticScholarCandidates",
        "SemanticScholarExamples",
    ),
    "dblp": ("spiders.pages.dblp.candidates", "DblpCandidates", "DblpCandidates"),
}


def searching(provider: Provider, *, with_examples: bool = False) -> Provider | None:
    """A provider's row as one that is searched for people; `None` where it cannot be."""
    found = _SEARCHES.get(provider.name)
    if found is None:
        return None
    page, plain, examples = found
    spider = f"spiders.candidates:{examples if with_examples else plain}"
    return replace(provider, page=page, spider=spider)
