"""Skip a follow-up in one conversation, and undo that (`docs/rules.md 3.1`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from thrumsg_tui.domain.campaign_facts import FollowUpSkipped, FollowUpSkipUndone, SkipUndoneState
from thrumsg_tui.domain.campaigns import FollowUpId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.changes.send import close_follow_up
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange
from thrumsg_tui.store.conversation_state import refresh_follow_ups, refresh_pending_follow_ups
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock, Lock
from thrumsg_tui.store.queries.ownership import require_own
from thrumsg_tui.store.queries.thread import get_conversation_head


@change
def skip_follow_up(db: Database, who: Identity, conversation_id: ConversationId) -> EventId:
    """Skip the present follow-up of a conversation. It can be undone.

    Raises:
        Refused: If there is no follow-up to skip, if the campaign is archived, or if the conversation is somebody
            else's and the role may work only its own.
    """
    who.require(Permission.WORK)
    with db.writing() as tx:
        tx.hold(ConversationLock(conversation_id))
        conversation = get_conversation_head(tx.conn, conversation_id)
        require_own(who, conversation)
        require_not_archived(tx, conversation.campaign_id)
        if conversation.follow_up_id is None or conversation.opted_out or conversation.status is Status.NOT_STARTED:
            raise Refused(f"There is no follow-up to skip for {conversation.name}.")
        title = tx.conn.execute("SELECT title FROM follow_up WHERE id = ?", (conversation.follow_up_id,)).fetchone()[
            "title"
        ]
        close_follow_up(tx, conversation.id, conversation.follow_up_id, "skipped")
        event_id = record(
            tx,
            who,
            EventKind.SKIP_FOLLOW_UP,
            FollowUpSkipped(title, conversation.name),
            campaign_id=conversation.campaign_id,
            details={"follow_up": conversation.follow_up_id},
            undoable=True,
        )
        touch(tx, event_id, [(conversation.id, None, None)])
        return event_id


@dataclass(frozen=True, slots=True)
class FollowUpSkip(UndoableChange):
    """A follow-up that was skipped in a conversation; as an undo, one that is pending there again."""

    ends_with_campaign = True

    follow_up: FollowUpId

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event."""
        return cls(event, details["follow_up"]) if "follow_up" in details else None

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the person to hold the conversation or work for others, and the campaign not to be archived."""
        require_own(who, self.conversation(conn))
        self.require_not_archived(conn)

    def is_effective(self, conn: Connection) -> bool:
        """Whether the follow-up is active, and its state in the conversation is still the one that the change set."""
        row = conn.execute(
            """
            SELECT 1 FROM event_conversation AS touched
            JOIN follow_up_target AS target ON target.conversation_id = touched.conversation_id
            JOIN follow_up ON follow_up.id = target.follow_up_id AND follow_up.active = 1
            WHERE touched.event_id = ? AND target.follow_up_id = ? AND target.state = ?
            """,
            (self.event.id, self.follow_up, "pending" if self.is_undo else "skipped"),
        ).fetchone()
        return row is not None

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The conversation."""
        return self.conversation_locks(conn)

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Set the follow-up to pending again or, for a redo, skip it again."""
        to, skips = self.conversation(tx.conn), self.is_undo
        if not _is_active(tx, self.follow_up):
            return self.nothing_left("the follow-up has ended since")
        if not _set_skipped(tx, to.id, self.follow_up, skipped=skips):
            return self.nothing_left("the follow-up was sent or skipped since, or is not for this contact now")
        state = SkipUndoneState.SKIPPED if skips else SkipUndoneState.UP
        if not skips and not _is_pending(tx, to.id, self.follow_up):
            state = SkipUndoneState.NOT_FOR_THEM
        facts = FollowUpSkipUndone(to.name, state)
        return self.record_undo(tx, who, facts, {"follow_up": self.follow_up}, [to.id])


def _is_active(tx: Transaction, follow_up_id: FollowUpId) -> bool:
    """Whether a follow-up has not ended."""
    row = tx.conn.execute("SELECT active FROM follow_up WHERE id = ?", (follow_up_id,)).fetchone()
    return bool(row["active"])


def _is_pending(tx: Transaction, conversation_id: ConversationId, follow_up_id: FollowUpId) -> bool:
    """Whether a follow-up is pending in a conversation."""
    row = tx.conn.execute(
        "SELECT 1 FROM follow_up_target WHERE follow_up_id = ? AND conversation_id = ? AND state = 'pending'",
        (follow_up_id, conversation_id),
    ).fetchone()
    return row is not None


def _set_skipped(tx: Transaction, conversation_id: ConversationId, follow_up_id: FollowUpId, *, skipped: bool) -> bool:
    """Change a follow-up in a conversation from pending to skipped, or back, and return whether it changed."""
    before, after = ("pending", "skipped") if skipped else ("skipped", "pending")
    changed = tx.conn.execute(
        "UPDATE follow_up_target SET state = ? WHERE follow_up_id = ? AND conversation_id = ? AND state = ?",
        (after, follow_up_id, conversation_id, before),
    )
    refresh_follow_ups(tx.conn, conversation_id)
    refresh_pending_follow_ups(tx.conn, "conversation.id = :id", {"id": conversation_id})
    return bool(changed.rowcount)
