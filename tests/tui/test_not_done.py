"""What is not done because a question was left is said; no default answer does harm (docs/rules.md 4.6, 5.2)."""

from __future__ import annotations

import pytest

from tests.tui.moving import KIM, NOBODY, give, holder, keys, shares
from tests.tui.office import Office
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.dialogs.user_picker import UserPicker

# Pickers start on no row


@pytest.mark.parametrize("marked", [[], ["A"]])
async def test_enter_in_a_fresh_picker_takes_nothing_from_anybody(office: Office, marked: list[str]) -> None:
    ids = [office.contact(name, wrote="Hello") for name in ("Maria Lopez", "Dev Patel")]
    async with office.messenger() as person:
        await keys(person, *marked, "r", "enter", "enter")
        assert isinstance(person.app.screen, SenderPicker)
        assert person.sees("Choose somebody first")
        await person.press("down")
        assert not person.sees("Choose somebody first")
    assert [holder(office, each) for each in ids] == [KIM, KIM]


async def test_the_first_arrow_goes_to_the_first_row(office: Office) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await keys(person, "r", "down", "enter")
        assert "Moved 1 conversation from Kim Alvarez to Unassigned" in person.notice
    assert holder(office, maria) == NOBODY


async def test_a_search_that_is_erased_leaves_the_cursor_on_no_row(office: Office) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await keys(person, "r", *"lee", *["backspace"] * 3, "right", "enter")
        assert person.sees("Choose somebody first")
    assert holder(office, maria) == KIM


@pytest.mark.parametrize("lee_has_one", [False, True])
async def test_who_has_all_of_them_is_not_offered_who_has_some_is(office: Office, lee_has_one: bool) -> None:
    ids = [office.contact(name, wrote="Hello") for name in ("Maria Lopez", "Dev Patel")]
    async with office.messenger() as person:
        await person.press("A")
        if lee_has_one:
            give(office, "lee", ids[:1])
        await person.press("r")
        assert isinstance(person.app.screen, SenderPicker)
        assert (KIM in [row.name for row in person.app.screen.table.rows]) is lee_has_one


async def test_viewing_as_still_starts_on_who_is_viewed(office: Office) -> None:
    async with office.messenger() as person:
        await person.press("v")
        assert isinstance(person.app.screen, SenderPicker)
        assert person.app.screen.table.row is not None
        assert person.app.screen.table.row.name == KIM


async def test_where_nobody_else_is_it_is_said(office: Office) -> None:
    maria = office.contact("Maria Lopez", None, wrote="Hello")
    async with office.app() as person:
        await person.press("j", "minus", "y", "j", "minus", "y", "g", "enter", "2", "r")
        assert "There is nobody else on this campaign" in person.notice
    assert holder(office, maria) == NOBODY


async def test_enter_puts_nobody_on_the_campaign_and_takes_nobody_s_work(office: Office) -> None:
    office.person("max", "Max", Role.SENDER)
    office.contact("Maria Lopez")
    before = shares(office)
    async with office.app() as person:
        await person.press("plus", "enter")
        assert isinstance(person.app.screen, UserPicker)
        assert person.sees("Choose somebody first")
        await keys(person, "escape", "j", "minus", "o", "enter")
        assert isinstance(person.app.screen, SenderPicker)
        await person.press("escape")
        assert person.notice == "Kim Alvarez stays on Spring: nobody was taken off, nothing was moved."
    assert shares(office) == before


# Leaving a question


@pytest.mark.parametrize("leaving", ["enter", "escape", "n"])
async def test_leaving_the_opt_out_question_says_that_nobody_was_opted_out(office: Office, leaving: str) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("o", leaving)
        assert person.notice == "Maria Lopez was not opted out: only y does it."
        assert not office.conversation(maria).opted_out
        opt_out_number(office.db, office.ana, office.conversation(maria).phone)
        await keys(person, "4", "o", leaving)
        assert person.notice == "Maria Lopez was not opted in: only y does it."
    assert office.conversation(maria).opted_out


async def test_saying_yes_says_nothing_of_the_kind(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("o", "y")
        assert "not opted out" not in person.notice


async def test_leaving_the_lookup_s_question_is_said_below_it(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("p", "o", "enter", "escape")
        assert person.notice == "Maria Lopez was not opted out: only y does it."


async def test_a_hidden_number_stays_hidden_when_a_question_is_left(office: Office) -> None:
    change_setting(office.db, office.ana, "redact_phones", "on")
    opt_out_number(office.db, office.ana, "+14155550199")
    async with office.app() as person:
        await keys(person, "O", "o", "enter")
        assert "was not opted in" in person.notice
        assert "555" not in person.notice


@pytest.mark.parametrize(
    ("pressed", "said"),
    [
        (["A", "r", *"lee", "enter"], "Nothing was moved"),
        (["R"], "Nothing was moved."),
        (["q", "minus"], "Kim Alvarez stays on Spring"),
        (["q", "l"], "Spring stays active."),
        (["q", "l", "a"], "Spring was not archived"),
    ],
)
async def test_every_question_that_is_left_says_what_was_not_done(
    office: Office, pressed: list[str], said: str
) -> None:
    for name in ("Maria Lopez", "Dev Patel"):
        office.contact(name, wrote="Hello")
    before = shares(office)
    async with office.messenger() as person:
        await person.press(*pressed, "enter")
        assert said in person.notice
    assert shares(office) == before


async def test_leaving_an_undo_says_that_nothing_was_taken_back(office: Office) -> None:
    office.contact("Maria Lopez")
    office.clock.forward(minutes=5)
    async with office.messenger() as person:
        await person.press("z", "enter")
        assert person.notice == "Nothing was taken back: only y does it."


async def test_going_on_in_a_form_says_nothing(office: Office) -> None:
    async with office.app() as person:
        await keys(person, "i", *"xy", "escape", "enter", "escape", "y")
        assert "Nothing was done" not in person.screen
