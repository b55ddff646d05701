"""Who sees and may do what (docs/rules.md 8.1)."""

from __future__ import annotations

import pytest

from tests.tui.office import Office, Person
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen


async def test_a_sender_sees_their_own_without_the_yellow_bar(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    office.contact("Dev Patel", "lee", wrote="Hello")
    async with office.app("kim") as person:
        assert isinstance(person.app.screen, MessengerScreen)
        assert not person.sees("Viewing as")
        assert not person.sees("Dev Patel")
        assert person.rows == ["Maria Lopez"]


@pytest.mark.parametrize("key", ["n", "N", "v"])
async def test_a_sender_views_nobody_else(office: Office, key: str) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.app("kim") as person:
        await person.press(key)
        assert person.notice == "You see your own assignment only."
        assert person.rows == ["Maria Lopez"]


@pytest.mark.parametrize("key", ["r", "R"])
async def test_a_sender_reassigns_nothing(office: Office, key: str) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.app("kim") as person:
        await person.press(key)
        assert person.notice == "Reassigning needs a moderator."


async def test_u_keeps_a_sender_with_their_own(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    office.contact("Dev Patel", "lee", wrote="Hello")
    async with office.app("kim") as person:
        await person.press("u")
        assert person.notice == "Nobody else waits for a reply."
        assert not person.sees("Dev Patel")


async def test_a_sender_opts_out_but_not_in(office: Office) -> None:
    id = office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.app("kim") as person:
        await person.press("o", "y")
        assert office.conversation(id).opted_out
        await person.press("4", "o")
        assert person.notice == "Opting a number in needs a moderator."


async def test_a_sender_writes_as_themselves(office: Office) -> None:
    id = office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.app("kim") as person:
        await person.press("enter")
        assert person.sees("as Kim Alvarez")
        await person.type("Hi")
        await person.press("enter")
    assert office.conversation(id).messages[-1].author == "Kim Alvarez"


async def look_up(person: Person, phone: str) -> None:
    """Type a number into Phone Lookup."""
    await person.press("p", *["backspace"] * 12)
    await person.type(phone.removeprefix("+1"))


async def test_a_sender_looks_up_no_contact_of_others(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    dev = office.contact("Dev Patel", "lee", wrote="Hello")
    async with office.app("kim") as person:
        await look_up(person, office.conversation(dev).phone)
        assert not person.sees("Dev Patel")


async def test_a_sender_opens_no_conversation_of_others(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    dev = office.contact("Dev Patel", "lee", wrote="I am Dev")
    async with office.app("kim") as person:
        await look_up(person, office.conversation(dev).phone)
        await person.press("enter")
        assert not person.sees("I am Dev")


async def test_a_sender_sees_no_other_s_work_in_the_journal(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    office.contact("Dev Patel", "lee", wrote="Hello")
    async with office.app("kim") as person:
        await person.press("H")
        assert not person.sees("Lee Bishop")


async def test_a_sender_with_two_campaigns_chooses(office: Office) -> None:
    office.campaign("Autumn")
    office.contact("Maria Lopez", "kim", wrote="Hello", campaign="Autumn")
    async with office.app("kim") as person:
        assert isinstance(person.app.screen, CampaignsScreen)
        assert person.sees("Spring", "Autumn")
        await person.press("enter")
        assert isinstance(person.app.screen, MessengerScreen)


async def test_a_sender_sees_no_campaign_that_they_are_not_on(office: Office) -> None:
    office.campaign("Autumn")
    office.person("zoe", "Zoe", Role.SENDER)
    async with office.app("zoe") as person:
        assert not person.sees("Autumn")


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
async def test_from_moderator_up_one_has_the_yellow_bar(office: Office, role: Role) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    office.person("mo", "Mo", role)
    async with office.messenger(login="mo") as person:
        assert person.sees("Viewing as: Kim Alvarez", f"mo · {role}")
        await person.press("n")
        assert person.sees("Viewing as: Lee Bishop")
