"""The outbox: hands queued messages to a gateway and stores its answers (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.changes.delivery import Outgoing, report, take_queued
from thrumsg_tui.store.database import Database


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has taken the message."""

    provider_id: str | None = None
    """The gateway's own id of the message, which its later reports name."""
    delivered: bool = False
    """Whether the message has arrived already."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The gateway has refused the message for good; `code` and `text` are its own."""

    code: str
    text: str


class Gateway(Protocol):
    """A connection to the telephone network."""

    def send(self, message: Outgoing) -> Accepted | Rejected:
        """Hand one message to the network.

        Args:
            message: A message that is claimed for this gateway: it is stored as `sending`.

        Returns:
            The gateway's answer.

        Raises:
            Exception: The message may or may not have left. It becomes `in_doubt`, and is never sent again
                automatically.
        """


def deliver(db: Database, gateway: Gateway) -> list[Outgoing]:
    """Send all queued messages that may leave now.

    Returns:
        The messages that were handed to the gateway, rejected ones included.

    Raises:
        Exception: The gateway raised it. Its message is stored as `in_doubt`; those claimed with it stay `sending`.
    """
    handed_over = []
    while claimed := take_queued(db):
        for message in claimed:
            _send(db, gateway, message)
        handed_over += claimed
    return handed_over


def _send(db: Database, gateway: Gateway, message: Outgoing) -> None:
    """Send one message and store the answer, which is `in_doubt` if the gateway raises."""
    try:
        answer = gateway.send(message)
    except BaseException:
        report(db, message.id, MessageState.IN_DOUBT)
        raise
    match answer:
        case Accepted(provider_id, delivered):
            state = MessageState.DELIVERED if delivered else MessageState.SENT
            report(db, message.id, state, provider_id=provider_id)
        case Rejected(code, text):
            report(db, message.id, MessageState.FAILED, error_code=code, error_text=text)
