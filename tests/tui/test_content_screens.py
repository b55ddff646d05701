"""Survey, replies and follow-ups of a campaign, run from the app (docs/rules.md 3.1, 3.12, 3.14, 3.15)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.tui.filling import choose, fill, form_of
from tests.tui.office import Office
from thrumsg_tui.domain.campaigns import Target
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up
from thrumsg_tui.store.changes.questions import add_question
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.queries.follow_ups import follow_ups
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.timers import Timers


def asked(office: Office) -> list[tuple[str, list[str]]]:
    """The questions that are asked, with their choices."""
    with office.db.reading() as conn:
        found = questions(conn, office.campaigns["Spring"].id)
    return [(each.text, [choice.text for choice in each.choices]) for each in found]


# Survey


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_question_is_added_changed_and_ordered(office: Office, size: tuple[int, int]) -> None:
    async with office.app(size=size) as person:
        await person.press("e")
        assert person.sees("No questions yet")
        await person.press("c")
        await person.type("Will you vote?")
        await person.press("enter")
        await person.type("Yes")
        await person.press("enter")
        await person.type("No")
        await person.press("ctrl+o", "c")
        await person.type("Need a ride?")
        await person.press("down")
        await person.type("Yes")
        await person.press("ctrl+o")
        assert asked(office) == [("Will you vote?", ["Yes", "No"]), ("Need a ride?", ["Yes"])]
        await person.press("K")
        assert [text for text, _ in asked(office)] == ["Need a ride?", "Will you vote?"]
        await person.press("enter")
        await fill(person, text="Do you need a ride?", choice_1="No")
        await person.press("ctrl+o")
        assert asked(office)[0] == ("Do you need a ride?", ["Yes", "No"])
        await person.press("escape")
        assert isinstance(person.app.screen, OverviewScreen)


async def test_results_are_shown_live_and_by_sender(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    maria = office.contact("Maria Lopez", "kim", wrote="Yes")
    dev = office.contact("Dev Patel", "lee", wrote="No")
    office.contact("Ann Otieno", "kim")
    async with office.app() as person:
        await person.press("e")
        assert person.sees("0 answered")
        record_answer(office.db, office.ana, maria, "Will you vote?", "Yes")
        record_answer(office.db, office.ana, dev, "Will you vote?", "No")
        await person.wait_for("2 answered", "50 %")
        assert not person.sees("Kim Alvarez")
        await person.press("v")
        kims, lees = (next(line for line in person.lines if name in line) for name in ("Kim Alvarez", "Lee Bishop"))
        assert "Yes 1, unanswered 1" in kims
        assert "No 1" in lees
        assert "unanswered" not in lees


async def test_a_question_with_answers_is_retired_and_comes_back(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    record_answer(office.db, office.ana, office.contact("Maria Lopez", "kim"), "Will you vote?", "Yes")
    office.timers = Timers(watch=3600)  # what one does oneself is shown without a look at what others do
    async with office.app() as person:
        await person.press("e", "x")
        assert "Its 1 answer stays, here and in exports." in person.question
        await person.press("y")
        assert person.sees("retired, 1 answered")
        assert asked(office) == []
        await person.press("x")
        assert [text for text, _ in asked(office)] == ["Will you vote?"]
        assert not person.sees("retired, 1 answered")


async def test_a_question_that_one_decides_to_keep_is_asked_still(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    async with office.app() as person:
        await person.press("e", "x", "n")
        assert person.notice.startswith("'Will you vote?' was not retired")
    assert [text for text, _ in asked(office)] == ["Will you vote?"]


async def test_a_question_that_never_had_an_answer_is_deleted(office: Office) -> None:
    """docs/rules.md 3.14."""
    office.survey("Will you vote?,Yes|No", "Need a ride?,Yes|No")
    async with office.app() as person:
        await person.press("e", "x", "y")
        assert person.notice == "Will you vote? is deleted: it never had an answer."
        assert person.sees("1 question")
        assert not person.sees("retired")


async def test_what_is_wrong_with_a_question_stands_beside_it(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    async with office.app() as person:
        await person.press("e", "c", "ctrl+o")
        assert person.sees("What is the question?")
        await fill(person, text="Ride?", choice_0="Yes", choice_1="Yes")
        await person.press("ctrl+o")
        assert person.sees("This choice is there already.")
        await fill(person, text="Will you vote?", choice_1="No")
        await person.press("ctrl+o")
        assert person.sees("'Will you vote?' is asked already")


async def test_an_open_messenger_shows_a_new_question_by_itself(office: Office) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.messenger() as person:
        assert not person.sees("Need a ride?")
        add_question(office.db, office.ana, office.campaigns["Spring"].id, "Need a ride?", ["Yes", "No"])
        await person.wait_for("Need a ride?")


async def test_a_moderator_looks_but_changes_nothing(office: Office) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    office.survey("Will you vote?,Yes|No")
    async with office.app("mo") as person:
        await person.press("e")
        assert person.sees("Will you vote?")
        for key in ("c", "enter", "J", "x"):
            await person.press(key)
            assert "needs the role admin" in person.notice


# Replies


async def test_replies_are_added_changed_ordered_and_removed(office: Office) -> None:
    office.replies("Where,At the library", "When,Until 8")
    office.replies("Who,We are neighbours", campaign=None)
    async with office.app() as person:
        await person.press("a")
        assert person.sees("2 of this campaign, 1 of all campaigns", "all campaigns")
        await person.press("J")
        with office.db.reading() as conn:
            titles = [each.title for each in recommended_replies(conn, office.campaigns["Spring"].id)]
        assert titles == ["When", "Where", "Who"]
        await person.press("enter")
        await fill(person, body="At the library, {firstName}")
        assert person.sees("{firstName} looks like a field")
        await fill(person, body="At the library, %first_name%")
        await person.press("ctrl+o")
        assert person.sees("At the library, %first_name%")
        await person.press("c")
        await fill(person, title="Thanks", body="Thank you!")
        await choose(person, **{"for": "all"})
        await person.press("ctrl+o")
        assert person.sees("2 of this campaign, 2 of all campaigns")
        await person.press("slash")
        await person.type("thank")
        await person.press("enter", "x")
        assert "one of all campaigns" in person.question
        await person.press("y", "escape")
        assert person.sees("2 of this campaign, 1 of all campaigns")


async def test_a_reply_that_one_decides_to_keep_is_offered_still(office: Office) -> None:
    office.replies("Where,At the library")
    async with office.app() as person:
        await person.press("a", "x")
        assert person.question == "Remove 'Where'? Messages sent with it stay."
        await person.press("n")
        assert person.notice.startswith("'Where' was not removed")
        assert person.sees("At the library")


# Follow-ups


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_follow_up_says_whom_it_reaches_before_it_is_made(office: Office, size: tuple[int, int]) -> None:
    office.survey("Will you vote?,Yes|No")
    maria = office.contact("Maria Lopez", "kim", wrote="Yes")
    office.contact("Dev Patel", "kim", texted=True)
    office.contact("Ann Otieno", "kim")
    record_answer(office.db, office.ana, maria, "Will you vote?", "Yes")
    async with office.app(size=size) as person:
        await person.press("f")
        assert person.sees("No follow-ups yet")
        await person.press("c")
        assert person.sees("Reaches 2 conversations; left out: 1 not started.")
        assert person.sees("whoever comes to match")
        await fill(person, title="Reminder", text="Today is the day, %first_name%!")
        assert person.sees("Today is the day, Maria!")
        await choose(person, replied="not")
        assert person.sees("Reaches 1 conversation")
        await choose(person, replied="anybody")
        form = form_of(person).form
        form.begin("answer")
        await person.press("right")
        assert person.sees("Reaches 1 conversation")
        await fill(person, expires="yesterday")
        await person.press("ctrl+o")
        assert person.sees("is not a time")
        await fill(person, expires="2026-03-09 18:00")
        await person.press("ctrl+o")
        assert person.sees("Reminder", "0/1 sent")
        await person.press("x", "y")
        assert person.sees("ended")
    with office.db.reading() as conn:
        (made,) = follow_ups(conn, office.campaigns["Spring"].id)
    assert not made.active


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_follow_up_is_changed_until_the_first_is_sent(office: Office, size: tuple[int, int]) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    dev = office.contact("Dev Patel", "kim", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!", target=Target(replied=False))
    async with office.app(size=size) as person:
        await person.press("f", "enter")
        assert person.sees("Change the follow-up", "For who has not replied; unsent in 2 conversations now.")
        await fill(person, title="Last call", text="Now, %first_name%!", expires="2026-03-09 18:00")
        assert person.sees("Now, Dev!") or person.sees("Now, Maria!")
        await person.press("ctrl+o")
        assert person.notice == "It is saved; open messengers show it at once."
        assert person.sees("Last call", "Now, %first_name%!", "who has not replied", "until 09 Mar")
        await person.press("enter", "ctrl+o")
        assert person.notice == "Nothing was different."
        send(office.db, office.ana, dev, kind=MessageKind.FOLLOW_UP)
        await person.wait_for("1/2 sent")
        await person.press("enter")
        assert "was sent to 1 contact already, so it stays as it is" in person.notice
    with office.db.reading() as conn:
        (follow_up,) = follow_ups(conn, office.campaigns["Spring"].id)
    assert (follow_up.title, follow_up.text, follow_up.expires_at) == (
        "Last call",
        "Now, %first_name%!",
        datetime(2026, 3, 9, 18, tzinfo=UTC),
    )


async def test_who_changes_a_follow_up_that_somebody_else_has_changed_is_told_and_loses_nothing(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    made = create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!")
    async with office.app() as person:
        await person.press("f", "enter")
        await fill(person, text="Mine")
        edit_follow_up(office.db, office.ana, made.id, "Reminder", "Theirs", None)
        await person.press("ctrl+o")
        assert person.sees("Somebody has changed this follow-up meanwhile", "Mine")


async def test_the_message_box_shows_a_follow_up_as_it_was_changed_unless_somebody_has_typed(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    dev = office.contact("Dev Patel", "kim", texted=True)
    made = create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today, %first_name%!")
    async with office.messenger() as person:
        await person.press("3")
        assert person.box == "Today, Dev!"
        edit_follow_up(office.db, office.ana, made.id, "Reminder", "Now, %first_name%!", None)
        await person.wait_until(lambda: person.box == "Now, Dev!", "the new text")
        await person.press("enter", "end")
        await person.type(" Go")
        edit_follow_up(office.db, office.ana, made.id, "Reminder", "Later, %first_name%!", None)
        await person.press("escape", "j")
        await person.wait_until(lambda: person.box == "Later, Maria!", "the newest text")
        await person.press("k")
        assert person.box == "Now, Dev! Go"
    assert office.draft(dev) == "Now, Dev! Go"


async def test_a_follow_up_for_those_who_have_not_replied_leaves_the_box_when_they_do(office: Office) -> None:
    maria = office.contact("Maria Lopez", "kim", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!", target=Target(replied=False))
    async with office.messenger() as person:
        await person.press("3")
        assert person.box == "Today!"
        office.wrote(maria, "I voted")
        await person.wait_until(lambda: person.box == "", "an empty box")
    assert office.bodies(maria)[-1] == "I voted"


async def test_a_follow_up_ends_once_and_only_if_one_wants(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!")
    async with office.app() as person:
        await person.press("f", "x")
        assert person.question == "End 'Reminder'? 1 contact will not get it."
        await person.press("n")
        assert person.sees("1 active, 0 ended")
        await person.press("x", "y")
        assert person.notice == "Reminder has ended."
        assert person.sees("0 active, 1 ended")
        await person.press("x")
        assert person.notice == "It has ended already."


async def test_after_a_skip_z_puts_the_cursor_on_whoever_comes_back(office: Office) -> None:
    for name in ("Ann Otieno", "Bo Berg", "Cy Cohen"):
        office.contact(name, texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!")
    async with office.messenger() as person:
        await person.press("3", "j", "x")
        assert person.rows == ["Ann Otieno", "Cy Cohen"]
        await person.press("g", "z")
        assert person.row == "Bo Berg"


async def test_a_follow_up_is_skipped_in_its_tab_and_that_is_undone(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    office.contact("Dev Patel", "kim", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!")
    async with office.messenger() as person:
        await person.press("x")
        assert person.notice == "Only a follow-up can be skipped, in its tab."
        await person.press("3")
        assert person.rows == ["Dev Patel", "Maria Lopez"]
        await person.press("x")
        assert person.rows == ["Maria Lopez"]
        assert person.notice.startswith("Skipped for Dev Patel")
        await person.press("z")
        assert person.rows == ["Dev Patel", "Maria Lopez"]


async def test_a_sender_skips_their_own(office: Office) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Reminder", "Today!")
    async with office.app("kim") as person:
        await person.press("3", "x")
        assert person.notice.startswith("Skipped for Maria Lopez")
