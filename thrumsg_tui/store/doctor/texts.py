"""Check figures that follow from texts: the segments of messages, and the searchable notes of opt-outs."""

from __future__ import annotations

from collections.abc import Iterator

from thrumsg_tui.domain.conversations import REMOVED
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.connection import Connection


def find(conn: Connection) -> Iterator[Problem]:
    """Find wrong segment counts and searchable notes."""
    for message_id, stored, right in _wrong_segments(conn):
        yield Problem(f"message {message_id}", f"its segments should be {right}, and {stored} is stored.")
    for _, phone in _wrong_notes(conn):
        yield Problem("the opt-out of", "is not found by the words of its note.", phone=Phone(phone))


def mend(tx: Transaction) -> Iterator[str]:
    """Derive wrong ones again."""
    if segments := list(_wrong_segments(tx.conn)):
        measured = ((right, message_id) for message_id, _, right in segments)
        tx.conn.executemany("UPDATE message SET segments = ? WHERE id = ?", measured)
        yield f"segments of {pluralize(len(segments), 'message')} measured"
    if notes := list(_wrong_notes(tx.conn)):
        tx.conn.executemany("UPDATE opt_out SET note_key = ? WHERE phone = ?", notes)
        yield f"searched notes of {pluralize(len(notes), 'opt-out')} recomputed"


def _wrong_segments(conn: Connection) -> Iterator[tuple[int, int, int]]:
    """Yield id, stored segments and right segments of each message where these differ; purged ones have no text."""
    for row in conn.stream("SELECT id, body, segments FROM message WHERE body <> ? ORDER BY id", (REMOVED,)):
        right = measure(row["body"]).segments
        if row["segments"] != right:
            yield row["id"], row["segments"], right


def _wrong_notes(conn: Connection) -> Iterator[tuple[str, str]]:
    """Yield the right searchable note and the number of each opt-out that stores another."""
    for row in conn.stream("SELECT phone, note, note_key FROM opt_out ORDER BY phone"):
        if row["note_key"] != fold(row["note"]):
            yield fold(row["note"]), row["phone"]
