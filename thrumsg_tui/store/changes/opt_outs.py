"""Opting a phone number out and in, in every campaign at once, and undoing that (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from thrumsg_tui.domain.conversation_facts import (
    NumberOptedIn,
    NumberOptedOut,
    OptInUndone,
    OptOutAskedAgain,
    OptOutNoteChanged,
    OptOutUndone,
)
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import MessageState, OptOutKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.store.changes.confirmations import confirm, confirmations
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
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.ownership import require_own_number
from thrumsg_tui.store.queries.thread import get_conversation_head, get_opt_out


@dataclass(frozen=True, slots=True)
class OptedOut:
    """What an opt-out or opt-in did."""

    event: EventId
    phone: str
    conversations: tuple[ConversationId, ...]
    confirmation_sent: bool


def opt_out_number(db: Database, who: Identity, phone: str, note: str = "") -> OptedOut:
    """Opt a number (E.164) out by hand, telling the contact unless they were never texted (`docs/rules.md 5.2`).

    Raises `Refused` if it is opted out already, or for a sender who holds no conversation of the number.
    """
    who.require(Permission.WORK)
    require_storable(note)
    with db.writing() as tx:
        require_own_number(tx.conn, who, phone)
        if already := get_opt_out(tx.conn, phone):
            since = f"{already.at:%Y-%m-%d %H:%M} UTC"
            raise Refused(f"{{phone}} is opted out already, since {since}.", phone=Phone(phone))
        return store_opt_out(tx, who, phone, OptOutKind.MANUAL, note)


def opt_out_each(db: Database, who: Identity, phones: Sequence[str], note: str = "") -> tuple[OptedOut, ...]:
    """Opt several numbers (E.164) out by hand, all or none, and return what was done for those that were not already.

    Raises `Refused` for a sender who holds no conversation of one of them.
    """
    who.require(Permission.WORK)
    require_storable(note)
    with db.writing() as tx:
        for phone in phones:
            require_own_number(tx.conn, who, phone)
        wanted = []
        for phone in dict.fromkeys(phones):
            if get_opt_out(tx.conn, phone) is None:
                wanted.append(phone)
            else:
                note_wish(tx, phone, tx.now)
        return tuple(store_opt_out(tx, who, phone, OptOutKind.MANUAL, note) for phone in wanted)


def change_note(db: Database, who: Identity, phone: str, note: str) -> EventId | None:
    """Change the note of an opt-out; None where it says so already. The old one stays in the journal.

    Raises `Refused` for a number (E.164) that is not opted out.
    """
    who.require(Permission.CHANGE_OPT_OUTS)
    note = note.strip()
    require_storable(note)
    with db.writing() as tx:
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


def opt_in_number(db: Database, who: Identity, phone: str) -> OptedOut:
    """Opt a number (E.164) in by hand; no message is sent (`docs/rules.md 5.7`)."""
    who.require(Permission.OPT_IN)
    with db.writing() as tx:
        return store_opt_in(tx, who, phone)


def store_opt_out(
    tx: Transaction,
    who: Identity | None,
    phone: str,
    kind: OptOutKind,
    note: str,
    asked_in: ConversationId | None = None,
) -> OptedOut:
    """Opt a number out that is not: mark its conversations, cancel what waits, confirm, journal.

    `asked_in` is where the contact asked for it, if they did.
    """
    described: Described = {"kind": kind, "note": note, "at": tx.now_ms, "user_id": who.user.id if who else None}
    concerned = enter_opt_out(tx, phone, described)
    confirmed = confirm(tx, who, phone, asked_in)
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
    return OptedOut(event_id, phone, tuple(concerned), confirmed)


def store_own_words(tx: Transaction, phone: str, words: str, asked_in: ConversationId | None) -> None:
    """Note that a contact who is opted out has asked for it: from now on it is their own opt-out, for undo too.

    Who was not told of it before is told now; `asked_in` is None where nothing is told of itself.
    """
    present = describe_opt_out(tx, phone)
    first_time = present is not None and present["kind"] != OptOutKind.AUTOMATIC
    if asked_in and present and first_time and not confirmations(tx, phone, present["at"]):
        confirm(tx, None, phone, asked_in)
    tx.conn.execute(
        "UPDATE opt_out SET kind = ?, note = ?, note_key = ?, at = ?, user_id = NULL WHERE phone = ?",
        (OptOutKind.AUTOMATIC, words, fold(words), tx.now_ms, phone),
    )
    record(tx, None, EventKind.OPT_OUT, OptOutAskedAgain(Phone(phone)), details={"phone": phone})


def store_opt_in(tx: Transaction, who: Identity | None, phone: str) -> OptedOut:
    """Opt a number in that is opted out; the old opt-out stays in the journal, for undo."""
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
    return OptedOut(event_id, phone, tuple(concerned), False)


@dataclass(frozen=True, slots=True)
class NumberOptOut(UndoableChange):
    """The opt-out of one number; `at` is when, None in an entry that says only that it was asked for again."""

    phone: str
    at: int | None

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Read it from its entry."""
        if "phone" not in details or details.get("old"):
            return None
        return cls(event, details["phone"], details.get("at"))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permission to opt in."""
        who.require(Permission.OPT_IN)

    def is_effective(self, conn: Connection) -> bool:
        """Whether the number is still opted out by this change."""
        still = conn.execute("SELECT 1 FROM opt_out WHERE phone = ? AND at = ?", (self.phone, self.at))
        return still.fetchone() is not None

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Say too whether the contact asked for it in their own words."""
        present = get_opt_out(conn, self.phone) if self.is_effective(conn) else None
        asked_for = present is not None and present.kind is OptOutKind.AUTOMATIC
        return UndoPreview(entry, present is not None, asked_for=asked_for)

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
    """The opt-in of one number: the opt-out that it ended, and the conversations that lost their flag by it."""

    phone: str
    old: Described
    flagged: tuple[ConversationId, ...]

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Read it from its entry; one of an undo has no flags."""
        if "phone" not in details or not details.get("old"):
            return None
        return cls(event, details["phone"], details["old"], tuple(details.get("flagged", ())))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require a sender to hold a conversation of the number."""
        require_own_number(conn, who, self.phone)

    def is_effective(self, conn: Connection) -> bool:
        """Whether the number is still opted in."""
        return conn.execute("SELECT 1 FROM opt_out WHERE phone = ?", (self.phone,)).fetchone() is None

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Opt the number out as it was, and flag its conversations again."""
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
