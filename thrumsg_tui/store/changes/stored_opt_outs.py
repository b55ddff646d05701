"""The stored opt-outs: reading, entering and erasing them, with the wishes behind them (`docs/rules.md` 5).

Nothing here is recorded or refused; `changes/opt_outs.py` and `changes/opt_out_lists.py` do that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.changes.scheduled_messages import NOT_LEFT_YET
from thrumsg_tui.store.conversation_state import refresh, reopen_follow_ups
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.queries.consent import wish
from thrumsg_tui.store.times import to_ms

Described: TypeAlias = Mapping[str, str | int | None]
"""An opt-out as the journal keeps it for undo: kind, note, at, user_id."""


def note_wish(tx: Transaction, phone: str, written_at: datetime) -> None:
    """Remember when somebody wished that a number is not texted: the newest time counts, whatever came last.

    For the contact's own words, call it before the opt-out that they make, so that one that is there already keeps its
    time. A list and a redo wish it now, also of a number that is out already (`docs/rules.md 5.5`).
    """
    present = wish(tx.conn, phone)
    newest = max(written_at, present.written_at) if present else written_at
    tx.conn.execute(
        """
        INSERT INTO opt_out_word (phone, written_at, came_at) VALUES (:phone, :written_at, :now)
        ON CONFLICT (phone) DO UPDATE SET written_at = excluded.written_at, came_at = excluded.came_at
        WHERE excluded.written_at > opt_out_word.written_at
        """,
        {"phone": phone, "written_at": to_ms(newest), "now": tx.now_ms},
    )


def erase_opt_out(tx: Transaction, phone: str) -> list[ConversationId]:
    """Take the opt-out of a number away and return its conversations."""
    tx.conn.execute("DELETE FROM opt_out WHERE phone = ?", (phone,))
    return mark(tx, phone, opted_out=False)


def describe_opt_out(tx: Transaction, phone: str) -> Described | None:
    """Describe a number's opt-out for the journal, None where there is none."""
    row = tx.conn.execute("SELECT kind, note, at, user_id FROM opt_out WHERE phone = ?", (phone,)).fetchone()
    return None if row is None else dict(row)


def enter_opt_out(tx: Transaction, phone: str, described: Described) -> list[ConversationId]:
    """Store an opt-out as described, mark the number's conversations, cancel what waits in them; nobody is told."""
    tx.conn.execute(
        """
        INSERT INTO opt_out (phone, kind, note, note_key, at, user_id)
        VALUES (:phone, :kind, :note, :note_key, :at, :user_id)
        """,
        {**described, "phone": phone, "note_key": fold(str(described["note"]))},
    )
    concerned = mark(tx, phone, opted_out=True)
    _cancel_unsent(tx, concerned)
    return concerned


def mark(tx: Transaction, phone: str, *, opted_out: bool) -> list[ConversationId]:
    """Carry a number's opt-out state into all its conversations, and return them, last texted first."""
    tx.conn.execute(
        "UPDATE conversation SET opted_out = ? WHERE contact_id = (SELECT id FROM contact WHERE phone = ?)",
        (int(opted_out), phone),
    )
    return conversations_of(tx, phone)


def conversations_of(tx: Transaction, phone: str) -> list[ConversationId]:
    """List a number's conversations, last texted first."""
    rows = tx.conn.execute(
        """
        SELECT id FROM conversation WHERE contact_id = (SELECT id FROM contact WHERE phone = ?)
        ORDER BY COALESCE(last_texted_at, 0) DESC, id DESC
        """,
        (phone,),
    )
    return [ConversationId(row["id"]) for row in rows]


def _cancel_unsent(tx: Transaction, concerned: list[ConversationId]) -> None:
    """Cancel what waits to be sent to a number that has just opted out (`docs/rules.md 5.8`)."""
    for conversation_id in concerned:
        cancelled = tx.conn.execute(
            f"""
            UPDATE message SET state = 'cancelled', state_at = :now, leaves_at = NULL
            WHERE conversation_id = :conversation_id AND {NOT_LEFT_YET}
            """,
            {"now": tx.now_ms, "conversation_id": conversation_id},
        )
        if cancelled.rowcount:
            reopen_follow_ups(tx.conn, conversation_id)
            refresh(tx.conn, conversation_id)
