"""Lists so long that a search in them is made in slices, and windows are read from a row near by."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from benchmarks.large import BUSY, CAMPAIGN, OWNER, cached
from tests.tui.office import PATIENCE, Person, settle
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.conversations import ListRequest, page
from thrumsg_tui.store.queries.history import HistoryRequest, count_history, history
from thrumsg_tui.store.queries.messenger import messenger_view
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.screens.history import HistoryScreen
from thrumsg_tui.tui.timers import Timers


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which Kim has some 5,000 conversations."""
    return cached(tmp_path_factory.mktemp("made"), 10_000, 4)


@pytest.fixture
def large(made: Path, tmp_path: Path) -> Iterator[Database]:
    with closing(Database(shutil.copyfile(made, tmp_path / "large.db"))) as db:
        yield db


@pytest.fixture
def kims(large: Database) -> ListRequest:
    """Kim's responses."""
    with large.reading() as conn:
        campaign = find_campaign(conn, CAMPAIGN)
        return ListRequest(campaign.id, find_assignment(conn, campaign, BUSY), Tab.RESPONSES)


@asynccontextmanager
async def messenger(db: Database, kims: ListRequest) -> AsyncIterator[Person]:
    """Open the messenger on Kim's responses."""
    with db.reading() as conn:
        who = identify(conn, OWNER)
    assert kims.assignment_id is not None
    set_preference(db, who.user.id, LAST_ROUTE, str(Route(kims.campaign_id, kims.assignment_id)))
    app = ThrumsgApp(db, who, UTC, timers=Timers(key=PATIENCE))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        yield Person(pilot)
    app.store.close()


def names(db: Database, listed: ListRequest) -> list[str]:
    with db.reading() as conn:
        return [row.name for row in page(conn, listed)]


@contextmanager
def reader_busy(person: Person) -> Iterator[None]:
    """Let no query be answered."""
    go_on = Event()
    person.app.store._reader.submit(go_on.wait, PATIENCE)
    try:
        yield
    finally:
        go_on.set()


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are searched in the views that are read."""
    read: list[str] = []

    def recorded(conn: Any, who: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        read.append(request.list.search)
        return messenger_view(conn, who, request, *args, **kwargs)

    monkeypatch.setattr("thrumsg_tui.tui.screens.messenger.view_reader.messenger_view", recorded)
    return read


async def test_letters_that_come_at_once_are_one_search(large: Database, kims: ListRequest, views: list[str]) -> None:
    async with messenger(large, kims) as person:
        await person.press("/")
        views.clear()
        with reader_busy(person):
            person.send(*"zoe mosr", "backspace", "s")
            await person.reach(lambda: person.messenger.search.value == "zoe moss", "the letters")
        await settle(person.pilot)
        found = names(large, replace(kims, search="zoe moss"))
        assert person.rows == found
        assert len(found) < len(person.lines)
        assert person.sees(f" {len(found)} ")
    assert set(views) <= {"z", "zoe moss"}


async def test_keys_of_the_list_wait_for_the_rows_of_the_search(large: Database, kims: ListRequest) -> None:
    async with messenger(large, kims) as person:
        await person.press("/")
        with reader_busy(person):
            person.send(*"zoe", "enter", "j", "j")
            await person.reach(lambda: person.messenger.search.value == "zoe", "the letters")
            await person.pilot.pause()
            assert person.messenger.search.has_focus
        await settle(person.pilot)
        assert person.row == names(large, replace(kims, search="zoe"))[2]


async def test_the_last_row_of_a_search_is_the_last_of_all_that_it_finds(large: Database, kims: ListRequest) -> None:
    async with messenger(large, kims) as person:
        person.send("/", "a", "enter", "G")
        await settle(person.pilot)
        found = names(large, replace(kims, search="a"))
        assert len(found) > 1_000
        assert (person.row, person.messenger.list_pane.list.cursor) == (found[-1], len(found) - 1)
        assert person.sees(f" {len(found)} ")


async def test_who_matches_no_longer_leaves_the_search_and_who_comes_to_match_enters_it(
    large: Database, kims: ListRequest
) -> None:
    wanted = replace(kims, search="zoe")
    async with messenger(large, kims) as person:
        person.send("/", *"zoe", "enter", "j")
        await settle(person.pilot)
        _, second, third, *_ = names(large, wanted)
        assert person.row == second
        with large.reading() as conn:
            gone = page(conn, wanted, 1, 1)[0].phone
        opt_out_number(large, person.app.who, gone)
        await person.wait_until(lambda: person.row == third, "the next row")
        assert person.rows == names(large, wanted)[: len(person.rows)]
        with large.writing() as tx:
            tx.conn.execute("UPDATE conversation SET first_key = 'zoe' WHERE tab = 'responses' AND id < 300")
        total = len(names(large, wanted))
        await person.wait_for(f" {total} ")
        assert person.row == third


async def test_a_step_far_down_a_list_shows_the_rows_there(large: Database, kims: ListRequest) -> None:
    whole = names(large, kims)
    async with messenger(large, kims) as person:
        rows = person.messenger.list_pane.list
        rows.move(1_000)
        await settle(person.pilot)
        for step in (1_001, 1_002, 1_003):
            await person.press("j")
            assert (person.row, rows.cursor) == (whole[step], step)
        assert person.rows == whole[rows.first : rows.first + len(person.rows)]
        await person.press("G")
        assert (person.row, rows.cursor) == (whole[-1], len(whole) - 1)
        await person.press("g")
        assert (person.row, rows.cursor) == (whole[0], 0)


async def test_a_long_history_counts_what_is_near_and_all_once_somebody_goes_to_its_end(
    large: Database, kims: ListRequest
) -> None:
    with large.reading() as conn:
        everything = HistoryRequest(kims.campaign_id)
        total, oldest = count_history(conn, everything), history(conn, everything, limit=1, oldest_first=True)[0]
    async with messenger(large, kims) as person:
        await person.press("H", "t")
        screen = person.app.screen
        assert isinstance(screen, HistoryScreen)
        assert person.sees("more than ")
        assert screen.list.total < total
        await person.press("G")
        assert person.sees(f"  {total} changes: this campaign")
        assert screen.list.row == oldest
        assert screen.list.cursor == total - 1
