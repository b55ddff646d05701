"""An app that a forced command opened reads and writes no file that is named (docs/rules.md 8.2, 11.1)."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.tui.office import Office, Person, settle
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen


@pytest.mark.parametrize("key", ["I", "E"])
@pytest.mark.parametrize("opened", [False, True])
async def test_no_form_asks_for_a_file(office: Office, tmp_path: Path, key: str, opened: bool) -> None:
    app = ThrumsgApp(office.db, office.ana, UTC, forced_command=True)
    async with app.run_test(size=(120, 40)) as pilot:
        person = Person(pilot)
        await settle(pilot)
        if not opened:
            await person.press("q")
            assert isinstance(app.screen, CampaignsScreen)
        before, screen = set(tmp_path.iterdir()), app.screen
        await person.press(key)
        assert app.screen is screen
        assert "Your key may open no file here" in person.notice
        assert set(tmp_path.iterdir()) == before
    app.store.close()


async def test_elsewhere_the_forms_open(office: Office) -> None:
    async with office.app() as person:
        await person.press("E")
        assert person.sees("Goes to")
