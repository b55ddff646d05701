"""What still comes in while the app is ending."""

from __future__ import annotations

import pytest
from textual.app import ScreenStackError

from tests.tui.office import Office


@pytest.mark.xfail(
    strict=True,
    raises=ScreenStackError,
    reason="ThrumsgApp.ask_again, _tell and _show_presence look at self.screen, which there is none any more by then",
)
async def test_a_change_that_is_noticed_while_the_app_ends_is_no_crash(office: Office) -> None:
    async with office.app() as person:
        app = person.app
    app.ask_again()  # as _watch does when its look at the version comes back after the last screen has gone
