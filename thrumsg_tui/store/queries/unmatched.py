"""Incoming messages that are in no conversation, and why (`docs/rules.md 1.5`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from thrumsg_tui.domain.enums import UnmatchedReason
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.media import Media
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.times import from_ms

_COLUMNS = "id, at, phone, body, reason, our_number, media"


@dataclass(frozen=True, slots=True)
class UnmatchedMessage:
    """An incoming message that belongs to no conversation.

    `phone` is the number in E.164, or the sender as the carrier gave it if that is no number. `our_number` is the one
    that it was sent to, if that is known.
    """

    id: int
    at: datetime
    phone: str
    body: str
    reason: UnmatchedReason
    our_number: str | None = None
    media: tuple[Media, ...] = ()


def unmatched_messages(conn: Connection, offset: int = 0, limit: int | None = None) -> list[UnmatchedMessage]:
    """Read a window of all unmatched messages, the last to arrive first; all without `limit`. By rowid."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM unmatched ORDER BY id DESC LIMIT ? OFFSET ?",
        (1 << 60 if limit is None else limit, offset),
    )
    return [_message_of(row) for row in rows]


def unmatched_of(conn: Connection, sender: str, limit: int) -> list[UnmatchedMessage]:
    """Read the latest unmatched messages of one sender, newest first; by `unmatched_of_phone`."""
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM unmatched WHERE phone = ? ORDER BY at DESC, id DESC LIMIT ?",
        (sender, limit),
    )
    return [_message_of(row) for row in rows]


def count_unmatched(conn: Connection) -> int:
    """Count all unmatched messages."""
    return int(conn.execute("SELECT COUNT(*) FROM unmatched").fetchone()[0])


def reasons_of(conn: Connection, sender: str) -> Mapping[UnmatchedReason, int]:
    """Count the unmatched messages of one sender by reason; by `unmatched_of_phone`."""
    rows = conn.execute(
        "SELECT reason, COUNT(*) AS number FROM unmatched WHERE phone = ? GROUP BY reason ORDER BY reason", (sender,)
    )
    return {UnmatchedReason(row["reason"]): row["number"] for row in rows}


def _message_of(row: Row) -> UnmatchedMessage:
    return UnmatchedMessage(
        id=row["id"],
        at=from_ms(row["at"]),
        phone=row["phone"],
        body=row["body"],
        reason=UnmatchedReason(row["reason"]),
        our_number=row["our_number"],
        media=media_from(row["media"]),
    )
