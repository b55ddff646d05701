"""The app gives its screens, its key queue and its driver what they need of it."""

from __future__ import annotations

from tests.tui.office import Office
from thrumsg_tui.tui.app_context import AppContext, Keyboard, app_context
from thrumsg_tui.tui.terminal import OnTerminal


async def test_the_app_is_what_each_protocol_asks_for(office: Office) -> None:
    async with office.app() as person:
        shell: AppContext = person.app  # compared by mypy, like the next two: elsewhere the app is cast to them
        keyboard: Keyboard = person.app
        terminal: OnTerminal = person.app
        given: list[object] = [app_context(person.app.screen), shell, keyboard, terminal]
        assert all(each is person.app for each in given)
