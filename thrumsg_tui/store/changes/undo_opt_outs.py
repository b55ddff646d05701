"""Undo of the opt-out and of the opt-in of a single phone number (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from thrumsg_tui.domain.conversation_facts import (
    OptInUndone,
    OptOutUndone,
)
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageState, OptOutKind
from thrumsg_tui.domain.events import Event, UndoPreview
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_out_confirmations import confirmations
from thrumsg_tui.store.changes.stored_opt_outs import (
    Described,
    describe_opt_out,
    enter_opt_out,
    erase_opt_out,
    note_wish,
)
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.locks import Lock, number_locks
from thrumsg_tui.store.queries.ownership import require_own_number
from thrumsg_tui.store.queries.thread import get_conversation_head, get_opt_out


@dataclass(frozen=True, slots=True)
class NumberOptOut(UndoableChange):
    """The opt-out of one number at `at` (ms since the epoch); `at` is None in an event that only repeats it."""

    phone: str
    at: int | None

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event."""
        if "phone" not in details or details.get("old"):
            return None
        return cls(event, details["phone"], details.get("at"))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permission to opt a number in."""
        who.require(Permission.OPT_IN)

    def is_effective(self, conn: Connection) -> bool:
        """Whether the number is still opted out by this very change."""
        still = conn.execute("SELECT 1 FROM opt_out WHERE phone = ? AND at = ?", (self.phone, self.at))
        return still.fetchone() is not None

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Also say whether the contact asked for the opt-out in their own words, and whether they were told of it."""
        present = get_opt_out(conn, self.phone) if self.is_effective(conn) else None
        asked_for = present is not None and present.kind is OptOutKind.AUTOMATIC
        return UndoPreview(entry, present is not None, asked_for=asked_for, told=self.was_told(conn))

    def was_told(self, conn: Connection) -> bool:
        """Whether a confirmation of the opt-out has left for the contact."""
        return bool(confirmations(conn, self.phone, self.at) - {MessageState.QUEUED, MessageState.UNSENT})

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The number."""
        return number_locks(self.phone)

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Opt the number in again."""
        present = describe_opt_out(tx, self.phone)
        if present is None:
            return self.nothing_left("the number was opted in since")
        if present["at"] != self.at:
            return self.nothing_left("the number was opted out again since")
        concerned = erase_opt_out(tx, self.phone)
        asked = present["kind"] == OptOutKind.AUTOMATIC
        facts = OptOutUndone(_name_of(tx, concerned), asked=asked, told=self.was_told(tx.conn))
        return self.record_undo(tx, who, facts, {"phone": self.phone, "old": present}, concerned)


@dataclass(frozen=True, slots=True)
class NumberOptIn(UndoableChange):
    """The opt-in of one number, with the opt-out that it ended and the conversations whose flags it removed."""

    phone: str
    old: Described
    flagged: tuple[ConversationId, ...]

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event; the event of an undo has no flags."""
        if "phone" not in details or not details.get("old"):
            return None
        return cls(event, details["phone"], details["old"], tuple(details.get("flagged", ())))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the person to hold a conversation of the number or work for others."""
        require_own_number(conn, who, self.phone)

    def is_effective(self, conn: Connection) -> bool:
        """Whether the number is still opted in."""
        return conn.execute("SELECT 1 FROM opt_out WHERE phone = ?", (self.phone,)).fetchone() is None

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The number."""
        return number_locks(self.phone)

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Opt the number out as it was, without a confirmation, and flag its conversations again."""
        if not self.is_effective(tx.conn):
            return self.nothing_left("the number was opted out since")
        concerned = enter_opt_out(tx, self.phone, self.old)
        if self.is_undo:
            note_wish(tx, self.phone, tx.now)
        was_flagged = ((conversation_id,) for conversation_id in self.flagged)
        tx.conn.executemany("UPDATE conversation SET flagged = 1 WHERE id = ?", was_flagged)
        details = {"phone": self.phone, "at": self.old["at"]}
        return self.record_undo(tx, who, OptInUndone(_name_of(tx, concerned)), details, concerned)


def _name_of(tx: Transaction, concerned: Sequence[ConversationId]) -> str | None:
    return get_conversation_head(tx.conn, concerned[0]).name if concerned else None
