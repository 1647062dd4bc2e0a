"""Identifiers as people type them: with a scheme, bare, or as an address."""

from __future__ import annotations

from spiders import ids


def spellings(text: str) -> tuple[str, ...]:
    """Every identifier that a text may mean, the likeliest first; at least the text itself.

    `10.48550/arXiv.2410.01723` may be looked for as a DOI and as an arXiv id.
    """
    text = text.strip()
    found = dict.fromkeys(filter(None, (ids.normalise(text),)))
    if not found:
        found.update(dict.fromkeys(ids.from_doi(text)))
        readers = {"arxiv": ids.arxiv, "openalex": ids.openalex, "openreview": ids.openreview}
        for scheme, reader in readers.items():
            value = reader(text)
            if value:
                found[f"{scheme}:{value}"] = None
    if next(iter(found), "").startswith("doi:"):
        found.update(dict.fromkeys(ids.from_doi(next(iter(found)))))
    return tuple(found) or (text,)
