"""What is cut to the room that there is: texts in cells, and the keys in the bottom line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.office import Office, settle
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.tui.widgets.line_widgets import fit, fit_person, pad

texts = st.text(st.sampled_from("ab 語✓…"), max_size=12)


@given(texts, st.integers(0, 16), st.sampled_from(["…", "...", ""]))
def test_a_text_is_never_wider_than_its_room_and_whole_where_it_fits(text: str, width: int, ellipsis: str) -> None:
    cut = fit(text, width, ellipsis)
    assert cell_len(cut) <= width
    if cell_len(text) <= width:
        assert cut == text


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("Maria Lopez", 11, "Maria Lopez"),
        ("Maria Lopez", 10, "Maria Lop…"),
        ("Maria Lopez", 7, "Maria…"),
        ("Maria", 1, "M"),
    ],
)
def test_what_is_cut_ends_in_an_ellipsis_behind_a_letter(text: str, width: int, cut: str) -> None:
    assert fit(text, width) == cut


@pytest.mark.parametrize(
    ("name", "width", "cut"),
    [
        ("Kim Alvarez (kim2)", 18, "Kim Alvarez (kim2)"),
        ("Kim Alvarez (kim2)", 12, "Kim… (kim2)"),
        ("Kim Alvarez (kim2)", 9, "K… (kim2)"),
        ("Kim Alvarez (kim2)", 7, "Kim Al…"),
        ("Kim Alvarez", 8, "Kim Alv…"),
    ],
)
def test_a_login_behind_a_name_is_not_cut_while_there_is_room_for_it(name: str, width: int, cut: str) -> None:
    assert fit_person(name, width) == cut


@given(texts, st.integers(0, 16))
def test_a_person_is_never_wider_than_their_room(text: str, width: int) -> None:
    assert cell_len(fit_person(f"{text} (kim2)", width)) <= width


@given(texts, st.integers(0, 16), st.booleans())
def test_a_column_is_exactly_as_wide_as_it_should_be(text: str, width: int, right: bool) -> None:
    assert cell_len(pad(text, width, right=right)) == width


async def test_a_wide_window_gives_its_list_room_for_the_words(office: Office) -> None:
    words = "Where do I vote? I have never voted here before."
    office.contact("Maria Lopez", wrote=words)
    for width, shown in ((140, False), (200, True)):
        async with office.messenger(size=(width, 60)) as person:
            assert any(line.startswith(f"   {words}") for line in person.lines) is shown
            assert person.messenger.conversation.size.width > person.messenger.list_pane.size.width


@pytest.mark.parametrize("size", [(80, 24), (90, 24), (120, 40), (200, 60)])
async def test_the_frame_of_the_box_stands_apart_from_the_lines_between_the_panes(
    office: Office, size: tuple[int, int]
) -> None:
    """Without colours the two would be one thick line."""
    office.contact("Maria Lopez", wrote="Where do I vote?")
    async with office.messenger(size=size) as person:
        await person.press("enter")
        edges = [line for line in person.lines if "╭─" in line]
        assert len(edges) == 1
        assert "│╭" not in edges[0]
        assert "╮│" not in edges[0]


async def test_the_bottom_line_names_each_key_that_fits_and_cuts_none(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(80, 24)) as person:
        before, last, _ = person.lines[-1].partition(" z undo")
    enough = cell_len(before + last)
    for width, named in ((enough, True), (enough - 1, False)):
        async with office.messenger(size=(width, 40)) as person:
            assert person.lines[-1].rstrip() == (before + last if named else before).rstrip()


NEEDED = {
    "overview": ["Enter open", "r reassign", "R bulk", "m manage", "p phone", "H history", "z undo", "? help"],
    "messenger": ["Enter write", "u next", "a replies", "e survey", "r reassign", "o opt out", "z undo", "? help"],
}


async def test_what_one_works_with_is_named_at_eighty_columns(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(80, 24)) as person:
        assert [each for each in NEEDED["messenger"] if f" {each} " not in f"{person.lines[-1]} "] == []
        await person.press("q")
        assert [each for each in NEEDED["overview"] if f" {each} " not in f"{person.lines[-1]} "] == []


async def test_both_lines_of_a_row_end_a_cell_before_the_scrollbar(office: Office) -> None:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        office.contact(f"{letter} Lee", wrote="Where do I go, what do I bring, and how long will it all take?")
    async with office.messenger(size=(120, 40)) as person:
        place = next(number for number, line in enumerate(person.lines) if "B Lee" in line)
        first, second = (line[:38] for line in person.lines[place : place + 2])
        assert first.endswith(" min ")
        assert second.endswith("… ")


@pytest.mark.parametrize("width", [60, 92])
async def test_a_blank_cell_parts_a_dialog_from_what_is_behind(office: Office, width: int) -> None:
    """A scrollbar beside the frame would look like its edge, and words would run into it."""
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        office.contact(f"{letter} Lee", wrote="Where do I go, what do I bring, and how long will it all take? " * 2)
    async with office.messenger(size=(width, 24)) as person:
        for key in ("o", "v", "p", "question_mark", "colon"):
            await person.press(key)
            frame = person.app.screen.query_one(".dialog").region
            assert frame.x > 0, key
            assert frame.right < width, key
            for strip in person.app.screen._compositor.render_strips()[frame.y : frame.bottom]:
                assert strip.crop(frame.x - 1, frame.x).text == " ", key
                assert strip.crop(frame.right, frame.right + 1).text == " ", key
            await person.press("escape")


async def test_of_an_opted_out_contact_the_bottom_line_names_what_can_be_done(office: Office) -> None:
    """Nothing can be sent to them; to opt them in again is what one comes for, if one may."""
    office.contact("Maria Lopez", wrote="Hello")
    id = office.contact("Dev Patel", wrote="Hello")
    opt_out_number(office.db, office.ana, office.conversation(id).phone)
    for login, named in (("ana", " Enter open o opt in u next "), ("kim", " Enter open u next ")):
        async with office.messenger(login=login, size=(60, 18)) as person:
            await person.press("4")
            assert person.lines[-1].startswith(named)
            assert " a replies" not in person.lines[-1]
            await person.press("2")
            assert person.lines[-1].startswith(" Enter write u next a replies ")


async def test_without_a_contact_the_bottom_line_names_no_key_that_needs_one(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(120, 24)) as person:
        for tab, named in (("4", False), ("2", True), ("4", False)):
            await person.press(tab)
            for each in (" Enter write ", " o opt out ", " e survey "):
                assert (each in person.lines[-1]) is named, person.screen
            assert " u next " in person.lines[-1]


async def test_a_screen_over_another_names_the_way_back_and_not_itself(office: Office) -> None:
    async with office.messenger(size=(120, 24)) as person:
        await person.press("H")
        assert person.lines[-1].startswith(" ? help  q back  Enter take back ")
        assert "H history" not in person.lines[-1]
        await person.press("q", "q", "O")
        assert person.lines[-1].startswith(" ? help  q back ")


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (200, 60)])
async def test_help_is_named_in_every_width(office: Office, size: tuple[int, int]) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=size) as person:
        for back in ("H", "escape", "q", "q"):
            assert "? help" in person.lines[-1], person.screen
            await person.press(back)


async def test_the_list_comes_back_from_the_box_with_the_rows_it_had(office: Office) -> None:
    for letter in "ABCDEFGHIJKL":
        office.contact(f"{letter} Lee", wrote="Hello")
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter", "ctrl+g", "ctrl+g")
        assert not person.sees("A Lee")
        await person.press("escape")
        assert person.row == "C Lee"
        assert person.sees("A Lee", "B Lee", "C Lee")


async def test_the_list_comes_back_with_a_cursor_that_moved_far_meanwhile(office: Office) -> None:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        office.contact(f"{letter} Lee", wrote="Hello")
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter", *["ctrl+g"] * 20)
        await person.press("escape")
        assert person.row == "U Lee"
        assert person.sees("T Lee", "U Lee")
        assert not person.sees("A Lee")
        await person.press("k")
        assert person.row == "T Lee"


@pytest.mark.parametrize("key", ["v", "o", "p", "question_mark", "colon"])
async def test_a_dialog_follows_the_window(office: Office, key: str) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(80, 24)) as person:
        await person.press(key)
        fresh = {}
        for size in ((60, 18), (120, 40)):
            async with office.messenger(size=size) as other:
                await other.press(key)
                fresh[size] = other.app.screen.query_one(".dialog").region
        for size, region in fresh.items():
            await person.pilot.resize_terminal(*size)
            await settle(person.pilot)
            assert person.app.screen.query_one(".dialog").region == region
