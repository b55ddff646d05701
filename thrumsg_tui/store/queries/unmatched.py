"""What numbers wrote that nobody knows (`docs/rules.md 1.5`)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.store.times import from_ms


@dataclass(frozen=True, slots=True)
class UnmatchedMessage:
    """An incoming message that belongs to no conversation; `phone` is in E.164."""

    id: int
    at: datetime
    phone: str
    body: str


def unmatched_messages(conn: sqlite3.Connection, offset: int = 0, limit: int | None = None) -> list[UnmatchedMessage]:
    """Read a window of them, the last to arrive first; all without `limit`. By their rowid."""
    rows = conn.execute(
        "SELECT id, at, phone, body FROM unmatched ORDER BY id DESC LIMIT ? OFFSET ?",
        (1 << 60 if limit is None else limit, offset),
    )
    return [UnmatchedMessage(row["id"], from_ms(row["at"]), row["phone"], row["body"]) for row in rows]


def count_unmatched(conn: sqlite3.Connection) -> int:
    """How many there are."""
    return int(conn.execute("SELECT COUNT(*) FROM unmatched").fetchone()[0])
