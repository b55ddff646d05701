"""A search for contacts in all campaigns and with all senders, made in slices so that no key waits for all of them."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import TypeAlias

from thrumsg_tui.domain.conversations import ConversationId, ConversationRow
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import digits, fold
from thrumsg_tui.domain.users import UserId
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.conversations import beginnings, name_condition, number_condition, rows_of
from thrumsg_tui.store.queries.index_walk import IndexWalk
from thrumsg_tui.store.queries.lookup import FoundConversation, conversations_by_id
from thrumsg_tui.store.schema import IN_RESPONSES

MOST = 1_000
"""How many matches the screen looks for: whoever gets more types another letter."""

_ENTRIES = 10_000
"""How many entries of an index, names or numbers, one slice reads at most."""

_TABS = (
    IN_RESPONSES,
    "in_follow_ups = 1",
    "tab = 'sent'",
    "tab = 'initial'",
    "tab = 'opt-outs'",
)
"""The conditions of the indexes by name, such as `conversation_sent_by_name`: each conversation is in one of them."""

_BY_NAME = ("assignment_id", "first_key", "last_key", "id")
"""The columns of these indexes."""

_ALL = 1 << 60
"""More than there can be."""

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

    Names that begin with the text are looked up in the indexes of the tabs by name, so that the first match comes at
    once as a rule. Then all names are read from these indexes, 0.25 µs each, or first all numbers from that of
    `contact.phone`, 0.1 µs each. A contact is found once for each of their conversations.
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
        assignments: Sequence[int | None] = (None,)
        if self.wanted.own is not None:
            own = (yield).execute("SELECT id FROM assignment WHERE user_id = ? AND active = 1", (self.wanted.own,))
            assignments = [row["id"] for row in own]
        if self._number:
            yield from self._scan_numbers(*self._number)
        else:
            for tab in _TABS:
                yield from self._look_up_names(tab)
        for tab in _TABS:
            for assignment in assignments:
                yield from self._scan_names(tab, assignment)

    def _look_up_names(self, tab: str) -> Generator[None, Connection, None]:
        """Find some of the names that begin with the text, in the index of a tab: they are found wherever they are."""
        whose = "1 = 1" if self.wanted.own is None else "assignment.user_id = :own AND assignment.active = 1"
        for begins, searched in beginnings(self.wanted.text):
            conn = yield
            rows = conn.execute(
                f"""
                SELECT conversation.id FROM assignment CROSS JOIN conversation
                WHERE {whose} AND conversation.assignment_id = assignment.id AND {tab} AND {begins} LIMIT :most
                """,
                {**searched, "own": self.wanted.own, "most": min(self._at_most, self._entries)},
            )
            self._take(conn, [row["id"] for row in rows])

    def _scan_names(self, tab: str, own: int | None) -> Generator[None, Connection, None]:
        """Find the names that match in the index of a tab, of one's own assignment or of all."""
        matches, searched = name_condition(self.wanted.text)
        if own is None:
            walk = IndexWalk(tab, {}, _BY_NAME, self._entries, least=0)
        else:
            walk = IndexWalk(f"{tab} AND assignment_id = :own", {"own": own}, _BY_NAME[1:], self._entries)
        while not walk.is_done:
            conn = yield
            some = walk.next(conn)
            rows = conn.execute(
                f"SELECT id FROM conversation WHERE {some.condition} AND {matches} ORDER BY {walk.order} LIMIT :most",
                {**some.parameters, **searched, "most": self._at_most},
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
                ORDER BY contact.phone LIMIT :most
                """,
                {**searched, "start": start, "end": end, "own": self.wanted.own, "most": self._at_most},
            ).fetchall()
            ending = {row["id"] for row in rows if row["phone"].endswith(digits(self.wanted.text))}
            self._take(conn, [row["id"] for row in rows], ending)

    @property
    def _at_most(self) -> int:
        """How many matches a slice needs at most, whatever of them was found before."""
        return _ALL if self._most is None else self._most

    def _take(self, conn: Connection, matches: Sequence[int], best: Collection[int] = ()) -> None:
        """Add matches, `best` among them; their ranks are read from their rows, since no index has all of that."""
        wanted = fold(self.wanted.text)
        new = [each for each in matches if each not in self._found][: self._at_most - len(self._found)]
        for start in range(0, len(new), 500):
            some = new[start : start + 500]
            marks = ", ".join("?" * len(some))
            rows = conn.execute(
                f"SELECT id, urgency, first_key, last_key FROM conversation WHERE id IN ({marks})", some
            )
            for row in rows:
                name = f"{row['first_key']} {row['last_key']}"
                begins = name.startswith(wanted) or row["last_key"].startswith(wanted)
                rank = (0 if begins or row["id"] in best else 1, row["urgency"])
                self._found[row["id"]] = rank


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact in one of their conversations: as the list of it shows them, and where it is."""

    row: ConversationRow
    place: FoundConversation


def found_contacts(conn: Connection, wanted: Sequence[ConversationId]) -> list[FoundContact]:
    """Read the contacts of some conversations, in the order given; those that are gone are left out."""
    places = conversations_by_id(conn, wanted)
    return [FoundContact(row, places[row.id]) for row in rows_of(conn, wanted)]
