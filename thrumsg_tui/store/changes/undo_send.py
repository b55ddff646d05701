"""Taking a message back that no gateway has taken, into its author's message box (`docs/rules.md 3.12`)."""

from __future__ import annotations

from typing import Any

from thrumsg_tui.domain.conversations import ConversationId, EventId, MessageId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity, User
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.store.changes.scheduled_messages import cancel
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.next_message import next_message
from thrumsg_tui.store.queries.people import USER_COLUMNS, user_of
from thrumsg_tui.store.queries.thread import conversation, draft


def unsend(tx: Transaction, who: Identity, event_id: EventId, details: dict[str, Any]) -> Outcome:
    """Cancel the message of a send, with which its conversation is as before, and keep the words as a draft.

    Words that are just the script need no draft: the box shows them again by itself.
    """
    message_id = MessageId(details["message"])
    row = tx.conn.execute(
        f"""
        SELECT message.conversation_id, message.kind, message.body, {USER_COLUMNS}
        FROM message JOIN users ON users.id = message.author_id WHERE message.id = ?
        """,
        (message_id,),
    ).fetchone()
    conversation_id, author = ConversationId(row["conversation_id"]), user_of(row)
    cancel(tx, message_id, conversation_id)
    if details.get("flagged"):
        tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (conversation_id,))
    to = conversation(tx.conn, conversation_id)
    ready = next_message(tx.conn, to, Identity(author, author))
    if (ready.kind, ready.rendered.text) != (row["kind"], row["body"]):
        _keep_as_draft(tx, author, conversation_id, row["body"])
    undo_id = record(
        tx,
        who,
        EventKind.UNDO,
        f"took back a message to {to.name} before it left",
        conversation_id=conversation_id,
        details={"message": message_id, "thread": f"message taken back by {who.user.name} before it left"},
        undoes=event_id,
    )
    touch(tx, undo_id, [(conversation_id, None, None)])
    sentence = f"the message to {to.name} is taken back before it left"
    return Outcome(undo_id, 0, (), {}, sentence, undoable=False)


def _keep_as_draft(tx: Transaction, author: User, conversation_id: ConversationId, words: str) -> None:
    """Put words back into the author's box, before what they have begun to write there since."""
    begun = draft(tx.conn, author.id, conversation_id)
    tx.conn.execute(
        """
        INSERT INTO draft (user_id, conversation_id, body, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (user_id, conversation_id) DO UPDATE SET body = excluded.body, at = excluded.at
        """,
        (author.id, conversation_id, f"{words}\n{begun}" if begun else words, tx.now_ms),
    )
