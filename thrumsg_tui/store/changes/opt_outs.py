"""Opt-outs and opt-ins of single phone numbers, in all campaigns at once (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversation_facts import (
    NumberOptedIn,
    NumberOptedOut,
    OptOutAskedAgain,
    OptOutNoteChanged,
)
from thrumsg_tui.domain.conversations import CARRIER_MAY_BLOCK, ConversationId, EventId
from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Permission
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
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import number_locks
from thrumsg_tui.store.queries.ownership import require_own_number
from thrumsg_tui.store.queries.thread import get_opt_out


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
def opt_out_number(
    db: Database, who: Identity, phone: str, note: str = "", *, done_in: ConversationId | None = None
) -> OptedOut:
    """Opt a number (E.164) out by hand, with a confirmation if it was ever texted (`docs/rules.md 5.2`).

    Args:
        db: The database.
        who: The person.
        phone: The number.
        note: The note.
        done_in: The conversation of the number in which the person does it, for the history of its campaign.

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
        return store_opt_out(tx, who, phone, OptOutKind.MANUAL, note, done_in=done_in)


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
def opt_in_number(db: Database, who: Identity, phone: str, *, done_in: ConversationId | None = None) -> OptedOut:
    """Opt a number (E.164) in by hand, without a message (`docs/rules.md 5.7`); raise as `store_opt_in` does.

    `done_in` is as for `opt_out_number`.
    """
    who.require(Permission.OPT_IN)
    with db.writing() as tx:
        tx.hold(*number_locks(phone))
        return store_opt_in(tx, who, phone, done_in)


def store_opt_out(
    tx: Transaction,
    who: Identity | None,
    phone: str,
    kind: OptOutKind,
    note: str,
    asked_in: ConversationId | None = None,
    *,
    confirmed: bool = False,
    done_in: ConversationId | None = None,
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
        done_in: As for `opt_out_number`.
    """
    described: Described = {"kind": kind, "note": note, "at": tx.now_ms, "user_id": who.user.id if who else None}
    concerned = enter_opt_out(tx, phone, described)
    sent = not confirmed and confirm(tx, who, phone, asked_in)
    event_id = record(
        tx,
        who,
        EventKind.OPT_OUT,
        NumberOptedOut(Phone(phone), kind, note),
        conversation_id=_journalled_in(concerned, asked_in or done_in),
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
    if asked_in and present and first_time and not confirmed and not confirmations(tx.conn, phone, present["at"]):
        confirm(tx, None, phone, asked_in)
    tx.conn.execute(
        "UPDATE opt_out SET kind = ?, note = ?, note_key = ?, at = ?, user_id = NULL WHERE phone = ?",
        (OptOutKind.AUTOMATIC, words, fold(words), tx.now_ms, phone),
    )
    record(tx, None, EventKind.OPT_OUT, OptOutAskedAgain(Phone(phone)), details={"phone": phone})


def _journalled_in(concerned: Sequence[ConversationId], done_in: ConversationId | None) -> ConversationId | None:
    """Return the conversation of a number under which a change is journalled, the last texted one by default."""
    return done_in if done_in in concerned else next(iter(concerned), None)


def store_opt_in(tx: Transaction, who: Identity | None, phone: str, done_in: ConversationId | None = None) -> OptedOut:
    """Delete the opt-out of a number (E.164) and the flags of its conversations, and journal both for undo.

    `who` is None if the contact's own words did it; `done_in` is as for `opt_out_number`. Raises `Refused` if the
    number is not opted out.
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
        conversation_id=_journalled_in(concerned, done_in),
        details={"phone": phone, "old": described, "flagged": [row["id"] for row in flagged]},
        undoable=True,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    caution = CARRIER_MAY_BLOCK if described["kind"] == OptOutKind.AUTOMATIC else ""
    return OptedOut(event_id, phone, tuple(concerned), False, caution)
