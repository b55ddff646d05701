"""The base class of changes that can be undone, as undo, preview and history use it (`docs/rules.md 4.9`).

Each subclass is beside the change that it undoes; `parse_undoable.py` lists them.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, TypeAlias

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationHead, ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.reassignment import Outcome, Plan
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock, Lock
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.campaigns import get_campaign

Details: TypeAlias = Mapping[str, Any]
"""The details of an event, parsed from JSON; of undo, only `UndoableChange.parse` reads them."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """The event of a change; `campaign_id` is None if the change concerns no single campaign."""

    id: EventId
    kind: EventKind
    campaign_id: CampaignId | None


@dataclass(frozen=True, slots=True)
class UndoableChange(ABC):
    """A recorded change, with the data that its undo needs.

    Its undo is recorded as a change of the same class, and can therefore be undone too: that is a redo.
    """

    ends_with_campaign: ClassVar[bool] = False
    """Whether it can no longer be undone once its campaign is archived."""

    keeps_references: ClassVar[bool] = False
    """Whether `revert` makes sure itself that what its rows refer to exists (`Database.writing`)."""

    event: RecordedEvent

    @classmethod
    @abstractmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse a change from its event; None if the details are those of another class.

        It must also accept the details that `revert` and earlier versions recorded.
        """

    @abstractmethod
    def require(self, conn: Connection, who: Identity) -> None:
        """Raise unless the person can undo it now.

        Raises:
            NotPermitted: If the role does not allow it.
            Refused: If the conversation is somebody else's, or nobody can undo the change any more.
        """

    @abstractmethod
    def is_effective(self, conn: Connection) -> bool:
        """Whether anything is left to undo; a later change may have replaced it."""

    @abstractmethod
    def locks(self, conn: Connection) -> Sequence[Lock]:
        """Return what `revert` needs to hold."""

    @abstractmethod
    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Undo the change and record the undo.

        Returns:
            What was done. If nothing is left to undo, `event` is None, `sentence` says why, and nothing is journalled.
        """

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Return what `revert` would do, together with `entry`, the event as it is shown."""
        return UndoPreview(entry, self.is_effective(conn))

    def bulk_plan(self, conn: Connection, pacing: Pacing) -> Plan | None:
        """Return the plan of an undo that is too large for one transaction; None if `revert` can make it."""
        return None

    def is_too_late(self, conn: Connection) -> bool:
        """Whether the history no longer offers its undo, although the campaign is not archived."""
        return False

    @property
    def is_undo(self) -> bool:
        """Whether the change is itself an undo, so that undoing it is a redo."""
        return self.event.kind is EventKind.UNDO

    @property
    def undo_kind(self) -> EventKind:
        """The kind under which its undo is recorded."""
        return EventKind.REDO if self.is_undo else EventKind.UNDO

    def require_not_archived(self, conn: Connection) -> None:
        """Raise `Refused` if the campaign of the change is archived."""
        if self.event.campaign_id is None:
            return
        campaign = get_campaign(conn, self.event.campaign_id)
        if campaign.state is CampaignState.ARCHIVED:
            raise Refused(f"{campaign.name!r} is archived: nothing in it changes any more.")

    def conversation_locks(self, conn: Connection) -> Sequence[Lock]:
        """Return the lock of each conversation that the event lists."""
        rows = conn.execute("SELECT conversation_id FROM event_conversation WHERE event_id = ?", (self.event.id,))
        return [ConversationLock(ConversationId(row["conversation_id"])) for row in rows]

    def conversation(self, conn: Connection) -> ConversationHead:
        """Return the conversation of a change that concerns exactly one."""
        from thrumsg_tui.store.queries.thread import get_conversation_head

        row = conn.execute(
            "SELECT conversation_id FROM event_conversation WHERE event_id = ?", (self.event.id,)
        ).fetchone()
        return get_conversation_head(conn, ConversationId(row["conversation_id"]))

    def record_undo(
        self,
        tx: Transaction,
        who: Identity,
        facts: EventFacts,
        details: Mapping[str, object],
        conversations: Sequence[ConversationId],
    ) -> Outcome:
        """Record the undo of the change, and show it in the threads of `conversations`.

        `details` are those that `parse` reads, so that the undo can be undone.
        """
        event_id = record(
            tx,
            who,
            self.undo_kind,
            facts,
            campaign_id=self.event.campaign_id,
            details=details,
            undoable=True,
            undoes=self.event.id,
        )
        touch(tx, event_id, ((conversation_id, None, None) for conversation_id in conversations))
        return Outcome(event_id, 0, (), {}, summary(facts, IN_FULL))

    @staticmethod
    def nothing_left(why: str) -> Outcome:
        """Return an outcome without an event that says why nothing is left to undo."""
        return Outcome(None, 0, (), {}, f"nothing to take back: {why}")


def read_entry(row: Row) -> tuple[RecordedEvent, Details]:
    """Parse a row with the columns `id`, `action`, `campaign_id` and `details` of an event."""
    campaign_id = None if row["campaign_id"] is None else CampaignId(row["campaign_id"])
    return RecordedEvent(EventId(row["id"]), EventKind(row["action"]), campaign_id), json.loads(row["details"])
