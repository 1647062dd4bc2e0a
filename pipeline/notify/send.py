"""Sends a message through apprise, the only place that knows it; imported when it is needed.

Addresses hold secrets: they come from the environment, and nothing of them reaches a log, an
error or a traceback. What apprise and the libraries below it would log meanwhile is dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.notify.messages import Kind, Message

if TYPE_CHECKING:
    from apprise import Apprise, NotifyType

HOW_TO_INSTALL = (
    "notifications need apprise: install it beside this program, e.g. with "
    "`pipx inject scholar-metrics apprise` or `uv tool install --with apprise scholar-metrics`"
)


class NotSent(Exception):
    """A message did not get through; one line that holds no address."""


class Sender(Protocol):
    """Whatever gets a message to somebody."""

    def send(self, message: Message) -> None:
        """Send it to everybody.

        Raises:
            NotSent: somebody did not get it.
        """
        ...


class AppriseSender:
    """Sends to every apprise address.

    Args:
        addresses: one a line; empty lines and lines that begin with `#` are left out.
        name: of the variable that they come from, for messages.
    """

    def __init__(self, addresses: str, *, name: str) -> None:
        self._lines = tuple(
            (number, line.strip())
            for number, line in enumerate(addresses.splitlines(), 1)
            if line.strip() and not line.strip().startswith("#")
        )
        self._name = name

    def send(self, message: Message) -> None:
        """Send it to every address; one that fails keeps no other from getting it."""
        if not self._lines:
            raise NotSent(
                f"{self._name} is empty: put apprise addresses into that variable, one a line"
            )
        with _silence():
            problems = [
                f"line {number} {problem}"
                for number, line in self._lines
                if (problem := _problem(line, message)) is not None
            ]
        if problems:
            raise NotSent(f"{self._name}: {'; '.join(problems)}")


def _problem(line: str, message: Message) -> str | None:
    """Sends to one line's addresses; what went wrong, in our own words."""
    try:
        bot = _bot()
    except ImportError:
        raise NotSent(HOW_TO_INSTALL) from None
    try:
        if not bot.add(line):
            return "is no address that apprise knows: see https://appriseit.com"
        sent = [_notify(bot, service, message) for service in list(bot)]
    except Exception as error:  # noqa: BLE001 - a plugin's error may repeat the address: its kind only
        return f"failed ({type(error).__name__}): check the address and the service"
    return None if all(sent) else "was not accepted: check the address, its token and the service"


def _bot() -> Apprise:
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="scholar-metrics",
        app_desc="scholar-metrics",
        secure_logging=True,
        async_mode=False,
    )
    return Apprise(asset=asset)


def _notify(bot: Apprise, service: Any, message: Message) -> bool:
    """Send to one service, in the form whose special characters it knows how to escape."""
    from apprise import Apprise, NotifyFormat

    said = service.notify_format
    formats = {str(getattr(f, "value", f)) for f in (said if isinstance(said, tuple) else (said,))}
    is_markdown = "markdown" in formats and "html" not in formats
    single = Apprise(asset=bot.asset)
    single.add(service)
    result = single.notify(
        body=message.markdown if is_markdown else message.text,
        title=message.title,
        notify_type=_type(message.kind),
        body_format=NotifyFormat.MARKDOWN if is_markdown else NotifyFormat.TEXT,
        interpret_escapes=False,
    )
    return bool(result)


def _type(kind: Kind) -> NotifyType:
    from apprise import NotifyType

    return {
        "failure": NotifyType.FAILURE,
        "staleness": NotifyType.WARNING,
        "digest": NotifyType.INFO,
    }[kind]


@contextmanager
def _silence() -> Iterator[None]:
    """No log record of anybody while addresses are in use: HTTP libraries log their paths."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
