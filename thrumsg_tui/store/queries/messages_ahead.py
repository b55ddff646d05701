"""The scheduled messages of a conversation, which the later ones do not overtake (`docs/rules.md 10.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import Ahead, ConversationId
from thrumsg_tui.store.engines.connection import Asked, Connection
from thrumsg_tui.store.times import from_ms, from_ms_or_none

NOT_LEFT_YET = "(message.state = 'unsent' OR message.state = 'queued' AND message.leaves_at > :now)"
"""On `message`: whether it waits for the opening, or for the seconds in which it can be undone."""


def scheduled_until(message: str) -> str:
    """Return in SQL until when the last of some messages is scheduled, NULL if none is.

    The state is no condition of the query: by that, SQLite would read the scheduled messages of all campaigns.
    """
    return f"MAX(CASE WHEN {message}.state = 'unsent' THEN {message}.leaves_at END)"


def ask_ahead(conn: Connection, conversation_id: ConversationId) -> Asked[Ahead | None]:
    """Ask for the scheduled messages of a conversation, None if there are none; by `message_in_thread`."""
    rows = conn.execute(
        f"""
        SELECT {scheduled_until("message")} AS until,
               MAX(CASE WHEN message.state = 'unsent' AND message.kind = 'initial'
                        THEN message.leaves_at END) AS initial_at
        FROM message WHERE message.conversation_id = ?
        """,
        (conversation_id,),
    )

    def read() -> Ahead | None:
        row = rows.fetchone()
        return None if row["until"] is None else Ahead(from_ms(row["until"]), from_ms_or_none(row["initial_at"]))

    return read
