"""What a screen has read is let go when it is left, and does not lie about until somebody looks for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.sender_table import SenderTable


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


async def test_the_senders_of_an_overview_that_was_left_are_let_go(office: Office) -> None:
    async with office.messenger() as person:
        await person.press("q")
        overview = person.app.screen
        assert isinstance(overview, OverviewScreen)
        assert overview._shown
        senders = weakref.ref(overview._shown.senders)
        await person.press("enter")
        await person.wait_until(lambda: senders() is None, "the end of the list of senders")


async def test_the_senders_are_let_go_before_the_next_screen_is_loaded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office.messenger() as person:
        await person.press("q")
        table = person.app.screen.query_one(SenderTable)
        kept: list[int] = []
        make = person.app._screen_of

        async def note(*values: Any) -> CommandScreen:
            kept.append(len(table.rows))
            return await make(*values)

        monkeypatch.setattr(person.app, "_screen_of", note)
        assert table.rows
        await person.press("enter")
        assert kept == [0]


async def test_an_overview_that_cannot_be_left_shows_its_senders_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office.messenger() as person:
        await person.press("q")
        overview = person.app.screen
        assert isinstance(overview, OverviewScreen)
        table = overview.table
        shown = len(table.rows)

        async def refuse(*_: object) -> CommandScreen:
            raise DatabaseBusy("Somebody else kept it locked.")

        monkeypatch.setattr(person.app, "_screen_of", refuse)
        await person.press("enter")
        await person.wait_until(lambda: len(table.rows) == shown, "the senders")
        assert overview.key_line.notice == "Somebody else kept it locked."
        assert person.app.screen is overview


async def test_the_rows_of_a_picker_that_was_closed_are_let_go(office: Office) -> None:
    async with office.messenger() as person:
        await person.press("v")
        [shown] = [each for each in person.app.screen.query(PagedList) if each.rows]
        await person.press("escape")
        await person.wait_until(lambda: not shown.rows, "the end of the picker's rows")
