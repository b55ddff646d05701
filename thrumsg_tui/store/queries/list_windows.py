"""The window of a list that the messenger shows, with its cursor (`docs/rules.md 3.19`)."""

from __future__ import annotations

from typing import NamedTuple

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.engines.connection import Asked, Connection
from thrumsg_tui.store.queries.conversations import ListRequest, ids
from thrumsg_tui.store.queries.list_places import Landmark, Placed, ask_beyond, find_landmark, position
from thrumsg_tui.store.queries.search import Search


class WindowRequest(NamedTuple):
    """The window that was shown, with the fields of `ViewRequest`."""

    first: int
    height: int
    cursor_id: ConversationId | None
    cursor_index: int
    landmark: Landmark | None


class ListWindow(NamedTuple):
    """A window of a list: the number of rows in the list, the indexes of cursor and first row, and the ids."""

    total: int
    cursor: int
    first: int
    ids: list[ConversationId]


def list_window(conn: Connection, request: ListRequest, place: WindowRequest, total: int) -> ListWindow:
    """Read the window of a list of `total` rows, found from its cursor, so that it takes no longer in a longer list."""
    cursor, near = _cursor(conn, request, place, total)
    first = _first(place, cursor, total)
    found = _window(conn, request, total, first, place.height, near)
    if near and len(found) < min(place.height, total - first):  # others have moved many rows
        if near.id == place.cursor_id:
            cursor = position(conn, request, near.id) or 0
        first = _first(place, cursor, total)
        found = _window(conn, request, total, first, place.height, None)
    return ListWindow(total, cursor, first, found)


def search_window(conn: Connection, search: Search, place: WindowRequest, *, to_the_end: bool) -> ListWindow:
    """Do the next slice of a search, or all of it with `to_the_end`, and read the window of what is found."""
    rows = max(place.first, place.cursor_index) + place.height
    search.check(conn, place.first, place.height)  # so that the slice can look for what is missing then
    while not search.is_done(rows):
        search.advance(conn, rows)
        if not to_the_end:
            break
    search.check(conn, place.cursor_index, place.height)
    matches = search.matches
    total = len(matches.ids) if matches.total is None else matches.total
    cursor = _within(place.cursor_index, total)
    if place.cursor_id is not None and (found := matches.position(place.cursor_id, cursor)) is not None:
        cursor = found
    first = _first(place, cursor, total)
    search.check(conn, first, place.height)
    return ListWindow(total, cursor, first, matches.window(first, place.height))


def _within(index: int, total: int) -> int:
    return max(0, min(index, total - 1))


def _first(place: WindowRequest, cursor: int, total: int) -> int:
    """Return the first row of the window: as it was, or so that the cursor is in the middle if it would be outside."""
    first = max(0, min(place.first, total - place.height))
    return first if first <= cursor < first + place.height else max(0, cursor - place.height // 2)


def _cursor(conn: Connection, request: ListRequest, place: WindowRequest, total: int) -> tuple[int, Placed | None]:
    """Return the index of the cursor, which follows its conversation or stays, and a row near the window."""
    stay = _within(place.cursor_index, total)
    if place.cursor_id is not None:
        followed = find_landmark(conn, request, total, Landmark(place.cursor_id, place.cursor_index))
        if followed:
            return followed.at, followed
    return stay, find_landmark(conn, request, total, place.landmark) if place.landmark else None


def _window(
    conn: Connection, request: ListRequest, total: int, first: int, height: int, near: Placed | None
) -> list[ConversationId]:
    """Read the ids of a window of a list by the shortest way: from its start, from its end, or from a landmark.

    Args:
        conn: A connection.
        request: The list.
        total: How many rows it has.
        first: Index of the first row of the window.
        height: How many rows the window has at most.
        near: A row of the list.

    Returns:
        The ids; fewer than there is room for if the list ends, or if the landmark's index is wrong.
    """
    end = min(first + height, total)
    away = max(abs(near.at - first), abs(near.at - end)) if near else total
    if near and away < min(first, total - end):
        return _around(conn, request, near, first, end)
    if first <= total - end:
        return ids(conn, request, first, end - first)
    return ids(conn, request, total - end, end - first, from_end=True)[::-1]


def _around(conn: Connection, request: ListRequest, near: Placed, first: int, end: int) -> list[ConversationId]:
    """Read the ids from index `first` to before `end`, counted from a landmark."""
    order = request.sql_order
    above: Asked[list[ConversationId]] = list
    below: Asked[list[ConversationId]] = list
    if first < near.at:
        to = min(end, near.at)
        above = ask_beyond(conn, request, near.place, order.up, to - first, near.at - to)
    if (start := max(first, near.at + 1)) < end:
        below = ask_beyond(conn, request, near.place, order.down, end - start, start - near.at - 1)
    return [*reversed(above()), *([near.id] if first <= near.at < end else []), *below()]
