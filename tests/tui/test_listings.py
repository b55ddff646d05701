"""The screens with a list: their headings, rows of two lines in a narrow window, and what an empty one says."""

from __future__ import annotations

import re

import pytest
from rich.color import Color
from rich.style import Style

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.tui.theme import GROUND_COLORS

NARROW, WIDE = (80, 24), (120, 40)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_each_column_has_a_title_above_it(office: Office, maria: ConversationId, size: tuple[int, int]) -> None:
    opt_out_number(office.db, office.ana, office.conversation(maria).phone, note="Asked at the door")
    async with office.messenger(size=size) as person:
        await person.press("q", "O")
        heading = next(line for line in person.lines if "Number" in line and "Since" in line)
        row = next(line for line in person.lines if "(415) 555-0001" in line)
        for title, cell in (
            ("Number", "(415)"),
            ("Contact", "Maria"),
            ("How", "manual"),
            ("By", "Ana"),
            ("Since", "0"),
        ):
            assert row[heading.index(title) :].startswith(cell), f"{heading}\n{row}"


async def test_the_titles_stay_above_their_columns_beside_a_scrollbar(office: Office) -> None:
    for number in range(60):
        opt_out_number(office.db, office.ana, f"+1415555{number:04}")
    async with office.messenger(size=WIDE) as person:
        await person.press("q", "O")
        heading = next(line for line in person.lines if "Number" in line and "Since" in line)
        row = next(line for line in person.lines if "Ana Ortiz" in line and "manual" in line)
        assert heading.index("By") == row.index("Ana Ortiz")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_all_titles_begin_with_a_capital_below_a_blank_line_where_there_is_room(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    opt_out_number(office.db, office.ana, office.conversation(maria).phone)
    async with office.messenger(size=size) as person:
        for keys, title in (
            (["H"], "Change "),
            (["q", "q"], " Sender "),
            (["O"], " Number "),
            (["q", "U"], " Name "),
            (["q", "q"], " Campaign "),
        ):
            await person.press(*keys)
            place = next(number for number, line in enumerate(person.lines) if title in line)
            titles = re.findall(r"[a-zA-Z/]\S*(?: \S+)*", person.lines[place])
            assert len(titles) > 3, person.screen
            assert [each for each in titles if not each[0].isupper()] == []
            if size == WIDE:
                assert person.lines[place - 1] == "", person.screen


@pytest.mark.parametrize("keys", [[], ["H"], ["a"]], ids=["conversations", "history", "replies"])
async def test_the_chosen_row_does_not_touch_the_scrollbar(office: Office, keys: list[str]) -> None:
    """Where there are few colours both may have the same one."""
    for letter in "ABCDEFGHIJKLMNOP":
        office.contact(f"{letter} Lee", wrote="Hello")
    office.replies(*(f"Reply {letter},Hello" for letter in "ABCDEFGH"))
    async with office.messenger(size=NARROW) as person:
        await person.press(*keys)
        cursor = Color.parse(GROUND_COLORS["cursor"])
        found = 0
        for strip in person.app.screen._compositor.render_strips():
            cells = [segment.style or Style() for segment in strip for _ in segment.text]
            chosen = [x for x, style in enumerate(cells) if style.bgcolor == cursor]
            if len(chosen) > 10:
                found += 1
                assert not cells[chosen[-1] + 1].reverse
                assert any(style.reverse for style in cells[chosen[-1] + 2 :])
        assert found


LONG = "How do you plan to get to the polling place on that day?,On foot or by bicycle from the library|By boat"


async def test_a_narrow_history_says_all_of_each_change(office: Office, maria: ConversationId) -> None:
    office.survey(LONG)
    async with office.messenger(size=NARROW) as person:
        await person.press("e", "1", "escape", "H")
        row = next(index for index, line in enumerate(person.lines) if "can be undone" in line and " ana " in line)
        assert person.lines[row + 1].strip().startswith("How do you plan to get to the polling place on that day?")
    async with office.messenger(size=WIDE) as person:
        await person.press("H")
        assert any(" ana " in line and "How do you plan" in line for line in person.lines)


EMPTY = {
    "O": "Nobody is opted out. c adds a number or a list.",
    "M": "Every message has found its conversation.",
    "e": "No questions yet. c adds one.",
    "a": "No recommended replies yet. c writes one",
    "f": "No follow-ups yet. c writes one",
    "D": "No message is in doubt.",
    "F": "No message has failed in the last 24 hours.",
}


@pytest.mark.parametrize("size", [(60, 18), NARROW, WIDE])
async def test_an_empty_list_says_why_and_what_to_do(office: Office, size: tuple[int, int]) -> None:
    async with office.app(size=size) as person:
        for key, sentence in EMPTY.items():
            await person.press(key)
            assert sentence in " ".join(person.screen.split()), person.screen
            await person.press("escape")


async def test_who_was_texted_is_found_where_nobody_has_replied(office: Office) -> None:
    office.contact("Maria Lopez", texted=True)
    async with office.messenger(size=NARROW) as person:
        said = " ".join(person.screen.split())
        assert "Nobody has replied yet. t shows who was texted; u goes to who waits elsewhere." in said
        await person.press("t")
        assert person.row == "Maria Lopez"


async def test_an_empty_tab_says_where_there_is_something_to_do(office: Office) -> None:
    office.contact("Maria Lopez")
    office.contact("Dev Patel", to="lee", wrote="Hello")
    async with office.messenger(size=NARROW) as person:
        await person.press("2")
        assert person.sees("Nobody has replied yet. 1 has 1 initial message to send.")
        await person.press("4")
        assert person.sees("Nobody of these contacts has opted out.")
    async with office.messenger(None, size=NARROW) as person:
        assert person.sees("No conversation is assigned here. u goes to a contact who waits.")
        await person.press("u")
        assert person.row == "Dev Patel"
