"""What can go wrong at a provider, named by what to do about it.

ProviderError
├── Blocked         the provider does not want this client now: stop, keep the old numbers
├── BudgetSpent     the allowance is used up: come back after `retry_after`
├── NotFound        nobody has this id (or the profile is private): mend the configuration
├── LayoutChanged   a mandatory field is missing or unreadable: the page module needs work
├── Truncated       the provider sent less than it says it has: ask again later
├── BadRequest      the provider refuses this request as it stands (a bad key, a bad filter)
└── Unavailable     no usable answer (5xx, reset, time-out): ask again later
"""

_LONGEST = 1000


class ProviderError(Exception):
    """Base of every failure of one provider; `str()` is one line that says what and why.

    What providers wrote stands in messages: no control or direction character of theirs does.
    """

    verdict = "unavailable"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        shown = message[:_LONGEST]
        if not shown.isprintable():
            shown = "".join(c if c.isprintable() else " " for c in shown)
        super().__init__(shown)
        self.retry_after = retry_after
        """Seconds that the provider asked us to wait, `None` when it did not say."""


class Blocked(ProviderError):
    """A CAPTCHA, sorry, consent or refusal page: one is enough to stop the provider."""

    verdict = "blocked"


class BudgetSpent(ProviderError):
    """The provider's allowance (a day's, or a key's) is used up."""

    verdict = "budget_spent"


class NotFound(ProviderError):
    """The provider knows no such author, or shows it to its owner only."""

    verdict = "not_found"


class LayoutChanged(ProviderError):
    """A field that must be there is missing or cannot be read; never answered with a 0."""

    verdict = "layout_changed"


class Truncated(ProviderError):
    """Fewer records came than the provider itself counts."""

    verdict = "truncated"


class BadRequest(ProviderError):
    """The provider refuses the request itself: a wrong key, an unknown field, a plan needed."""

    verdict = "refused"


class Unavailable(ProviderError):
    """The provider gave no usable answer this time."""

    verdict = "unavailable"
