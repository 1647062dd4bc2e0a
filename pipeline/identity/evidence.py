"""What one record says about which paper it is, read once and kept beside it.

Nothing is decided here: a `Fact` holds the identifiers that name a paper (never a person),
the title key, the names, the year, and whether the record is a preprint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from pipeline.identity import keys, names
from pipeline.model import Observed
from spiders import ids as identifiers
from spiders.items import WorkRecord

SCHEMES = (
    "doi",
    "arxiv",
    "openreview",
    "pmid",
    "google_scholar",
    "openalex",
    "semantic_scholar",
    "pmcid",
    "acl",
    "dblp",
    "corpus_id",
    "mag",
)
"""Schemes of papers, the best name first."""

_PREPRINT_DOI = re.compile(
    r"10\.48550/|10\.2139/ssrn|10\.21203/|10\.20944/preprints|10\.26434/|10\.36227/|10\.22541/"
    r"|10\.3121[49]/|10\.3122[2-4]/|10\.3123[45]/|10\.35542/|10\.32942/|10\.33774/|10\.64898/"
    r"|10\.7287/peerj\.preprints|10\.2196/preprints|10\.5194/egusphere-"
    # 10.1101 is bioRxiv and medRxiv where a number follows, else a journal of the same house
    r"|10\.1101/\d"
)
_DOI_VERSION = re.compile(r"[-/.]?v\d{1,2}$")
_PREPRINT_VENUE = re.compile(
    r"arxiv|biorxiv|medrxiv|chemrxiv|techrxiv|psyarxiv|\bssrn\b|research square|\bcorr\b"
    r"|preprint|openreview",
    re.IGNORECASE,
)
_PREPRINT_TYPE = re.compile(r"preprint|posted.content|working.paper", re.IGNORECASE)
_DATED_AS_PREPRINTS = frozenset({"scholar_feed"})
"""Providers whose dates are those of the preprint, whatever venue they name beside it."""
_ROMAN_OR_NUMBER = re.compile(r"\b(?:\d+|i{1,3}|iv|vi{0,3}|ix|xi{0,2})\b")

_PERSON_IDS = {
    # a paper's value where the same scheme also names people
    "openalex": re.compile(r"W\d+"),
    "google_scholar": re.compile(r"[^:]+:[^:]+"),
    "semantic_scholar": re.compile(r"[0-9a-f]{40}"),
    "dblp": re.compile(r"[^/]+/[^/]+/.+"),
}
_SAME_TITLE_SHARE = 0.6
_SHORT_LETTERS = 20


class Kind(Enum):
    """Which version of a paper a record shows; the order is that of preference."""

    PUBLISHED = 0
    UNKNOWN = 1
    PREPRINT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One record, and what of it tells papers apart."""

    observed: Observed
    index: int
    """Place in the canonical order of the records."""
    key: str
    """Folded title; `""` without one."""
    exact: str | None
    """What equal titles share, squeezed; `None` when the title is no evidence or is cut."""
    is_short: bool
    """Whether the title has three words only: evidence beside equal years and names only."""
    is_cut: bool
    words: int
    kind: Kind
    names: tuple[frozenset[str], ...]
    match_ids: tuple[tuple[str, str], ...]
    """Rule and identifier, for each identifier that names the paper."""
    ids: tuple[str, ...]
    """Identifiers as the record gives them, its own first."""

    @property
    def is_elided(self) -> bool:
        """Whether more authors there are than the record shows, or may be."""
        record = self.observed.record
        return record.authors_count is None or record.authors_count > len(record.authors)

    @property
    def record(self) -> WorkRecord:
        """The provider's record."""
        return self.observed.record

    @property
    def year(self) -> int | None:
        """Year of publication."""
        return self.observed.record.year


def read(observed: Observed, index: int) -> Fact:
    """Read the evidence of one record."""
    record = observed.record
    key = keys.fold(record.title)
    words = keys.word_count(record.title, key) if record.title else 0
    cut = keys.is_cut(record.title)
    generic = keys.is_generic(key)
    squeezed = keys.squeeze(key)
    short = words == keys.MIN_WORDS - 1 and len(squeezed) >= _SHORT_LETTERS
    usable = not cut and not generic and (words >= keys.MIN_WORDS or short)
    ids = _ids(record)
    return Fact(
        observed=observed,
        index=index,
        key=key,
        exact=squeezed if usable else None,
        is_short=short,
        is_cut=cut and not generic,
        words=words,
        kind=_kind(record, ids),
        names=names.name_forms(record.authors),
        match_ids=tuple(_match_ids(ids)),
        ids=ids,
    )


def published_dois(ids: Iterable[str]) -> frozenset[str]:
    """DOIs that are not a preprint server's."""
    return frozenset(i for i in ids if i.startswith("doi:") and not is_preprint_doi(i))


def is_preprint_doi(identifier: str) -> bool:
    """Whether a `doi:` identifier belongs to a preprint server."""
    return bool(_PREPRINT_DOI.match(identifier.removeprefix("doi:")))


def names_a_paper(identifier: str) -> bool:
    """Whether an identifier is one of a paper; some schemes name people as well."""
    scheme, _, value = identifier.partition(":")
    pattern = _PERSON_IDS.get(scheme)
    return scheme in SCHEMES and (pattern is None or bool(pattern.fullmatch(value)))


def titles_agree(left: Fact, right: Fact) -> bool:
    """Whether two titles may be spellings of one, so that a shared identifier is believed.

    A record without a title agrees with any. Part I and part II do not agree.
    """
    if not left.key or not right.key or keys.squeeze(left.key) == keys.squeeze(right.key):
        return True
    if left.is_cut or right.is_cut:
        short, long = sorted((left.key, right.key), key=len)
        return long.startswith(short.rpartition(" ")[0])
    a, b = set(left.key.split()), set(right.key.split())
    numbers = {frozenset(_ROMAN_OR_NUMBER.findall(f.key)) for f in (left, right)}
    return len(numbers) == 1 and len(a & b) >= _SAME_TITLE_SHARE * len(a | b)


def _ids(record: WorkRecord) -> tuple[str, ...]:
    found = dict.fromkeys((record.record_id, *record.ids))
    for identifier in tuple(found):
        if identifier.startswith("doi:10.48550/"):
            found.update(dict.fromkeys(identifiers.from_doi(identifier)))
    return tuple(found)


def _match_ids(ids: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    for identifier in ids:
        if not names_a_paper(identifier):
            continue
        scheme = identifier.partition(":")[0]
        rule = scheme if scheme in {"doi", "arxiv"} else "provider_id"
        if scheme == "doi" and is_preprint_doi(identifier):
            # versions of one preprint have DOIs of their own: ...-v2, .../v3
            yield rule, _DOI_VERSION.sub("", identifier)
        else:
            yield rule, identifier


def _kind(record: WorkRecord, ids: tuple[str, ...]) -> Kind:
    is_own = record.record_id.startswith("arxiv:") or record.provider in _DATED_AS_PREPRINTS
    # a preprint's record often carries the DOI of the journal's version
    if (
        is_own
        or _PREPRINT_TYPE.search(record.work_type or "")
        or _PREPRINT_VENUE.search(record.venue or "")
    ):
        return Kind.PREPRINT
    if published_dois(ids):
        return Kind.PUBLISHED
    if any(i.startswith("doi:") for i in ids):
        return Kind.PREPRINT
    if record.venue:
        return Kind.PUBLISHED
    return Kind.PREPRINT if any(i.startswith("arxiv:") for i in ids) else Kind.UNKNOWN
