"""Opting a phone number out and in, in every campaign at once (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.store.changes.scheduled_messages import HELD
from thrumsg_tui.store.changes.send import store_outgoing
from thrumsg_tui.store.conversation_state import refresh, reopen_follow_ups
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.consent import wish
from thrumsg_tui.store.queries.ownership import require_own_number
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.thread import conversation, opt_out
from thrumsg_tui.store.times import to_ms

Described = Mapping[str, str | int | None]
"""An opt-out as the journal keeps it for undo: kind, note, at, user_id."""


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
    with db.writing() as tx:
        require_own_number(tx.conn, who, phone)
        if already := opt_out(tx.conn, phone):
            raise Refused(f"{phone} is opted out already, since {already.at:%Y-%m-%d %H:%M} UTC.")
        return store_opt_out(tx, who, phone, OptOutKind.MANUAL, note)


def opt_out_each(db: Database, who: Identity, phones: Sequence[str], note: str = "") -> tuple[OptedOut, ...]:
    """Opt several numbers (E.164) out by hand, all or none, and return what was done for those that were not already.

    Raises `Refused` for a sender who holds no conversation of one of them.
    """
    who.require(Permission.WORK)
    with db.writing() as tx:
        for phone in phones:
            require_own_number(tx.conn, who, phone)
        wanted = []
        for phone in dict.fromkeys(phones):
            if opt_out(tx.conn, phone) is None:
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
    with db.writing() as tx:
        present = opt_out(tx.conn, phone)
        if present is None:
            raise Refused(f"{phone} is not opted out, so there is no note to change.")
        if present.note == note:
            return None
        tx.conn.execute("UPDATE opt_out SET note = ?, note_key = ? WHERE phone = ?", (note, fold(note), phone))
        concerned = conversations_of(tx, phone)
        event_id = record(
            tx,
            who,
            EventKind.CHANGE_OPT_OUT,
            f"changed the note on the opt-out of {phone} to {note!r}, was {present.note!r}",
            conversation_id=concerned[0] if concerned else None,
            details={"thread": f"note on the opt-out changed by {who.user.name}: {note or '(none)'}"},
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
    confirmed = _confirm(tx, who, phone, asked_in)
    by = who.user.name if who else "the contact"
    event_id = record(
        tx,
        who,
        EventKind.OPT_OUT,
        f"opted {phone} out ({kind})",
        conversation_id=concerned[0] if concerned else None,
        details={"phone": phone, "at": tx.now_ms, "thread": f"opted out by {by}" + (f": {note}" if note else "")},
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
        _confirm(tx, None, phone, asked_in)
    tx.conn.execute(
        "UPDATE opt_out SET kind = ?, note = ?, note_key = ?, at = ?, user_id = NULL WHERE phone = ?",
        (OptOutKind.AUTOMATIC, words, fold(words), tx.now_ms, phone),
    )
    record(tx, None, EventKind.OPT_OUT, f"{phone} asked to be opted out, as it is", details={"phone": phone})


def note_wish(tx: Transaction, phone: str, written_at: datetime) -> None:
    """Remember when somebody wished that a number is not texted: the newest time counts, whatever came last.

    For the contact's own words, call it before the opt-out that they make, so that one that is there already keeps its
    time. A list and a redo wish it now, also of a number that is out already (`docs/rules.md 5.5`).
    """
    present = wish(tx.conn, phone)
    newest = max(written_at, present.written_at) if present else written_at
    tx.conn.execute(
        """
        INSERT INTO opt_out_word (phone, written_at, came_at) VALUES (:phone, :written_at, :now)
        ON CONFLICT (phone) DO UPDATE SET written_at = excluded.written_at, came_at = excluded.came_at
        WHERE excluded.written_at > opt_out_word.written_at
        """,
        {"phone": phone, "written_at": to_ms(newest), "now": tx.now_ms},
    )


def confirmations(tx: Transaction, phone: str, since: object) -> set[MessageState]:
    """How far the confirmations are that a number has had since a moment; those that were cancelled are none."""
    rows = tx.conn.execute(
        """
        SELECT message.state FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE contact.phone = ? AND message.kind = ? AND message.state <> ? AND message.at >= ?
        """,
        (phone, MessageKind.OPT_OUT_CONFIRMATION, MessageState.CANCELLED, since),
    )
    return {MessageState(row["state"]) for row in rows}


def store_opt_in(tx: Transaction, who: Identity | None, phone: str) -> OptedOut:
    """Opt a number in that is opted out; the old opt-out stays in the journal, for undo."""
    described = describe_opt_out(tx, phone)
    if described is None:
        raise Refused(f"{phone} is not opted out.")
    concerned = erase_opt_out(tx, phone)
    flagged = tx.conn.execute(
        """
        UPDATE conversation SET flagged = 0
        WHERE flagged = 1 AND contact_id = (SELECT id FROM contact WHERE phone = ?) RETURNING id
        """,
        (phone,),
    ).fetchall()
    by = who.user.name if who else "the contact"
    event_id = record(
        tx,
        who,
        EventKind.OPT_IN,
        f"opted {phone} in",
        conversation_id=concerned[0] if concerned else None,
        details={
            "phone": phone,
            "old": described,
            "flagged": [row["id"] for row in flagged],
            "thread": f"opted in by {by}",
        },
        undoable=True,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    return OptedOut(event_id, phone, tuple(concerned), False)


def erase_opt_out(tx: Transaction, phone: str) -> list[ConversationId]:
    """Take the opt-out of a number away and return its conversations."""
    tx.conn.execute("DELETE FROM opt_out WHERE phone = ?", (phone,))
    return mark(tx, phone, opted_out=False)


def describe_opt_out(tx: Transaction, phone: str) -> Described | None:
    """Describe a number's opt-out for the journal, None where there is none."""
    row = tx.conn.execute("SELECT kind, note, at, user_id FROM opt_out WHERE phone = ?", (phone,)).fetchone()
    return None if row is None else dict(row)


