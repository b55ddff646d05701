"""A search in a tab, made in slices so that no key waits for the whole tab (`docs/rules.md 3.6`)."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from thrumsg_tui.domain.enums import ConversationSort
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.conversations import (
    ListRequest,
    conditions,
    list_filter,
    name_condition,
    number_condition,
    search_condition,
)
from thrumsg_tui.store.queries.index_walk import IndexWalk
from thrumsg_tui.store.queries.matches import Matches


@dataclass(frozen=True, slots=True)
class Slices:
    """How much one slice reads at most, so that it takes a few milliseconds."""

    rows: int = 1_000
    """Conversations, in the order of the list."""

    entries: int = 30_000
    """Entries of an index: names or numbers."""

    sorted: int = 5_000
    """Matches to sort. More are not sorted: the list is read in its order as far as its rows are needed."""

    frequent: int = 10
    """A number is frequent if one row of so many has it."""

    near: int = 8
    """The list is read on for its first window while so many slices of its rows are likely to have that."""


SLICES = Slices()

_Place: TypeAlias = Mapping[str, object]
"""The values of a row in the columns of an order."""

_BY_NAME = ("first_key", "last_key", "id")
"""The columns of the order by name."""


class Search:
    """A search in a tab, each call of `advance` a slice of it.

    The first slice reads the first rows of the list: what many contacts match has its first window there, or soon
    below, where it is looked for as long as the matches so far promise it. Else all names of the tab are read from the
    index of the tab by name, 0.25 µs each, and all numbers from that of `contact.phone`, 0.1 µs each; few matches are
    then sorted.
    """

    def __init__(
        self,
        request: ListRequest,
        as_of: int = 0,
        slices: Slices = SLICES,
        *,
        among: array[int] | None = None,
    ) -> None:
        """Begin a search.

        Args:
            request: The list, with the text searched.
            as_of: The version of the database.
            slices: How much one slice reads.
            among: A few conversations; others do not match.
        """
        self.request = request
        self.as_of = as_of
        """The version of the database in which it was begun."""
        self.now = as_of
        """The version at present. If that is another one, some matches may match no longer, and others are missing."""
        self._slices = slices
        self._among = among
        self._found = Matches()
        self.matches = self._found
        """What to show: the result, or that of the search before until there is a window of this one."""
        self._last: Search | None = None
        """The search before that made what is shown, as long as that is not the result of this one."""
        self._rows = 0
        self._begin_anew()

    def again(self, as_of: int) -> Search:
        """Return the same search in another version of the database; it shows this one's result until it is done."""
        other = Search(self.request, as_of, self._slices)
        other.matches = self.matches
        other._last = self if self.matches is self._found else self._last
        return other

    def narrowed(self, request: ListRequest) -> Search:
        """Return a search in another list; if its matches are among this one's, and these are few, only in these."""
        known = self._found.ids if len(self._found.ids) == self._found.total else None
        few = known is not None and self.now == self.as_of and len(known) <= self._slices.sorted
        among = known if few and _is_narrower(request, self.request) else None
        return Search(request, self.now, self._slices, among=among)

    def is_done(self, rows: int) -> bool:
        """Whether the number of matches and the first `rows` of them are known and shown."""
        return self.matches is self._found and self._found.total is not None and self._found.has(rows)

    def advance(self, conn: Connection, rows: int) -> None:
        """Do the next slice of the search for the first `rows` rows and the number of all.

        If the search before is shown and has too few of these rows, as some match no longer or the person has gone
        further down, it reads on: the rows of this one may come much later.
        """
        if self._last and not self._last.matches.has(rows):
            self._last.advance(conn, rows)
            self.matches = self._last.matches
            return
        self._rows = rows
        try:
            with suppress(StopIteration):
                self._work.send(conn)
        except BaseException:
            self._begin_anew()
            raise
        if self._found.total is not None and self._found.has(rows):
            self.matches, self._last = self._found, None

    def check(self, conn: Connection, first: int, height: int) -> None:
        """Remove from a window what matches no longer, if that may be."""
        up_to_date = self.matches is self._found and self.as_of == self.now
        while not up_to_date and (window := self.matches.window(first, height)):
            where, parameters = conditions(self.request)
            listed = {f"listed_{nth}": each for nth, each in enumerate(window)}
            marks = ", ".join(f":{name}" for name in listed)
            rows = conn.execute(
                f"SELECT id FROM conversation WHERE id IN ({marks}) AND {where}", {**parameters, **listed}
            )
            gone = set(window).difference(row["id"] for row in rows)
            self.matches.drop(gone)
            if not gone:
                return

    # The work

    def _begin_anew(self) -> None:
        """Begin again after a slice that failed: it may be asked once more, on another connection."""
        is_shown = self.matches is self._found
        self._found = Matches()
        self.matches = self._found if is_shown else self.matches
        self._work = self._slice_by_slice()
        next(self._work)

    def _slice_by_slice(self) -> Generator[None, Connection, None]:
        """Do a slice for each connection that is sent."""
        found = self._found
        number = number_condition(self.request.search, by_phone=self.request.by_phone)
        if self._among is not None:
            found.ids = self._sorted((yield), self._among)
            found.total = len(found.ids)
            return
        place, read = self._read_rows((yield), None), 1
        while place and self._is_near(read):
            place, read = self._read_rows((yield), place), read + 1
        often = len(found.ids) * self._slices.frequent >= self._slices.rows * read
        while place and number and often:  # to find the conversations of so many numbers would take longer
            place = self._read_rows((yield), place)
        if place is None:
            found.total = len(found.ids)
            return
        if self.request.order is ConversationSort.A_TO_Z and not number:
            yield from self._scan_names(place, found.ids)
            found.total = len(found.ids)
            return
        matching = array("q")
        yield from self._scan_names(None, matching)
        if number:
            yield from self._scan_numbers(*number, matching)
            matching = array("q", dict.fromkeys(matching))
        found.total = len(matching)
        if found.total <= self._slices.sorted:
            found.ids = self._sorted((yield), matching)
            return
        while place:
            conn = yield
            place = place if found.has(self._rows) else self._read_rows(conn, place)
        found.total = len(found.ids)

    def _is_near(self, read: int) -> bool:
        """Whether the first window is missing after some slices, and likely to be in a few if one more match is met."""
        known = len(self._found.ids)
        return known < self._rows and self._rows * read <= self._slices.near * (known + 1)

    def _read_rows(self, conn: Connection, place: _Place | None) -> _Place | None:
        """Find matches among the next rows; return the place of the last row, None at the end of the list."""
        where, parameters = list_filter(self.request)
        matches, searched = search_condition(self.request)
        order = self.request.sql_order
        left = self._slices.rows
        for part in order.down.parts if place else ("1 = 1",):
            rows = conn.execute(
                f"""
                SELECT {order.columns}, CASE WHEN {matches} THEN 1 ELSE 0 END AS is_match
                FROM conversation WHERE {where} AND {part} ORDER BY {order.down.by} LIMIT :left
                """,
                {**parameters, **searched, **(place or {}), "left": left},
            ).fetchall()
            matching = [row["id"] for row in rows if row["is_match"]]
            self._found.add(matching, unchanged=self.now == self.as_of)
            left -= len(rows)
            if not left:
                return dict(rows[-1])
        return None

    def _scan_names(self, place: _Place | None, into: array[int]) -> Generator[None, Connection, None]:
        """Find the names that match, from a place in the order by name on, None for all of them."""
        where, parameters = list_filter(self.request)
        matches, searched = name_condition(self.request.search)
        after = [place[column] for column in _BY_NAME] if place else ()
        walk = IndexWalk(where, parameters, _BY_NAME, self._slices.entries, after)
        while not walk.is_done:
            conn = yield
            some = walk.next(conn)
            rows = conn.execute(
                f"SELECT id FROM conversation WHERE {some.condition} AND {matches} ORDER BY {walk.order}",
                {**some.parameters, **searched},
            )
            into.extend(row["id"] for row in rows)

    def _scan_numbers(
        self, matches: str, searched: Mapping[str, object], into: array[int]
    ) -> Generator[None, Connection, None]:
        """Find the numbers that match, and their conversations."""
        where, parameters = list_filter(self.request)
        end: str | None = ""
        while end is not None:
            conn, start = (yield), end
            row = conn.execute(
                "SELECT phone FROM contact WHERE phone > ? ORDER BY phone LIMIT 1 OFFSET ?",
                (start, self._slices.entries - 1),
            ).fetchone()
            end = row["phone"] if row else None
            until = "contact.phone <= :end" if end else "1 = 1"
            rows = conn.execute(
                f"""
                SELECT conversation.id FROM contact CROSS JOIN conversation
                WHERE contact.phone > :start AND {until} AND {matches}
                  AND conversation.contact_id = contact.id AND conversation.campaign_id = :campaign_id AND {where}
                """,
                {**parameters, **searched, "campaign_id": self.request.campaign_id, "start": start, "end": end},
            )
            into.extend(row["id"] for row in rows)

    def _sorted(self, conn: Connection, few: array[int]) -> array[int]:
        """Return those of a few conversations of the list that match, sorted; the table says what they are sorted by.

        The condition does not name the tab, else SQLite would read all of that in its order.
        """
        if not few:
            return array("q")
        matches, parameters = search_condition(self.request)
        among = {f"among_{nth}": each for nth, each in enumerate(few)}
        rows = conn.execute(
            f"""
            SELECT id FROM conversation WHERE id IN ({", ".join(f":{name}" for name in among)}) AND {matches}
            ORDER BY {self.request.sql_order.down.by}
            """,
            {**parameters, **among},
        )
        return array("q", (row["id"] for row in rows))


def continued(search: Search | None, request: ListRequest, as_of: int) -> Search:
    """Return the search to go on with: a new one in another list, and one made again if the database has changed.

    One that is under way goes on to its end first, else it would never come to it while others write.
    """
    if search is None:
        return Search(request, as_of)
    search.now = as_of
    if search.request != request:
        return search.narrowed(request)
    return search.again(as_of) if search.as_of != as_of and search.is_done(0) else search


def _is_narrower(request: ListRequest, than: ListRequest) -> bool:
    """Whether all matches of a search are also those of another one, in the same list."""
    if replace(request, search=than.search) != than or fold(than.search) not in fold(request.search):
        return False
    number = number_condition(request.search, by_phone=request.by_phone)
    if number is None:
        return True
    at_home = number[1]["at_home"] == number[1]["number"]  # else it is also searched without its first 0
    return at_home and number_condition(than.search, by_phone=than.by_phone) is not None
