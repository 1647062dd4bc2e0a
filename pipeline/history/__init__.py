"""The history: every figure ever believed, and since when; the product's only state.

A number that was once known is never lost and never replaced by an unknown. Only changes are
stored, every file is named with its SHA-256 in a manifest that is replaced last, and a damaged
file is set aside and named while the rest stays readable. `docs/history.md` has the layout.

Importing this package reads no disk and loads neither pyarrow nor pandas.
"""

from __future__ import annotations

from pipeline.history.rows import (
    RENEW_AFTER,
    STATED,
    Change,
    Committed,
    Plan,
    Problem,
    RunRow,
    SummaryRow,
)
from pipeline.history.store import History

__all__ = [
    "RENEW_AFTER",
    "STATED",
    "Change",
    "Committed",
    "History",
    "Plan",
    "Problem",
    "RunRow",
    "SummaryRow",
]
