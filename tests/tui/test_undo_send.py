"""Taking back what was sent from the message box; undo and redo (docs/rules.md 3.11, 3.12, 4.9, 12.2)."""

from __future__ import annotations

import asyncio

import pytest

from tests.store.arranging import journal
from tests.store.carrier import leave
from tests.tui.moving import KIM, LEE, fill_in, held_by, menu_of, one_of_each
from tests.tui.office import Office, settle
from thrumsg_tui.domain.campaigns import Target
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.screens.base import CommandScreen


def last_state(office: Office, id: ConversationId) -> MessageState:
    """How far the last message is."""
    return office.conversation(id).messages[-1].state


def sent_last(office: Office) -> EventId:
    """The newest sending in the journal."""
    return next(entry.id for entry in journal(office.db) if entry.kind is EventKind.SEND)


# Taking back


async def test_z_takes_a_reply_back_into_the_box_of_its_conversation(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        assert "Reply queued for Maria Lopez. Esc, then z, takes it back within 5 s." in person.notice
        assert person.row == "Dev Patel"
        await person.press("escape", "z")
        assert person.row == "Maria Lopez"
        assert (person.box, person.messenger.box.has_focus) == ("Hi Maria", True)
        assert "taken back" in person.notice
        assert person.sees("message taken back by Ana Ortiz", "cancelled")
        await person.type("!")
        await person.press("enter")
    assert office.bodies(maria)[-1] == "Hi Maria!"


async def test_what_is_being_written_elsewhere_is_kept(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        await person.type("Hi D")
        await person.press("escape", "z")
        assert person.box == "Hi Maria"
        await person.press("escape", "j")
        assert person.box == "Hi D"
    assert office.draft(dev) == "Hi D"


async def test_what_is_being_written_in_the_same_box_is_kept_behind_it(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        await person.type("and more")
        await person.press("escape", "z")
        assert person.box == "Hi Maria\nand more"


async def test_an_initial_is_in_the_box_again_as_it_was(office: Office) -> None:
    for name in ("Ann Otieno", "Bo Berg"):
        office.contact(name)
    async with office.messenger() as person:
        await person.press("enter", "enter")
        assert person.row == "Bo Berg"
        await person.press("escape", "z")
        assert (person.row, person.box) == ("Ann Otieno", "Hi Ann, it's Kim. Will you vote?")
        assert office.draft(ConversationId(1)) is None


async def test_a_follow_up_is_in_the_box_again_in_its_tab(office: Office) -> None:
    ann = office.contact("Ann Otieno", texted=True)
    create_follow_up(office.db, office.ana, "Spring", "Hours", "Polls close at 8.", target=Target(replied=False))
    async with office.messenger() as person:
        await person.press("3", "enter", "enter")
        assert office.bodies(ann)[-1] == "Polls close at 8."
        await person.press("escape", "z")
        assert person.box == "Polls close at 8."
        await person.press("enter")
    assert [state.state for state in office.conversation(ann).messages][1:] == [
        MessageState.CANCELLED,
        MessageState.QUEUED,
    ]


async def test_from_the_overview_z_opens_the_box(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape", "q")
        await person.press("z")
        await person.wait_for("Viewing as: Kim Alvarez")
        assert person.box == "Hi Maria"
    assert last_state(office, maria) is MessageState.CANCELLED


async def test_from_another_sender_s_z_goes_back_to_the_one_who_has_the_conversation(
    office: Office, maria: ConversationId
) -> None:
    office.contact("Lena Long", "lee", wrote="Hello")
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape", "n")
        assert person.sees("Viewing as: Lee Bishop")
        await person.press("z")
        assert person.sees("Viewing as: Kim Alvarez")
        assert (person.row, person.box) == ("Maria Lopez", "Hi Maria")


async def test_z_goes_back_to_a_conversation_that_a_search_hides_now(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape", "slash")
        await person.type("dev")
        await person.press("enter", "z")
        assert (person.row, person.box, person.messenger.search.value) == ("Maria Lopez", "Hi Maria", "")


async def test_z_goes_back_to_a_conversation_in_the_sent_tab_though_that_is_off_again(office: Office) -> None:
    office.contact("Sam Sent", texted=True)
    async with office.messenger() as person:
        await person.press("t", "enter")
        await person.type("One more thing")
        await person.press("enter", "escape", "t")
        assert person.rows == []
        await person.press("z")
        assert (person.row, person.box) == ("Sam Sent", "One more thing")


async def test_what_has_left_is_not_taken_back_and_nothing_else_in_its_place(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        opt_out_number(office.db, office.ana, office.conversation(dev).phone)
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape")
        office.clock.forward(seconds=5)
        leave(office.db)
        await person.press("z")
        assert "The message to Maria Lopez has left already: it cannot be taken back." in person.question
        assert "opted" in person.question
        await person.press("enter")  # the safe answer
    assert office.conversation(dev).opted_out
    assert office.bodies(maria)[-1] == "Hi Maria"


@pytest.mark.parametrize("begun", ["", "And another thing"])
async def test_words_that_are_taken_back_from_elsewhere_are_in_the_open_box(
    office: Office, maria: ConversationId, begun: str
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        await person.type(begun)
        drafts = person.messenger.conversation.drafts
        await person.wait_until(lambda: drafts.is_stored and office.draft(maria) == (begun or None), "the draft")
        undo(office.db, office.ana, sent_last(office))
        await person.wait_for("message taken back by Ana Ortiz")
        assert person.box == f"Hi Maria\n{begun}".strip()
    assert office.draft(maria) == f"Hi Maria\n{begun}".strip()


async def test_what_somebody_else_has_taken_back_is_said_before_anything_else_goes_back(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    mo = office.person("mo", "Mo", Role.MODERATOR)
    async with office.messenger() as person:
        opt_out_number(office.db, office.ana, office.conversation(dev).phone)
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape")
        undo(office.db, mo, journal(office.db)[0].id)
        await person.press("z")
        assert "mo took the message to Maria Lopez back already" in person.question
        await person.press("enter")  # the safe answer
    assert office.conversation(dev).opted_out


async def test_switched_off_it_leaves_at_once(office: Office, maria: ConversationId) -> None:
    change_setting(office.db, office.ana, "undo_send", "0")
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        assert "Reply queued for Maria Lopez." in person.notice
        assert [each.body for each in leave(office.db)][-1] == "Hi Maria"


# Counting down


async def test_the_thread_counts_down(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        assert person.sees("leaves in 5 s, Esc, then z, takes it back")
        await person.press("escape")
        assert person.sees("leaves in 5 s, z takes it back")
        office.clock.forward(seconds=2)
        await person.wait_for("leaves in 3 s, z takes it back")
        office.clock.forward(seconds=3)
        await person.wait_until(lambda: not person.sees("leaves in"), "the end of the seconds")
        assert not person.messenger.conversation.thread.counts_down


# A key's name


@pytest.mark.parametrize("text", ["r", "a", "j", "z", "G", " r ", "gg", "rr", "jjj", "1", "?"])
async def test_the_name_of_a_key_asks_first(office: Office, maria: ConversationId, text: str) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type(text)
        await person.press("enter")
        assert f"“{text.strip()}” is a key too. Send it to Maria Lopez as a message?" in person.question
        await person.press("enter")  # the safe answer
        assert "Nothing was sent to Maria Lopez." in person.notice
        assert person.box == text
        await person.press("enter", "y")
    assert office.bodies(maria)[-1] == text


async def test_whoever_goes_on_writing_does_not_answer_the_question(office: Office, maria: ConversationId) -> None:
    before = office.bodies(maria)
    async with office.messenger() as person:
        await person.press("enter", "x", "enter")
        await person.type("Sorry, why not?")
        assert person.box == "xSorry, why not?"
    assert office.bodies(maria) == before


@pytest.mark.parametrize("text", ["ok", "no", "hi", "Ok", "👍", "jk", "yes", "é"])
async def test_a_short_answer_is_sent_without_a_question(office: Office, maria: ConversationId, text: str) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type(text)
        await person.press("enter")
    assert office.bodies(maria)[-1] == text


# Undo of many, and redo


async def test_z_asks_before_it_takes_many_back_and_capital_z_does_it_again(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("enter", "z")
        assert "moved 6 conversations from Kim Alvarez to Lee Bishop?" in person.question
        assert "6 go back." in person.question
        await person.press("enter")  # the safe answer
        assert held_by(office, LEE, kims) == set(kims)
        await person.press("z", "y")
        assert held_by(office, KIM, kims) == set(kims)
        await person.press("Z")
        assert "6 go back." in person.question
        await person.press("y")
        assert person.notice.startswith("Redone: moved 6 conversations")
        assert held_by(office, LEE, kims) == set(kims)
        await person.press("z", "y")
    assert held_by(office, KIM, kims) == set(kims)


async def test_a_small_change_is_undone_and_redone_at_once(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o", "y", "z")
        assert not office.conversation(maria).opted_out
        await person.press("Z")
        assert person.notice == "Redone: Maria Lopez is opted out again."
        assert office.conversation(maria).opted_out
        await person.press("Z")
        assert "There is nothing to redo" in person.notice


async def test_redo_asks_where_something_was_done_since(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("o", "y", "z")
        opt_out_number(office.db, office.ana, office.conversation(dev).phone)
        await person.press("Z")
        assert "opted in again" in person.question
        await person.press("enter")
    assert not office.conversation(maria).opted_out


async def test_a_message_that_was_taken_back_is_not_sent_by_redo(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter", "escape", "z", "escape", "Z")
        assert person.notice == "A message that was taken back is sent again from its message box."
    assert last_state(office, maria) is MessageState.CANCELLED


# Keys from before the painting


async def test_a_key_from_before_the_words_were_painted_sends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bo = (office.contact(name) for name in ("Ann Otieno", "Bo Berg"))
    async with office.messenger() as person:
        await person.press("enter")
        box = person.messenger.box
        with monkeypatch.context() as terminal:
            terminal.setattr(ThrumsgApp, "post_display_hook", lambda _: None)  # as if the terminal got nothing
            person.send("enter")
            await person.reach(lambda: bool(office.bodies(ann)) and "Bo" in box.text, "the next message")
            person.send("enter")
            await person.reach(
                lambda: "Enter came before this was shown: press it again." in person.notice, "why nothing was sent"
            )
            assert office.bodies(bo) == []
        box.refresh()
        await settle(person.pilot)
        await person.press("enter")
    assert len(office.bodies(bo)) == 1


@pytest.mark.parametrize(("meanwhile", "left"), [("", "Queued."), ("1 marked.", "1 marked.")])
async def test_what_is_said_for_a_while_takes_no_newer_words_away(office: Office, meanwhile: str, left: str) -> None:
    async with office.app() as person:
        screen, over = person.app.screen, asyncio.Event()
        assert isinstance(screen, CommandScreen)
        screen.say_for(0.01, "Queued. z takes it back.", "Queued.")
        screen.set_timer(0.05, over.set)
        assert person.notice == "Queued. z takes it back."
        if meanwhile:
            screen.say(meanwhile)
        await over.wait()
        assert person.notice == left
