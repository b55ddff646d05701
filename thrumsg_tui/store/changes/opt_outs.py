"""Opt-outs and opt-ins of single phone numbers, in all campaigns at once, and their undo (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from thrumsg_tui.domain.conversation_facts import (
    NumberOptedIn,
    NumberOptedOut,
    OptInUndone,
    OptOutAskedAgain,
    OptOutNoteChanged,
    OptOutUndone,
)
from thrumsg_tui.domain.conversations import CARRIER_MAY_BLOCK, ConversationId, EventId
from thrumsg_tui.domain.enums import MessageState, OptOutKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.opt_out_confirmations import confirm, confirmations
from thrumsg_tui.store.changes.stored_opt_outs import (
    Described,
    conversations_of,
    describe_opt_out,
    enter_opt_out,
    erase_opt_out,
    note_wish,
)
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import Lock, number_locks
from thrumsg_tui.store.queries.ownership import require_own_number
from thrumsg_tui.store.queries.thread import get_conversation_head, get_opt_out


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The result of an opt-out or opt-in: its event, and the conversations of the number, last texted first."""

    event: EventId
    phone: str
    conversations: tuple[ConversationId, ...]
    confirmation_sent: bool
    caution: str = ""
    """What to know after an opt-in: that the carrier may still block the number (`docs/rules.md 10.9`)."""


@change
def opt_out_number(db: Database, who: Identity, phone: str, note: str = "") -> OptedOut:
    """Opt a number (E.164) out by hand, with a confirmation if it was ever texted (`docs/rules.md 5.2`).

    Raises:
        Refused: If it is opted out already, or if the person holds no conversation of the number and the role may work
            only its own.
    """
    who.require(Permission.WORK)
    require_storable(note)
    with db.writing() as tx:
        tx.hold(*number_locks(phone))
        require_own_number(tx.conn, who, phone)
        if already := get_opt_out(tx.conn, phone):
            since = f"{already.at:%Y-%m-%d %H:%M} UTC"
            raise Refused(f"{{phone}} is opted out already, since {since}.", phone=Phone(phone))
        return store_opt_out(tx, who, phone, OptOutKind.MANUAL, note)


@change
def opt_out_each(db: Database, who: Identity, phones: Sequence[str], note: str = "") -> tuple[OptedOut, ...]:
    """Opt several numbers (E.164) out by hand, all or none, each under its own event and with its own confirmation.

    A number that was opted out already counts as asked for anew (`docs/rules.md 5.5`), but is not journalled.

    Returns:
        The results of the numbers that were not opted out before.

    Raises:
        Refused: If the person holds no conversation of one of them and the role may work only its own.
    """
    who.require(Permission.WORK)
    require_storable(note)
    with db.writing() as tx:
        tx.hold(*number_locks(*phones))
        for phone in phones:
            require_own_number(tx.conn, who, phone)
        wanted = []
        for phone in dict.fromkeys(phones):
            if get_opt_out(tx.conn, phone) is None:
                wanted.append(phone)
            else:
                note_wish(tx, phone, tx.now)
        return tuple(store_opt_out(tx, who, phone, OptOutKind.MANUAL, note) for phone in wanted)


@change
def change_note(db: Database, who: Identity, phone: str, note: str) -> EventId | None:
    """Change the note of a number's (E.164) opt-out. The journal keeps the old note; it cannot be undone.

    Returns:
        The event; None if the note was the same before.

    Raises:
        Refused: If the number is not opted out.
    """
    who.require(Permission.CHANGE_OPT_OUTS)
    note = note.strip()
    require_storable(note)
    with db.writing() as tx:
        tx.hold(*number_locks(phone))
        present = get_opt_out(tx.conn, phone)
        if present is None:
            raise Refused("{phone} is not opted out, so there is no note to change.", phone=Phone(phone))
        if present.note == note:
            return None
        tx.conn.execute("UPDATE opt_out SET note = ?, note_key = ? WHERE phone = ?", (note, fold(note), phone))
        concerned = conversations_of(tx, phone)
        event_id = record(
            tx,
            who,
            EventKind.CHANGE_OPT_OUT,
            OptOutNoteChanged(Phone(phone), note, was=present.note),
            conversation_id=concerned[0] if concerned else None,
        )
        touch(tx, event_id, ((each, None, None) for each in concerned))
        return event_id


@change
def opt_in_number(db: Database, who: Identity, phone: str) -> OptedOut:
    """Opt a number (E.164) in by hand, without a message (`docs/rules.md 5.7`); raise as `store_opt_in` does."""
    who.require(Permission.OPT_IN)
    with db.writing() as tx:
        tx.hold(*number_locks(phone))
        return store_opt_in(tx, who, phone)


