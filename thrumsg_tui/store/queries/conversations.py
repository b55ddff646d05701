"""Lists of conversations, read in windows whatever their size (`docs/rules.md 3.1` to `3.6`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, ConversationRow
from thrumsg_tui.domain.enums import ConversationSort, Direction, MessageState, Status, Tab
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.engines.base import Connection, Row
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.queries.like_patterns import containing, number_patterns
from thrumsg_tui.store.schema import WAITING
from thrumsg_tui.store.times import from_ms_or_none


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list of conversations: its filters and its order.

    Without `assignment_id` it has those of the whole campaign, without `tab` those of every tab. `status` excludes
    opted-out ones. `search` is the text as typed; with `by_phone` its digits are also searched in phone numbers.
    """

    campaign_id: CampaignId
    assignment_id: AssignmentId | None = None
    tab: Tab | None = None
    status: Status | None = None
    search: str = ""
    by_phone: bool = True
    sort: ConversationSort = ConversationSort.NEEDS_REPLY

    @property
    def order(self) -> ConversationSort:
        """The order that applies: some tabs are always by name (`docs/rules.md 3.1`)."""
        return ConversationSort.A_TO_Z if self.always_by_name else self.sort

    @property
    def always_by_name(self) -> bool:
        """Whether the tab has only the order by name."""
        return self.tab is not None and self.tab.always_by_name


class _Order(NamedTuple):
    """An order in SQL: the ORDER BY terms, and conditions for the rows before the row with the values `columns`.

    The conditions in `before` do not overlap, so their counts add up.
    """

    by: str
    columns: str
    before: tuple[str, ...]


def _order(request: ListRequest) -> _Order:
    """Return the order of a list; each tab has an index for each order, such as `conversation_responses_by_urgency`."""
    match request.order:
        case ConversationSort.NEEDS_REPLY if request.tab in {None, Tab.RESPONSES}:
            return _Order("urgency, id", "id, urgency", ("(urgency, id) < (:urgency, :id)",))
        case ConversationSort.NEEDS_REPLY | ConversationSort.RECENT:  # the same where nobody waits
            later = "last_message_at > :last_message_at"
            as_late = "last_message_at = :last_message_at AND id < :id"
            return _Order("last_message_at DESC, id", "id, last_message_at", (later, as_late))
        case ConversationSort.A_TO_Z:
            names = "first_key, last_key, id"
            return _Order(names, names, (f"({names}) < (:first_key, :last_key, :id)",))
        case _:
            assert_never(request.order)


def _conditions(request: ListRequest) -> tuple[str, dict[str, object]]:
    conditions, parameters = [], dict[str, object]()
    if request.assignment_id is None:
        conditions.append("campaign_id = :campaign_id")
        parameters["campaign_id"] = request.campaign_id
    else:
        conditions.append("assignment_id = :assignment_id")
        parameters["assignment_id"] = request.assignment_id
    match request.tab:
        case None:
            pass
        case Tab.FOLLOW_UPS:  # these are also in the tab of their status
            conditions.append("in_follow_ups = 1")
        case Tab.INITIAL | Tab.RESPONSES | Tab.OPT_OUTS | Tab.SENT:
            conditions.append(f"tab = '{request.tab}'")  # no parameter: the index of a tab has its name
        case _:
            assert_never(request.tab)
    if request.status:
        conditions.append("status = :status AND opted_out = 0")
        parameters["status"] = request.status
    if wanted := fold(request.search):
        name = "first_key || ' ' || last_key LIKE :name ESCAPE '\\'"
        parameters["name"] = containing(wanted)
        if request.by_phone and (number := number_patterns(wanted)):
            parameters |= number
            phone = "(SELECT phone FROM contact WHERE contact.id = contact_id)"
            conditions.append(f"({name} OR {phone} LIKE :number OR {phone} LIKE :at_home)")
        else:
            conditions.append(name)
    return " AND ".join(conditions), parameters


def count(conn: Connection, request: ListRequest) -> int:
    """Count the conversations of a list, on the index by name, which has the names that a search reads."""
    where, parameters = _conditions(request)
    by_name = "first_key >= ''"  # true of all, but without it SQLite reads the whole assignment
    return int(conn.execute(f"SELECT COUNT(*) FROM conversation WHERE {where} AND {by_name}", parameters).fetchone()[0])


def ids(conn: Connection, request: ListRequest, offset: int = 0, limit: int | None = None) -> list[ConversationId]:
    """Read a window of a list as ids, by the index of its order; all of it without `limit`."""
    where, parameters = _conditions(request)
    parameters |= {"limit": 1 << 60 if limit is None else limit, "offset": offset}
    rows = conn.execute(
        f"""
        SELECT id FROM conversation WHERE {where}
        ORDER BY {_order(request).by} LIMIT :limit OFFSET :offset
        """,
        parameters,
    )
    return [ConversationId(row["id"]) for row in rows]


def ids_from(conn: Connection, request: ListRequest, first: ConversationId, number: int) -> list[ConversationId]:
    """Read `number` ids from a conversation down; none if it is no longer in the list."""
    place = position(conn, request, first)
    return [] if place is None else ids(conn, request, place, number)


