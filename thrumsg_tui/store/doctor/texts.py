"""What is worked out of words: how many segments a message takes, and how the note of an opt-out is searched."""

from __future__ import annotations

from collections.abc import Iterator

from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.base import Connection


def find(conn: Connection) -> Iterator[Problem]:
    """Find what is worked out wrongly."""
    for message_id, stored, right in _wrong_segments(conn):
        yield Problem(f"message {message_id}", f"its segments should be {right}, and {stored} is stored.")
    for _, phone in _wrong_notes(conn):
        yield Problem("the opt-out of", "is not found by the words of its note.", phone=Phone(phone))


def mend(tx: Transaction) -> Iterator[str]:
    """Work it out again."""
    if segments := list(_wrong_segments(tx.conn)):
        measured = ((right, message_id) for message_id, _, right in segments)
        tx.conn.executemany("UPDATE message SET segments = ? WHERE id = ?", measured)
        yield f"segments of {pluralize(len(segments), 'message')} measured"
    if notes := list(_wrong_notes(tx.conn)):
        tx.conn.executemany("UPDATE opt_out SET note_key = ? WHERE phone = ?", notes)
        yield f"searched notes of {pluralize(len(notes), 'opt-out')} recomputed"


def _wrong_segments(conn: Connection) -> Iterator[tuple[int, int, int]]:
    """Name each message whose segments are stored wrongly, with what is stored and what is right."""
    for row in conn.execute("SELECT id, body, segments FROM message ORDER BY id"):
        right = measure(row["body"]).segments
        if row["segments"] != right:
            yield row["id"], row["segments"], right


def _wrong_notes(conn: Connection) -> Iterator[tuple[str, str]]:
    """Pair the note of an opt-out as it should be searched with its number, where something else is stored."""
    for row in conn.execute("SELECT phone, note, note_key FROM opt_out ORDER BY phone"):
        if row["note_key"] != fold(row["note"]):
            yield fold(row["note"]), row["phone"]
