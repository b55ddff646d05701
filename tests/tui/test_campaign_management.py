"""Running a campaign from the app: its state, its senders, the menu (docs/rules.md 4.12, 6.5, 8.1)."""

from __future__ import annotations

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.tui.dialogs.command_menu import CommandMenu
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.screens.overview import OverviewScreen


def state(office: Office, name: str = "Spring") -> CampaignState:
    """The state of a campaign."""
    with office.db.reading() as conn:
        return find_campaign(conn, name).state


async def test_a_campaign_is_paused_and_resumed(office: Office) -> None:
    async with office.app() as person:
        await person.press("l")
        assert "It is active" in person.question
        assert "Nothing is sent until it is resumed" in person.question
        await person.press("p")
        assert state(office) is CampaignState.PAUSED
        assert person.sees("it is paused")
        await person.press("l", "r")
        assert state(office) is CampaignState.ACTIVE


async def test_a_draft_is_called_a_draft(office: Office) -> None:
    create_campaign(
        office.db, office.ana, Setup("Autumn", "Hi %first_name%", hours=DailyHours("UTC", 0, 24 * 60)), draft=True
    )
    async with office.app() as person:
        await person.press("q", "g", "l")
        assert person.question.startswith("It is a draft.")
        await person.press("n")
        assert person.notice == "Autumn stays a draft."


async def test_archiving_asks_twice_and_enter_is_the_safe_answer(office: Office) -> None:
    async with office.app() as person:
        await person.press("l", "a", "enter")
        assert state(office) is CampaignState.ACTIVE
        await person.press("l", "a", "y")
        assert state(office) is CampaignState.ARCHIVED
        await person.press("l")
        assert "archived" in person.notice


async def test_a_launch_lists_what_an_owner_confirms_and_enter_is_the_safe_answer(bare: Office) -> None:
    create_campaign(bare.db, bare.ana, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)), draft=True)
    async with bare.app() as person:
        await person.press("l", "l")
        assert "Before it is launched, confirm:" in person.question
        assert "Quiet hours are off" in person.question
        assert "It does not say how to opt out" in person.question
        await person.press("enter")
        assert state(bare, "Fall") is CampaignState.DRAFT
        await person.press("l", "l", "y")
        assert state(bare, "Fall") is CampaignState.ACTIVE


async def test_an_admin_is_told_what_an_owner_has_to_confirm(bare: Office) -> None:
    create_campaign(bare.db, bare.ana, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)), draft=True)
    bare.person("adam", "Adam", Role.ADMIN)
    async with bare.app("adam") as person:
        await person.press("l", "l")
        assert "is not launched before an owner confirms" in person.notice
        assert state(bare, "Fall") is CampaignState.DRAFT


async def test_leaving_the_question_changes_nothing(office: Office) -> None:
    async with office.app() as person:
        await person.press("l", "escape")
        assert state(office) is CampaignState.ACTIVE


async def test_the_menu_offers_everything_with_its_key_and_the_reason_why_not(office: Office) -> None:
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    async with office.app(size=(80, 24)) as person:
        await person.press("enter", "m")
        assert isinstance(person.app.screen, CommandMenu)
        assert person.sees("Settings of the campaign", "Export", "Survey", "archived")
        await person.press("i")
        assert isinstance(person.app.screen, CommandMenu), "what is not allowed is not begun"
        await person.press("escape")
        assert isinstance(person.app.screen, OverviewScreen)


async def test_the_menu_does_what_its_key_does(office: Office) -> None:
    async with office.app() as person:
        await person.press("m", "l", "p")
        assert state(office) is CampaignState.PAUSED


@pytest.mark.parametrize("key", ["l", "i", "I", "E", "plus", "minus"])
async def test_a_moderator_runs_no_campaign(office: Office, key: str) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.app("mo") as person:
        await person.press("j", key)
        assert "needs the role admin" in person.notice


# Senders (docs/rules.md 4.12)


async def test_users_are_put_on_the_campaign(office: Office) -> None:
    office.person("max", "Max", Role.SENDER)
    office.person("mia", "Mia", Role.SENDER)
    async with office.app() as person:
        await person.press("plus")
        await person.type("mi")
        await person.press("space")
        await person.type("max")
        await person.press("space", "enter")
        await person.wait_for("Max Doe", "Mia Doe", "can work on Spring now")


async def test_whoever_is_on_it_is_not_offered(office: Office) -> None:
    office.person("max", "Max", Role.SENDER)
    async with office.app() as person:
        await person.press("plus")
        assert person.sees("max")
        assert not person.sees("kim  ")
        await person.press("down", "enter", "plus", "down", "enter", "plus")
        assert "Every user is on this campaign; " in person.notice


@pytest.mark.parametrize(("key", "held"), [("u", {"unassigned": 2, "lee": 0}), ("e", {"unassigned": 0, "lee": 2})])
async def test_a_sender_is_taken_off_and_their_conversations_go_where_one_says(
    office: Office, key: str, held: dict[str, int]
) -> None:
    office.contact("Maria Lopez", "kim")
    office.contact("Dev Patel", "kim", texted=True)
    async with office.app() as person:
        await person.press("j", "minus")
        assert "Where do their 2 conversations go?" in person.question
        await person.press(key)
        assert "took Kim Alvarez off" in person.screen or "Took Kim Alvarez off" in person.notice
        screen = person.app.screen
        assert isinstance(screen, OverviewScreen)
        now = {each.login or "unassigned": each.assigned for each in screen.table.rows}
        assert now == held
        await person.press("z")
        await person.wait_for("Kim Alvarez")


async def test_the_conversations_of_one_who_leaves_can_go_to_one_sender(office: Office) -> None:
    id = office.contact("Maria Lopez", "kim")
    async with office.app() as person:
        await person.press("j", "minus", "o")
        await person.type("lee")
        await person.press("enter")
        assert office.conversation(id).sender_login == "lee"


async def test_whoever_leaves_is_not_offered_their_own_conversations(office: Office) -> None:
    """docs/rules.md 4.12."""
    office.contact("Maria Lopez", "kim")
    async with office.app() as person:
        await person.press("j", "minus", "o")
        screen = person.app.screen
        assert isinstance(screen, SenderPicker)
        assert [row.name for row in screen.table.rows] == ["Unassigned", "Lee Bishop"]


async def test_a_sender_without_conversations_is_taken_off_with_one_answer(office: Office) -> None:
    async with office.app() as person:
        await person.press("j", "minus")
        assert person.question == "Take Kim Alvarez off Spring?"
        await person.press("n")
        assert person.sees("Kim Alvarez")
        await person.press("minus", "y")
    with office.db.reading() as conn, pytest.raises(Exception, match="is not a sender"):
        find_assignment(conn, office.campaigns["Spring"], "kim")


async def test_unassigned_is_not_taken_off(office: Office) -> None:
    async with office.app() as person:
        await person.press("minus")
        assert person.notice == "Unassigned cannot be removed: it is not a sender."


async def test_who_has_not_started_can_be_seen_alone(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    office.contact("Dev Patel", "lee")
    async with office.app() as person:
        await person.press("w")
        assert person.notice.startswith("1 sender has not started yet")
        assert person.sees("Lee Bishop")
        assert not person.sees("Kim Alvarez")
        await person.press("w")
        assert person.sees("Kim Alvarez")
