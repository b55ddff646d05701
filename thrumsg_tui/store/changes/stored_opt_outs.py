"""The stored opt-outs, and when each was last asked for: read, store and delete them (`docs/rules.md` 5).

Nothing here checks permissions or writes the journal; `changes/opt_outs.py` and `changes/opt_out_lists.py` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.conversation_state import refresh, reopen_follow_ups
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.queries.consent import wish
from thrumsg_tui.store.queries.messages_ahead import NOT_LEFT_YET
from thrumsg_tui.store.times import to_ms

Described: TypeAlias = Mapping[str, str | int | None]
"""An opt-out as the journal keeps it for undo: `kind`, `note`, `at` (ms since the epoch) and `user_id`."""


def note_wish(tx: Transaction, phone: str, written_at: datetime) -> None:
    """Store when an opt-out was last asked for; an older time than the stored one changes nothing.

    Later opt-in words are compared with this time (`docs/rules.md 5.5`). For the contact's own words, call it before
    their opt-out is stored, so that the time of an opt-out that is there already counts too. A list and a redo call it
    with the present time, also for a number that is opted out already.

    Args:
        tx: The transaction.
        phone: The number (E.164).
        written_at: When the words were written, or now.
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
    """Delete the opt-out of a number, and return the number's conversations, last texted first."""
    tx.conn.execute("DELETE FROM opt_out WHERE phone = ?", (phone,))
    return mark(tx, phone, opted_out=False)


def describe_opt_out(tx: Transaction, phone: str) -> Described | None:
    """Return a number's opt-out as the journal keeps it; None if the number is not opted out."""
    row = tx.conn.execute("SELECT kind, note, at, user_id FROM opt_out WHERE phone = ?", (phone,)).fetchone()
    return None if row is None else dict(row)


def enter_opt_out(tx: Transaction, phone: str, described: Described) -> list[ConversationId]:
    """Store an opt-out, mark the number's conversations, and cancel what has not left in them (`docs/rules.md 5.8`).

    Sends no confirmation. Returns the number's conversations, last texted first.
    """
    tx.conn.execute(
        """
        INSERT INTO opt_out (phone, kind, note, note_key, at, user_id)
        VALUES (:phone, :kind, :note, :note_key, :at, :user_id)
        """,
        {**described, "phone": phone, "note_key": fold(str(described["note"]))},
    )
    concerned = mark(tx, phone, opted_out=True)
    cancel_unsent(tx, concerned)
    return concerned


def mark(tx: Transaction, phone: str, *, opted_out: bool) -> list[ConversationId]:
    """Store in all conversations of a number whether it is opted out, and return them, last texted first."""
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


def cancel_unsent(tx: Transaction, concerned: list[ConversationId]) -> None:
    """Cancel the messages of these conversations that have not left yet (`docs/rules.md 5.8`)."""
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
