"""Where one types one can paste, go back with the cursor keys, and take words away (docs/rules.md 3.9, 3.15)."""

from __future__ import annotations

import pytest
from textual.events import Paste

from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.tui.dialogs.phone_lookup import PhoneLookup
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker


@pytest.fixture
def maria(office: Office) -> ConversationId:
    office.replies("Where,At the library.", "Ride,We can drive you.", "Hours,Open from 7 to 8.")
    return office.contact("Maria Lopez", wrote="Hello")


async def paste(person: Person, text: str) -> None:
    """Paste as a terminal does."""
    person.app.post_message(Paste(text))
    await settle(person.pilot)


# Phone Lookup


@pytest.mark.parametrize("pasted", ["(415) 555-0001", "\n415.555.0001\r\n", "+1 415\n555\n0001"])
async def test_a_number_is_pasted_into_the_lookup(office: Office, maria: ConversationId, pasted: str) -> None:
    async with office.app() as person:
        await person.press("p")
        assert person.sees("Type a phone number, or its last digits.")
        await paste(person, pasted)
        assert person.sees("Maria Lopez", "Not opted out")


async def test_what_is_pasted_takes_the_place_of_the_number_that_was_open(
    office: Office, maria: ConversationId
) -> None:
    office.contact("Dev Patel")
    async with office.messenger() as person:
        await person.press("p")
        assert person.sees("+14155550001")
        await paste(person, "4155550002")
        assert person.sees("Dev Patel")
        await person.press("q", "p")
        await person.type("4155550002")
        assert person.sees("Dev Patel")


async def test_a_number_is_edited_within(office: Office, maria: ConversationId) -> None:
    async with office.app() as person:
        await person.press("p")
        await person.type("4150550001")
        assert not person.sees("Maria Lopez")
        await person.press("home", "right", "right", "right", "delete")
        await person.type("5")
        assert person.sees("Maria Lopez")
        await person.press("end", "ctrl+w")
        assert person.sees("Type a phone number, or its last digits.")


async def test_the_given_number_is_edited_where_one_begins_with_that(office: Office, maria: ConversationId) -> None:
    office.contact("Dev Patel")
    async with office.messenger() as person:
        await person.press("p", "backspace")
        await person.type("2")
        assert person.sees("+14155550002", "Dev Patel")


async def test_letters_are_keys_there_or_nothing(office: Office, maria: ConversationId) -> None:
    async with office.app() as person:
        await person.press("p")
        await person.type("41x5555z0001")
        assert person.sees("Maria Lopez")
        await person.press("o")
        assert person.question.startswith("Opt Maria Lopez out")
        await person.press("escape")
        assert isinstance(person.app.screen, PhoneLookup)
        await person.press("q")
        assert not isinstance(person.app.screen, PhoneLookup)


async def test_arrows_and_enter_open_a_conversation_from_within_the_number(
    office: Office, maria: ConversationId
) -> None:
    async with office.app() as person:
        await person.press("q", "p")
        await person.type("4155550001")
        await person.press("enter")
        assert person.sees("Spring ▸ Messenger", "Hello")


# Recommended replies


async def test_words_are_pasted_into_the_search_of_replies(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a")
        await paste(person, "drive\nyou\n")
        assert not person.sees("At the library.")
        await person.press("enter")
        assert person.box == "We can drive you."


async def test_the_search_of_replies_is_edited_within(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a")
        await person.type("ourx")
        await person.press("left", "delete", "home")
        await person.type("h")
        assert person.sees("Open from 7 to 8.")
        assert not person.sees("At the library.")
        await person.press("end", "ctrl+w")
        assert person.sees("At the library.", "We can drive you.")


async def test_digits_choose_until_something_is_searched_for(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a")
        await person.type("m 7")
        await person.press("down", "up", "enter")
        assert person.box == "Open from 7 to 8."
        await person.press("escape", "a", "2", "r")
        assert person.box == "We can drive you."


async def test_arrows_choose_among_the_replies(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a", "down", "down", "down", "up", "enter")
        assert person.box == "We can drive you."


# Everywhere else


@pytest.mark.parametrize("key", ["v", "r"])
async def test_a_name_is_pasted_into_a_picker(office: Office, maria: ConversationId, key: str) -> None:
    async with office.messenger() as person:
        await person.press(key)
        assert isinstance(person.app.screen, SenderPicker)
        await paste(person, "Lee\n")
        assert [row.name for row in person.app.screen.table.rows] == ["Lee Bishop"]


async def test_a_command_is_pasted_into_the_palette(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("colon")
        await paste(person, "phone lookup")
        await person.wait_for("Find a number in all campaigns")


# The message box


async def test_a_line_is_taken_away_as_it_was_written_however_it_is_wrapped(
    office: Office, maria: ConversationId
) -> None:
    words = "Your polling place is the library on Main Street, through the door at the back. "
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter")
        await paste(person, words * 2)
        await person.press("ctrl+u")
        assert person.box == ""
        await paste(person, words * 2)
        await person.press(*["up"] * 9, "home", "ctrl+k")
        assert person.box == ""
