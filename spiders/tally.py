"""Counts what each author costs, and bounds it."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from spiders.errors import BadRequest

SPARE = 5
"""Requests an author may cost beyond `Provider.max_requests_per_author`: retries, redirects."""


@dataclass(slots=True)
class Tally:
    """What one author cost."""

    requests: int = 0
    """Requests sent, retries and redirects included."""
    began: float | None = None
    """Monotonic time of the first request."""
    ended: float | None = None
    """Monotonic time of the last answer."""

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        if self.began is None or self.ended is None:
            return 0.0
        return self.ended - self.began

    def sent(self, *, at_most: int) -> None:
        """A request goes out.

        Raises:
            BadRequest: the author may not cost any more.
        """
        bound = at_most + SPARE
        if self.requests >= bound:
            raise BadRequest(f"{bound} requests are not enough for this author: not asked further")
        self.requests += 1
        self.began = monotonic() if self.began is None else self.began

    def answered(self) -> None:
        """An answer has come, or a request has failed."""
        self.ended = monotonic()
