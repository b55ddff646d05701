"""The palette has every command that can be done from the screen, and says why some cannot be done now."""

from __future__ import annotations

import pytest
from textual.command import CommandList
from textual.widgets import Input

from tests.tui.office import Office, Person, settle
from tests.tui.touring import touring
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.tui.commands import Command, Scope, all_commands, command, commands_of
from thrumsg_tui.tui.palette import PaletteProvider
from thrumsg_tui.tui.screens.base import CommandScreen

PANES = {
    *(Scope.LIST, Scope.SEARCH, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES, Scope.SCROLLED),
    Scope.TRIAGE,
}
"""What the focused pane does, and what is on other keys for those that the messenger does."""


async def offered(person: Person) -> dict[str, str]:
    """The titles in the palette, with what is said about them."""
    provider = PaletteProvider(person.app.screen)
    return {str(hit.text): str(hit.help) async for hit in provider.discover()}


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
        await holds_all(person)


async def test_so_is_every_command_of_the_messenger(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await holds_all(person)


async def holds_all(person: Person) -> None:
    """Check that what can be done is offered, and that what cannot be done now says why."""
    wanted, found = doable(person), await offered(person)
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
        assert (await offered(person))["Send All"].startswith("Not now: Send All is for initial messages (tab 1)")
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.app("mo") as person:
        assert "needs the role admin" in (await offered(person))["New campaign"]


@pytest.mark.only_sqlite("a practice database is a file")
async def test_the_palette_of_the_demo_has_the_tours(office: Office) -> None:
    async with touring(office.folder / "thrumsg.db", office.clock, tour=None) as visitor:
        found = await offered(visitor)
        assert command("tour.newcomer").help in found["Tour"]
        assert "There is no tour now: F6 begins one." in found["Leave the tour"]
        await visitor.press("f9")
        assert visitor.notice == "There is no tour now: F6 begins one."


@pytest.mark.parametrize("key", ["", "q"])
async def test_escape_has_a_name_that_says_what_it_does(office: Office, key: str) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press(*key)
        assert "(Esc)" in (await offered(person))["Clear the search"]


async def test_the_palette_finds_a_command_and_does_it(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("colon")
        await person.type("next sender")
        await person.press("enter")
        assert person.sees("Viewing as: Lee Bishop")


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
async def test_the_palette_is_framed_as_all_dialogs_are(office: Office, size: tuple[int, int]) -> None:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        office.contact(f"{letter} Lee", wrote="Hello")
    async with office.messenger(size=size) as person:
        await person.press("colon")
        palette = person.app.screen
        assert person.sees("╭─ Commands ─", " Enter does it, arrows choose, Esc leaves ─╯")
        assert palette.query_one(CommandList).scrollbar_size_vertical == 1
        assert not palette.query_one(Input).cursor_blink


async def test_the_palette_offers_nothing_that_only_a_pane_does(office: Office) -> None:
    async with office.messenger() as person:
        provider = PaletteProvider(person.app.screen)
        offered = [str(hit.text) async for hit in provider.discover()]
        panes = commands_of(Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES, Scope.SCROLLED)
        assert "Send All" in offered
        assert {command.title for command in panes} & set(offered) == set()


@pytest.mark.parametrize(("typed", "dialog"), [("zzzz", "Palette"), ("phone lookup", "PhoneLookup")])
async def test_enter_chooses_among_what_matches_all_that_was_typed_however_fast(
    office: Office, typed: str, dialog: str
) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        person.send(":", *typed, "enter")
        await settle(person.pilot)
        assert type(person.app.screen).__name__ == dialog
