"""Sending where our number was withdrawn (`docs/rules.md 10.8`)."""

from __future__ import annotations

import pytest

from tests.store.carrier import leave
from tests.tui.office import Office, Person
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.gateway_numbers import add_number, change_number_state
from thrumsg_tui.store.changes.send import send

FRISCO, OAKLAND = "+14155550100", "+15105550100"


def thread(person: Person) -> str:
    """What the middle pane says, in one line."""
    return " ".join(" ".join(line.split("│")[1] for line in person.lines if line.count("│") == 2).split())


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """Maria was texted from a number that was withdrawn since, and so was Dev; another number is ready."""
    add_number(office.db, office.ana, "practice", FRISCO, NumberKind.LONG, 1)
    maria = office.contact("Maria Lopez", texted=True, wrote="Who is this?")
    office.contact("Dev Patel", texted=True, wrote="Who?")
    leave(office.db)
    add_number(office.db, office.ana, "practice", OAKLAND, NumberKind.LONG, 1)
    change_number_state(office.db, office.ana, FRISCO, NumberState.WITHDRAWN)
    return maria


async def test_an_admin_gives_a_conversation_another_number_and_sends(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        assert "our number withdrawn" in person.screen
        await person.type("A friend")
        await person.press("enter")
        asked = " ".join(person.screen.replace("│", " ").split())
        assert (
            f"Maria Lopez was texted from {FRISCO}, which is ours no more. From which number is Maria Lopez texted "
            "from now on? 2 conversations keep the old one, this one included."
        ) in asked
        await person.press("y")
        assert person.notice == f"Maria Lopez is texted from {OAKLAND} from now on. Enter sends."
        assert office.bodies(maria)[-1] == "Who is this?"
        await person.press("enter")
    assert office.bodies(maria)[-1] == "A friend"
    assert office.conversation(maria).our_number == OAKLAND


async def test_all_conversations_of_the_number_may_get_others_at_once(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("A friend")
        await person.press("enter", "a")
        assert person.notice == "2 conversations got another number. Enter sends."
        assert f"texted from {OAKLAND} from now on, was {FRISCO}" in thread(person)
        await person.press("enter")
    assert office.bodies(maria)[-1] == "A friend"


async def test_leaving_the_question_changes_nothing(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("A friend")
        await person.press("enter", "n")
        assert person.box == "A friend"
        assert "Nothing was sent to Maria Lopez" in person.notice
    assert office.conversation(maria).our_number == FRISCO


async def test_without_another_number_the_reason_is_said(office: Office, maria: ConversationId) -> None:
    change_number_state(office.db, office.ana, OAKLAND, NumberState.STOPPED)
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("A friend")
        await person.press("enter")
        assert "no other one is ready" in person.notice
        assert person.box == "A friend"


async def test_whoever_may_not_is_told_who_may(office: Office, maria: ConversationId) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.messenger(login="mo") as person:
        await person.press("enter")
        await person.type("A friend")
        await person.press("enter")
        assert "an admin" in " ".join(person.screen.split())
        assert person.box == "A friend"
    assert office.conversation(maria).our_number == FRISCO


async def test_the_info_pane_says_our_number(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("i")
        assert f"{FRISCO}, withdrawn" in person.screen


async def test_banner_line_and_thread_say_that_a_message_waits_for_a_number(
    office: Office, maria: ConversationId
) -> None:
    change_number_state(office.db, office.ana, FRISCO, NumberState.READY)
    send(office.db, office.ana, maria, body="A friend")
    with office.db.writing() as tx:  # a deliverer runs
        tx.conn.execute(
            "INSERT INTO gateway (name, changed_at, seen_at) VALUES ('twilio', ?, ?)", (tx.now_ms, tx.now_ms)
        )
    async with office.messenger() as person:
        change_number_state(office.db, office.ana, FRISCO, NumberState.WITHDRAWN)
        await person.wait_for(f"1 message waits for a number: {FRISCO} is withdrawn")
        await person.press("down", "enter")
        assert person.sees("queued, waits for a number:", f"{FRISCO} is withdrawn"), person.screen
