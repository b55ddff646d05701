"""Searches made in slices, and windows read from a row near by, agree with the whole list (docs/rules.md 3.6, 3.19)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from benchmarks.large import BUSY, CAMPAIGN, cached
from tests.examples import examples
from tests.new_database import Template, give_back
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.errors import DatabaseUnreachable
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.conversations import ListRequest, count, ids
from thrumsg_tui.store.queries.list_places import Landmark, ids_between, ids_from
from thrumsg_tui.store.queries.list_windows import WindowRequest, list_window, search_window
from thrumsg_tui.store.queries.search import Search, Slices, continued

SEARCHES = (
    "a",
    "an",
    "zoe",
    "zoe moss",
    "e b",
    "n q",
    "ng-1",
    "nobody",
    "5",
    "4150001",
    "1415000",
    "(415) 000-1",
    "0001",
)
LOST = Mock(**{"execute.side_effect": DatabaseUnreachable("lost")})
"""A connection that is lost."""
SLICES = (
    Slices(rows=70, entries=110, sorted=90, frequent=2),
    Slices(rows=90, entries=301, sorted=0, frequent=1),
    Slices(rows=50, entries=130, sorted=1_000, frequent=10),
    Slices(),
)
READ_ONLY = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

Lists = st.builds(lambda tab, sort: (tab, sort), st.sampled_from(list(Tab)), st.sampled_from(list(ConversationSort)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A database in which Kim has some 5,000 conversations."""
    return Template(cached(tmp_path_factory.mktemp("made"), 10_000, 4))


@pytest.fixture
def large(made: Template, tmp_path: Path) -> Iterator[Database]:
    with closing(Database(made.copy(tmp_path / "large.db"))) as db:
        yield db


@pytest.fixture
def kims(large: Database) -> ListRequest:
    """Kim's list, without a tab."""
    with large.reading() as conn:
        campaign = find_campaign(conn, CAMPAIGN)
        return ListRequest(campaign.id, find_assignment(conn, campaign, BUSY))


def request_of(kims: ListRequest, tab: Tab, sort: ConversationSort, search: str = "") -> ListRequest:
    return ListRequest(kims.campaign_id, kims.assignment_id, tab, search=search, sort=sort)


def window_at(first: int, height: int = 10, cursor: ConversationId | None = None, index: int = 0) -> WindowRequest:
    return WindowRequest(first, height, cursor, index, None)


# Searches


@READ_ONLY
@given(
    listed=Lists,
    search=st.one_of(st.sampled_from(SEARCHES), st.text(st.sampled_from("aelo -015"), min_size=1, max_size=4)),
    slices=st.sampled_from(SLICES),
    first=st.integers(0, 60),
)
def test_a_search_in_slices_finds_what_one_query_finds_in_the_same_order(
    large: Database,
    kims: ListRequest,
    listed: tuple[Tab, ConversationSort],
    search: str,
    slices: Slices,
    first: int,
) -> None:
    request = request_of(kims, *listed, search)
    made = Search(request, slices=slices)
    with large.reading() as conn:
        whole = ids(conn, request)
        while not made.is_done(first + 10):
            made.advance(conn, first + 10)
            known = list(made.matches.ids)
            assert known == whole[: len(known)]
            assert made.matches.total in {None, len(whole)}
        window = search_window(conn, made, window_at(first, cursor=None, index=first), to_the_end=True)
    assert made.matches.total == len(whole)
    assert window.ids == whole[window.first : window.first + 10]
    assert window.cursor == max(0, min(first, len(whole) - 1))


@READ_ONLY
@given(
    listed=Lists,
    typed=st.one_of(
        st.sampled_from(["zoe moss-1", "4150001", "0001234", "000 12", "1 (415)", "(0", "ng-12"]),
        st.text(st.sampled_from("anzoe -()015"), min_size=2, max_size=7),
    ),
    slices=st.sampled_from(SLICES),
)
def test_letter_by_letter_a_search_finds_the_same_as_at_once(
    large: Database, kims: ListRequest, listed: tuple[Tab, ConversationSort], typed: str, slices: Slices
) -> None:
    """The matches of a longer text are looked for among those of the shorter one."""
    made = Search(request_of(kims, *listed, typed[:1]), slices=slices)
    with large.reading() as conn:
        for length in range(1, len(typed) + 1):
            request = request_of(kims, *listed, typed[:length])
            made = continued(made, request, 0)
            if not fold(request.search):
                continue
            window = search_window(conn, made, window_at(0), to_the_end=True)
            assert made.matches.total == count(conn, request)
            assert window.ids == ids(conn, request, 0, 10)


