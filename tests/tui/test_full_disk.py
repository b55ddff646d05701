"""A disk that becomes full under an open app: it is said, and what was typed is not lost (docs/rules.md 3.11, 11.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_disk import SmallDisk, small_disk
from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def on_disk(disk: SmallDisk) -> Iterator[Office]:
    office = Office(disk.folder)
    office.campaign()
    yield office
    office.close()


@pytest.fixture
def ids(on_disk: Office) -> list[ConversationId]:
    return [on_disk.contact(name, wrote="Where do I vote?") for name in ("Maria Lopez", "Dev Patel")]


async def test_a_message_that_cannot_be_stored_stays_in_the_box(
    on_disk: Office, disk: SmallDisk, ids: list[ConversationId]
) -> None:
    async with on_disk.messenger() as person:
        await person.press("enter")
        await person.type("At the library")
        disk.fill()
        await person.press("enter")
        assert "is full" in person.notice
        assert person.box == "At the library"
        disk.empty()
        await person.press("enter")
        assert on_disk.bodies(ids[0])[-1] == "At the library"


async def test_a_draft_that_cannot_be_stored_is_there_again_when_one_comes_back(
    on_disk: Office, disk: SmallDisk, ids: list[ConversationId]
) -> None:
    async with on_disk.messenger() as person:
        await person.press("enter")
        disk.fill()
        await person.type("At the library")
        await person.press("escape")
        assert "is full" in person.notice
        await person.press("j")
        assert person.row == "Dev Patel"
        await person.press("enter")
        assert person.box != "At the library"
        await person.press("escape", "k", "enter")
        assert person.box == "At the library"
        assert on_disk.draft(ids[0]) is None
        disk.empty()
        await person.press("escape", "j")
        await person.app._tick()
        assert on_disk.draft(ids[0]) == "At the library"


async def test_drafts_that_were_never_stored_are_printed_at_the_end(
    on_disk: Office, disk: SmallDisk, ids: list[ConversationId]
) -> None:
    async with on_disk.messenger() as person:
        await person.press("enter")
        disk.fill()
        await person.type("At the library")
        await person.press("escape", "j", "enter")
        await person.type("On Tuesday")
        await person.press("ctrl+q")
        assert person.app._exit
        assert person.app._exception is None
    for text in ("At the library", "On Tuesday"):
        assert f"This draft could not be stored, so that you have it here:\n{text}\n" in person.app.unstored.farewell
