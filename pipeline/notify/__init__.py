"""Tells people what a run gives reason to tell: failures, figures out of date, what changed.

Off unless `[notify]` stands in the configuration. At most one message a run; a message that
cannot be sent changes nothing about the run. `docs/notify.md` says when something is told.
"""

from pipeline.notify.run import digest_of, notify_after_run
from pipeline.notify.send import NotSent, Sender

__all__ = ["NotSent", "Sender", "digest_of", "notify_after_run"]
