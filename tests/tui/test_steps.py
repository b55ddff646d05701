"""Steps of a cursor that wait together: each counts, and where they lead is queried and painted once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.screen import Screen
from textual.scrollbar import ScrollBarRender

from tests.tui.office import PATIENCE, Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.queries.messenger import messenger_view
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.unstored_drafts import UnstoredDrafts
from thrumsg_tui.tui.widgets import line_widgets
from thrumsg_tui.tui.widgets.paged_list import thumb_start

FEW = 4
"""The most queries for keys that come together: the first key may be taken alone, and a watch may fall between."""

MOST_NEW_LINES = 12
"""The lines of two rows in another look, of a new row, and what else names the contact."""


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


def looks_of_list(person: Person) -> list[object]:
    """How the lines of the list were painted last."""
    return [strip._segments for _, strip in sorted(person.messenger.list_pane.list._painted.items())]


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


async def test_a_list_that_scrolls_makes_only_the_lines_that_are_new(crowded: Office) -> None:
    async with crowded.messenger() as person:
        await person.press("1", *["j"] * 20)
        top, made = person.messenger.list_pane.list.scroll_offset.y, line_widgets._strip.cache_info().misses
        await person.press("j")
        assert person.messenger.list_pane.list.scroll_offset.y == top + 2
        assert line_widgets._strip.cache_info().misses - made <= MOST_NEW_LINES


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was painted so far, in frames."""
    painted: list[object] = []
    display = ThrumsgApp._display

    def noted(self: ThrumsgApp, screen: Screen[object], update: object) -> None:
        if update is not None:
            painted.append(update)
        display(self, screen, update)  # type: ignore[arg-type]  # passed on unchanged

    monkeypatch.setattr(ThrumsgApp, "_display", noted)
    return painted


@pytest.mark.parametrize("tab", ["1", "2"], ids=["initial messages", "responses"])
async def test_list_thread_and_box_are_one_frame(crowded: Office, frames: list[object], tab: str) -> None:
    for name in ("Maria Lopez", "Dev Patel"):
        crowded.contact(name, wrote="Hello")
    crowded.timers = replace(crowded.timers, frame=PATIENCE)
    async with crowded.messenger() as person:
        await person.press(tab)
        for key in ("j", "k"):
            frames.clear()
            await person.press(key)
            assert len(frames) == 1
            assert person.sees(f" {person.row}  (")  # the head of the conversation


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until this is set, no query is answered; it is set at first."""
    given = asyncio.Event()
    given.set()
    query = StoreClient.query

    async def late(self: StoreClient, wanted: Callable[..., object], *args: object, **kwargs: object) -> object:
        await given.wait()
        return await query(self, wanted, *args, **kwargs)

    monkeypatch.setattr(StoreClient, "query", late)
    return given


async def test_a_step_is_shown_while_its_answer_is_late(crowded: Office, answer: asyncio.Event) -> None:
    async with crowded.messenger() as person:
        await person.press("1")
        before, shown = person.lines, looks_of_list(person)
        answer.clear()
        person.send("j")
        await person.reach(lambda: looks_of_list(person) != shown, "the cursor on the next row")
        assert [line[46:] for line in person.lines] == [line[46:] for line in before]
        answer.set()
        await settle(person.pilot)
        assert [line[46:] for line in person.lines] != [line[46:] for line in before]


async def test_a_letter_in_the_search_is_shown_before_rows_that_are_late(
    crowded: Office, answer: asyncio.Event, frames: list[object]
) -> None:
    crowded.timers = replace(crowded.timers, frame=PATIENCE, letter=0.001)
    async with crowded.messenger() as person:
        await person.press("1", "/")
        answer.clear()
        frames.clear()
        person.send("q")
        await person.reach(lambda: bool(frames), "the letter")
        assert person.sees(" / q")
        answer.set()
        await settle(person.pilot)


async def test_what_the_app_waits_for_is_shown_though_a_frame_waits(
    crowded: Office, answer: asyncio.Event, frames: list[object]
) -> None:
    crowded.timers = replace(crowded.timers, frame=PATIENCE)
    async with crowded.messenger() as person:
        await person.press("1")
        answer.clear()
        row = person.row
        person.send("j")
        await person.reach(lambda: person.row != row, "the cursor on the next row")
        frames.clear()
        person.messenger.key_line.wait("Waiting for the database.")
        assert len(frames) == 1
        answer.set()
        await settle(person.pilot)


async def test_a_draft_is_stored_only_if_somebody_wrote(crowded: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[ConversationId] = []
    store = UnstoredDrafts.store

    async def noted(self: UnstoredDrafts, who: Identity, conversation_id: ConversationId, draft: str | None) -> None:
        stored.append(conversation_id)
        await store(self, who, conversation_id, draft)

    monkeypatch.setattr(UnstoredDrafts, "store", noted)
    async with crowded.messenger() as person:
        await person.press("1", "j", "j", "k", "enter", "escape")
        assert stored == []
        await person.press("enter", "x", "escape", "j")
        written, row = person.messenger.list_pane.list.row_at(1), person.row
        assert written is not None
        assert written.id in stored
        assert written.name != row


@given(
    height=st.integers(2, 60),
    more=st.integers(1, 1_000_000),
    first=st.floats(0, 1),
    second=st.floats(0, 1),
)
def test_a_scrollbar_looks_the_same_while_its_thumb_starts_at_the_same_place(
    height: int, more: int, first: float, second: float
) -> None:
    lines, tops = height + more, [round(place * more) for place in (first, second)]
    starts = {thumb_start(y, height, lines) for y in tops}
    drawn = {
        str(list(ScrollBarRender.render_bar(size=height, virtual_size=lines, window_size=height, position=y).segments))
        for y in tops
    }
    assert len(drawn) == 1 or len(starts) == 2


async def test_the_scrollbar_follows_the_list(crowded: Office) -> None:
    async with crowded.messenger(size=(80, 24)) as person:
        await person.press("1", "G")
        rows = person.messenger.list_pane.list
        assert rows.vertical_scrollbar.position == rows.max_scroll_y
        await person.press("g")
        assert rows.vertical_scrollbar.position == 0
