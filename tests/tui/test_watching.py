"""What others do appears by itself, and takes nothing away from whoever is at work (docs/rules.md 3.11, 3.19)."""

from __future__ import annotations

import re
from time import monotonic

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.tui.timers import Timers

WITHIN = 1.0
"""Seconds in which another's change is on the screen."""


@pytest.fixture
def three(office: Office) -> list[ConversationId]:
    """Maria, Dev and Ann wait, in this order."""
    return [office.contact(name, wrote="Hello") for name in ("Maria Lopez", "Dev Patel", "Ann Otieno")]


async def test_a_new_reply_is_there_within_a_second(office: Office, three: list[ConversationId]) -> None:
    quiet = office.contact("Bo Berg", texted=True)
    async with office.messenger() as person:
        await person.press("j")
        office.wrote(quiet, "Who is this?")
        began = monotonic()
        await person.wait_for("Who is this?", "Responses 4")
        assert monotonic() - began < WITHIN
        assert person.row == "Dev Patel"


async def test_the_cursor_stays_with_its_conversation(office: Office, three: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("j", "j")
        send(office.db, office.ana, three[0], body="Hi")  # Maria goes to the end
        await person.wait_until(lambda: person.rows[0] == "Dev Patel", "Maria at the end")
        assert person.row == "Ann Otieno"
        assert person.sees("Ann Otieno  (415) 555-0003")


async def test_a_conversation_that_leaves_hands_its_place_on(office: Office, three: list[ConversationId]) -> None:
    campaign = office.campaigns["Spring"]
    async with office.messenger() as person:
        await person.press("j")
        reassign(
            office.db,
            office.ana,
            Request(campaign.id, FromConversations((three[1],)), ToAssignments((office.assignment("lee"),))),
        )
        await person.wait_until(lambda: len(person.rows) == 2, "two rows")
        assert person.row == "Ann Otieno"


async def test_what_is_being_typed_stays(office: Office, three: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("j", "enter")
        await person.type("Your polling")
        office.wrote(three[1], "Hello??")
        office.wrote(three[2], "Hello??")
        opt_out_number(office.db, office.ana, office.conversation(three[0]).phone)
        await person.wait_for("Hello??", "Opt Outs 1")
        assert person.box == "Your polling"
        assert person.messenger.box.has_focus
        await person.type(" place")
        await person.press("enter")
    assert office.bodies(three[1])[-1] == "Your polling place"


async def test_the_thread_grows_while_it_is_open(office: Office, three: list[ConversationId]) -> None:
    async with office.messenger() as person:
        office.wrote(three[0], "Are you there?")
        await person.wait_for("Are you there?")
        assert person.row == "Maria Lopez"


async def test_a_search_keeps_its_focus_and_words(office: Office, three: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("de")
        office.wrote(three[1], "Hello??")
        await person.wait_for("Hello??")
        await person.type("v")
        assert person.messenger.search.value == "dev"
        assert person.rows == ["Dev Patel"]


async def test_a_search_goes_with_its_tab(bare: Office) -> None:
    bare.campaign(quicksend=True)
    maria = bare.contact("Maria Lopez")
    bare.contact("Dev Patel", wrote="Hello")
    async with bare.messenger() as person:
        await person.press("1", "slash")
        await person.type("maria")
        await person.press("enter")
        assert person.rows == ["Maria Lopez"]
        send(bare.db, bare.ana, maria)
        await person.wait_until(lambda: person.rows == ["Dev Patel"], "the conversations of Responses")
        assert person.messenger.search.value == ""


async def test_another_s_answer_appears(office: Office, three: list[ConversationId]) -> None:
    office.survey("Will you vote?,Yes|No")
    async with office.messenger() as person:
        assert person.sees("( ) Yes")
        record_answer(office.db, office.ana, three[0], "Will you vote?", "Yes")
        await person.wait_for("(•) Yes")


async def test_two_who_have_the_same_one_open_see_each_other(office: Office, three: list[ConversationId]) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.messenger() as ana, office.messenger(login="mo") as mo:
        await ana.wait_for("also open: Mo")
        await mo.press("enter")
        await mo.type("Hi Maria")
        await mo.press("enter")
        await ana.wait_for("Hi Maria")
        await ana.wait_for("Mo Doe")


async def test_the_ages_of_campaigns_are_painted_again_as_time_goes_by(office: Office) -> None:
    office.timers = Timers(tick=0.1)
    async with office.app() as person:
        await person.press("q")
        row = next(line for line in person.lines if "active" in line)
        assert row.rstrip().endswith(("now", "min"))
        office.clock.forward(minutes=42)
        await person.wait_until(lambda: not person.sees(row), "another age")
        assert re.search(r" 4[0-9] min\b", person.screen), person.screen
