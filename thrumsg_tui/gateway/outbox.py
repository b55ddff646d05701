"""Bringing queued messages to a gateway (`docs/rules.md 6.6`)."""

from __future__ import annotations

from typing import Protocol

from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.changes.delivery import Outgoing, report, take_queued
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.settings import settings


class Gateway(Protocol):
    """Whoever takes messages to the telephone network."""

    def take(self, message: Outgoing) -> MessageState:
        """Take a message and say what became of it."""


class PracticeGateway:
    """Takes every message at once and sends it nowhere; for practice databases only."""

    def take(self, message: Outgoing) -> MessageState:
        """Call it delivered."""
        del message
        return MessageState.DELIVERED


def deliver(db: Database, gateway: Gateway) -> list[Outgoing]:
    """Bring what is queued to a gateway, and return what it took."""
    delivered = []
    while taken := take_queued(db):
        for message in taken:
            report(db, message.id, _taken(db, gateway, message))
        delivered += taken
    return delivered


def _taken(db: Database, gateway: Gateway, message: Outgoing) -> MessageState:
    """Hand a message over; where that breaks off nobody knows whether it went, and it must not go twice."""
    try:
        return gateway.take(message)
    except BaseException:
        report(db, message.id, MessageState.IN_DOUBT)
        raise


def is_practice(db: Database) -> bool:
    """Whether the database is a practice one."""
    with db.reading() as conn:
        return settings(conn).practice_seed is not None


def deliver_practice(db: Database) -> list[Outgoing]:
    """Deliver what is queued in a practice database; in a real one messages stay queued."""
    return deliver(db, PracticeGateway()) if is_practice(db) else []
