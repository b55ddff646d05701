"""A draft goes with its message, however long the message takes to be stored (docs/rules.md 3.11)."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest

from tests.tui.office import PATIENCE, Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseBusy, Refused
from thrumsg_tui.store.changes import drafts
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.store.queries.conversations import next_waiting
from thrumsg_tui.store.queries.messenger import MessengerView, messenger_view
from thrumsg_tui.tui.screens.messenger import message_sender, view_reader
from thrumsg_tui.tui.screens.messenger.drafts import DraftKeeper
from thrumsg_tui.tui.timers import Timers


async def drafts_fall_due(person: Person) -> None:
    """Let every draft that waits to be stored fall due, and the app deal with that."""
    handled = asyncio.Event()
    person.app.set_timer(2 * person.app.timers.draft, handled.set)  # set later and longer, so it fires later
    await handled.wait()
    handled.clear()
    person.messenger.box.call_later(handled.set)
    await handled.wait()


async def test_a_draft_that_falls_due_while_its_message_is_being_sent_is_not_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    begun, due = Event(), Event()

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        sent = send(*args, **kwargs)
        begun.set()
        due.wait(PATIENCE)  # as it may take where somebody else is writing
        return sent

    monkeypatch.setattr(message_sender, "send", slow_send)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria", "enter")
        await person.reach(begun.is_set, "the message being sent")
        await drafts_fall_due(person)
        due.set()
        await settle(person.pilot)
    assert office.bodies(maria)[-1] == "Hi Maria"
    assert office.draft(maria) is None


async def test_a_draft_that_was_refused_is_not_stored_behind_the_message_that_is_being_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    storing, sending, refuse, due = Event(), Event(), Event(), Event()
    store, tried_again = DraftKeeper.store, asyncio.Event()

    def seen_store(self: DraftKeeper, *, leaving: bool = False) -> None:
        store(self, leaving=leaving)
        if refuse.is_set():
            tried_again.set()

    def refused_once(*args: Any) -> None:
        if storing.is_set():
            return keep_draft(*args)
        storing.set()
        refuse.wait(PATIENCE)
        raise DatabaseBusy("Somebody else is writing.")

    def seen_next_waiting(*args: Any, **kwargs: Any) -> ConversationId | None:
        sending.set()
        return next_waiting(*args, **kwargs)

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        sent = send(*args, **kwargs)
        due.wait(PATIENCE)
        return sent

    monkeypatch.setattr(DraftKeeper, "store", seen_store)
    monkeypatch.setattr(drafts, "keep_draft", refused_once)
    monkeypatch.setattr(message_sender, "next_waiting", seen_next_waiting)
    monkeypatch.setattr(message_sender, "send", slow_send)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria")
        await person.reach(storing.is_set, "the draft being stored")
        person.send("enter")
        await person.reach(sending.is_set, "the message being sent")
        refuse.set()
        async with asyncio.timeout(PATIENCE):
            await tried_again.wait()
        due.set()
        await settle(person.pilot)
    assert (office.bodies(maria)[-1], office.draft(maria)) == ("Hi Maria", None)


@pytest.mark.parametrize("refused", [False, True])
async def test_whoever_moves_on_while_a_message_is_sent_keeps_just_what_was_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    dev = office.contact("Dev Patel", wrote="Hello")
    office.timers = Timers(key=0.05)
    begun, due = Event(), Event()

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        begun.set()
        due.wait(PATIENCE)
        if refused:
            raise Refused("The campaign was paused meanwhile.")
        return send(*args, **kwargs)

    monkeypatch.setattr(message_sender, "send", slow_send)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria", "enter")
        await person.reach(begun.is_set, "the message being sent")
        person.send("escape", "j")
        await person.reach(lambda: not person.app.keys.busy, "the keys' turn")
        await drafts_fall_due(person)
        due.set()
        await settle(person.pilot)
        assert office.draft(dev) is None
    assert office.draft(maria) == ("Hi Maria" if refused else None)
    assert ("Hi Maria" in office.bodies(maria)) is not refused


async def test_whoever_leaves_while_a_message_is_sent_leaves_no_draft(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    begun, due = Event(), Event()

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        begun.set()
        due.wait(PATIENCE)
        return send(*args, **kwargs)

    monkeypatch.setattr(message_sender, "send", slow_send)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria", "enter")
        await person.reach(begun.is_set, "the message being sent")
        close = person.app.store.close

        def close_while_it_is_sent() -> None:
            due.set()
            close()

        monkeypatch.setattr(person.app.store, "close", close_while_it_is_sent)
        person.app.end()
    assert (office.bodies(maria)[-1], office.draft(maria)) == ("Hi Maria", None)


async def test_a_message_that_was_sent_while_a_view_was_read_does_not_come_back_into_the_box(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria, _ = office.contact("Maria Lopez", wrote="Hello"), office.contact("Dev Patel", wrote="Hello")
    begun, due, held, read, go_on = Event(), Event(), Event(), Event(), Event()

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        begun.set()
        due.wait(PATIENCE)
        return send(*args, **kwargs)

    def slow_view(*args: Any, **kwargs: Any) -> MessengerView:
        view = messenger_view(*args, **kwargs)
        if held.is_set() and not read.is_set():
            read.set()
            go_on.wait(PATIENCE)
        return view

    monkeypatch.setattr(message_sender, "send", slow_send)
    monkeypatch.setattr(view_reader, "messenger_view", slow_view)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria", "enter")
        await person.reach(begun.is_set, "the message being sent")
        held.set()
        person.messenger.ask_again()  # as when somebody else changes anything
        await person.reach(read.is_set, "a view with the draft")
        due.set()
        await person.reach(lambda: not person.messenger.box.text, "the message being stored")
        go_on.set()
        await settle(person.pilot)
        assert (person.row, person.box) == ("Dev Patel", "")
        await person.press("enter")
    assert office.bodies(maria).count("Hi Maria") == 1
