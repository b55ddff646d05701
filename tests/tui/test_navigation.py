"""Going from screen to screen while the screen before is still coming (docs/rules.md 12.2)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.scalar import Scalar

from tests.tui.office import Office, settle
from thrumsg_tui.tui.opening_route import Route
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.textual_compat import is_exiting


@pytest.mark.parametrize("later", range(0, 40, 4))
async def test_a_place_that_is_asked_for_while_another_comes_up_is_shown_after_it(office: Office, later: int) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        campaign_id = office.campaigns["Spring"].id
        assignment = office.assignment("kim")
        person.app.go_to(Route(campaign_id))
        for _ in range(later):
            await asyncio.sleep(0)
        person.app.go_to(Route(campaign_id, assignment))
        await settle(person.pilot)
        assert isinstance(person.app.screen, MessengerScreen)
        assert person.app.is_running
        assert person.sees("Maria Lopez")


async def test_whoever_goes_back_is_on_the_sender_whom_they_viewed_last(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("n")
        assert person.sees("Viewing as: Lee Bishop")
        await person.press("q")
        screen = person.app.screen
        assert isinstance(screen, OverviewScreen)
        assert screen.table.row
        assert screen.table.row.name == "Lee Bishop"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_bottom_line_says_where_going_back_leads(office: Office, size: tuple[int, int]) -> None:
    async with office.app(size=size) as person:
        assert "q back" in person.notice
        await person.press("q")
        assert "q quit" in person.notice
        await person.press("q")
        assert is_exiting(person.app)


async def test_the_style_sheets_of_other_screens_are_read_before_the_first_of_them(office: Office) -> None:
    def sheets() -> set[str]:
        return {Path(file).name for file, of_class in person.app.stylesheet.source if not of_class}

    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        assert sheets() == {"app.tcss"}
        await person.press("question_mark")
        assert sheets() == {"app.tcss", "dialogs.tcss"}
        assert person.app.screen.query_one(".dialog").styles.border_title_color == Color.parse("#f1c230")
        await person.press("escape", "enter")
        assert isinstance(person.app.screen, MessengerScreen)
        assert sheets() == {"app.tcss", "dialogs.tcss", "messenger.tcss"}
        assert person.app.screen.query_one("#left").styles.width == Scalar.parse("40")
