"""The types of the pipeline: who is followed, which papers there are, what was counted, by whom.

Times are aware and in UTC. `None` means "not known"; it is never 0 and never "".
"""

from pipeline.model.figures import (
    BADGE_METRICS,
    Artifact,
    AuthorSnapshot,
    Looks,
    Metrics,
    Number,
    Past,
    Repository,
    Series,
    Snapshot,
    SourceStatus,
)
from pipeline.model.observed import (
    Author,
    Collected,
    Group,
    Observed,
    ProviderState,
)
from pipeline.model.run import (
    CheckResult,
    Outcome,
    Run,
)
from pipeline.model.works import (
    CitationCount,
    Merge,
    Work,
)

__all__ = [
    "BADGE_METRICS",
    "Artifact",
    "Author",
    "AuthorSnapshot",
    "CheckResult",
    "CitationCount",
    "Collected",
    "Group",
    "Looks",
    "Merge",
    "Metrics",
    "Number",
    "Observed",
    "Outcome",
    "Past",
    "ProviderState",
    "Repository",
    "Run",
    "Series",
    "Snapshot",
    "SourceStatus",
    "Work",
]
