"""Numbers and days as the pages say them: in English, whatever the locale, and never rounded."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.writers.formatting import month, number

UNKNOWN = "–"
_EXACT = 1e-9


def figure(value: object, *, is_bound: bool = False) -> str:
    """`1,250`, `≥ 1,250` for a lower bound, `1.42`; a dash for what is not known."""
    found = number(value)
    if found is None:
        return UNKNOWN
    whole = abs(found - round(found)) < _EXACT
    text = f"{round(found):,}" if whole else f"{found:,.2f}"
    return f"≥ {text}" if is_bound else text


def day(moment: datetime) -> str:
    """`20 Nov 2026`, in UTC."""
    return f"{moment.astimezone(UTC).day} {month(moment)}"


def date(text: str | None) -> str | None:
    """An ISO date as exact as it is: `12 Mar 2025`, `Mar 2025`, `2025`; `None` for others."""
    parts = (text or "").split("-")
    try:
        year, in_year, in_month = (int(part) for part in [*parts, "1", "1"][:3])
        moment = datetime(year, in_year, in_month, tzinfo=UTC)
    except ValueError:
        return None
    forms = {1: str(moment.year), 2: month(moment), 3: day(moment)}
    return forms.get(len(parts))
