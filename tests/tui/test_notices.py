"""Notices: the bottom line is one row whatever it says, nothing moves, and what was said can be read again."""

from __future__ import annotations

import re

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.tui.office import Office, Person, settle

SHORT = "Maria Lopez is opted out; z undoes it."
LONG = (
    "This cannot be done now: somebody else moves 12,000 of 90,000 conversations in this campaign, so wait until that "
    "is done. Nothing was changed."
)
SIZES = [(60, 18), (80, 24), (120, 40)]


async def say(person: Person, sentence: str) -> None:
    """Let the screen say something, as an action does whose key was pressed."""
    screen = person.app.under_dialogs
    assert screen is not None
    screen.say(sentence, warning=True)
    await settle(person.pilot)


def regions(person: Person) -> dict[str, Region]:
    """Where every widget of the screen is."""
    return {repr(widget): widget.region for widget in person.app.screen.walk_children(Widget)}


@pytest.fixture
def three(office: Office) -> Office:
    """Kim has three who wait."""
    for name in ("Maria Lopez", "Dev Patel", "Ann Otieno"):
        office.contact(name, wrote="Where do I vote?")
    return office


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("keys", [("j",), ("enter",), ("q",)], ids=["list", "box", "overview"])
@pytest.mark.parametrize("sentence", [SHORT, LONG], ids=["short", "long"])
async def test_a_notice_moves_nothing_and_the_next_key_takes_it_away(
    three: Office, size: tuple[int, int], keys: tuple[str, ...], sentence: str
) -> None:
    async with three.messenger(size=size) as person:
        await person.press(*keys)
        places, lines = regions(person), person.lines
        await say(person, sentence)
        assert person.notice == sentence
        assert regions(person) == places
        changed = [y for y, (before, now) in enumerate(zip(lines, person.lines, strict=True)) if before != now]
        assert len(changed) <= (size[1] // 3 if sentence == LONG else 1)
        await person.press("x" if keys == ("enter",) else "k")
        if sentence == LONG:
            assert sentence not in person.notice
            assert "? help" in person.lines[-1] or "Enter send" in person.lines[-1]


@pytest.mark.parametrize("width", [200, 103])
async def test_keys_stay_in_their_places_beside_a_notice_where_sixty_columns_are_left(
    three: Office, width: int
) -> None:
    async with three.messenger(size=(width, 24)) as person:
        keys = person.lines[-1]
        await say(person, SHORT)
        shown = person.lines[-1].removesuffix(SHORT).rstrip()
        assert keys.startswith(shown)
        assert "? help" in shown
        assert person.notice == SHORT
        await person.press("i", "escape")
        assert person.lines[-1] == keys


async def test_a_notice_that_leaves_less_room_stands_alone(three: Office) -> None:
    async with three.messenger(size=(102, 24)) as person:
        await say(person, SHORT)
        assert person.lines[-1] == f" {SHORT}"


async def test_the_keys_beside_a_notice_are_those_of_the_pane_with_the_focus(three: Office) -> None:
    async with three.messenger(size=(120, 40)) as person:
        await person.press("slash")
        await say(person, SHORT)
        assert "Enter to the list" in person.lines[-1]
        await person.press("enter")
        assert "Enter write" in person.lines[-1]
        assert person.notice == SHORT


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_long_notice_covers_neither_the_message_box_nor_its_keys(three: Office, size: tuple[int, int]) -> None:
    async with three.messenger(size=size) as person:
        await person.press("enter")
        await person.type("At the library")
        box = person.messenger.box.region
        before = person.lines
        await say(person, LONG)
        assert person.lines[box.y :] == before[box.y :]
        covered = person.messenger.covered
        assert (covered.bottom, covered.x, covered.right) == (box.y, box.x, box.right)


async def test_a_notice_that_needs_too_many_rows_ends_in_an_ellipsis_and_is_listed_whole(three: Office) -> None:
    async with three.messenger(size=(80, 24)) as person:
        await say(person, f"{LONG} " * 5)
        assert person.notice.endswith("…")
        assert person.messenger.covered.height == 8
        await person.press("colon")
        await person.type("notices")
        await person.press("enter")
        listed = " ".join(re.findall(r"[\w.,:]+", person.screen))
        assert listed.count("Nothing was changed.") == 5


@pytest.mark.parametrize("size", [(60, 18), (80, 24)], ids=str)
@pytest.mark.parametrize("where", ["list", "history"])
async def test_a_long_notice_leaves_the_row_of_the_cursor_in_sight(
    office: Office, size: tuple[int, int], where: str
) -> None:
    names = [f"Contact Number{letter}" for letter in "abcdefghijklmnopqrst"]
    for name in names:
        office.contact(name, wrote="Where do I vote?")
    async with office.messenger(size=size) as person:
        await person.press(*(["H"] if where == "history" else []), "G")
        before, places = person.lines, regions(person)
        await say(person, LONG)
        assert person.notice == LONG
        screen = person.app.under_dialogs
        assert screen is not None
        row = screen.cursor_region
        assert row.bottom == size[1] - 1
        assert person.lines[row.y :] == before[row.y :], "the row, and the keys below it"
        assert regions(person) == places
        await person.press("k")
        assert person.lines[: row.y - 3] == before[: row.y - 3]
        assert person.notice != LONG


async def test_what_lies_under_a_notice_takes_no_click(three: Office) -> None:
    async with three.messenger(size=(120, 40)) as person:
        await person.press("enter")
        await say(person, LONG)
        place = person.messenger.covered.offset
        await person.pilot.click(offset=place)
        await settle(person.pilot)
        assert person.messenger.box.has_focus
        await person.press("x")
        await person.pilot.click(offset=place)
        await settle(person.pilot)
        assert person.messenger.conversation.thread.has_focus


async def test_a_notice_is_drawn_again_for_another_width(three: Office) -> None:
    async with three.messenger(size=(120, 40)) as person:
        await say(person, "Only a follow-up can be skipped, in its tab; the tab of follow-ups is the third one.")
        assert not person.messenger.covered
        await person.pilot.resize_terminal(60, 18)
        await settle(person.pilot)
        assert person.messenger.covered.height == 2
        assert person.notice.endswith("is the third one.")


async def test_the_palette_lists_what_was_said_with_its_time_the_newest_first(three: Office) -> None:
    async with three.messenger(size=(80, 24)) as person:
        await person.press("8", "escape")
        three.clock.forward(minutes=3)
        await say(person, LONG)
        await person.press("colon")
        await person.type("notices")
        await person.press("enter")
        said = person.screen
        assert "Notices, the newest first" in said
        assert said.index("This cannot be done now") < said.index("Count cancelled.")
        at = three.clock.now
        assert f"{at:%H:%M:%S}" in said
        await person.press("escape")
        assert "Notices, the newest first" not in person.screen