def store_opt_out(
    tx: Transaction,
    who: Identity | None,
    phone: str,
    kind: OptOutKind,
    note: str,
    asked_in: ConversationId | None = None,
    *,
    confirmed: bool = False,
) -> OptedOut:
    """Store and journal the opt-out of a number, and send its confirmation. It must not be opted out yet.

    Messages to it that have not left are cancelled (`docs/rules.md 5.8`).

    Args:
        tx: The transaction.
        who: The person; None if the contact's own words did it.
        phone: The number (E.164).
        kind: How it was opted out.
        note: The note, or the contact's words.
        asked_in: The conversation in which the contact asked for it; None if they did not ask in one.
        confirmed: Whether the carrier confirms it itself, so that we do not (`docs/rules.md 10.9`).
    """
    described: Described = {"kind": kind, "note": note, "at": tx.now_ms, "user_id": who.user.id if who else None}
    concerned = enter_opt_out(tx, phone, described)
    sent = not confirmed and confirm(tx, who, phone, asked_in)
    event_id = record(
        tx,
        who,
        EventKind.OPT_OUT,
        NumberOptedOut(Phone(phone), kind, note),
        conversation_id=concerned[0] if concerned else None,
        details={"phone": phone, "at": tx.now_ms},
        undoable=True,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    return OptedOut(event_id, phone, tuple(concerned), sent)


def opt_out_at_carrier(tx: Transaction, phone: str) -> None:
    """Opt a number out that the carrier blocks since its owner asked it to, without a confirmation of ours.

    A number that is opted out already stays as it is (`docs/rules.md 10.5`).
    """
    if get_opt_out(tx.conn, phone) is None:
        note_wish(tx, phone, tx.now)
        store_opt_out(tx, None, phone, OptOutKind.AUTOMATIC, "at the carrier", confirmed=True)


def store_own_words(
    tx: Transaction, phone: str, words: str, asked_in: ConversationId | None, *, confirmed: bool = False
) -> None:
    """Turn the present opt-out of a number into one that the contact asked for in their own words, and journal that.

    The undo of an earlier opt-out then leaves it alone. A confirmation is sent if the opt-out was not by their own
    words and none was sent since. `asked_in` is their conversation; None if there is none or automatic opt-out is off,
    and then no confirmation is sent. `confirmed` says that the carrier confirms it, so that we do not.
    """
    present = describe_opt_out(tx, phone)
    first_time = present is not None and present["kind"] != OptOutKind.AUTOMATIC
    if asked_in and present and first_time and not confirmed and not confirmations(tx, phone, present["at"]):
        confirm(tx, None, phone, asked_in)
    tx.conn.execute(
        "UPDATE opt_out SET kind = ?, note = ?, note_key = ?, at = ?, user_id = NULL WHERE phone = ?",
        (OptOutKind.AUTOMATIC, words, fold(words), tx.now_ms, phone),
    )
    record(tx, None, EventKind.OPT_OUT, OptOutAskedAgain(Phone(phone)), details={"phone": phone})


def store_opt_in(tx: Transaction, who: Identity | None, phone: str) -> OptedOut:
    """Delete the opt-out of a number (E.164) and the flags of its conversations, and journal both for undo.

    `who` is None if the contact's own words did it. Raises `Refused` if the number is not opted out.
    """
    described = describe_opt_out(tx, phone)
    if described is None:
        raise Refused("{phone} is not opted out.", phone=Phone(phone))
    concerned = erase_opt_out(tx, phone)
    flagged = tx.conn.execute(
        """
        UPDATE conversation SET flagged = 0
        WHERE flagged = 1 AND contact_id = (SELECT id FROM contact WHERE phone = ?) RETURNING id
        """,
        (phone,),
    ).fetchall()
    event_id = record(
        tx,
        who,
        EventKind.OPT_IN,
        NumberOptedIn(Phone(phone)),
        conversation_id=concerned[0] if concerned else None,
        details={"phone": phone, "old": described, "flagged": [row["id"] for row in flagged]},
        undoable=True,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    caution = CARRIER_MAY_BLOCK if described["kind"] == OptOutKind.AUTOMATIC else ""
    return OptedOut(event_id, phone, tuple(concerned), False, caution)


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
        """Also say whether the contact asked for the opt-out in their own words."""
        present = get_opt_out(conn, self.phone) if self.is_effective(conn) else None
        asked_for = present is not None and present.kind is OptOutKind.AUTOMATIC
        return UndoPreview(entry, present is not None, asked_for=asked_for)

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
        told = confirmations(tx, self.phone, self.at) - {MessageState.QUEUED, MessageState.UNSENT}
        asked = present["kind"] == OptOutKind.AUTOMATIC
        facts = OptOutUndone(_name_of(tx, concerned), asked=asked, told=bool(told))
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
