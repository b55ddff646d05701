"""The disk of a server becomes full under an open app: what was typed is not lost (docs/rules.md 3.11, 11.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_server import FullServer, full_server
from tests.tui.office import Office


@pytest.fixture
def server() -> Iterator[FullServer]:
    with full_server() as running:
        yield running


@pytest.fixture
def on_server(server: FullServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("tests.tui.office.new_database", lambda _: server.location)
    office = Office(tmp_path)
    office.campaign()
    yield office
    office.close()


async def test_a_message_stays_in_the_box_and_a_draft_is_there_again(server: FullServer, on_server: Office) -> None:
    maria, dev = (on_server.contact(name, wrote="Where do I vote?") for name in ("Maria Lopez", "Dev Patel"))
    async with on_server.messenger() as person:
        await person.press("enter")
        await person.type("At the library")
        server.fill()
        await person.press("enter")
        assert "The disk of the server of" in person.notice
        assert person.box == "At the library"
        await person.press("escape", "j", "enter")
        await person.type("On Tuesday")
        await person.press("escape", "k", "enter")
        assert person.box == "At the library"
        server.empty()
        await person.press("escape", "j")
        await person.app._tick()
        assert (on_server.draft(maria), on_server.draft(dev)) == ("At the library", "On Tuesday")
        await person.press("k", "enter", "enter")
        assert on_server.bodies(maria)[-1] == "At the library", (person.notice, person.box)
        assert person.app._exception is None
