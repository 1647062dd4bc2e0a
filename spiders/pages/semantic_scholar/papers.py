"""Papers of Semantic Scholar: counts as read, and the crosswalk of their identifiers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders import ids
from spiders.items import WorkRecord
from spiders.pages import reading
from spiders.pages.reading import Fields, layout_changed

if TYPE_CHECKING:
    from collections.abc import Sequence

PROVIDER = "semantic_scholar"
WHERE = "Semantic Scholar"

PAPER_FIELDS = (
    "title",
    "year",
    "publicationDate",
    "venue",
    "publicationTypes",
    "externalIds",
    "citationCount",
    "influentialCitationCount",
    "authors",
)
"""Flat fields of a paper, for `fields=` (`paperId` always comes). `authors` is needed to tell
papers apart; `citations` and `references` are not asked for: they are what ends in a 504."""

_SHA = re.compile(r"[0-9a-f]{40}")

# Keys of `externalIds`, in the order in which their ids are kept; DOI is read on its own.
_SCHEMES = {
    "ArXiv": "arxiv",
    "PubMed": "pmid",
    "MAG": "mag",
    "ACL": "acl",
    "CorpusId": "corpus_id",
    "DBLP": "dblp",
}


def read_papers(entries: Sequence[Fields]) -> tuple[WorkRecord, ...]:
    """Records of the papers of one list, each once (s2-folks#190 saw some twice).

    Raises:
        LayoutChanged: A paper without any id, an unusable count, or no paper with a count.
    """
    for key in ("title", "citationCount"):
        if entries and not any(key in entry.data for entry in entries):
            raise layout_changed(entries[0].where, f"{key} is missing, here and in all others")
    papers: list[WorkRecord] = []
    seen: set[str] = set()
    for paper in map(_paper, entries):
        own = {paper.record_id, *(i for i in paper.ids if i.startswith("corpus_id:"))}
        if not seen & own:
            papers.append(paper)
        seen |= own
    return tuple(papers)


def _paper(data: Fields) -> WorkRecord:
    record_id, url = _own_id(data)
    data = data.named(record_id.partition(":")[2])
    authors = data.objects("authors")
    names = (author.text("name") for author in authors)
    kinds = data.items("publicationTypes") or ()
    return WorkRecord(
        provider=PROVIDER,
        record_id=record_id,
        title=reading.title(data.text("title")),
        year=data.year("year"),
        publication_date=data.date("publicationDate"),
        venue=reading.title(data.text("venue")),
        work_type=next(filter(None, (reading.fold(k) for k in kinds if isinstance(k, str))), None),
        authors=tuple(name for name in names if name),
        authors_count=len(authors) or None,
        ids=reading.unique(record_id, *_external_ids(data)),
        cited_by_count=data.count("citationCount"),
        influential_citation_count=data.count("influentialCitationCount"),
        url=url,
    )


def _own_id(data: Fields) -> tuple[str, str]:
    # A record may have lost its sha and still be known by its corpus id; the key always comes.
    if "paperId" not in data.data:
        raise layout_changed(data.where, "paperId is missing")
    paper_id = data.text("paperId")
    if paper_id is not None:
        if not _SHA.fullmatch(paper_id):
            shown = reading.one_line(paper_id, limit=50)
            raise layout_changed(data.where, f"paperId {shown!r} is not 40 hexadecimal digits")
        return f"semantic_scholar:{paper_id}", f"https://www.semanticscholar.org/paper/{paper_id}"
    external = data.object("externalIds") or Fields({}, data.where)
    number = data.count("corpusId") or external.count("CorpusId")
    if not number or ids.normalise(f"corpus_id:{number}") is None:
        raise layout_changed(data.where, "paperId is missing, and corpusId as well")
    return f"corpus_id:{number}", f"https://api.semanticscholar.org/CorpusID:{number}"


def _external_ids(data: Fields) -> tuple[str | None, ...]:
    known = (data.object("externalIds") or Fields({}, data.where)).data
    said = {key: str(value) for key, value in known.items() if isinstance(value, str | int)}
    pmcid = said.get("PubMedCentral", "").upper().removeprefix("PMC")
    return (
        *ids.from_doi(said.get("DOI")),
        *(ids.normalise(f"{scheme}:{said.get(key, '')}") for key, scheme in _SCHEMES.items()),
        ids.normalise(f"pmcid:PMC{pmcid}"),
        ids.normalise(f"corpus_id:{data.count('corpusId')}"),
    )
