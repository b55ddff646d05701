"""Taking moves back on the screen: whole, by z or from the history, by whoever may reassign (docs/rules.md 4.9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.moving import (
    KIM,
    LEE,
    NOBODY,
    NORA,
    SAM,
    WILMA,
    fill_in,
    give,
    held_by,
    holder,
    keys,
    look_at_last_change,
    menu_of,
    one_of_each,
    people,
    shares,
)
from tests.tui.office import Office
from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromAssignments, FromEveryone, Request, ToAssignments
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.imports.import_kinds import import_file
from thrumsg_tui.store.imports.import_run import AS_IT_IS

LEVELS = pytest.mark.parametrize(
    ("place", "action"),
    [("campaign", "u"), ("campaign", "s"), ("campaign", "a"), ("row", "u"), ("row", "s"), ("row", "a"), ("bar", "a")],
)


@LEVELS
async def test_z_takes_a_bulk_move_back_as_a_whole(office: Office, place: str, action: str) -> None:
    kims = one_of_each(office)
    async with menu_of(office, place) as person:
        if action == "u":
            await person.press("u")
        else:
            await fill_in(person, action, count=4 if action == "s" else None, to=[LEE, NOBODY])
        await person.press("enter")
        assert "; z undoes it." in person.notice
        assert len(held_by(office, KIM, kims)) == (2 if action == "s" else 0)
        await person.press("z", "y")
        assert person.notice.startswith(f"Undone: moved {4 if action == 's' else 6} conversations from ")
        assert held_by(office, KIM, kims) == set(kims)


@pytest.mark.parametrize("pressed", [["r"], ["A", "r"], ["0", "2", "r"]])
async def test_z_takes_a_move_of_picked_conversations_back(office: Office, pressed: list[str]) -> None:
    ids = [office.contact(f"Pat {name}", wrote="Hello") for name in ("Ames", "Bond", "Cole")]
    async with office.messenger() as person:
        await keys(person, *pressed, *"lee", "enter")
        if pressed != ["r"]:
            await person.press("y")
        assert holder(office, ids[0]) == LEE
        await person.press("z")
        if pressed != ["r"]:
            await person.press("y")
        assert "Undone" in person.notice
    assert [holder(office, each) for each in ids] == [KIM, KIM, KIM]


async def test_z_says_on_one_line_what_it_takes_back(office: Office) -> None:
    add_user(office.db, office.ana, "maya", "Maya", "Lindqvist", role=Role.SENDER)
    add_senders(office.db, office.ana, "Spring", ["maya"])
    for name in ("Ames", "Bond", "Cole"):
        office.contact(f"Pat {name}", None, wrote="Hello")
    async with office.messenger(None, size=(80, 24)) as person:
        await keys(person, "A", "r", *"maya", "enter", "y", "z")
        assert person.sees("Undo: moved 3 conversations from Unassigned to Maya Lindqvist? ", "Undo change ")


@pytest.mark.parametrize(("pressed", "cursor"), [(["r"], "Pat Bond"), (["space", "space", "r"], "Pat Ames")])
async def test_z_moves_the_cursor_to_what_comes_back_where_that_is_one(
    office: Office, pressed: list[str], cursor: str
) -> None:
    for name in ("Ames", "Bond", "Cole", "Dunn"):
        office.contact(f"Pat {name}", wrote="Hello")
    async with office.messenger() as person:
        await keys(person, "j", *pressed, *"lee", "enter")
        if pressed != ["r"]:
            await person.press("y")
        await person.press("g")
        assert person.row == "Pat Ames"
        await person.press("z")
        if pressed != ["r"]:
            await person.press("y")
        assert person.rows == ["Pat Ames", "Pat Bond", "Pat Cole", "Pat Dunn"]
        assert person.row == cursor


async def test_z_moves_the_cursor_to_the_contact_who_is_opted_in_again(office: Office) -> None:
    for name in ("Ames", "Bond", "Cole"):
        office.contact(f"Pat {name}", wrote="Hello")
    async with office.messenger() as person:
        await person.press("j", "o", "y", "g")
        assert person.rows == ["Pat Ames", "Pat Cole"]
        await person.press("z")
        assert (person.rows, person.row) == (["Pat Ames", "Pat Bond", "Pat Cole"], "Pat Bond")


async def test_z_asks_before_it_opts_a_contact_in_who_was_told_that_they_are_opted_out(office: Office) -> None:
    ann = office.contact("Ann Otieno", texted=True, wrote="Hello")
    async with office.messenger() as person:
        await person.press("o", "y")
        with office.db.writing() as tx:
            tx.conn.execute("UPDATE message SET state = 'delivered' WHERE kind = 'opt_out_confirmation'")
        await person.press("z")
        assert person.sees("They were told that they are opted out.")
        await person.press("enter")
        assert person.notice == "Nothing was taken back: only y does it."
        assert office.conversation(ann).opted_out
        await person.press("z", "y")
        assert not office.conversation(ann).opted_out


async def test_z_goes_back_step_by_step_and_stops_at_what_others_did(office: Office) -> None:
    people(office, 2, "kim")  # by ana
    office.person("mo", "Mo", Role.MODERATOR)
    async with office.messenger("kim", login="mo") as person:
        for name in ("lee", "unas"):
            await keys(person, "1", "r", *name, "enter")
        assert shares(office) == {"unassigned": 1, "kim": 0, "lee": 1}
        await person.press("z")
        assert shares(office) == {"unassigned": 0, "kim": 1, "lee": 1}
        await person.press("z")
        assert shares(office) == {"unassigned": 0, "kim": 2, "lee": 0}
        await person.press("z")
        assert person.notice == "There is nothing of yours to undo."


async def test_z_asks_first_about_what_was_done_before_the_app_was_opened(office: Office) -> None:
    kims = one_of_each(office)
    give(office, "lee", kims.values())
    office.clock.forward(minutes=5)
    async with office.messenger("lee") as person:
        await person.press("z")
        assert "moved 6 conversations from Kim Alvarez to Lee Bishop?" in person.question
        await person.press("enter")  # the safe answer
        assert held_by(office, LEE, kims) == set(kims)
        await person.press("z", "y")
        assert person.notice == "Undone: moved 6 conversations from Lee Bishop to Kim Alvarez."
    assert held_by(office, KIM, kims) == set(kims)


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "more.csv"
    path.write_text("first name,phone\nMaria,4155550180\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_z_says_that_an_import_cannot_be_undone_and_what_is_before_it(
    office: Office, contacts: Path, size: tuple[int, int]
) -> None:
    ids = one_of_each(office)
    async with office.messenger(size=size) as person:
        give(office, "lee", ids.values())
        import_file(office.db, office.ana, ImportKind.CONTACTS, contacts, "Spring", AS_IT_IS)
        await person.press("z")
        assert person.question.startswith("An import cannot be undone.\n\nUndo what you did before: moved 6 ")
        assert person.sees("An import cannot be undone. ")
        await person.press("enter")  # the safe answer
    assert held_by(office, LEE, ids) == set(ids)


async def test_z_says_that_an_import_cannot_be_undone_where_nothing_else_can(office: Office, contacts: Path) -> None:
    office.clock.forward(minutes=5)  # since the campaign was made
    async with office.messenger() as person:
        await person.press("z")
        assert person.notice == "There is nothing of yours to undo."
        import_file(office.db, office.ana, ImportKind.CONTACTS, contacts, "Spring", AS_IT_IS)
        await person.press("z")
        assert person.notice == "An import cannot be undone."


async def test_z_says_that_what_was_done_last_cannot_be_undone(office: Office) -> None:
    kims = one_of_each(office)
    async with office.messenger() as person:
        give(office, "lee", kims.values())
        change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
        await person.press("z")
        assert person.question.startswith("What you did last cannot be undone.\n\nUndo what you did before: moved 6 ")


async def test_z_takes_back_what_was_asked_about_and_nothing_done_since(office: Office) -> None:
    kims = one_of_each(office)
    give(office, "lee", kims.values())
    office.clock.forward(minutes=5)
    async with office.messenger("lee") as person:
        await person.press("z")
        assert "moved 6 conversations" in person.question
        opt_out_number(office.db, office.ana, office.conversation(kims[SAM]).phone)  # from another terminal
        await person.press("y")
        assert person.notice == "Undone: moved 6 conversations from Lee Bishop to Kim Alvarez."
    assert office.conversation(kims[SAM]).opted_out


async def test_the_history_takes_a_move_back_after_saying_what_that_does(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
        await look_at_last_change(person)
        assert "moved 6 conversations from Kim Alvarez to Lee Bishop?" in person.question
        assert "6 go back." in person.question
        await person.press("enter")  # the safe answer
        assert held_by(office, LEE, kims) == set(kims)
        await person.press("enter", "y")
        assert person.notice == "Moved 6 conversations from Lee Bishop to Kim Alvarez."
        assert held_by(office, KIM, kims) == set(kims)


async def test_the_undo_is_taken_back_from_the_history(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter", "z", "y")
        await look_at_last_change(person)
        await person.press("y")
        assert held_by(office, LEE, kims) == set(kims)
        await person.press("g", "j", "enter")
        assert "was undone already, by change" in person.screen


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
async def test_whoever_may_reassign_takes_anybody_s_move_back(office: Office, role: Role) -> None:
    kims = one_of_each(office)
    give(office, "lee", kims.values())
    office.person("mo", "Mo", role)
    async with office.messenger("kim", login="mo") as person:
        await person.press("z")
        assert person.notice == "There is nothing of yours to undo."  # z is for one's own
        await look_at_last_change(person)
        assert "6 go back." in person.question
        await person.press("y")
    assert held_by(office, KIM, kims) == set(kims)


async def test_a_sender_takes_no_move_back(office: Office) -> None:
    kims = one_of_each(office, "lee")
    give(office, "kim", kims.values())
    async with office.messenger("kim", login="kim") as person:
        await person.press("z")
        assert person.notice == "There is nothing of yours to undo."
        await person.press("H")
        assert "moderator" in person.notice, person.screen
    assert held_by(office, KIM, kims) == set(kims)


async def test_what_was_moved_again_since_stays_where_it_is_and_is_counted(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
        office.person("mo", "Mo", Role.MODERATOR)
        give(office, None, [kims[NORA], kims[SAM]], office.identity("mo"))
        await person.press("H", "j", "enter")
        assert "4 go back; 2 were moved again since, or cannot go back, and stay" in person.question
        await person.press("n", "escape", "z", "y")
        assert person.notice == "Undone: moved 4 conversations from Lee Bishop to Kim Alvarez; 2 skipped."
    assert held_by(office, NOBODY, kims) == {NORA, SAM}
    assert held_by(office, KIM, kims) == set(kims) - {NORA, SAM}


async def test_what_is_skipped_is_listed(office: Office) -> None:
    kims = one_of_each(office)
    give(office, "lee", kims.values())
    give(office, None, [kims[NORA]])
    async with office.app() as person:
        await person.press("H", "j", "enter")
        assert "5 go back; 1 was moved again since, or cannot go back, and stays" in person.question
        assert NORA in person.question


async def test_what_went_to_and_fro_since_was_moved_again(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
        office.person("mo", "Mo", Role.MODERATOR)
        for to in (None, "lee"):
            give(office, to, [kims[NORA]], office.identity("mo"))
        await person.press("z", "y")
        assert "moved 5 conversations" in person.notice
        assert "1 skipped" in person.notice
    assert held_by(office, LEE, kims) == {NORA}


async def test_nothing_is_done_where_all_were_moved_again(office: Office) -> None:
    kims = one_of_each(office)
    office.person("mo", "Mo", Role.MODERATOR)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
        give(office, None, kims.values(), office.identity("mo"))
        await person.press("z")
        assert person.question.startswith("Of what you did last nothing is left to undo.\n\nUndo what you did before: ")
        assert "moved" not in person.question  # it is about the one before, and so it asks
        await person.press("escape")
    assert held_by(office, NOBODY, kims) == set(kims)


async def test_nothing_goes_back_to_a_sender_who_left(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter", "q")
        remove_sender(office.db, office.ana, "Spring", "kim")
        await person.press("H", "j", "enter")
        assert "0 go back; 6 were moved again since, or cannot go back, and stay" in person.question
        await person.press("y")
        assert person.notice == "Nothing was moved; 6 skipped."
    assert held_by(office, LEE, kims) == set(kims)


async def test_messages_answers_and_opt_outs_made_meanwhile_stay(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
        lee = office.identity("lee")
        send(office.db, lee, kims[WILMA], body="Lee here")
        record_answer(office.db, lee, kims[WILMA], "Will you vote?", "Yes")
        office.wrote(kims[SAM], "Hello")
        opt_out_number(office.db, lee, office.conversation(kims[NORA]).phone)
        before = {name: office.conversation(id) for name, id in kims.items()}
        await person.press("z", "y")
        assert "moved 6 conversations" in person.notice
    for name, id in kims.items():
        now, then = office.conversation(id), before[name]
        assert (now.messages, now.answers, now.opt_out) == (then.messages, then.answers, then.opt_out)
        assert now.sender_name == KIM
    assert office.conversation(kims[NORA]).opted_out


async def test_in_an_archived_campaign_nothing_is_taken_back(office: Office) -> None:
    kims = one_of_each(office)
    give(office, "lee", kims.values())
    async with office.app() as person:
        change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
        await person.press("z")
        assert "opted" in person.question  # not the move
        await person.press("escape", "H", "j", "enter")
        assert "'Spring' is archived: nothing in it changes any more." in person.question
    assert held_by(office, LEE, kims) == set(kims)


async def test_what_was_done_in_another_campaign_is_named(office: Office) -> None:
    for name in ("Maria Lopez", "Sam Wood"):
        office.contact(name, wrote="Hello")
    office.campaign("Fall")
    office.contact("Dev Patel", None, campaign="Fall")
    moved = Request(office.campaigns["Fall"].id, FromEveryone(), ToAssignments((office.assignment("kim", "Fall"),)))
    reassign(office.db, office.ana, moved)
    async with office.messenger() as person:
        await person.press("z")
        assert person.question.startswith("In Fall: Undo: moved 1 conversation from Unassigned to Kim Alvarez?")
        await person.press("escape")
    kim, spring = office.assignment("kim"), office.campaigns["Spring"].id
    reassign(office.db, office.ana, Request(spring, FromAssignments((kim,)), ToAssignments((office.assignment(None),))))
    async with office.messenger() as person:
        await person.press("z")
        assert person.question.startswith("Undo: ")
