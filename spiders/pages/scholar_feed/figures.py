"""Whether the figures that a profile states can be those of the papers that it lists."""

from __future__ import annotations


def impossible(
    *, papers: int | None, citations: int | None, h_index: int | None
) -> tuple[str, ...]:
    """`("impossible_h_index",)` where h papers of h citations each are not there.

    28 of 17 papers with 161 citations was seen: such a figure is of other papers, or of another
    person's. It is carried as it stands, and told.
    """
    if h_index is None:
        return ()
    too_few = papers is not None and h_index > papers
    too_little = citations is not None and h_index**2 > citations
    return ("impossible_h_index",) if too_few or too_little else ()
