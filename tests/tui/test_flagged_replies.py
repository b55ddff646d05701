"""A message to a contact who may have asked to be left alone (docs/rules.md 5.4, 12.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.office import PATIENCE, Office, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.tui.screens.messenger import message_sender
from thrumsg_tui.tui.timers import Timers

ASKS = "Maria Lopez may want to be left alone: ctrl+o opts out, Enter again sends."


@pytest.fixture(autouse=True)
def _read_at_once(office: Office) -> None:
    office.timers = Timers(reading=0)


@pytest.fixture
def flagged(office: Office) -> ConversationId:
    """Waits longest, and has asked for something that is nearly an opt-out."""
    return office.contact("Maria Lopez", wrote="please stop")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_first_enter_asks_and_the_second_sends(
    office: Office, flagged: ConversationId, size: tuple[int, int]
) -> None:
    async with office.messenger(size=size) as person:
        await person.press("enter", *"Sorry", "enter")
        assert person.notice == ASKS
        assert office.bodies(flagged)[-1] == "please stop"
        assert person.messenger.box.has_focus
        await person.press("enter")
        assert person.notice.startswith("Reply queued for Maria Lopez.")
    assert office.bodies(flagged)[-1] == "Sorry"


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
@pytest.mark.parametrize("name", ["Christopher Smithson", "Bartholomew Montgomery Featherstonehaugh-Cholmondeley"])
async def test_the_question_is_read_whole_and_answered_whatever_the_name_and_the_width(
    office: Office, name: str, size: tuple[int, int]
) -> None:
    """Where it has no room on the bottom line, it covers other rows, and any other notice there would go with a key."""
    contact = office.contact(name, wrote="please stop")
    async with office.messenger(size=size) as person:
        await person.press("enter", *"Sorry", "enter")
        assert person.notice.endswith("may want to be left alone: ctrl+o opts out, Enter again sends.")
        assert office.bodies(contact)[-1] == "please stop"
        await person.press("enter")
    assert office.bodies(contact)[-1] == "Sorry"


async def test_two_quick_presses_are_no_answer(office: Office, flagged: ConversationId) -> None:
    """As of a finger that taps twice: nobody reads the question in the meantime."""
    office.timers = Timers(reading=PATIENCE)
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", "enter")
        assert person.notice == ASKS
    assert office.bodies(flagged)[-1] == "please stop"


async def test_the_question_goes_with_the_message_box(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", "escape")
        assert "left alone" not in person.notice
        await person.press("enter", "enter")
        assert person.notice == ASKS
    assert office.bodies(flagged)[-1] == "please stop"


async def test_enters_that_come_faster_than_the_question_send_nothing(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry")
        person.send("enter", "enter", "enter")
        await settle(person.pilot)
        assert person.notice == ASKS
        assert office.bodies(flagged)[-1] == "please stop"
        await person.press("enter")
    assert office.bodies(flagged)[-1] == "Sorry"


async def test_words_that_are_changed_are_asked_about_again(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", *", bye")
        assert person.notice != ASKS
        await person.press("enter")
        assert person.notice == ASKS
        await person.press("enter")
    assert office.bodies(flagged)[-1] == "Sorry, bye"


async def test_a_key_in_the_box_opts_out_and_nothing_is_sent(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", "ctrl+o")
        assert person.question.startswith("Opt Maria Lopez out, in all campaigns?")
        await person.press("y")
        assert person.notice == "Maria Lopez is opted out; Esc, then z, undoes it."
        assert office.conversation(flagged).opted_out
        await person.press("enter")
    assert "Sorry" not in office.bodies(flagged)


async def test_who_leaves_the_question_of_the_opt_out_is_asked_again(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", "ctrl+o", "n", "enter")
        assert person.notice == ASKS
    assert office.bodies(flagged)[-1] == "please stop"


async def test_a_recommended_reply_asks_too(office: Office, flagged: ConversationId) -> None:
    office.replies("Sorry,We are sorry.")
    async with office.messenger() as person:
        await person.press("enter", "ctrl+r", "1", "enter")
        assert person.notice == ASKS
        await person.press("enter")
    assert office.bodies(flagged)[-1] == "We are sorry."


async def test_whoever_else_waits_is_answered_by_one_enter(office: Office, flagged: ConversationId) -> None:
    dev = office.contact("Dev Patel", wrote="Where do I vote?")
    async with office.messenger() as person:
        await person.press("j", "enter", *"At the library", "enter")
    assert office.bodies(dev)[-1] == "At the library"


async def test_a_reply_that_is_taken_back_brings_the_question_back(office: Office, flagged: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Sorry", "enter", "enter", "escape", "z")
        assert person.box == "Sorry"
        await person.press("enter")
        assert person.notice == ASKS
    assert [each.state for each in office.conversation(flagged).messages][-1] == "cancelled"


@pytest.mark.parametrize(("words", "is_a_wish"), [("please stop", True), ("Where?", False)])
async def test_a_wish_that_comes_while_one_sends_is_named_by_the_question_about_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, words: str, is_a_wish: bool
) -> None:
    dev = office.contact("Dev Patel", wrote="Hello")

    def overtaken_send(*args: Any, **kwargs: Any) -> Sent:
        if words not in office.bodies(dev):
            office.wrote(dev, words)
        return send(*args, **kwargs)

    monkeypatch.setattr(message_sender, "send", overtaken_send)
    async with office.messenger() as person:
        await person.press("enter", *"Hi Dev", "enter")
        assert person.question.startswith("Dev Patel wrote meanwhile: ")
        assert person.question.endswith("This may be a wish to be left alone.") is is_a_wish
        await person.press("n")
    assert office.bodies(dev)[-1] == words


async def test_what_may_be_a_wish_names_the_key_that_opts_out_where_one_is(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Ann here now. Text STOP to 80001")
    async with office.messenger() as person:
        assert person.banner == "May be an opt-out request: o opts out."
        await person.press("enter")
        assert person.banner == "May be an opt-out request: ctrl+o opts out."
        assert person.messenger.conversation.notice.size.height == 1
        for opens_a_search in ("slash", "a"):
            await person.press("escape", opens_a_search)
            assert person.banner == "May be an opt-out request: ctrl+o opts out."
