"""What all pickers have in common: the cursor, the search, marks; and the menu (docs/rules.md 4.12, 6.5)."""

from __future__ import annotations

import pytest

from tests.tui.moving import keys
from tests.tui.office import Office, Person
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.tui.dialogs.command_menu import CommandMenu
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.dialogs.user_picker import UserPicker


def users(person: Person) -> list[str]:
    """The names in the picker of users."""
    assert isinstance(person.app.screen, UserPicker)
    return [user.name for user in person.app.screen.table.rows]


def command(person: Person) -> str:
    """The command under the cursor of the menu."""
    assert isinstance(person.app.screen, CommandMenu)
    assert person.app.screen.table.row
    return person.app.screen.table.row.command.title


def hire(office: Office) -> None:
    """Three users who are on no campaign, besides those who are on none already."""
    for login, name in (("max", "Max"), ("moor", "Mia"), ("nils", "Nils")):
        office.person(login, name, Role.SENDER)


async def test_several_are_marked_over_several_searches_and_taken_in_their_order(office: Office) -> None:
    hire(office)
    async with office.app() as person:
        await keys(person, "j", "plus", *"nils", "space")
        assert len(users(person)) > 3, "a mark clears the search"
        assert person.sees("1 marked")
        await keys(person, *"max", "space", *"mia", "space", *"max", "space")
        assert person.sees("2 marked")
        await person.press("enter")
        assert "Mia Doe, Nils Doe can work on Spring now" in person.notice


async def test_a_login_is_searched_too(office: Office) -> None:
    hire(office)
    async with office.app() as person:
        await keys(person, "j", "plus", *"MOOR")
        assert users(person) == ["Mia Doe"]
        await keys(person, "escape", "escape", "plus", *"doe")
        assert users(person) == ["Max Doe", "Mia Doe", "Nils Doe"]


async def test_a_mark_goes_one_down_and_a_warning_goes_away_with_the_next_key(office: Office) -> None:
    hire(office)
    async with office.app() as person:
        await keys(person, "j", "plus", "space")
        assert person.sees("Choose somebody first")
        await keys(person, "ctrl+n")
        assert not person.sees("Choose somebody first")
        await keys(person, "space", "space")
        assert isinstance(person.app.screen, UserPicker)
        assert person.sees("2 marked")
        assert person.app.screen.table.cursor == 2


async def test_leaving_returns_nothing(office: Office) -> None:
    hire(office)
    async with office.app() as person:
        await keys(person, "j", "plus", *"max", "space", "escape")
        assert not isinstance(person.app.screen, Picker)
        await keys(person, "plus")
        assert "Max Doe" in users(person)


async def test_the_menu_is_walked_through_with_letters_and_arrows(office: Office) -> None:
    async with office.app() as person:
        await keys(person, "j", "m")
        first = command(person)
        await keys(person, "j", "down", "k", "up")
        assert command(person) == first
        await keys(person, "j", "q")
        assert not isinstance(person.app.screen, Picker)


async def test_arrows_move_the_cursor_of_a_menu_that_is_taller_than_the_terminal(office: Office) -> None:
    async with office.app(size=(80, 10)) as person:
        await keys(person, "j", "m")
        first = command(person)
        await keys(person, "down")
        assert command(person) != first
        await keys(person, "up")
        assert command(person) == first


async def test_why_a_command_of_the_menu_is_not_done_is_said_until_the_next_key(office: Office) -> None:
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    async with office.app() as person:
        await keys(person, "enter", "m", "i")
        screen = person.app.screen
        assert isinstance(screen, CommandMenu)
        assert screen.table.row
        refusal = f"{screen.table.row.why_not}"
        assert person.screen.count(refusal) > 1
        before = person.screen.count(refusal)
        await keys(person, "j")
        assert person.screen.count(refusal) == before - 1


async def test_a_list_that_scrolls_has_the_last_line_too_until_that_says_something(office: Office) -> None:
    for number in range(20):
        office.person(f"s{number}", f"Sam{number:02}", Role.SENDER)
    add_senders(office.db, office.ana, "Spring", [f"s{number}" for number in range(20)])
    id = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(60, 18)) as person:
        await person.press("r")
        before = person.lines
        (edge,) = (number for number, line in enumerate(before) if "╰" in line)
        assert "Sam" in before[edge - 1]
        await person.press("enter")
        assert "Choose somebody first" in person.lines[edge - 1]
        rows = [[line[:54] for line in lines[: edge - 1]] for lines in (before, person.lines)]  # without the scrollbar
        assert rows[0] == rows[1], "nothing moves"
        await person.press("down")
        assert "Sam" in person.lines[edge - 1]
    assert office.conversation(id).sender_name == "Kim Alvarez"


@pytest.mark.parametrize(("locale", "arrows"), [("C.UTF-8", "→ order, ← reverse"), ("C", "Right order, Left reverse")])
async def test_the_picker_of_a_sender_has_its_keys_in_the_frame_as_all_dialogs_do(
    office: Office, locale: str, arrows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    async with office.messenger(size=(60, 18)) as person:
        await person.press("v")
        line = next(line for line in person.lines if "chooses" in line)
        assert f"Enter chooses, Esc leaves, {arrows} " in line
        assert "╰" in line
