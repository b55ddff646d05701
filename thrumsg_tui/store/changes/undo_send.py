"""Undo of a send while no gateway has the message: its text returns to the message box (`docs/rules.md 3.12`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from thrumsg_tui.domain.conversation_facts import MessageTakenBack
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.changes.scheduled_messages import cancel
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock, Lock
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.next_message import next_message
from thrumsg_tui.store.queries.ownership import require_own
from thrumsg_tui.store.queries.thread import get_conversation_head
from thrumsg_tui.store.queries.users import USER_COLUMNS, user_of


@dataclass(frozen=True, slots=True)
class SentMessage(UndoableChange):
    """A message that was sent; as an undo, one that was taken back, for which there is no redo.

    `flagged` is whether the conversation was flagged before the message was sent, which removes the flag.
    """

    ends_with_campaign = True

    message: MessageId
    flagged: bool

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event; events of earlier versions do not have the flag."""
        if "message" not in details:
            return None
        return cls(event, MessageId(details["message"]), bool(details.get("flagged")))

    def require(self, conn: Connection, who: Identity) -> None:
        """Refuse a redo, a message that stays (`why_it_stays`), and an archived campaign."""
        if self.is_undo:
            raise Refused("A message that was taken back is sent again from its message box.")
        if stays := self.why_it_stays(conn, who):
            raise Refused(stays)
        self.require_not_archived(conn)

    def is_effective(self, conn: Connection) -> bool:
        """Whether no gateway has taken the message, and it was not cancelled."""
        row = conn.execute(
            "SELECT 1 FROM message WHERE id = ? AND state IN ('unsent', 'queued')", (self.message,)
        ).fetchone()
        return row is not None

    def is_too_late(self, conn: Connection) -> bool:
        """Whether a gateway has taken the message, or it was cancelled."""
        return not self.is_effective(conn)

    def why_it_stays(self, conn: Connection, who: Identity) -> str | None:
        """Return why a person cannot take the message back; None if they can, or if this is itself an undo."""
        row = conn.execute(
            """
            SELECT message.conversation_id, message.state, undoer.login AS undone_by,
                   message.kind = :initial AND EXISTS (
                       SELECT 1 FROM message AS later
                       WHERE later.conversation_id = message.conversation_id AND later.id > message.id
                         AND later.direction = 'outgoing' AND later.state <> :cancelled AND later.kind <> :confirmation
                   ) AS followed
            FROM event JOIN message ON message.id = :message
            LEFT JOIN event AS undo ON undo.id = event.undone_by LEFT JOIN users AS undoer ON undoer.id = undo.actor_id
            WHERE event.id = :event
            """,
            {
                "event": self.event.id,
                "message": self.message,
                "initial": MessageKind.INITIAL,
                "cancelled": MessageState.CANCELLED,
                "confirmation": MessageKind.OPT_OUT_CONFIRMATION,
            },
        ).fetchone()
        if row is None or self.is_undo:
            return None
        to = get_conversation_head(conn, ConversationId(row["conversation_id"]))
        if row["undone_by"]:
            return f"{row['undone_by']} took the message to {to.name} back already: it never left."
        if row["state"] == MessageState.CANCELLED:
            return f"The message to {to.name} was cancelled already: it never left."
        if row["state"] not in {MessageState.UNSENT, MessageState.QUEUED}:
            return f"The message to {to.name} has left already: it cannot be taken back."
        if row["followed"]:
            return f"Something else was sent to {to.name} after their initial: take that back first."
        try:
            require_own(who, to)
        except Refused as refusal:
            return f"The message to {to.name} cannot be taken back by you any more. {refusal}"
        return None

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The conversation."""
        row = conn.execute("SELECT conversation_id FROM message WHERE id = ?", (self.message,)).fetchone()
        return [ConversationLock(ConversationId(row["conversation_id"]))]

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Cancel the message, restore the flag of its conversation, and keep the text as its author's draft.

        A text that equals the script becomes no draft, since the message box shows the script by itself.
        """
        row = tx.conn.execute(
            f"""
            SELECT message.conversation_id, message.kind, message.body, {USER_COLUMNS}
            FROM message JOIN users ON users.id = message.author_id WHERE message.id = ?
            """,
            (self.message,),
        ).fetchone()
        conversation_id, author = ConversationId(row["conversation_id"]), user_of(row)
        cancel(tx, self.message, conversation_id)
        if self.flagged:
            tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (conversation_id,))
        to = get_conversation_head(tx.conn, conversation_id)
        ready = next_message(tx.conn, to, Identity(author, author))
        if (ready.kind, ready.rendered.text) != (row["kind"], row["body"]):
            _keep_as_draft(tx, author, conversation_id, row["body"])
        undo_id = record(
            tx,
            who,
            EventKind.UNDO,
            MessageTakenBack(to.name),
            conversation_id=conversation_id,
            details={"message": self.message},
            undoes=self.event.id,
        )
        touch(tx, undo_id, [(conversation_id, None, None)])
        sentence = f"the message to {to.name} is taken back before it left"
        return Outcome(undo_id, 0, (), {}, sentence, undoable=False)


def _keep_as_draft(tx: Transaction, author: User, conversation_id: ConversationId, words: str) -> None:
    """Put words into the author's draft, on a line before what they have written there since."""
    begun = draft(tx.conn, author.id, conversation_id)
    tx.conn.execute(
        """
        INSERT INTO draft (user_id, conversation_id, body, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (user_id, conversation_id) DO UPDATE SET body = excluded.body, at = excluded.at
        """,
        (author.id, conversation_id, f"{words}\n{begun}" if begun else words, tx.now_ms),
    )
