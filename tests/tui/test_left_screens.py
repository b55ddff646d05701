"""What a screen has read is let go when it is left, and does not lie about until somebody looks for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tests.tui.office import Office
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.widgets.paged_list import PagedList


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


async def test_the_rows_of_a_picker_that_was_closed_are_let_go(office: Office) -> None:
    async with office.messenger() as person:
        await person.press("v")
        [shown] = [each for each in person.app.screen.query(PagedList) if each.rows]
        await person.press("escape")
        await person.wait_until(lambda: not shown.rows, "the end of the picker's rows")
