"""The bulk dialog by keys: whom to, how many, which, and never to somebody else (docs/rules.md 4.3 to 4.7)."""

from __future__ import annotations

import asyncio
import re
from threading import Event
from typing import Any

import pytest

from tests.tui.moving import KIM, LEE, fill_in, keys, menu_of, people, shares, staff
from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign

PRIYA = "Priya Doe"


@pytest.fixture
def twelve(office: Office) -> Office:
    """Kim has twelve; Lee and Priya have none."""
    staff(office, "Priya")
    people(office, 12, "kim")
    return office


def dialog(person: Person) -> BulkReassign:
    """The bulk dialog, which must be in front."""
    assert isinstance(person.app.screen, BulkReassign)
    return person.app.screen


def said(person: Person) -> str:
    """What the dialog says below the preview, without the breaks of its lines."""
    words = dialog(person).panes.words
    return " ".join("".join(part.text for part in strip).strip() for strip in words._strips)


def chosen(person: Person) -> list[str]:
    """Who is chosen, all others together among them."""
    return [match[1].strip() for line in person.lines if (match := re.search(r"\[x\] (.*?)(?: holds| *│)", line))]


async def test_counting_that_takes_long_says_how_far_it_is(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await person.press("a")
        reader = person.app.store._reader
        go_on = Event()
        reader.submit(go_on.wait)
        person.send(*"lee", "enter")
        await person.reach(lambda: "Counting 12 conversations: 0 %, 1 s so far." in said(person), "how far it is")
        go_on.set()
        await settle(person.pilot)
        assert said(person) == f"Enter moves 12 of Kim Alvarez's conversations to {LEE}."


# Whom to: searching and choosing


async def test_enter_chooses_where_a_name_is_typed_and_only_then_applies(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"lee", "space", *"priya", "enter")
        assert chosen(person) == [LEE, PRIYA]
        assert said(person) == f"Enter moves 12 of Kim Alvarez's conversations to {LEE}: 6, {PRIYA}: 6."
        assert shares(twelve)["kim"] == 12
        await person.press("enter")
    assert shares(twelve) == {"unassigned": 0, "kim": 0, "lee": 6, "priya": 6}


async def test_an_enter_from_before_the_preview_was_painted_moves_nothing_and_says_so(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await person.press("a")
        person.send(*"lee", "enter", "enter", "enter")
        await settle(person.pilot)
        assert shares(twelve)["kim"] == 12
        assert said(person).startswith("Enter came before this was shown: press it again. Enter moves 12")
        await person.press("enter")
    assert shares(twelve)["lee"] == 12


async def test_what_enter_chooses_is_said_while_one_types(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"lee", "space", *"pri")
        assert said(person) == f"Enter chooses {PRIYA}."


async def test_enter_on_who_is_chosen_already_takes_nothing_back(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"lee", "space", *"lee", "enter")
        assert chosen(person) == [LEE]


async def test_a_name_may_be_pasted(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await person.press("a")
        await person.paste(" Priya  doe\n")
        await person.press("enter")
        assert chosen(person) == [PRIYA]


async def test_pasted_spaces_search_nothing(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await person.press("a")
        await person.paste("   ")
        assert dialog(person).search.value == ""
        assert said(person).startswith("Choose a sender")


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_a_search_that_finds_nobody_chooses_nobody_and_says_so(twelve: Office, key: str) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"lee", "space", *"zzz", key)
        assert "Nothing was chosen." in said(person)
        assert "Nobody is called 'zzz'" in said(person)
        await person.press("escape")
        assert chosen(person) == [LEE]


async def test_the_first_space_distributes_to_all_and_changes_no_status(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await person.press("a")
        assert chosen(person) == []
        await person.press("space")
        assert chosen(person) == ["Distribute to all 2 other senders"]
        assert dialog(person).choices.request.status is StatusFilter.ANY
        assert said(person) == f"Enter moves 12 of Kim Alvarez's conversations to {LEE}: 6, {PRIYA}: 6."


async def test_enter_in_a_fresh_dialog_chooses_and_moves_nothing(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", "enter", "enter")
        assert chosen(person) == []
        assert said(person).startswith("Nothing was moved: nobody is chosen yet.")
        await keys(person, "space")
        assert chosen(person) == ["Distribute to all 2 other senders"]
        assert "Nothing was moved" not in said(person), "it is no longer true that nobody is chosen"
    assert shares(twelve)["kim"] == 12


async def test_the_arrows_go_through_what_was_found(twelve: Office) -> None:
    staff(twelve, "Prince")
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"pri", "down", "down", "enter")
        assert chosen(person) == ["Priya Doe"]  # the second, and the last: Prince Doe comes first
        await keys(person, *"pri", "enter")
        assert chosen(person) == ["Prince Doe", "Priya Doe"]


async def test_typing_searches_from_every_field(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "s", "tab", "tab", *"lee", "enter")
        assert chosen(person) == [LEE]
        assert dialog(person).choices.request.status is StatusFilter.ANY


# How many


async def test_digits_are_the_count_until_letters_have_begun(twelve: Office) -> None:
    staff(twelve, "R2d2")
    async with menu_of(twelve, "bar") as person:
        await keys(person, "s", "3", *"r2d", "enter")
        assert chosen(person) == ["R2d2 Doe"]
        assert person.sees("How many  3 of 12 that match")
        await keys(person, "0", "backspace", "backspace")
        assert person.sees("How many  all of 12 that match")


async def test_digits_search_where_no_count_is_asked(twelve: Office) -> None:
    staff(twelve, "4ever")
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", "4", "enter")
        assert chosen(person) == ["4ever Doe"]


# Esc


async def test_escape_takes_one_step_back_at_a_time_and_then_leaves(twelve: Office) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "s", *"lee", "space", *"priya", "space", "1", "0", "tab", "tab", "right", *"xy")
        assert person.sees("Esc clears the search")
        await person.press("escape")
        assert (dialog(person).search.value, chosen(person)) == ("", [LEE, PRIYA])
        await person.press("escape")
        assert dialog(person).choices.request.status is StatusFilter.ANY
        assert person.sees("How many  10 of 12", "Esc takes a step back")
        await person.press("escape")
        assert person.sees("How many  all of 12")
        await person.press("escape")
        assert chosen(person) == [LEE]
        await person.press("escape")
        assert chosen(person) == []
        assert person.sees("Esc leaves")
        await person.press("escape")
        assert person.notice == "Nothing was moved."
    assert shares(twelve)["kim"] == 12


# The preview


async def test_every_destination_is_in_the_preview_also_who_gets_none(twelve: Office) -> None:
    people(twelve, 7, "lee", first=50)
    async with menu_of(twelve, "bar") as person:
        await fill_in(person, "s", count=3, to=[LEE, PRIYA], level=True)
        lines = [" ".join(line.split("│")[1].split()) for line in person.lines if line.count("│") >= 2]
        assert "Lee Bishop 7 0 7" in lines
        assert "Priya Doe 0 3 3" in lines
        assert said(person) == f"Enter moves 3 of Kim Alvarez's conversations to {LEE}: 0, {PRIYA}: 3."


async def test_enter_before_the_preview_is_there_applies_nothing_and_says_so(
    twelve: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with menu_of(twelve, "bar") as person:
        await keys(person, "a", *"lee", "space")
        held = asyncio.Event()
        store = person.app.store
        query = store.query

        async def slowly(*args: Any, **options: Any) -> object:
            await held.wait()
            return await query(*args, **options)

        monkeypatch.setattr(store, "query", slowly)
        dialog(person).choices.turn_destination(dialog(person).choices.offered[0])
        dialog(person)._changed()
        dialog(person).action_go_on()
        await person.wait_until(lambda: "Still counting, so nothing was moved" in said(person), "why nothing was moved")
        assert shares(twelve)["kim"] == 12
        held.set()
        await person.wait_until(lambda: "Unassigned: 6" in said(person), "the new preview")
        await person.press("enter")
    assert shares(twelve) == {"unassigned": 6, "kim": 0, "lee": 6, "priya": 0}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_everything_that_matters_is_seen(twelve: Office, size: tuple[int, int]) -> None:
    staff(twelve, *(f"Sender{letter}" for letter in "abcdefgh"))
    async with twelve.messenger("kim", size=size) as person:
        await keys(person, "R", "s", "5", "space")
        assert person.sees("Distribute to all", "How many  5", "Status", "Split", "that match, 0 opted out")
        assert person.sees("Enter moves 5 of Kim Alvarez's conversations to Lee Bishop: 1,", "Esc takes a step back")
        await keys(person, *["down"] * 11)
        assert person.sees("[ ] Unassigned") is (size == (120, 40))  # it scrolls only where there is no room
        assert dialog(person).destinations.row is not None


# What stays, and why (4.5)


async def test_where_all_receive_it_is_said_that_only_the_unassigned_move(twelve: Office) -> None:
    people(twelve, 4, first=50)
    async with menu_of(twelve, "campaign") as person:
        await keys(person, "a")
        assert person.sees("Reassign All: everyone's conversations")
        await keys(person, "space")
        assert person.sees("Reassign All: unassigned conversations")
        assert "Enter moves 4 of the unassigned conversations to" in said(person)
        assert "Only the 4 unassigned move: all senders are destinations, so the 12" in said(person)
        assert "To even out what senders hold" in said(person)
        await person.press("enter")
    assert shares(twelve) == {"unassigned": 0, "kim": 14, "lee": 1, "priya": 1}


async def test_where_one_receives_it_is_said_what_they_keep(twelve: Office) -> None:
    async with menu_of(twelve, "campaign") as person:
        await fill_in(person, "a", to=[KIM])
        assert "Kim Alvarez is a destination, so the 12 conversations that Kim Alvarez holds stay." in said(person)


async def test_nothing_is_said_to_stay_where_nothing_does(twelve: Office) -> None:
    async with menu_of(twelve, "campaign") as person:
        await fill_in(person, "a", to=[LEE])
        assert said(person) == f"Enter moves 12 of everyone's conversations to {LEE}."


async def test_the_menu_and_the_dialog_say_when_they_are_left(twelve: Office) -> None:
    async with twelve.messenger("kim") as person:
        await person.press("R", "enter")
        assert person.notice == "Nothing was moved."
        await keys(person, "R", "u", "escape")
        await settle(person.pilot)
        assert person.notice == "Nothing was moved."
