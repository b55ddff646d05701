"""Lists of conversations, read in windows whatever their size (`docs/rules.md 3.1` to `3.6`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, assert_never

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, ConversationRow
from thrumsg_tui.domain.enums import ConversationSort, Direction, MessageState, Status, Tab
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.engines.connection import Asked, Connection, Cursor
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.queries.like_patterns import containing, literal, number_patterns
from thrumsg_tui.store.queries.list_orders import Order, order_of
from thrumsg_tui.store.schema import IN_RESPONSES, WAITING
from thrumsg_tui.store.times import from_ms_or_none

_LAST_CHARACTER = "\U0010ffff"
"""After all characters, so that what begins with a text comes before the text with this one."""


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
    def sql_order(self) -> Order:
        """The order in SQL."""
        return order_of(self.order, self.tab)

    @property
    def always_by_name(self) -> bool:
        """Whether the tab has only the order by name."""
        return self.tab is not None and self.tab.always_by_name


def list_filter(request: ListRequest) -> tuple[str, dict[str, object]]:
    """Return the condition for the conversations of a list, whatever is searched, with its parameters."""
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
        case Tab.RESPONSES:
            conditions.append(IN_RESPONSES)
        case Tab.INITIAL | Tab.OPT_OUTS | Tab.SENT:
            conditions.append(f"tab = '{request.tab}'")  # no parameter: the index of a tab has its name
        case _:
            assert_never(request.tab)
    if request.status:
        conditions.append("status = :status AND opted_out = 0")
        parameters["status"] = request.status
    return " AND ".join(conditions), parameters


def name_condition(search: str) -> tuple[str, dict[str, object]]:
    """Return the condition for the conversations whose contact's name has the text searched; the keys are folded."""
    wanted = fold(search)
    patterns: dict[str, object] = {"name": containing(wanted)}
    in_first, in_last = "first_key LIKE :name ESCAPE '\\'", "last_key LIKE :name ESCAPE '\\'"
    if " " not in wanted:
        return f"({in_first} OR {in_last})", patterns
    in_both = []
    for nth, (first, last) in enumerate(_divided(wanted)):  # to join the names of each row takes longer
        in_both.append(f"first_key LIKE :ends_{nth} ESCAPE '\\' AND last_key LIKE :begins_{nth} ESCAPE '\\'")
        patterns |= {f"ends_{nth}": f"%{literal(first)}", f"begins_{nth}": f"{literal(last)}%"}
    patterns["word"] = containing(wanted.rpartition(" ")[2])  # most names are known by that not to match
    return f"({in_first} OR last_key LIKE :word ESCAPE '\\' AND ({' OR '.join([in_last, *in_both])}))", patterns


