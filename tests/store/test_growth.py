"""Nothing that a key waits for takes longer in a database of more conversations (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.large import BUSY, cached
from tests.new_database import ON_SERVER, Template
from tests.store.filled import open_filled
from tests.store.measuring import measured
from tests.store.screen_queries import ASKED, Filled
from thrumsg_tui.domain.enums import ConversationSort, StatusFilter, Tab
from thrumsg_tui.store.changes.missed_opt_outs import newest_conversation, wrongly_marked
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.queries.compliance import points_by_arrivals
from thrumsg_tui.store.queries.contact_counts import Arrival
from thrumsg_tui.store.queries.contact_search import ContactSearch, Wanted
from thrumsg_tui.store.queries.conversations import ListRequest, count, ids
from thrumsg_tui.store.queries.list_places import Landmark, ids_between, ids_from
from thrumsg_tui.store.queries.messenger import ViewRequest, messenger_view
from thrumsg_tui.store.queries.search import Search, Slices
from thrumsg_tui.store.queries.users import find_user

SMALL, LARGE = 8_000, 24_000
"""How many conversations the two databases have: more than one slice of whatever is read in slices."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Filled, Filled]]:
    """The small database and the large one."""
    folder = tmp_path_factory.mktemp("growth")
    made = [Template(cached(folder, each, 4)).copy(folder / f"{each}.db") for each in (SMALL, LARGE)]
    small, large = map(open_filled, made)
    yield small, large
    small.db.close()
    large.db.close()


Place = Callable[[int], int]
"""An index in a list of so many rows."""

