"""The report of all opt-outs for auditors: when, how, by which words, how soon they held (`docs/rules.md 10.11`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.conversation_facts import ListUndone, NumberOptedOut, OptOutAskedAgain, OptOutsKept
from thrumsg_tui.domain.conversations import REMOVED
from thrumsg_tui.domain.enums import MessageKind, OptOutKind
from thrumsg_tui.domain.event_facts import OldSentences
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.event_details import facts_of
from thrumsg_tui.store.export import Record, records, write_csv
from thrumsg_tui.store.export_columns import OPT_OUT_REPORT
from thrumsg_tui.store.export_rows import Rows
from thrumsg_tui.store.times import from_ms, iso, to_ms


def opt_out_report(
    db: Database,
    who: Identity,
    out: Path | TextIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write the report as CSV, and return the number of opt-outs.

    Args:
        db: The database.
        who: The person, who needs the permission to export.
        out: A file to replace, or an open one.
        since: The first moment of an opt-out.
        until: The moment before which it was.
    """
    who.require(Permission.EXPORT)
    with db.reading() as conn:
        return write_csv(_rows(conn, since, until), out)


def reported_opt_outs(
    db: Database, who: Identity, *, since: datetime | None = None, until: datetime | None = None
) -> list[Record]:
    """Return the rows of the report by column name, each value as it is stored."""
    who.require(Permission.EXPORT)
    with db.reading() as conn:
        return records(_rows(conn, since, until))


@dataclass(frozen=True, slots=True)
class _Said:
    """An opt-out as the journal has it."""

    phone: str
    at: int
    kind: str
    by: str
    note: str
    opted_in_at: int | None = None


def _rows(conn: Connection, since: datetime | None, until: datetime | None) -> Rows:
    yield list(OPT_OUT_REPORT)
    for said in _opt_outs(conn):
        at = from_ms(said.at)
        if (since is None or at >= since) and (until is None or at < until):
            contact = _contact(conn, said.phone)
            asked = _asked_by(conn, said)
            state, confirmed_after = _confirmation(conn, said)
            yield [
                iso(at),
                said.phone,
                contact["first_name"] if contact else "",
                contact["last_name"] if contact else "",
                said.kind,
                said.by,
                _words(asked, said),
                asked["id"] if asked else None,
                asked["conversation_id"] if asked else None,
                asked["campaign"] if asked else None,
                state,
                confirmed_after,
                _honored_within(conn, said),
                None if said.opted_in_at is None else iso(from_ms(said.opted_in_at)),
            ]


def _words(asked: Row | None, said: _Said) -> str:
    """Return the words that asked for it; once they were purged, the note, which has them too."""
    body = str(asked["body"]) if asked else ""
    return body if body and (body != REMOVED or not said.note) else said.note


def _opt_outs(conn: Connection) -> list[_Said]:
    """Return all opt-outs in order, each with when its number was opted in again."""
    found: list[_Said] = []
    ended: dict[str, int] = {}
    for said, is_out in reversed(list(_history(conn))):
        if is_out:
            found.append(replace(said, opted_in_at=ended.get(said.phone)))
        else:
            ended[said.phone] = said.at
    return found[::-1]


def _history(conn: Connection) -> Iterator[tuple[_Said, bool]]:
    """Yield what the journal says of opt-outs, oldest first, each with whether it opted a number out or in."""
    rows = conn.execute(
        """
        SELECT event.id, event.at, event.action, event.summary, event.details, undone.details AS undone, users.login
        FROM event
        LEFT JOIN event AS undone ON undone.id = event.undoes
        LEFT JOIN users ON users.id = event.user_id
        WHERE event.action IN ('opt_out', 'opt_in', 'undo', 'redo', 'import') ORDER BY event.id
        """
    )
    for row in rows.fetchall():
        details = json.loads(row["details"])
        if "phone" in details:
            yield _of_number(row, details)
        elif "numbers" in details:
            yield from _of_list(conn, row)


