"""A configuration that wants notifications, a history to fill, and a sender that keeps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.config import parse
from pipeline.history import History
from pipeline.model import Collected, Outcome
from pipeline.notify import NotSent
from pipeline.notify.messages import Message
from spiders.items import AuthorRecord, OutcomeKind, WorkRecord

START = datetime(2027, 3, 1, 3, 17, tzinfo=UTC)


@dataclass
class Keeper:
    """A sender that keeps messages, or fails."""

    sent: list[Message] = field(default_factory=list)
    error: Exception | None = None

    def send(self, message):
        if self.error is not None:
            raise self.error
        self.sent.append(message)


@dataclass
class Home:
    """One author, `ada`; time is counted in days."""

    config: object

    def day(self, days):
        return START + timedelta(days=days)

    def answer(self, day, counts, *, provider="openalex", titles=None, **said):
        """One provider's answer on a day: `{1: 10}` is paper 1 with ten citations."""
        works = tuple(
            WorkRecord(
                provider=provider,
                record_id=f"openalex:W{n}",
                title=(titles or {}).get(n, f"Paper {n}"),
                cited_by_count=count,
            )
            for n, count in counts.items()
        )
        author = AuthorRecord(provider=provider, author_id="A1", name="Ada Sample", **said)
        got = Collected(author_key="ada", provider=provider, author=author, works=works)
        history = History(self.config.history_path)
        plan = history.plan([got], at=self.day(day))
        ids = {("ada", f"openalex:W{n}"): f"openalex:W{n}" for n in counts}
        outcome = Outcome(author_key="ada", provider=provider, kind=OutcomeKind.FRESH)
        run_id = f"run{plan.base + 1}"
        history.commit(plan, outcomes=[outcome], run_id=run_id, at=self.day(day), work_ids=ids)

    def fail(self, day):
        """A run in which nobody answered."""
        history = History(self.config.history_path)
        plan = history.plan([], at=self.day(day))
        outcome = Outcome(author_key="ada", provider="openalex", kind=OutcomeKind.BLOCKED)
        history.commit(plan, outcomes=[outcome], run_id=f"run{plan.base + 1}", at=self.day(day))


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
def home(tmp_path):
    text = (
        'stale_after = 14\n[[authors]]\nkey = "ada"\nname = "Ada Sample"\n'
        'ids = ["openalex:A1", "semantic_scholar:1"]\n'
        '[providers]\norder = ["openalex", "semantic_scholar"]\n[notify]\n'
    )
    return Home(parse(text, name="test", base=tmp_path))


@pytest.fixture
def not_sent():
    return NotSent("line 1 was not accepted")
