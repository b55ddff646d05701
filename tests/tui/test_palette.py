"""The palette has every command that can be done from the screen, and says why some cannot be done now."""

from __future__ import annotations

import re

import pytest

from tests.tui.office import Office, Person, settle
from tests.tui.touring import touring
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.tui.commands import Command, Scope, all_commands, command, commands_of
from thrumsg_tui.tui.dialogs.palette import Palette, entries_at
from thrumsg_tui.tui.screens.base import CommandScreen

PANES = {
    *(Scope.LIST, Scope.SEARCH, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES, Scope.SCROLLED),
    Scope.TRIAGE,
}
"""What the focused pane does, and what is on other keys for those that the messenger does."""


def offered(person: Person) -> dict[str, str]:
    """The titles in the palette, with what each does or why it cannot be done now."""
    screen = person.app.screen
    assert isinstance(screen, CommandScreen)
    return {each.command.title: each.why_not or each.command.help for each in entries_at(screen, screen.facts())}


def doable(person: Person) -> list[Command]:
    """The commands of the table for which the front screen, one of its parts or the app has the action."""
    screen = person.app.screen
    assert isinstance(screen, CommandScreen)
    here = {scope for node in (screen, person.app) for scope in getattr(node, "SCOPES", ())} | {Scope.EVERYWHERE}
    doers = (screen, *screen.parts, person.app)
    return [
        each
        for each in all_commands()
        if each.scope in here - PANES
        and not each.takes_key
        and each.id != "app.palette"
        and any(hasattr(doer, f"action_{each.action.removeprefix('app.').partition('(')[0]}") for doer in doers)
    ]


SCREENS = ["", "q", "H", "e", "a", "f", "O", "U", "M", "D", "F", "I"]


@pytest.mark.parametrize("key", SCREENS)
async def test_every_command_that_can_be_done_from_a_screen_is_in_its_palette(office: Office, key: str) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        await person.press(*key, *(["escape"] if key == "I" else []))
        holds_all(person)


async def test_so_is_every_command_of_the_messenger(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        holds_all(person)


def holds_all(person: Person) -> None:
    """Check that what can be done is offered, and that what cannot be done now says why."""
    wanted, found = doable(person), offered(person)
    assert len(wanted) >= len(commands_of(Scope.EVERYWHERE)) - 1
    assert [each.id for each in wanted if each.title not in found] == []
    screen = person.app.screen
    assert isinstance(screen, CommandScreen)
    for each in wanted:
        why_not = each.why_not(screen.facts())
        assert any(why_not in said for said in found.values()) if why_not else each.help in " ".join(found.values())


async def test_a_new_campaign_can_be_made_from_an_overview(office: Office) -> None:
    async with office.app() as person:
        await person.press("colon", *"new campaign", "enter")
        assert person.sees("New campaign", "First message")


async def test_what_is_not_allowed_says_why_before_it_is_chosen(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        assert offered(person)["Send All"].startswith("Send All is for initial messages (tab 1)")
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.app("mo") as person:
        assert "needs the role admin" in offered(person)["New campaign"]


@pytest.mark.only_sqlite("a practice database is a file")
async def test_the_palette_of_the_demo_has_the_tours(office: Office) -> None:
    async with touring(office.folder / "thrumsg.db", office.clock, tour=None) as visitor:
        found = offered(visitor)
        assert command("tour.newcomer").help in found["Tour"]
        assert "There is no tour now: F6 begins one." in found["Leave the tour"]
        await visitor.press("f9")
        assert visitor.notice == "There is no tour now: F6 begins one."


async def find(person: Person, words: str) -> list[str]:
    """Open the palette, type words, and return the titles that it finds."""
    await person.press("colon")
    await person.type(words)
    return found(person)


def found(person: Person) -> list[str]:
    """The titles in the open palette."""
    palette = person.app.screen
    assert isinstance(palette, Palette)
    return [entry.command.title for entry in palette.table.rows]


@pytest.mark.parametrize("key", ["", "q"])
async def test_escape_has_a_name_that_says_what_it_does(office: Office, key: str) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press(*key)
        assert await find(person, "clear the search") == ["Clear the search"]
        assert re.search(r"Esc +Clear the search", person.screen)


async def test_the_palette_finds_a_command_and_does_it(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        assert (await find(person, "next sender"))[0] == "Next sender"
        await person.press("enter")
        assert person.sees("Viewing as: Lee Bishop")


async def test_words_are_found_in_any_order_and_titles_come_before_what_commands_do(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        assert (await find(person, "OUT opt"))[0] == "Opt out or in"
        await person.press("escape")
        assert len(found(person)) > 30
        await person.type("find")
        titles = found(person)
        assert titles[0] == "Find a contact"
        assert "Phone lookup" in titles, "which finds a number, as is said of it"
        await person.press("escape", "escape")
        assert not isinstance(person.app.screen, Palette)


async def test_what_cannot_be_done_now_says_why_and_the_palette_stays(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await find(person, "send all")
        await person.press("enter")
        assert isinstance(person.app.screen, Palette)
        assert person.screen.count("Send All is for initial messages (tab 1)") > 1
        await person.press("escape")
        await person.type(command("messenger.send_all").help)
        assert found(person) == ["Send All"], "by what it does, too"


async def test_what_nothing_is_called_chooses_nothing(office: Office) -> None:
    async with office.messenger() as person:
        assert await find(person, "zzzz") == []
        await person.press("enter")
        assert person.sees("No command has these words. Clear the search, or type others.")


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
async def test_the_palette_is_framed_as_all_dialogs_are(office: Office, size: tuple[int, int]) -> None:
    async with office.messenger(size=size) as person:
        await person.press("colon")
        assert person.sees("╭─ Commands ─", " Enter does it, arrows choose, Esc leaves ─╯")


async def test_a_dialog_has_no_palette(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("v", "ctrl+p")
        assert not isinstance(person.app.screen, Palette)
        await person.press("escape", "ctrl+p")
        assert isinstance(person.app.screen, Palette)
        await person.press("ctrl+p")
        assert isinstance(person.app.screen, Palette)


async def test_the_palette_offers_nothing_that_only_a_pane_does(office: Office) -> None:
    async with office.messenger() as person:
        panes = commands_of(Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES, Scope.SCROLLED)
        assert "Send All" in offered(person)
        assert {command.title for command in panes} & set(offered(person)) == set()


@pytest.mark.parametrize(("typed", "dialog"), [("zzzz", "Palette"), ("phone lookup", "PhoneLookup")])
async def test_enter_chooses_among_what_matches_all_that_was_typed_however_fast(
    office: Office, typed: str, dialog: str
) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        person.send(":", *typed, "enter")
        await settle(person.pilot)
        assert type(person.app.screen).__name__ == dialog