def _of_number(row: Row, details: dict[str, object]) -> tuple[_Said, bool]:
    facts = facts_of(EventKind(row["action"]), row["summary"], row["details"])
    phone, by = str(details["phone"]), row["login"] or "the contact"
    match facts:
        case NumberOptedOut():
            kind, note = str(facts.how), facts.note
        case OptOutAskedAgain():
            kind, note = _AGAIN, ""
        case OldSentences() if named := _OLD_SUMMARY.search(facts.summary):
            kind, note = named[1], facts.thread.partition(": ")[2]
        case OldSentences() if row["action"] == EventKind.OPT_OUT:
            kind, note = _AGAIN, ""
        case _:  # an undo or a redo, which opts the number out as it was
            was = json.loads(row["undone"] or "{}").get("old") or {}
            kind, note = str(was.get("kind", row["action"])), str(was.get("note", ""))
    return _Said(phone, row["at"], kind, by, note), not details.get("old")


_AGAIN = f"{OptOutKind.AUTOMATIC}, again"

_OLD_SUMMARY = re.compile(rf"\(({'|'.join(OptOutKind)})\)$")
"""How an opt-out is named in the journal of versions that stored no facts."""


def _of_list(conn: Connection, row: Row) -> Iterator[tuple[_Said, bool]]:
    facts = facts_of(EventKind(row["action"]), row["summary"], row["details"])
    is_out = facts.opted_out if isinstance(facts, ListUndone) else row["action"] not in {"undo", "opt_in"}
    kept = isinstance(facts, OptOutsKept)
    numbers = conn.execute(
        """
        SELECT event_number.phone, event_number.kind, event_number.note, event_number.at, users.login
        FROM event_number LEFT JOIN users ON users.id = event_number.user_id
        WHERE event_number.event_id = ? ORDER BY event_number.phone
        """,
        (row["id"],),
    )
    for number in numbers.fetchall():
        by = number["login"] or ("the contact" if number["kind"] == OptOutKind.AUTOMATIC else "")
        at, by = (number["at"], by) if kept else (row["at"], row["login"] or "")
        yield _Said(number["phone"], at, number["kind"], by, number["note"]), is_out


def _contact(conn: Connection, phone: str) -> Row | None:
    row: Row | None = conn.execute("SELECT first_name, last_name FROM contact WHERE phone = ?", (phone,)).fetchone()
    return row


_OF_NUMBER = """
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN contact ON contact.id = conversation.contact_id
    WHERE contact.phone = :phone
"""


def _asked_by(conn: Connection, said: _Said) -> Row | None:
    """Return the message that asked for it: it was stored in the same transaction, so at the same moment."""
    row: Row | None = conn.execute(
        f"""
        SELECT message.id, message.conversation_id, message.body, campaign.name AS campaign {_OF_NUMBER}
          AND message.direction = 'incoming' AND message.state_at = :at ORDER BY message.id DESC LIMIT 1
        """,
        {"phone": said.phone, "at": said.at},
    ).fetchone()
    return row


def _confirmation(conn: Connection, said: _Said) -> tuple[str, float | None]:
    """Return the state of its confirmation, and after how many seconds that left; "none" if we sent none."""
    row = conn.execute(
        f"""
        SELECT message.state, message.tried_at {_OF_NUMBER}
          AND message.kind = :kind AND message.at = :at ORDER BY message.id DESC LIMIT 1
        """,
        {"phone": said.phone, "at": said.at, "kind": MessageKind.OPT_OUT_CONFIRMATION},
    ).fetchone()
    if row is None:
        return "none", None
    left = row["state"] in {"sending", "sent", "delivered", "failed", "in_doubt"} and row["tried_at"] is not None
    return row["state"], (row["tried_at"] - said.at) / 1000 if left else None


def _honored_within(conn: Connection, said: _Said) -> float:
    """Return how many seconds after it the last message left, before the next opt-in; 0 if none left any more."""
    row = conn.execute(
        f"""
        SELECT MAX(message.tried_at) AS last {_OF_NUMBER}
          AND message.direction = 'outgoing' AND message.kind <> :kind AND message.tried_at > :at
          AND message.tried_at <= :before
        """,
        {
            "phone": said.phone,
            "kind": MessageKind.OPT_OUT_CONFIRMATION,
            "at": said.at,
            "before": _FOREVER if said.opted_in_at is None else said.opted_in_at,
        },
    ).fetchone()
    return 0 if row["last"] is None else (row["last"] - said.at) / 1000


_FOREVER = to_ms(datetime.fromisoformat("9999-01-01T00:00:00+00:00"))
