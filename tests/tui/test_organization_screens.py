"""Users, opt-outs and unmatched messages, run from the app (docs/rules.md 1.5, 5, 8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.filling import choose, fill
from tests.tui.office import Office
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import change_note, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.users import edit_user
from thrumsg_tui.store.queries.thread import get_opt_out
from thrumsg_tui.store.queries.users import find_user
from thrumsg_tui.tui.dialogs.phone_lookup import PhoneLookup
from thrumsg_tui.tui.path_completion import PathSuggester


def out(office: Office, phone: str) -> bool:
    """Whether a number is opted out."""
    with office.db.reading() as conn:
        return get_opt_out(conn, phone) is not None


# Users


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_users_are_added_and_changed(office: Office, size: tuple[int, int]) -> None:
    async with office.app(size=size) as person:
        await person.press("q", "U")
        assert person.sees("3 users", "Kim Alvarez", "1 campaign")
        await person.press("c")
        await fill(person, login="max", first_name="Max", last_name="Miller")
        await choose(person, role="moderator")
        await person.press("ctrl+o")
        assert person.sees("4 users", "Max Miller", "moderator")
        await person.press("slash")
        await person.type("max")
        await person.press("enter", "enter")
        await fill(person, last_name="Meyer", email="max@example.org")
        await choose(person, role="admin")
        await person.press("ctrl+o")
    with office.db.reading() as conn:
        user = find_user(conn, "max")
    assert (user.name, user.email, user.role) == ("Max Meyer", "max@example.org", Role.ADMIN)


async def test_a_login_that_is_taken_or_no_login_is_refused_and_the_form_stays(office: Office) -> None:
    async with office.app() as person:
        await person.press("q", "U", "c", "ctrl+o")
        assert person.sees("It cannot be empty.")
        await fill(person, login="kim", first_name="\u200b")
        await person.press("ctrl+o")
        assert person.sees("It cannot be empty.")
        await fill(person, first_name="Kim")
        await person.press("ctrl+o")
        assert person.sees("There is a user 'kim' already")
        await fill(person, login="two words")
        await person.press("ctrl+o")
        assert person.sees("cannot be a login: it must be one word")
        await fill(person, login="unassigned")
        await person.press("ctrl+o")
        assert person.sees("stands for conversations without a sender")


async def test_an_admin_gives_no_roles_and_the_last_owner_stays_one(office: Office) -> None:
    office.person("adam", "Adam", Role.ADMIN)
    async with office.app("adam") as person:
        await person.press("q", "U", "slash")
        await person.type("kim")
        await person.press("enter", "enter")
        await choose(person, role="admin")
        await person.press("ctrl+o")
        assert person.sees("You may not change roles")
    async with office.app() as person:
        await person.press("q", "U", "slash")
        await person.type("ana")
        await person.press("enter", "enter")
        await choose(person, role="sender")
        await person.press("ctrl+o")
        assert person.sees("ana is the only owner")


async def test_a_moderator_sees_users_but_changes_none(office: Office) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.app("mo") as person:
        await person.press("q", "U")
        assert person.sees("Kim Alvarez")
        await person.press("c")
        assert "needs the role admin" in person.notice
        await person.press("enter")
        assert person.notice == "Changing users needs an admin."


# Opt-outs


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_number_and_a_pasted_list_are_opted_out(office: Office, size: tuple[int, int]) -> None:
    maria = office.contact("Maria Lopez", "kim", texted=True)
    async with office.app(size=size) as person:
        await person.press("q", "O")
        assert person.sees("0 numbers are opted out")
        await person.press("c")
        await fill(person, numbers="(415) 555-0001", note="asked by mail")
        await person.press("ctrl+o")
        assert "and told so" in person.notice
        assert person.sees("1 number is opted out", "Maria Lopez", "manual")
        assert office.conversation(maria).opted_out
        assert office.bodies(maria)[-1].startswith("You are now opted-out")
        await person.press("c")
        await fill(person, numbers="415 555 0150, 4155550151; nonsense")
        assert person.sees("A list of 2 numbers: nobody is told.", "1 line left out as no number")
        await person.press("ctrl+o")
        assert "2 opted out" in person.notice
        assert "nonsense" in person.notice
    assert out(office, "+14155550151")


async def test_the_form_says_what_the_contact_of_a_number_will_be_told(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    async with office.app() as person:
        await person.press("q", "O", "c")
        for typed, told in (
            ("415 555", "One number: the contact gets the opt-out message, if a campaign that can send has texted"),
            ("415 555 0001", "They are told: “You are now opted-out and will receive no further messages.”"),
            ("415 555 0002", "They are told nothing: no campaign that can send has texted them."),
        ):
            await fill(person, numbers=typed)
            assert person.sees(told)


async def test_a_pasted_list_of_opt_outs_is_read_as_files_are(office: Office) -> None:
    """`docs/rules.md 9.2`."""
    async with office.app() as person:
        await person.press("q", "O", "c")
        await fill(person, numbers="415-220-0103;ext=12")
        await person.press("ctrl+o")
        assert person.sees("has an extension")
        await fill(person, numbers="4152200101.0, 415-220-XXXX")
        assert person.sees("A list of 1 number: nobody is told.", "has letters in it, 'XXXX'")
        await person.press("ctrl+o")
        assert "1 opted out" in person.notice
    assert out(office, "+14152200101")


async def test_opting_in_and_notes_and_looking_up(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    opt_out_number(office.db, office.ana, "+14155550001", "by phone")
    async with office.app() as person:
        await person.press("q", "O")
        assert person.sees("by phone")
        await person.press("i")
        await fill(person, note="by letter")
        await person.press("ctrl+o")
        assert person.sees("by letter")
        await person.press("enter")
        assert isinstance(person.app.screen, PhoneLookup)
        assert person.sees("Maria Lopez", "Opted out (manual)")
        await person.press("escape", "o")
        assert person.question == "Opt Maria Lopez in again, in all campaigns? No message is sent."
        await person.press("n")
        assert out(office, "+14155550001")
        await person.press("o", "y")
        assert not out(office, "+14155550001")
        await person.press("z")
        assert out(office, "+14155550001")


async def test_opt_outs_are_searched_and_hidden_numbers_stay_hidden(office: Office) -> None:
    for nth in range(30):
        opt_out_number(office.db, office.ana, f"+141555502{nth:02}", f"note {nth}")
    async with office.app() as person:
        await person.press("q", "O", "slash")
        await person.type("note 17")
        await person.press("enter")
        assert person.sees("1 number is opted out", "note 17")
        change_setting(office.db, office.ana, "redact_phones", "on")
        await person.wait_for("•")
        assert not person.sees("5550217")


# Unmatched messages


async def test_what_unknown_numbers_wrote_is_listed(office: Office) -> None:
    receive(office.db, None, "+14155559999", "Who is [bold]this\x1b[2J?")
    async with office.app() as person:
        await person.press("q", "M")
        assert person.sees("1 message in no conversation", "Who is [bold]this")
        receive(office.db, None, "+14155559998", "Hello?")
        await person.wait_for("Hello?")
        await person.press("enter")
        assert isinstance(person.app.screen, PhoneLookup)


async def test_each_says_why_it_is_there_and_senders_stand_as_they_were_given(office: Office) -> None:
    """docs/rules.md 1.5."""
    maria = office.conversation(office.contact("Maria Lopez", "kim", texted=True)).phone
    office.campaign("Fall")
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    receive(office.db, None, maria, "late yes")
    receive(office.db, None, "68849", "")
    async with office.app() as person:
        await person.press("q", "M")
        assert person.sees("68849", "(no text)", "no phone number", "late yes", "campaign archived")
        await person.press("enter")
        assert person.sees("No phone number: it cannot be opted out or in", "1 message came from this sender")
        assert person.sees("(no text)")
        await person.press("o")
        assert isinstance(person.app.screen, PhoneLookup)
        await person.press("escape", "down", "enter")
        assert person.sees("Maria Lopez", "1 message came while its campaigns were archived", "late yes")
        assert not person.sees("nobody knew")


async def test_what_another_admin_changed_meanwhile_stays(office: Office) -> None:
    async with office.app() as person:
        await person.press("q", "U", "slash")
        await person.type("kim")
        await person.press("enter", "enter")
        await fill(person, email="kim@example.org")
        edit_user(office.db, office.ana, "kim", last_name="Alvarado")
        await person.press("ctrl+o")
    with office.db.reading() as conn:
        kim = find_user(conn, "kim")
    assert (kim.name, kim.email) == ("Kim Alvarado", "kim@example.org")


async def test_a_note_that_was_not_touched_stays_as_somebody_else_made_it(office: Office) -> None:
    phone = office.conversation(office.contact("Ann Otieno")).phone
    opt_out_number(office.db, office.ana, phone, "first")
    async with office.app() as person:
        await person.press("q", "O", "i")
        change_note(office.db, office.ana, phone, "second")
        await person.press("ctrl+o")
    with office.db.reading() as conn:
        stored = get_opt_out(conn, phone)
    assert stored is not None
    assert stored.note == "second"


async def test_no_file_name_reaches_the_terminal_raw(tmp_path: Path) -> None:
    (tmp_path / "a\x1b]0;PWNED\x07.csv").touch()
    assert await PathSuggester().get_suggestion(f"{tmp_path}/a") is None
    (tmp_path / "ab.csv").touch()
    assert await PathSuggester().get_suggestion(f"{tmp_path}/a") == f"{tmp_path}/ab.csv"
