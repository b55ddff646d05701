"""What still comes in while the app is ending."""

from __future__ import annotations

import gc
from asyncio import get_running_loop, sleep
from itertools import count

import pytest
from textual.events import Key

from tests.tui.office import Office
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.timers import Timers
from thrumsg_tui.tui.widgets.paged_list import PagedList


async def test_a_change_that_is_noticed_while_the_app_ends_is_no_crash(office: Office) -> None:
    async with office.app() as person:
        app = person.app
    app.ask_again()  # as _watch does when its look at the version comes back after the last screen has gone


async def test_a_key_that_waits_while_the_app_ends_is_no_crash(office: Office) -> None:
    async with office.app() as person:
        app = person.app
    unseen: list[object] = []
    get_running_loop().set_exception_handler(lambda _, told: unseen.append(told))
    app.keys.put(Key("j", "j"))  # as one does that was pressed behind a query which only ends after the last screen
    while app.keys.busy:
        await sleep(0)
    gc.collect()  # an error that nobody has asked for is told when its task is gone
    assert unseen == []


async def test_what_goes_wrong_in_the_action_of_a_key_ends_the_app(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("this should not be")

    monkeypatch.setattr(PagedList, "action_first", broken)
    with pytest.raises(RuntimeError, match="should not be"):  # noqa: PT012  # the app raises it at its end
        async with office.messenger() as person:
            person.send("g")
            await person.reach(lambda: not person.app.is_running, "the end of the app")


@pytest.mark.parametrize("name", ["_paint", "release"])
async def test_what_goes_wrong_where_answers_are_shown_ends_the_app(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    office.contact("Ann", wrote="Hello")
    office.contact("Bea", wrote="Good morning")

    def broken(*_: object) -> None:
        raise RuntimeError("this should not be")

    with pytest.raises(RuntimeError, match="should not be"):  # noqa: PT012  # the app raises it at its end
        async with office.messenger() as person:
            monkeypatch.setattr(MessengerScreen, name, broken)
            person.send("j")
            await person.reach(lambda: not person.app.is_running, "the end of the app")


async def test_what_goes_wrong_in_a_frame_that_is_drawn_late_ends_the_app(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.contact("Ann", wrote="Hello")
    office.contact("Bea", wrote="Good morning")
    office.timers = Timers(frame=0)  # so it is drawn before the answer, by the event loop itself
    drawn, draw = count(), MessengerScreen._draw_held

    def broken_once(screen: MessengerScreen) -> None:
        if next(drawn) == 0:
            raise RuntimeError("this should not be")
        draw(screen)

    with pytest.raises(RuntimeError, match="should not be"):  # noqa: PT012  # the app raises it at its end
        async with office.messenger() as person:
            monkeypatch.setattr(MessengerScreen, "_draw_held", broken_once)
            person.send("j")
            await person.reach(lambda: not person.app.is_running, "the end of the app")
