"""What every change that can be undone offers to undo, preview and history (`docs/rules.md 4.9`).

Each subclass is beside the change that it undoes; `parse_undoable.py` lists them.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationHead, ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.domain.reassignment import Outcome, Plan
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.base import Connection, Row
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.thread import get_conversation_head

Details: TypeAlias = Mapping[str, Any]
"""The details of a journal entry, as JSON gives them; only `UndoableChange.parse` reads them for undo."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """The journal entry of a change: its id, what it records, and its campaign, None for a change of all campaigns."""

    id: EventId
    kind: EventKind
    campaign_id: CampaignId | None


@dataclass(frozen=True, slots=True)
class UndoableChange(ABC):
    """A recorded change, with all that its undo needs to know.

    An undo is recorded as a change of the same class, so that it can be undone too: that is a redo.
    """

    ends_with_campaign: ClassVar[bool] = False
    """Whether nobody can undo it once its campaign is archived."""

    event: RecordedEvent

    @classmethod
    @abstractmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Read a change from its entry; None where the details are those of another kind of change."""

    @abstractmethod
    def require(self, conn: Connection, who: Identity) -> None:
        """Raise `NotPermitted` where the person may not undo it, `Refused` where nobody can any more."""

    @abstractmethod
    def is_effective(self, conn: Connection) -> bool:
        """Whether anything is left to undo: it may have been changed again since."""

    @abstractmethod
    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Undo it, and record that; where nothing is left to undo, only say why."""

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Work out what `revert` would do; `entry` is shown with it."""
        return UndoPreview(entry, self.is_effective(conn))

    def bulk_plan(self, conn: Connection, pacing: Pacing) -> Plan | None:
        """Plan an undo that is too large for one transaction; None for one that is not, which `revert` makes."""
        return None

    def is_too_late(self, conn: Connection) -> bool:
        """Whether the history no longer offers to undo it, although its campaign is not archived."""
        return False

    @property
    def is_undo(self) -> bool:
        """Whether the change is itself an undo."""
        return self.event.kind is EventKind.UNDO

    @property
    def undo_kind(self) -> EventKind:
        """As what its undo is recorded."""
        return EventKind.REDO if self.is_undo else EventKind.UNDO

    def require_not_archived(self, conn: Connection) -> None:
        """Raise `Refused` where the campaign of the change is archived."""
        if self.event.campaign_id is None:
            return
        campaign = get_campaign(conn, self.event.campaign_id)
        if campaign.state is CampaignState.ARCHIVED:
            raise Refused(f"{campaign.name!r} is archived: nothing in it changes any more.")

    def conversation(self, conn: Connection) -> ConversationHead:
        """Read the conversation of a change that concerns exactly one."""
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
        """Record the undo of the change, with the conversations that it concerns."""
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
        """Say why there is nothing to undo."""
        return Outcome(None, 0, (), {}, f"nothing to take back: {why}")


def read_entry(row: Row) -> tuple[RecordedEvent, Details]:
    """Read the columns `id`, `action`, `campaign_id` and `details` of an event."""
    campaign_id = None if row["campaign_id"] is None else CampaignId(row["campaign_id"])
    return RecordedEvent(EventId(row["id"]), EventKind(row["action"]), campaign_id), json.loads(row["details"])
