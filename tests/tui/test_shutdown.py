"""What still comes in while the app is ending."""

from __future__ import annotations

from tests.tui.office import Office


async def test_a_change_that_is_noticed_while_the_app_ends_is_no_crash(office: Office) -> None:
    async with office.app() as person:
        app = person.app
    app.ask_again()  # as _watch does when its look at the version comes back after the last screen has gone
