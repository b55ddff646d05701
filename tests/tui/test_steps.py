"""Steps of a cursor that wait together: each counts, and where they lead is queried and painted once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.office import Office, Person, settle
from thrumsg_tui.store.queries.messenger import messenger_view
from thrumsg_tui.tui.store_client import StoreClient

FEW = 4
"""The most queries for keys that come together: the first key may be taken alone, and a watch may fall between."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., object]]:
    """The queries that the app has run so far."""
    queries: list[Callable[..., object]] = []
    query = StoreClient.query

    async def noted(self: StoreClient, wanted: Callable[..., object], *args: object, **kwargs: object) -> object:
        queries.append(wanted)
        return await query(self, wanted, *args, **kwargs)

    monkeypatch.setattr(StoreClient, "query", noted)
    return queries


@pytest.fixture
def crowded(office: Office) -> Office:
    """An office in which Kim has thirty initial messages to send."""
    for number in range(30):
        office.contact(f"Contact {chr(ord('A') + number % 26)}{number // 26}")
    return office


async def at_once(person: Person, *keys: str) -> None:
    """Press keys together, and wait for all they do."""
    person.send(*keys)
    await settle(person.pilot)


async def test_steps_that_come_together_are_queried_together(
    crowded: Office, asked: list[Callable[..., object]]
) -> None:
    async with crowded.messenger() as person:
        await person.press("1")
        rows = person.rows
        asked.clear()
        await at_once(person, *"jjjjjjkjjjjjjjjjjj")
        assert person.row == rows[16]
        assert asked.count(messenger_view) <= FEW


async def test_steps_beyond_the_rows_in_memory_lead_to_the_right_one(crowded: Office) -> None:
    async with crowded.messenger(size=(80, 24)) as person:
        await person.press("1")
        await at_once(person, "G", "k", "k", "g", "j", "G", "k")
        assert person.row == "Contact Y0"
        assert person.messenger.list_pane.list.cursor == 28


async def test_a_key_that_is_no_step_waits_for_the_steps_before_it(crowded: Office) -> None:
    async with crowded.messenger() as person:
        await person.press("1")
        await at_once(person, "j", "j", "space", "j", "space")
        rows = person.messenger.list_pane.list.rows
        assert person.messenger.state.marks == {rows[2].id, rows[4].id}


async def test_a_letter_is_a_step_only_where_it_is_bound_as_one(crowded: Office) -> None:
    async with crowded.messenger() as person:
        assert {"j", "k", "g", "G", "down", "pagedown"} <= set(person.app.step_keys)
        await person.press("slash")
        assert "j" not in person.app.step_keys
        await person.press("escape", "enter")
        assert "j" not in person.app.step_keys
        assert "down" not in person.app.step_keys


async def test_steps_in_a_picker_lead_as_far_as_they_came(crowded: Office) -> None:
    async with crowded.messenger() as person:
        await person.press("v")
        assert "down" in person.app.step_keys
        await at_once(person, "up", "up", "up", "down", "down", "enter")
        assert person.sees("Viewing as: Lee")