def enter_opt_out(tx: Transaction, phone: str, described: Described) -> list[ConversationId]:
    """Store an opt-out as described, mark the number's conversations, cancel what waits in them; nobody is told."""
    tx.conn.execute(
        """
        INSERT INTO opt_out (phone, kind, note, note_key, at, user_id)
        VALUES (:phone, :kind, :note, :note_key, :at, :user_id)
        """,
        {**described, "phone": phone, "note_key": fold(str(described["note"]))},
    )
    concerned = mark(tx, phone, opted_out=True)
    _cancel_unsent(tx, concerned)
    return concerned


def mark(tx: Transaction, phone: str, *, opted_out: bool) -> list[ConversationId]:
    """Carry a number's opt-out state into all its conversations, and return them, last texted first."""
    tx.conn.execute(
        "UPDATE conversation SET opted_out = ? WHERE contact_id = (SELECT id FROM contact WHERE phone = ?)",
        (int(opted_out), phone),
    )
    return conversations_of(tx, phone)


def conversations_of(tx: Transaction, phone: str) -> list[ConversationId]:
    """List a number's conversations, last texted first."""
    rows = tx.conn.execute(
        """
        SELECT id FROM conversation WHERE contact_id = (SELECT id FROM contact WHERE phone = ?)
        ORDER BY COALESCE(last_texted_at, 0) DESC, id DESC
        """,
        (phone,),
    )
    return [ConversationId(row["id"]) for row in rows]


def _cancel_unsent(tx: Transaction, concerned: list[ConversationId]) -> None:
    """Cancel what waits to be sent to a number that has just opted out (`docs/rules.md 5.8`)."""
    for each in concerned:
        cancelled = tx.conn.execute(
            f"""
            UPDATE message SET state = 'cancelled', state_at = :now, leaves_at = NULL
            WHERE conversation_id = :conversation_id AND {HELD}
            """,
            {"now": tx.now_ms, "conversation_id": each},
        )
        if cancelled.rowcount:
            reopen_follow_ups(tx.conn, each)
            refresh(tx.conn, each)


def _confirm(tx: Transaction, who: Identity | None, phone: str, asked_in: ConversationId | None) -> bool:
    """Send the organization's opt-out message where the number was texted last (`docs/rules.md 5.2`, `5.9`).

    Whoever asked for it is told where they did, although nobody may have texted them before (`docs/rules.md 5.3`). A
    draft and an archived campaign send nothing.
    """
    row = tx.conn.execute(
        f"""
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE contact.phone = :phone AND campaign.state IN (:active, :paused)
          AND {"conversation.texted = 1" if asked_in is None else "1 = 1"}
        ORDER BY CASE WHEN conversation.id = :asked_in THEN 0 ELSE 1 END,
                 COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC
        LIMIT 1
        """,
        {"phone": phone, "asked_in": asked_in, "active": CampaignState.ACTIVE, "paused": CampaignState.PAUSED},
    ).fetchone()
    if row is None:
        return False
    to = conversation(tx.conn, ConversationId(row["id"]))
    message = settings(tx.conn).opt_out_message
    of = campaign(tx.conn, to.campaign_id)
    store_outgoing(tx, who, to, of, MessageKind.OPT_OUT_CONFIRMATION, message)
    return True
