"""The outbox: brings queued messages to a gateway and stores what became of them (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.changes.delivery import Outgoing, report, take_queued
from thrumsg_tui.store.database import Database


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway has taken the message.

    `provider_id` is the gateway's own id of it, by which later reports name it; `delivered` means that it has arrived
    already.
    """

    provider_id: str | None = None
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The gateway has refused the message for good, with its code and its words."""

    code: str
    text: str


class Gateway(Protocol):
    """A way to the telephone network."""

    def send(self, message: Outgoing) -> Accepted | Rejected:
        """Hand one message to the network.

        Args:
            message: a message that was claimed for this gateway and is stored as `sending`.

        Returns:
            What the gateway has said about it.

        Raises:
            Exception: nobody can say whether the message went. It becomes `in_doubt` and is never sent again by itself.
        """


def deliver(db: Database, gateway: Gateway) -> list[Outgoing]:
    """Send everything that is queued and may leave now.

    Returns:
        The messages that were handed to the gateway, rejected ones included.
    """
    handed_over = []
    while claimed := take_queued(db):
        for message in claimed:
            _send(db, gateway, message)
        handed_over += claimed
    return handed_over


def _send(db: Database, gateway: Gateway, message: Outgoing) -> None:
    """Send one message and store the answer; if the gateway raises, the message is in doubt."""
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
