"""What a screen asks the store, without the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from time import perf_counter

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit, timed
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment, longest_waiting
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.contact_search import ContactSearch, Wanted
from thrumsg_tui.store.queries.conversations import ListRequest, ids, next_waiting
from thrumsg_tui.store.queries.due import anything_due
from thrumsg_tui.store.queries.messenger import MessengerView, ViewRequest, messenger_view
from thrumsg_tui.store.queries.overview import overview
from thrumsg_tui.store.queries.search import Search
from thrumsg_tui.store.queries.users import identify

ROWS = 30
"""How many rows of a list are shown."""

OPEN = Row("open the database, first view of the messenger", Unit.MS)
MOVES = {sort: Row(f"view after a step, {sort}", Unit.MS) for sort in ConversationSort}
ENDS = {sort: Row(f"view at the end of the list, {sort}", Unit.MS, before=25, target=10) for sort in ConversationSort}
INITIAL_END = Row("view at the end of Initial Messages", Unit.MS, before=10)
FIRST_ROWS = {
    "an": Row("the search 'an', which many match: its first rows", Unit.MS, before=368, target=50),
    "zoe moss": Row("the search 'zoe moss', which few match: its first rows", Unit.MS, before=411, target=50),
    "nobody": Row("the search 'nobody', which none match: that there are none", Unit.MS, before=749),
    "415000": Row("the search '415000', by number: its first rows", Unit.MS, before=615, target=50),
}
COUNTS = {typed: Row(f"the search {typed!r}: its count", Unit.MS) for typed in FIRST_ROWS}
FOUND = {
    "zoe moss-777": Row("finding 'zoe moss-777' in all campaigns: the first match", Unit.MS, before=102, target=50),
    "moss-777": Row("finding 'moss-777', a last name: the first match", Unit.MS, target=50),
}
FINDS = {typed: Row(f"finding {typed!r}: all of them", Unit.MS) for typed in (*FOUND, "9990001")}
SLICE = Row("the longest slice of a search, for which a key waits", Unit.MS, target=50)
NEXT = Row("next contact that waits", Unit.MS)
SENDERS = Row("overview with the table of senders", Unit.MS, before=30, target=8)
DUE = Row("anything due? (asked again and again)", Unit.MS)
QUEUED = Row("anything queued? (the same)", Unit.MS)


class MessengerReader:
    """Ana at the busy sender's assignment."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.reading() as conn:
            self.who: Identity = identify(conn, OWNER)
            self.of: Campaign = find_campaign(conn, CAMPAIGN)
            self.busy: AssignmentId = find_assignment(conn, self.of, BUSY)
        self.list = ListRequest(self.of.id, self.busy, Tab.RESPONSES)

    def view(self, wanted: ListRequest, at: int = 0, on: ConversationId | None = None) -> MessengerView:
        """Read what the messenger shows with the cursor there."""
        request = ViewRequest(wanted, first=max(0, at - 10), height=ROWS, cursor_id=on, cursor_index=at)
        with self.db.reading() as conn:
            return messenger_view(conn, self.who, request, self.db.clock())

    def all(self, wanted: ListRequest) -> list[ConversationId]:
        """The whole list."""
        with self.db.reading() as conn:
            return ids(conn, wanted)


def in_turn(rows: list[ConversationId], run: Callable[[ConversationId], object]) -> Callable[[], object]:
    """Return a function that does something with the next conversation at each call."""
    left = iter(rows)
    return lambda: run(next(left))


@contextmanager
def _reader(setting: Setting) -> Iterator[MessengerReader]:
    with closing(Database(setting.database)) as db:
        yield MessengerReader(db)


def _opening(setting: Setting) -> Iterator[Figure]:
    def opened() -> None:
        with _reader(setting) as reader:
            reader.view(reader.list)

    yield timed(OPEN, opened, setting.scale.times)


def _views(setting: Setting) -> Iterator[Figure]:
    with _reader(setting) as reader:
        yield from _steps_and_ends(reader, setting.scale.times)


