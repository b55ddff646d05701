"""The list of opted-out numbers (`docs/rules.md` 5)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import EventId, OptOut
from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold, full_name
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.queries.consent import WRITTEN_AT
from thrumsg_tui.store.queries.like_patterns import containing, number_patterns
from thrumsg_tui.store.queries.users import shown_user_name
from thrumsg_tui.store.times import from_ms

_NAMED = """
    SELECT contact.phone FROM assignment
    CROSS JOIN conversation
    JOIN contact ON contact.id = conversation.contact_id
    WHERE conversation.assignment_id = assignment.id AND conversation.tab = 'opt-outs'
      AND first_key || ' ' || last_key LIKE :text ESCAPE '\\'
"""
"""The numbers of opted-out contacts whose name contains the text; by `conversation_opt_outs_by_name`."""


@dataclass(frozen=True, slots=True)
class OptOutRow:
    """An opted-out number with its contact's `phone_national` and `name`.

    Without a contact, `phone_national` is the number in E.164 and `name` is None.
    """

    opt_out: OptOut
    phone_national: str
    name: str | None


def opt_out_rows(
    conn: Connection, search: str = "", offset: int = 0, limit: int | None = None, *, by_phone: bool = True
) -> list[OptOutRow]:
    """Read a window of the opted-out numbers, newest first; by `opt_out_newest`.

    Args:
        conn: A connection.
        search: Text to find in notes and contacts' names, and its digits in numbers; reads every number, 1 µs each.
        offset: How many to skip.
        limit: How many to read at most; None reads all.
        by_phone: Whether to search numbers; off where they are redacted.
    """
    where, parameters = _condition(search, by_phone=by_phone)
    parameters |= {"limit": 1 << 60 if limit is None else limit, "offset": offset}
    rows = conn.execute(
        f"""
        SELECT opt_out.phone, opt_out.kind, opt_out.note, opt_out.at, {WRITTEN_AT} AS written_at,
               contact.id AS contact_id, contact.phone_national,
               contact.first_name, contact.last_name, {shown_user_name()} AS by_whom
        FROM (SELECT phone FROM opt_out WHERE {where}
              ORDER BY at DESC, phone LIMIT :limit OFFSET :offset) AS listed
        CROSS JOIN opt_out
        LEFT JOIN opt_out_word ON opt_out_word.phone = opt_out.phone
        LEFT JOIN contact ON contact.phone = opt_out.phone
        LEFT JOIN users ON users.id = opt_out.user_id
        WHERE opt_out.phone = listed.phone
        """,
        parameters,
    )
    return [_row_of(row) for row in sorted(rows, key=lambda row: (-row["at"], row["phone"]))]


def count_opt_outs(conn: Connection, search: str = "", *, by_phone: bool = True) -> int:
    """Count the numbers that `opt_out_rows` lists."""
    where, parameters = _condition(search, by_phone=by_phone)
    return int(conn.execute(f"SELECT COUNT(*) FROM opt_out WHERE {where}", parameters).fetchone()[0])


def _row_of(row: Row) -> OptOutRow:
    at, written_at = from_ms(row["at"]), from_ms(row["written_at"])
    return OptOutRow(
        OptOut(row["phone"], OptOutKind(row["kind"]), row["note"], at, row["by_whom"], written_at),
        row["phone_national"] or row["phone"],
        full_name(row["first_name"], row["last_name"]) if row["contact_id"] else None,
    )


def _condition(search: str, *, by_phone: bool) -> tuple[str, dict[str, object]]:
    wanted = fold(search)
    if not wanted:
        return "1 = 1", {}
    conditions = ["note_key LIKE :text ESCAPE '\\'", f"phone IN ({_NAMED})"]
    parameters: dict[str, object] = {"text": containing(wanted)}
    if by_phone and (number := number_patterns(wanted)):
        conditions += ["phone LIKE :number", "phone LIKE :at_home"]
        parameters |= number
    return f"({' OR '.join(conditions)})", parameters


def was_asked_for(conn: Connection, event_id: EventId) -> bool:
    """Return whether the contact of an event, an opt-out by hand, had written what looks like a wish for it."""
    row = conn.execute(
        """
        SELECT 1 FROM event_conversation
        JOIN conversation ON conversation.id = event_conversation.conversation_id
        WHERE event_conversation.event_id = ? AND conversation.flagged = 1 LIMIT 1
        """,
        (event_id,),
    ).fetchone()
    return row is not None