PLACES: dict[str, Place] = {"start": lambda _: 0, "middle": lambda total: total // 2, "end": lambda total: total - 1}

GROWS = {
    "compliance_points": "before a launch: reads each contact of the campaign, 0.3 µs each",
    "reach": "in the form of a follow-up: reads each conversation of the campaign, 1 µs each",
    "waiting_in_follow_ups": "before Send All of a tab, which sends as many: reads each of its conversations",
    "opt_out_rows, search": "looks at each number that is opted out, 1 µs each",
    "count_opt_outs": "counts on an index: 20 ms for a million",
    "contact search": "reads all names and numbers, in slices that are measured below",
    **{
        f"plan: {whose}, {status}, None": "previews a move of as many"
        for whose in ("everyone", "one")
        for status in StatusFilter
    },
}
"""The queries of `ASKED` that read more where there is more, by the beginnings of their names, and why they may."""

GROWS_ON_SERVER = {**GROWS, "opt_out_rows": "reads a table of ten pages whole, which is faster than its index"}
"""Those that may read more on a server, which chooses its plan by the sizes of the tables."""

LISTS = ("messenger_view", "lists", "from one", "between")
"""Queries of `ASKED` whose places in a list are other ones in a longer list: they are measured below."""


def has_grown(small: int, large: int) -> bool:
    """Whether three times as much makes a query take notably longer: a search in an index takes a step more."""
    return large > small * 1.25 + 30


@pytest.mark.parametrize("name", [name for name in ASKED if not name.startswith(LISTS)])
def test_a_query_takes_no_longer_where_there_is_more(both: tuple[Filled, Filled], name: str) -> None:
    _, ask = ASKED[name]
    small, large = (measured(each, ask) for each in both)
    grown = has_grown(small, large)
    if ON_SERVER:
        assert not grown or name.startswith(tuple(GROWS_ON_SERVER)), (small, large)
    else:
        assert grown == name.startswith(tuple(GROWS)), (small, large)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sort", ConversationSort)
@pytest.mark.parametrize("tab", [Tab.INITIAL, Tab.RESPONSES, Tab.OPT_OUTS, Tab.SENT])
def test_a_step_takes_no_longer_in_a_longer_list(
    both: tuple[Filled, Filled], tab: Tab, sort: ConversationSort, place: str
) -> None:
    """Also where the cursor's conversation has left the list, and the row before it is the next one's neighbour."""
    steps = []
    for filled in both:
        request = ListRequest(filled.of.id, filled.kims, tab, sort=sort)
        with filled.db.reading() as conn:
            whole = ids(conn, request)
        index = PLACES[place](len(whole))
        first = max(0, index - 20)
        for cursor, near in ((whole[index], None), (None, Landmark(whole[first], first))):
            asked = ViewRequest(request, first, 60, cursor, index, sent_tab=True, landmark=near)
            steps.append(
                measured(filled, lambda conn, of, asked=asked: messenger_view(conn, of.who, asked, of.db.clock()))
            )
    assert not has_grown(steps[0], steps[2]), steps
    assert not has_grown(steps[1], steps[3]), steps


@pytest.mark.parametrize("search", ["a", "zoe moss", "nobody", "415", "0001234"])
@pytest.mark.parametrize("tab", [Tab.INITIAL, Tab.RESPONSES])
def test_a_slice_of_a_search_takes_no_longer_in_a_longer_list(
    both: tuple[Filled, Filled], tab: Tab, search: str
) -> None:
    longest = []
    for filled in both:
        made = Search(ListRequest(filled.of.id, filled.kims, tab, search=search), slices=Slices(200, 500, 100))
        slices = []
        while not made.is_done(60):
            slices.append(measured(filled, lambda conn, _, made=made: made.advance(conn, 60)))
        longest.append(max(slices))
    assert not has_grown(*longest), longest


@pytest.mark.parametrize("text", ["moss", "zoe moss", "nobody", "0001234"])
@pytest.mark.parametrize("own", [False, True])
def test_a_slice_of_a_search_for_contacts_takes_no_longer_where_there_are_more(
    both: tuple[Filled, Filled], text: str, own: bool
) -> None:
    longest = []
    for filled in both:
        with filled.db.reading() as conn:
            kim = find_user(conn, BUSY).id
        made = ContactSearch(Wanted(text, own=kim if own else None), entries=500)
        slices = []
        while not made.is_done:
            slices.append(measured(filled, lambda conn, _, made=made: made.advance(conn)))
        longest.append(max(slices))
    assert not has_grown(*longest), longest


def test_parts_of_a_list_take_as_long_as_they_are(both: tuple[Filled, Filled]) -> None:
    for number in (1, 200):
        steps = []
        for filled in both:
            request = ListRequest(filled.of.id, filled.kims, Tab.RESPONSES)
            with filled.db.reading() as conn:
                part = ids(conn, request, 500, number)
            steps.append(
                (
                    measured(filled, lambda conn, _, r=request, f=part[0], n=number: ids_from(conn, r, f, n)),
                    measured(filled, lambda conn, _, r=request, f=part[0], e=part[-1]: ids_between(conn, r, f, e)),
                )
            )
        assert not has_grown(steps[0][0], steps[1][0]), steps
        assert not has_grown(steps[0][1], steps[1][1]), steps


def test_what_an_import_has_missed_is_looked_for_among_its_own_conversations(both: tuple[Filled, Filled]) -> None:
    steps = []
    for filled in both:
        with filled.db.reading() as conn:
            after = newest_conversation(conn) - 100
        steps.append(measured(filled, lambda conn, of, after=after: wrongly_marked(conn, of.of.id, after)))
    assert not has_grown(*steps), steps


@pytest.mark.parametrize(("phone", "opened"), [("+14152000000", []), ("+12012000000", ["state-hours-NJ"])])
def test_what_an_arrival_opens_is_known_soon_where_others_are_like_them(
    both: tuple[Filled, Filled], tmp_path: Path, phone: str, opened: list[str]
) -> None:
    """The newest contact is in California; only for the first one of another state all of them are read."""
    tmp_path.joinpath("newest.csv").write_text("First Name,Cell\nMaria,415 300 0000\n")
    for filled in both:
        import_contacts(filled.db, filled.who, tmp_path / "newest.csv", filled.of.name)
    table = "state,days,opens,closes,source\nCA,Mon-Sun,09:00,10:00,\nNJ,Mon-Sun,08:00,20:00,\n"
    tmp_path.joinpath("own.state_hours.csv").write_text(table)
    arrivals = [Arrival(phone, {})]

    def points(conn: Connection, of: Filled) -> list[str]:
        found = points_by_arrivals(conn, of.who, of.of, arrivals, of.db.clock(), tmp_path / "own.db")
        return [point.code for point in found]

    steps = [measured(filled, points) for filled in both]
    assert has_grown(*steps) == bool(opened), steps
    with both[0].db.reading() as conn:
        assert points(conn, both[0]) == opened


def test_the_measure_sees_a_query_that_reads_all(both: tuple[Filled, Filled]) -> None:
    request = ListRequest(both[0].of.id, both[0].kims, Tab.RESPONSES, search="zoe")
    assert has_grown(*(measured(each, lambda conn, _: count(conn, request)) for each in both))
