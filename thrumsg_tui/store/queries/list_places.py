"""Parts of conversation lists that begin or end at a row, read without counting the rows before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.engines.connection import Asked, Connection, Cursor
from thrumsg_tui.store.queries.conversations import ListRequest, conditions
from thrumsg_tui.store.queries.list_orders import Way

_SLICE = 500
"""How many ids of a long part one query reads."""

NEAR_AN_END = 500
"""So near to an end of a list, in rows, an index is counted."""


class Landmark(NamedTuple):
    """A row of a list, with its index `at`, from which rows near by are read whatever is before them."""

    id: ConversationId
    at: int


class Placed(NamedTuple):
    """A row of a list with its index, and its values of the columns that order the list."""

    id: ConversationId
    at: int
    place: Mapping[str, object]


def place_of(conn: Connection, request: ListRequest, conversation_id: ConversationId) -> Mapping[str, object] | None:
    """Return a conversation's values of the columns that order a list, None if it is not in the list."""
    where, parameters = conditions(request)
    row = conn.execute(
        f"SELECT {request.sql_order.columns} FROM conversation WHERE id = :id AND {where}",
        parameters | {"id": conversation_id},
    ).fetchone()
    return None if row is None else dict(row)


def ids_beyond(
    conn: Connection, request: ListRequest, place: Mapping[str, object], way: Way, limit: int, offset: int = 0
) -> list[ConversationId]:
    """Read the ids that lie one way of a place (`place_of`), nearest first; by the index of the order."""
    return ask_beyond(conn, request, place, way, limit, offset)()


def ask_beyond(
    conn: Connection, request: ListRequest, place: Mapping[str, object], way: Way, limit: int, offset: int = 0
) -> Asked[list[ConversationId]]:
    """Ask for `ids_beyond`; where the first part of the way has too few, the others are asked when that is known.

    Args:
        conn: A connection.
        request: The list.
        place: The place of a row of the list.
        way: The way, one of the order's.
        limit: How many to read at most.
        offset: How many to skip.
    """
    where, parameters = conditions(request)
    wanted = offset + limit

    def ask(part: str, number: int) -> Cursor:
        return conn.execute(
            f"SELECT id FROM conversation WHERE {where} AND {part} ORDER BY {way.by} LIMIT :limit",
            {**parameters, **place, "limit": number},
        )

    first, *others = way.parts
    nearest = ask(first, wanted)

    def read() -> list[ConversationId]:
        found = [ConversationId(row["id"]) for row in nearest]
        for part in others:
            if len(found) >= wanted:
                break
            found += (ConversationId(row["id"]) for row in ask(part, wanted - len(found)))
        return found[offset:]

    return read


def ids_from(conn: Connection, request: ListRequest, first: ConversationId, number: int) -> list[ConversationId]:
    """Read `number` ids from a conversation down; none if it is no longer in the list."""
    place = place_of(conn, request, first)
    if place is None:
        return []
    return [first, *ids_beyond(conn, request, place, request.sql_order.down, number - 1)]


def ids_between(
    conn: Connection, request: ListRequest, one: ConversationId, other: ConversationId
) -> list[ConversationId]:
    """Read the ids between two conversations, both included, in either order; if one is gone, only the other."""
    places = {end: place for end in (one, other) if (place := place_of(conn, request, end)) is not None}
    if one not in places or other not in places:
        return list(places)
    top, bottom = (other, one) if _lies_up(conn, request, places[one], other) else (one, other)
    found = [top]
    while bottom not in found[-_SLICE:] and (more := ids_from(conn, request, found[-1], _SLICE)[1:]):
        found += more
    return found[: found.index(bottom) + 1]


def _lies_up(conn: Connection, request: ListRequest, place: Mapping[str, object], other: ConversationId) -> bool:
    """Whether a conversation of a list comes before a place."""
    parts = " OR ".join(request.sql_order.up.parts)
    row = conn.execute(
        f"SELECT 1 FROM (SELECT * FROM conversation WHERE id = :other) AS other WHERE {parts}",
        {**place, "other": other},
    ).fetchone()
    return row is not None


def position(conn: Connection, request: ListRequest, conversation_id: ConversationId) -> int | None:
    """Return the index of a conversation in a list, from 0, None if it is not there; counts the rows before it."""
    place = place_of(conn, request, conversation_id)
    return None if place is None else count_beyond(conn, request, place, request.sql_order.up)


def count_beyond(conn: Connection, request: ListRequest, place: Mapping[str, object], way: Way) -> int:
    """Count the rows that lie one way of a place; 0.1 µs each."""
    where, parameters = conditions(request)
    counted = [
        conn.execute(f"SELECT COUNT(*) FROM conversation WHERE {where} AND {part}", {**parameters, **place})
        for part in way.parts
    ]
    return sum(int(rows.fetchone()[0]) for rows in counted)


def find_landmark(conn: Connection, request: ListRequest, total: int, known: Landmark) -> Placed | None:
    """Return a row with its index in a list of `total` rows, None if it is not in the list any more.

    The known index is taken for true if it is far from both ends. Others may have changed the list before it: then it
    is wrong by that number, which shows nowhere, as the rows around the landmark are those that there are. Near an end
    the rows up to that are counted.
    """
    place = place_of(conn, request, known.id)
    if place is None:
        return None
    order = request.sql_order
    if known.at < NEAR_AN_END:
        return Placed(known.id, count_beyond(conn, request, place, order.up), place)
    if known.at >= total - NEAR_AN_END:
        return Placed(known.id, total - 1 - count_beyond(conn, request, place, order.down), place)
    return Placed(known.id, known.at, place)
