"""Opt-outs of a whole list of numbers, as one change that is undone as one (`docs/rules.md 5.2`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

from thrumsg_tui.domain.conversation_facts import ListOptedOut, ListUndone
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.stored_opt_outs import (
    Described,
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
from thrumsg_tui.store.phones import normalize, require_region

_LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_SEPARATOR = re.compile(r"\t|[,;](?!\s*(?:ext|x\s*\d))", re.IGNORECASE)
"""Separates one number from the next, but not a number from its extension."""


@dataclass(frozen=True, slots=True)
class NoNumber:
    """A piece of a list that is not a number that can be texted: its line (from 1), its text, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListedOptOuts:
    """The result of a list: the numbers (E.164) that it opted out, those opted out already, and unreadable pieces.

    `repeated` counts the pieces that repeat an earlier number; `event` is None if no number was new.
    """

    event: EventId | None
    new: tuple[str, ...]
    already: tuple[str, ...]
    repeated: int
    unreadable: tuple[NoNumber, ...]


@change
def opt_out_numbers(db: Database, who: Identity, text: str, note: str = "", region: str = "US") -> ListedOptOuts:
    """Opt out the numbers of a pasted list, under one event and without confirmations (`docs/rules.md 5.2`).

    A number that was opted out already counts as asked for anew (`docs/rules.md 5.5`), but is not journalled.

    Args:
        db: The database.
        who: The person.
        text: Numbers in any spelling, separated by line breaks, commas, semicolons or tabs.
        note: The note of each new opt-out.
        region: The region of numbers without a country code.

    Raises:
        Refused: If the list is empty or the region unknown. Unreadable pieces are returned, not refused.
    """
    who.require(Permission.CHANGE_OPT_OUTS)
    require_storable(note)
    try:
        require_region(region)
    except ValueError as error:
        raise Refused(str(error)) from None
    listed = list(pieces(text))
    if not listed:
        raise Refused("The list is empty.", Nothing.CHANGED)
    phones: list[str] = []
    unreadable = []
    for line, piece in listed:
        try:
            phones.append(normalize(piece, region, to_opt_out=True).e164)
        except ValueError as reason:
            unreadable.append(NoNumber(line, piece, str(reason)))
    wanted = dict.fromkeys(phones, note.strip())
    with db.writing() as tx:
        tx.hold(*number_locks(*wanted))
        batch = enter_list(tx, who, wanted.items())
        event = None
        if batch.opt_outs:
            event = record(
                tx,
                who,
                EventKind.OPT_OUT,
                ListOptedOut(len(batch.opt_outs), note.strip()),
                details=batch.details,
                undoable=True,
            )
            batch.note(tx, event)
    already = tuple(phone for phone in wanted if phone not in batch.opt_outs)
    return ListedOptOuts(event, tuple(batch.opt_outs), already, len(phones) - len(wanted), tuple(unreadable))


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield the stripped pieces of a list that are not blank, each with its line, from 1."""
    for line, content in enumerate(_LINE_END.split(text), start=1):
        for piece in _SEPARATOR.split(content):
            if piece.strip():
                yield line, piece.strip()


@dataclass(frozen=True, slots=True)
class Batch:
    """Opt-outs that were stored or deleted together, by number, and the conversations concerned."""

    opt_outs: Mapping[str, Described]
    conversations: tuple[ConversationId, ...]

    @property
    def details(self) -> dict[str, object]:
        """The details that undo needs, besides what `note` stores."""
        return {"numbers": len(self.opt_outs)}

    def note(self, tx: Transaction, event_id: EventId) -> None:
        """Store the numbers and the conversations under an event."""
        tx.conn.executemany(
            """
            INSERT INTO event_number (event_id, phone, kind, note, at, user_id)
            VALUES (:event_id, :phone, :kind, :note, :at, :user_id)
            """,
            ({**described, "event_id": event_id, "phone": phone} for phone, described in self.opt_outs.items()),
        )
        touch(tx, event_id, ((conversation_id, None, None) for conversation_id in self.conversations))


def enter_list(tx: Transaction, who: Identity, notes: Iterable[tuple[str, str]]) -> Batch:
    """Opt out the numbers that are not opted out yet, without confirmations; the caller writes the journal.

    Args:
        tx: The transaction.
        who: The person.
        notes: The numbers (E.164), each with the note of its opt-out.
    """
    described = ((phone, _described(tx, who, note)) for phone, note in notes)
    return _batch(_entered(tx, described))


@dataclass(frozen=True, slots=True)
class OptOutList(UndoableChange):
    """The opt-outs of a list or a file; as an undo, their opt-ins. `numbers` is how many there were."""

    numbers: int

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event; its numbers are in `event_number`."""
        return cls(event, details["numbers"]) if "numbers" in details else None

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permission to change opt-outs."""
        who.require(Permission.CHANGE_OPT_OUTS)

    def is_effective(self, conn: Connection) -> bool:
        """Whether any number is still as the change left it."""
        still = "opt_out.phone IS NULL" if self.is_undo else "opt_out.at = event_number.at"
        row = conn.execute(
            f"""
            SELECT 1 FROM event_number LEFT JOIN opt_out ON opt_out.phone = event_number.phone
            WHERE event_number.event_id = ? AND {still} LIMIT 1
            """,
            (self.event.id,),
        ).fetchone()
        return row is not None

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The numbers."""
        return number_locks(*(phone for phone, _ in _numbers(conn, self.event.id)))

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Opt the numbers in again or, for a redo, out as they were; skip those that were opted in or out since."""
        out, numbers = self.is_undo, _numbers(tx.conn, self.event.id)
        batch = _batch(_entered(tx, numbers) if out else _erased(tx, numbers))
        if not batch.opt_outs:
            return self.nothing_left("all of its numbers were opted in or out again since")
        facts = ListUndone(len(batch.opt_outs), left=self.numbers - len(batch.opt_outs), opted_out=out)
        undone = self.record_undo(tx, who, facts, batch.details, ())
        if undone.event is not None:
            batch.note(tx, undone.event)
        return undone


_Step = tuple[str, Described, list[ConversationId]]


def _entered(tx: Transaction, wanted: Iterable[tuple[str, Described]]) -> Iterator[_Step]:
    for phone, described in wanted:
        is_new = describe_opt_out(tx, phone) is None
        if is_new:
            yield phone, described, enter_opt_out(tx, phone, described)
        if not is_new or described["at"] != tx.now_ms:
            note_wish(tx, phone, tx.now)


def _erased(tx: Transaction, made: Iterable[tuple[str, Described]]) -> Iterator[_Step]:
    for phone, described in made:
        present = describe_opt_out(tx, phone)
        if present is not None and present["at"] == described["at"]:
            yield phone, present, erase_opt_out(tx, phone)


def _batch(steps: Iterable[_Step]) -> Batch:
    opt_outs: dict[str, Described] = {}
    conversations: list[ConversationId] = []
    for phone, described, concerned in steps:
        opt_outs[phone] = described
        conversations += concerned
    return Batch(opt_outs, tuple(conversations))


def _described(tx: Transaction, who: Identity, note: str) -> Described:
    return {"kind": OptOutKind.IMPORTED, "note": note, "at": tx.now_ms, "user_id": who.user.id}


def _numbers(conn: Connection, event_id: EventId) -> list[tuple[str, Described]]:
    rows = conn.execute(
        "SELECT phone, kind, note, at, user_id FROM event_number WHERE event_id = ? ORDER BY phone", (event_id,)
    )
    return [(row["phone"], {key: row[key] for key in row.keys()[1:]}) for row in rows]