def _searches(setting: Setting) -> Iterator[Figure]:
    longest: list[float] = []
    with _reader(setting) as reader:
        for typed, row in FIRST_ROWS.items():
            wanted = replace(reader.list, search=typed)
            searches = [_slices_of(reader, wanted) for _ in range(setting.scale.few)]
            yield Figure(row, tuple(first_rows for first_rows, _ in searches))
            yield Figure(COUNTS[typed], tuple(sum(slices) for _, slices in searches))
            longest += (max(slices) for _, slices in searches)
    yield Figure(SLICE, tuple(longest))


def _slices_of(reader: MessengerReader, wanted: ListRequest) -> tuple[float, list[float]]:
    """Search in slices, as the app does; how many milliseconds the first rows took, and each slice."""
    search, slices, first_rows = Search(wanted), [], None
    while first_rows is None or not search.is_done(ROWS):
        start = perf_counter()
        with reader.db.reading() as conn:
            search.advance(conn, ROWS)
        slices.append((perf_counter() - start) * 1000)
        if first_rows is None and search.matches.has(ROWS):
            first_rows = sum(slices)
    return first_rows, slices


def _finds(setting: Setting) -> Iterator[Figure]:
    with _reader(setting) as reader:
        for typed, row in FINDS.items():
            found = [_found_by(reader, typed) for _ in range(setting.scale.few)]
            if typed in FOUND:
                yield Figure(FOUND[typed], tuple(first for first, _ in found))
            yield Figure(row, tuple(whole for _, whole in found))


def _found_by(reader: MessengerReader, typed: str) -> tuple[float, float]:
    """Find contacts in all campaigns; how many milliseconds the first match took, or that there is none, and all."""
    search, first, whole = ContactSearch(Wanted(typed)), None, 0.0
    while not search.is_done:
        start = perf_counter()
        with reader.db.reading() as conn:
            search.advance(conn)
        whole += (perf_counter() - start) * 1000
        if first is None and len(search):
            first = whole
    return whole if first is None else first, whole


def _others(setting: Setting) -> Iterator[Figure]:
    times = setting.scale.times
    with _reader(setting) as reader:
        rows = reader.all(reader.list)
        yield timed(NEXT, in_turn(rows, lambda each: _next(reader, each)), times)
        yield timed(SENDERS, lambda: _overview(reader), times)
        yield timed(DUE, lambda: anything_due(reader.db), times)
        yield timed(QUEUED, lambda: take_queued(reader.db), times)


def _steps_and_ends(reader: MessengerReader, times: int) -> Iterator[Figure]:
    for sort in ConversationSort:
        wanted = replace(reader.list, sort=sort)
        rows = reader.all(wanted)
        moves = count(1)

        def move(wanted: ListRequest = wanted, rows: list[ConversationId] = rows, moves: count[int] = moves) -> None:
            at = next(moves) % len(rows)
            reader.view(wanted, at, rows[at])

        yield timed(MOVES[sort], move, times)
        last = len(rows) - 1
        yield timed(ENDS[sort], lambda w=wanted, n=last, r=rows: reader.view(w, n, r[n]), times)  # type: ignore[misc]
    initial = replace(reader.list, tab=Tab.INITIAL)
    waiting = reader.all(initial)

    yield timed(INITIAL_END, lambda: reader.view(initial, len(waiting) - 1, waiting[-1]), times)


def _next(reader: MessengerReader, current: ConversationId) -> None:
    with reader.db.reading() as conn:
        next_waiting(conn, reader.busy, current, wrap=True)


def _overview(reader: MessengerReader) -> None:
    with reader.db.reading() as conn:
        shown = overview(conn, reader.who, reader.of.id, reader.db.clock(), "order")
        longest_waiting(conn, reader.of.id, [each.id for each in shown.senders[: 3 * ROWS]])


READING = Family(
    "reading",
    "What a screen asks the store",
    (
        Part((OPEN,), _opening),
        Part((*MOVES.values(), *ENDS.values(), INITIAL_END), _views),
        Part((*FIRST_ROWS.values(), *COUNTS.values(), SLICE), _searches),
        Part((*FOUND.values(), *FINDS.values()), _finds),
        Part((NEXT, SENDERS, DUE, QUEUED), _others),
    ),
)
