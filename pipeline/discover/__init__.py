"""A person's other ids, as providers state them: from those that were given, and never by guess.

A provider that names two ids on one record states that they are one person's: from a given id on,
such statements make a chain. Equal names and papers in common are evidence, which a person may
look at; by themselves they take nobody in. The rules: `docs/init.md`.
"""

from pipeline.discover.evidence import Answer, Evidence, Failure, Finding, Kind, Statement
from pipeline.discover.judging import decide
from pipeline.discover.listing import Listed, Listing, listing
from pipeline.discover.places import Places, read_places
from pipeline.discover.rounds import discover
from pipeline.discover.writing import Choice, in_order, write

__all__ = [
    "Answer",
    "Choice",
    "Evidence",
    "Failure",
    "Finding",
    "Kind",
    "Listed",
    "Listing",
    "Places",
    "Statement",
    "decide",
    "discover",
    "in_order",
    "listing",
    "read_places",
    "write",
]