def test_what_one_contact_in_a_hundred_matches_is_shown_before_all_are_searched(
    large: Database, kims: ListRequest
) -> None:
    request = request_of(kims, Tab.RESPONSES, ConversationSort.NEEDS_REPLY, "41500012")
    search = Search(request, slices=Slices(rows=70, entries=50))
    with large.reading() as conn:
        search.advance(conn, 3)
        assert not search.matches.has(3)
        while not search.matches.has(3):
            search.advance(conn, 3)
        assert search.matches.total is None
        assert list(search.matches.ids[:3]) == ids(conn, request, 0, 3)
        search_window(conn, search, window_at(0), to_the_end=True)
        assert search.matches.total == count(conn, request) > 10


def test_after_a_few_letters_only_the_matches_so_far_are_searched(large: Database, kims: ListRequest) -> None:
    slices = Slices(rows=50, entries=50)
    first = Search(request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe"), 1, slices)
    with large.reading() as conn:
        while not first.is_done(1_000):
            first.advance(conn, 1_000)
        again = continued(first, request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe m"), 1)
        again.advance(conn, 10)
        assert again.is_done(10)
        other = continued(first, request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "oe"), 1)
        later = continued(first, request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe m"), 2)
        elsewhere = continued(first, request_of(kims, Tab.INITIAL, ConversationSort.RECENT, "zoe m"), 1)
        for each in (other, later, elsewhere):
            each.advance(conn, 10)
            assert not each.is_done(10)


@READ_ONLY
@given(st.lists(st.sampled_from(["read", "advance", "opt out", "rename"]), max_size=12), st.sampled_from(SLICES))
@example(["opt out"] * 4, Slices(rows=90, entries=301, sorted=0, frequent=1))
def test_while_others_change_the_list_only_what_matches_is_shown_and_in_the_end_all_of_it(
    made: Template,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[str],
    slices: Slices,
) -> None:
    location = made.copy(tmp_path_factory.mktemp("changed") / "large.db")
    with closing(Database(location)) as db:
        with db.reading() as conn:
            campaign = find_campaign(conn, CAMPAIGN)
            request = ListRequest(campaign.id, find_assignment(conn, campaign, BUSY), Tab.RESPONSES, search="zoe")
            search = Search(request, db.version(), slices)
            search_window(conn, search, window_at(0), to_the_end=True)
        for nth, step in enumerate(steps):
            with db.writing() as tx:
                whole = ids(tx.conn, request)
                if step == "opt out":
                    tx.conn.execute("UPDATE conversation SET opted_out = 1 WHERE id = ?", (whole[nth],))
                if step == "rename":
                    tx.conn.execute("UPDATE conversation SET first_key = 'zoe' WHERE id = ?", (1 + nth,))
            with db.reading() as conn:
                search = continued(search, request, db.version())
                window = search_window(conn, search, window_at(nth), to_the_end=step == "read")
                now = ids(conn, request)
            assert set(window.ids) <= set(now)
            assert len(window.ids) == 10
            assert step != "read" or len(window.ids) == len(set(window.ids))
        with db.reading() as conn:
            while search.as_of != db.version() or not search.is_done(10):
                search = continued(search, request, db.version())
                search_window(conn, search, window_at(0), to_the_end=True)
            assert search.matches.window(0, 10) == ids(conn, request, 0, 10)
            assert search.matches.total == count(conn, request)
    give_back(location)


def test_a_search_that_is_under_way_goes_on_although_others_write(large: Database, kims: ListRequest) -> None:
    request = request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "nobody")
    search = Search(request, 1, Slices(rows=50, entries=50))
    with large.reading() as conn:
        search.advance(conn, 10)
        assert not search.is_done(10)
        assert continued(search, request, 2) is search
        search_window(conn, search, window_at(0), to_the_end=True)
    assert continued(search, request, 1) is search
    assert continued(search, request, 2) is not search


@pytest.mark.parametrize("moves", ["nothing", "a match that is shown moves down"])
def test_rows_further_down_come_before_the_search_is_made_again(large: Database, kims: ListRequest, moves: str) -> None:
    """The person goes down while others change the list: the rows wait for no count."""
    request = request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe")
    with large.reading() as conn:
        search = Search(request, large.version(), Slices(rows=90, entries=301, sorted=0, frequent=1))
        search_window(conn, search, window_at(0), to_the_end=True)
        whole = ids(conn, request)
    known = len(search.matches.ids)
    moved = whole[3] if moves != "nothing" else None
    with large.writing() as tx:
        last = "(SELECT last_message_at FROM conversation WHERE id = ?)"
        tx.conn.execute(f"UPDATE conversation SET last_message_at = {last} WHERE id = ?", (whole[known + 5], moved))
    with large.reading() as conn:
        again = continued(search, request, large.version() + 1)
        while not again.matches.has(known + 10):
            again.advance(conn, known + 10)
        assert not again.is_done(0)
        shown = list(again.matches.ids)
        assert len(shown) == len(set(shown))
        assert shown[: known + 10] == whole[: known + 10]
        search_window(conn, again, window_at(0), to_the_end=True)
        assert again.matches.total == len(whole)
        assert list(again.matches.ids) == ids(conn, request)[: len(again.matches.ids)]


def test_at_the_end_of_the_list_no_row_is_waited_for_that_has_gone(large: Database, kims: ListRequest) -> None:
    request = request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe")
    with large.reading() as conn:
        search = Search(request, large.version(), Slices(rows=90, entries=301, sorted=0, frequent=1))
        search_window(conn, search, window_at(0), to_the_end=True)
        whole = ids(conn, request)
    with large.writing() as tx:
        tx.conn.execute("UPDATE conversation SET opted_out = 1 WHERE id = ?", (whole[-3],))
    with large.reading() as conn:
        again = continued(search, request, large.version() + 1)
        while not again.matches.has(len(whole)):
            again.advance(conn, len(whole))
        assert not again.is_done(0)
        assert list(again.matches.ids) == ids(conn, request)


@pytest.mark.parametrize("good", range(8))
def test_a_search_is_begun_again_after_a_slice_that_failed(large: Database, kims: ListRequest, good: int) -> None:
    """A query whose connection is lost is asked once more; the search must not seem to have ended, or never end."""
    request = request_of(kims, Tab.RESPONSES, ConversationSort.RECENT, "zoe")
    search = Search(request, 1, Slices(rows=90, entries=301, sorted=0, frequent=1))
    with large.reading() as conn:
        whole = ids(conn, request)
        for _ in range(good):
            search.advance(conn, 10)
        with pytest.raises(DatabaseUnreachable):
            search.advance(LOST, 10)
        assert search_window(conn, search, window_at(0), to_the_end=True).ids == whole[:10]
        assert search.matches.total == len(whole)
        again = continued(search, request, 2)
        with pytest.raises(DatabaseUnreachable):
            again.advance(LOST, len(whole))
        while not again.matches.has(len(whole)):
            again.advance(conn, len(whole))
        assert list(again.matches.ids) == whole


# Windows


@READ_ONLY
@given(listed=Lists, places=st.tuples(st.floats(0, 1), st.floats(0, 1)), height=st.integers(1, 40))
def test_a_window_is_the_same_from_wherever_it_is_found(
    large: Database,
    kims: ListRequest,
    listed: tuple[Tab, ConversationSort],
    places: tuple[float, float],
    height: int,
) -> None:
    request = request_of(kims, *listed)
    with large.reading() as conn:
        whole = ids(conn, request)
        assume(whole)
        index, first = (round(place * (len(whole) - 1)) for place in places)
        for cursor, near in ((whole[index], None), (None, Landmark(whole[index], index)), (None, None)):
            asked = WindowRequest(first, height, cursor, index, near)
            found = list_window(conn, request, asked, len(whole))
            assert (found.total, found.cursor) == (len(whole), index)
            assert found.ids == whole[found.first : found.first + height]
            assert found.first <= index < found.first + height


@READ_ONLY
@given(listed=Lists, place=st.floats(0, 1), moved=st.integers(0, 60))
def test_the_cursor_follows_its_conversation_where_rows_before_it_have_gone(
    large: Database, kims: ListRequest, listed: tuple[Tab, ConversationSort], place: float, moved: int
) -> None:
    """The index may be wrong by what has gone; the rows around the cursor, and both ends, are right."""
    request = request_of(kims, *listed)
    with large.reading() as conn:
        whole = ids(conn, request)
        assume(whole)
        index = round(place * (len(whole) - 1))
        believed = min(index + moved, len(whole) + moved - 1)
        asked = WindowRequest(max(0, believed - 10), 30, whole[index], believed, None)
        found = list_window(conn, request, asked, len(whole))
        assert found.ids[found.cursor - found.first] == whole[index]
        start = whole.index(found.ids[0])
        assert found.ids == whole[start : start + len(found.ids)]
        assert len(found.ids) == min(30, len(whole))
        if index == 0 or believed < 500:
            assert found.cursor == index
        if index == len(whole) - 1:
            assert found.cursor == index


@READ_ONLY
@given(listed=Lists, places=st.tuples(st.floats(0, 1), st.floats(0, 1)), number=st.integers(1, 700))
def test_parts_of_a_list_from_one_row_down_and_between_two(
    large: Database,
    kims: ListRequest,
    listed: tuple[Tab, ConversationSort],
    places: tuple[float, float],
    number: int,
) -> None:
    request = request_of(kims, *listed)
    with large.reading() as conn:
        whole = ids(conn, request)
        assume(whole)
        one, other = (round(place * (len(whole) - 1)) for place in places)
        assert ids_from(conn, request, whole[one], number) == whole[one : one + number]
        between = whole[min(one, other) : max(one, other) + 1]
        assert ids_between(conn, request, whole[one], whole[other]) == between
        assert ids_between(conn, request, whole[one], ConversationId(0)) == [whole[one]]
