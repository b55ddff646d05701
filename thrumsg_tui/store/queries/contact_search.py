"""A search for contacts in all campaigns and with all senders, made in slices so that no key waits for all of them."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import TypeAlias

from thrumsg_tui.domain.conversations import ConversationId, ConversationRow
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import digits, fold
from thrumsg_tui.domain.users import UserId
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.conversations import name_condition, number_condition, rows_of
from thrumsg_tui.store.queries.lookup import FoundConversation, conversations_by_id

MOST = 1_000
"""How many matches the screen looks for: whoever gets more types another letter."""

_ENTRIES = 10_000
"""How many entries of an index, names or numbers, one slice reads at most."""

_TABS = (
    "tab = 'responses'",
    "in_follow_ups = 1",
    "tab = 'sent'",
    "tab = 'initial'",
    "tab = 'opt-outs'",
)
"""The conditions of the indexes by name, such as `conversation_sent_by_name`: each conversation is in one of them."""

_LAST = 1 << 60
"""Beyond the id of any assignment."""

_Place: TypeAlias = Mapping[str, object]
"""The values of a row in the columns of the indexes by name."""

_Rank: TypeAlias = tuple[int, int]
"""The place of a match: 0 if a name begins with the text or the number ends with it, else 1; and its urgency."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to search for.

    Attributes:
        text: Part of a name or of a number, as typed.
        by_phone: Whether numbers are searched, too; not while they are hidden (`docs/rules.md 3.20`).
        own: The sender whose conversations alone are searched; None searches everybody's.
    """

    text: str
    by_phone: bool = True
    own: UserId | None = None


class ContactSearch:
    """A search for contacts; each call of `advance` does a slice of it.

    It reads all names from the indexes of the tabs by name, and all numbers from that of `contact.phone`: 0.3 µs each.
    A contact is found once for each of their conversations.
    """

    def __init__(self, wanted: Wanted, most: int | None = MOST, entries: int = _ENTRIES) -> None:
        """Begin a search.

        Args:
            wanted: Whom to search for; nobody is found by an empty text.
            most: How many matches end the search; None finds all.
            entries: How many entries of an index a slice reads.
        """
        self.wanted = wanted
        self.is_done = not fold(wanted.text)
        self._most = most
        self._entries = entries
        self._number = number_condition(wanted.text, by_phone=wanted.by_phone)
        self._found: dict[int, _Rank] = {}
        self._begin_anew()

    @property
    def is_cut(self) -> bool:
        """Whether it ended at so many matches that there may be more."""
        return self._most is not None and len(self._found) >= self._most

    @property
    def ids(self) -> list[ConversationId]:
        """The conversations found so far.

        Those whose name begins with the text come first; then the longest waiting ones, then those with the latest
        message.
        """
        return [ConversationId(each) for _, each in sorted((rank, each) for each, rank in self._found.items())]

    def __len__(self) -> int:
        return len(self._found)

    def advance(self, conn: Connection) -> None:
        """Do the next slice."""
        if self.is_done:
            return
        try:
            self._work.send(conn)
            self.is_done = self.is_cut
        except StopIteration:
            self.is_done = True
        except BaseException:
            self._begin_anew()
            raise

    # The work

    def _begin_anew(self) -> None:
        """Begin again after a slice that failed: it may be asked once more, on another connection."""
        self._found.clear()
        self._work = self._slice_by_slice()
        next(self._work)

    def _slice_by_slice(self) -> Generator[None, Connection, None]:
        """Do a slice for each connection that is sent."""
        spans: Sequence[tuple[int, int]] = [(0, _LAST)]
        if self.wanted.own is not None:
            own = (yield).execute("SELECT id FROM assignment WHERE user_id = ? AND active = 1", (self.wanted.own,))
            spans = [(row["id"], row["id"]) for row in own]
        if self._number:
            yield from self._scan_numbers(*self._number)
        for tab in _TABS:
            for first, last in spans:
                yield from self._scan_names(tab, first, last)

    def _scan_names(self, tab: str, first: int, last: int) -> Generator[None, Connection, None]:
        """Find the names that match in the index of a tab, from one assignment to another."""
        matches, searched = name_condition(self.wanted.text)
        columns = "assignment_id, first_key, last_key, id"
        beyond = f"{tab} AND ({columns}) > (:assignment_id, :first_key, :last_key, :id)"
        to_the_last = "assignment_id <= :last"
        end: _Place | None = {"assignment_id": first, "first_key": "", "last_key": "", "id": 0}
        while end:
            conn, place = (yield), {**end, "last": last}
            edge = conn.execute(
                f"""
                SELECT {columns} FROM conversation WHERE {beyond} AND {to_the_last}
                ORDER BY {columns} LIMIT 1 OFFSET :entries
                """,
                {**place, "entries": self._entries - 1},
            ).fetchone()
            end = dict(edge) if edge else None
            to_the_edge = f"({columns}) <= (:end_assignment_id, :end_first_key, :end_last_key, :end_id)"
            until = to_the_edge if end else to_the_last
            rows = conn.execute(
                f"SELECT id FROM conversation WHERE {beyond} AND {until} AND {matches} ORDER BY {columns} LIMIT :left",
                {**place, **searched, "left": self._left}
                | {f"end_{name}": value for name, value in (end or {}).items()},
            )
            self._take(conn, [row["id"] for row in rows])

    def _scan_numbers(self, matches: str, searched: Mapping[str, object]) -> Generator[None, Connection, None]:
        """Find the numbers that match, and their conversations."""
        own = "conversation.assignment_id IN (SELECT id FROM assignment WHERE user_id = :own AND active = 1)"
        end: str | None = ""
        while end is not None:
            conn, start = (yield), end
            row = conn.execute(
                "SELECT phone FROM contact WHERE phone > ? ORDER BY phone LIMIT 1 OFFSET ?", (start, self._entries - 1)
            ).fetchone()
            end = row["phone"] if row else None
            rows = conn.execute(
                f"""
                SELECT conversation.id, contact.phone FROM contact CROSS JOIN conversation
                WHERE contact.phone > :start AND {"contact.phone <= :end" if end else "1 = 1"} AND {matches}
                  AND conversation.contact_id = contact.id AND {"1 = 1" if self.wanted.own is None else own}
                ORDER BY contact.phone LIMIT :left
                """,
                {**searched, "start": start, "end": end, "own": self.wanted.own, "left": self._left},
            ).fetchall()
            ending = {row["id"] for row in rows if row["phone"].endswith(digits(self.wanted.text))}
            self._take(conn, [row["id"] for row in rows], ending)

    @property
    def _left(self) -> int:
        """How many matches are still wanted."""
        return _LAST if self._most is None else self._most - len(self._found)

    def _take(self, conn: Connection, matches: Sequence[int], best: Collection[int] = ()) -> None:
        """Add matches, `best` among them; their ranks are read from their rows, since no index has all of that."""
        wanted = fold(self.wanted.text)
        for start in range(0, len(matches), 500):
            some = matches[start : start + 500]
            marks = ", ".join("?" * len(some))
            rows = conn.execute(
                f"SELECT id, urgency, first_key, last_key FROM conversation WHERE id IN ({marks})", some
            )
            for row in rows:
                name = f"{row['first_key']} {row['last_key']}"
                begins = name.startswith(wanted) or row["last_key"].startswith(wanted)
                rank = (0 if begins or row["id"] in best else 1, row["urgency"])
                self._found[row["id"]] = min(rank, self._found.get(row["id"], rank))


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact in one of their conversations: as the list of it shows them, and where it is."""

    row: ConversationRow
    place: FoundConversation


def found_contacts(conn: Connection, wanted: Sequence[ConversationId]) -> list[FoundContact]:
    """Read the contacts of some conversations, in the order given; those that are gone are left out."""
    places = conversations_by_id(conn, wanted)
    return [FoundContact(row, places[row.id]) for row in rows_of(conn, wanted)]