def ids_between(
    conn: Connection, request: ListRequest, one: ConversationId, other: ConversationId
) -> list[ConversationId]:
    """Read the ids between two conversations, both included, in either order; if one is gone, only the other."""
    places = [place for end in (one, other) if (place := position(conn, request, end)) is not None]
    return ids(conn, request, min(places), max(places) - min(places) + 1) if places else []


def page(conn: Connection, request: ListRequest, offset: int = 0, limit: int | None = None) -> list[ConversationRow]:
    """Read a window of a list: the ids from an index, then only the rows of these."""
    return rows_of(conn, ids(conn, request, offset, limit))


def rows_of(conn: Connection, wanted: Sequence[ConversationId]) -> list[ConversationRow]:
    """Read the rows of some conversations in the order given; those that do not exist are left out."""
    found: dict[int, ConversationRow] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = conn.execute(
            f"""
            SELECT conversation.id, conversation.status, conversation.opted_out,
                   conversation.flagged = 1 AND conversation.opted_out = 0 AS flagged, conversation.in_follow_ups,
                   conversation.waiting_since, conversation.last_message_at,
                   contact.first_name, contact.last_name, contact.phone, users.login,
                   message.direction, message.state, SUBSTR(message.body, 1, 200) AS body, message.media
            FROM conversation
            JOIN contact ON contact.id = conversation.contact_id
            JOIN assignment ON assignment.id = conversation.assignment_id
            LEFT JOIN users ON users.id = assignment.user_id
            LEFT JOIN message ON message.id = conversation.last_message_id
            WHERE conversation.id IN ({", ".join("?" * len(some))})
            """,
            some,
        )
        found |= {row["id"]: _row_of(row) for row in rows}
    return [found[wanted_id] for wanted_id in wanted if wanted_id in found]


def _row_of(row: Row) -> ConversationRow:
    return ConversationRow(
        id=ConversationId(row["id"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        phone=row["phone"],
        status=Status(row["status"]),
        opted_out=bool(row["opted_out"]),
        flagged=bool(row["flagged"]),
        has_follow_up=bool(row["in_follow_ups"]),
        sender_login=row["login"],
        waiting_since=from_ms_or_none(row["waiting_since"]),
        last_message_at=from_ms_or_none(row["last_message_at"] or None),
        last_direction=Direction(row["direction"]) if row["direction"] else None,
        last_body=row["body"] or "",
        last_media=media_from(row["media"]),
        last_state=MessageState(row["state"]) if row["state"] else None,
    )


def position(conn: Connection, request: ListRequest, conversation_id: ConversationId) -> int | None:
    """Return the index of a conversation in a list, from 0, None if it is not there; counts rows by index."""
    where, parameters = _conditions(request)
    order = _order(request)
    row = conn.execute(
        f"SELECT {order.columns} FROM conversation WHERE id = :id AND {where}", parameters | {"id": conversation_id}
    ).fetchone()
    if row is None:
        return None
    parameters |= dict(row)
    counts = (
        conn.execute(f"SELECT COUNT(*) FROM conversation WHERE {where} AND {before}", parameters).fetchone()[0]
        for before in order.before
    )
    return sum(int(each) for each in counts)


def next_waiting(
    conn: Connection, assignment_id: AssignmentId, current: ConversationId | None, *, wrap: bool = False
) -> ConversationId | None:
    """Return the conversation of an assignment that has waited longest, of those that wait less long than `current`.

    None if there is none. The longest waiting of all if `current` does not wait or is None; with `wrap` also after the
    last one. By `conversation_responses_by_urgency`.
    """
    starts = ["(urgency, id) > (SELECT urgency, id FROM conversation WHERE id = :current)"] if current else []
    if wrap or not current or not _waits(conn, current):
        starts.append("id <> :current")
    for start in starts:
        row = conn.execute(
            f"""
            SELECT id FROM conversation
            WHERE assignment_id = :assignment_id AND tab = 'responses' AND {WAITING} AND {start}
            ORDER BY urgency, id LIMIT 1
            """,
            {"assignment_id": assignment_id, "current": current or 0},
        ).fetchone()
        if row:
            return ConversationId(row["id"])
    return None


def _waits(conn: Connection, conversation_id: ConversationId) -> bool:
    row = conn.execute(f"SELECT 1 FROM conversation WHERE id = ? AND {WAITING}", (conversation_id,)).fetchone()
    return row is not None


def next_waiting_elsewhere(
    conn: Connection, campaign_id: CampaignId, besides: AssignmentId
) -> tuple[AssignmentId, ConversationId] | None:
    """Return the longest waiting conversation of a campaign outside `besides`; by `conversation_waiting`."""
    row = conn.execute(
        """
        SELECT assignment_id, id FROM conversation
        WHERE campaign_id = ? AND status = 'needs_reply' AND opted_out = 0 AND assignment_id <> ?
        ORDER BY urgency, id LIMIT 1
        """,
        (campaign_id, besides),
    ).fetchone()
    return None if row is None else (AssignmentId(row["assignment_id"]), ConversationId(row["id"]))