def beginnings(search: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield conditions for conversations whose contact's name begins with the text searched, for an index by name.

    Some such names are left out: those in which a first name of several words goes on behind the text.
    """
    wanted = fold(search)
    divided = list(_divided(wanted))
    if not divided:
        yield "first_key >= :first AND first_key < :beyond", {"first": wanted, "beyond": wanted + _LAST_CHARACTER}
    for first, last in divided:
        known: dict[str, object] = {"first": first, "last": last, "beyond": last + _LAST_CHARACTER}
        yield "first_key = :first AND last_key >= :last AND last_key < :beyond", known


def _divided(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to divide a text into a first and a last name: at each space."""
    words = text.split(" ")
    for nth in range(1, len(words)):
        yield " ".join(words[:nth]), " ".join(words[nth:])


def number_condition(search: str, *, by_phone: bool) -> tuple[str, dict[str, object]] | None:
    """Return the condition for the contacts whose number has the digits searched, None if no number is searched."""
    patterns = number_patterns(fold(search)) if by_phone else {}
    if not patterns:
        return None
    if patterns["number"] == patterns["at_home"]:
        return "contact.phone LIKE :number", patterns
    return "(contact.phone LIKE :number OR contact.phone LIKE :at_home)", patterns


def conditions(request: ListRequest) -> tuple[str, dict[str, object]]:
    """Return the condition for the conversations of a list, with its parameters."""
    where, parameters = list_filter(request)
    if not fold(request.search):
        return where, parameters
    matches, more = search_condition(request)
    return f"{where} AND {matches}", parameters | more


def search_condition(request: ListRequest) -> tuple[str, dict[str, object]]:
    """Return the condition for the conversations that a search finds, by name or number."""
    matches, parameters = name_condition(request.search)
    if number := number_condition(request.search, by_phone=request.by_phone):
        # but for the OFFSET, PostgreSQL would read all contacts rather than look up those of a slice
        has_number = f"EXISTS (SELECT 1 FROM contact WHERE contact.id = contact_id AND {number[0]} LIMIT 1 OFFSET 0)"
        return f"({matches} OR {has_number})", parameters | number[1]
    return matches, parameters


def count(conn: Connection, request: ListRequest) -> int:
    """Count the conversations of a list, on the index by name, which has the names that a search reads."""
    where, parameters = conditions(request)
    by_name = "first_key >= ''"  # true of all, but without it SQLite reads the whole assignment
    return int(conn.execute(f"SELECT COUNT(*) FROM conversation WHERE {where} AND {by_name}", parameters).fetchone()[0])


def ids(
    conn: Connection, request: ListRequest, offset: int = 0, limit: int | None = None, *, from_end: bool = False
) -> list[ConversationId]:
    """Read a window of a list as ids, by the index of its order; all of it without `limit`.

    With `from_end`, the order is reversed: `offset` is that of the window's last row from the list's last one.
    """
    where, parameters = conditions(request)
    order = request.sql_order
    rows = conn.execute(
        f"""
        SELECT id FROM conversation WHERE {where}
        ORDER BY {order.up.by if from_end else order.down.by} LIMIT :limit OFFSET :offset
        """,
        parameters | {"limit": 1 << 60 if limit is None else limit, "offset": offset},
    )
    return [ConversationId(row["id"]) for row in rows]


def page(conn: Connection, request: ListRequest, offset: int = 0, limit: int | None = None) -> list[ConversationRow]:
    """Read a window of a list: the ids from an index, then only the rows of these."""
    return rows_of(conn, ids(conn, request, offset, limit))


def rows_of(conn: Connection, wanted: Sequence[ConversationId]) -> list[ConversationRow]:
    """Read the rows of some conversations in the order given; those that do not exist are left out."""
    return ask_rows(conn, wanted)()


def ask_rows(
    conn: Connection,
    wanted: Sequence[ConversationId],
    known: Mapping[ConversationId, ConversationRow] = MappingProxyType({}),
) -> Asked[list[ConversationRow]]:
    """Ask for `rows_of`, but for those that are known as they are now."""
    unknown = [each for each in wanted if each not in known]
    asked = [_ask_rows(conn, unknown[start : start + 500]) for start in range(0, len(unknown), 500)]

    def read() -> list[ConversationRow]:
        found = {**known, **{values[0]: _row_of(values) for rows in asked for values in map(tuple, rows)}}
        return [found[wanted_id] for wanted_id in wanted if wanted_id in found]

    return read


def _ask_rows(conn: Connection, some: Sequence[ConversationId]) -> Cursor:
    return conn.execute(
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


@lru_cache(maxsize=256)  # after a change nearly all rows are as they were
def _row_of(values: tuple[Any, ...]) -> ConversationRow:
    """Make a row of the values of `_ask_rows`: a row of SQLite would keep 2 KB of names with it."""
    id, status, opted_out, flagged, in_follow_ups, waiting_since, last_message_at, *texts = values
    first_name, last_name, phone, login, direction, state, body, media = texts
    return ConversationRow(
        id=ConversationId(id),
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        status=Status(status),
        opted_out=bool(opted_out),
        flagged=bool(flagged),
        has_follow_up=bool(in_follow_ups),
        sender_login=login,
        waiting_since=from_ms_or_none(waiting_since),
        last_message_at=from_ms_or_none(last_message_at or None),
        last_direction=Direction(direction) if direction else None,
        last_body=body or "",
        last_media=media_from(media),
        last_state=MessageState(state) if state else None,
    )


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
            WHERE assignment_id = :assignment_id AND {IN_RESPONSES} AND {WAITING} AND {start}
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
    """Return the longest waiting conversation of a campaign outside `besides`; 3 µs for each sender.

    By `conversation_responses_by_urgency`: an index of all that wait would be written with nearly every message.
    """
    first = f"""
        FROM conversation WHERE assignment_id = assignment.id AND {IN_RESPONSES} AND {WAITING}
        ORDER BY urgency, id LIMIT 1
    """
    rows = conn.execute(
        f"""
        SELECT assignment.id AS assignment_id, (SELECT urgency {first}) AS urgency, (SELECT id {first}) AS id
        FROM assignment WHERE campaign_id = ? AND id <> ? AND needs_reply > 0
        """,
        (campaign_id, besides),
    )
    waiting = [(row["urgency"], row["id"], row["assignment_id"]) for row in rows if row["id"] is not None]
    if not waiting:
        return None
    _, conversation_id, assignment_id = min(waiting)
    return AssignmentId(assignment_id), ConversationId(conversation_id)
