"""The outbox: hands queued messages to a gateway and stores its answers (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from thrumsg_tui.domain import delivery
from thrumsg_tui.domain.delivery import Outcome, Outgoing
from thrumsg_tui.domain.delivery_states import backoff
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes, report_in
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
    except BaseException as error:
        _record(db, message, delivery.Doubt(f"The gateway broke off: {error}"))
        raise
    match answer:
        case Accepted(provider_id, delivered):
            _record(db, message, delivery.Accepted(provider_id))
            if delivered:
                report_in(db, "practice", delivery.Report(provider_id, message.key, MessageState.DELIVERED))
        case Rejected(code, text):
            _record(db, message, delivery.Rejected(code, text))


def _record(db: Database, message: Outgoing, outcome: Outcome) -> None:
    record_outcomes(db, "practice", [(message, outcome)], retry=lambda tries: backoff(tries, 0.5))
