"""Send All in the messenger (docs/rules.md 3.12)."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from tests.tui.moving import people
from tests.tui.office import PATIENCE, Office, settle
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.send_all import BATCH, SentBatch, send_batch
from thrumsg_tui.tui.screens.messenger import send_all_runner


async def test_send_all_says_first_what_looks_like_a_field(bare: Office) -> None:
    """docs/rules.md 7.1."""
    bare.campaign(quicksend=True, script="Hi {firstName}")
    bare.contact("Maria Lopez")
    async with bare.messenger() as person:
        await person.press("1", "S")
        assert "{firstName} looks like a field" in person.question
        assert "%first_name% was probably meant" in person.question


async def test_send_all_sends_the_tab_and_says_how_many(bare: Office) -> None:
    bare.campaign(quicksend=True)
    kims = [bare.contact(f"Person {number}") for number in range(7)]
    lees = bare.contact("Other Person", "lee")
    async with bare.messenger() as person:
        await person.press("1", "S")
        assert person.sees("Send all 7 initial messages of Kim Alvarez?")
        await person.press("y")
        await person.wait_for("Queued 7 of 7")
    assert [len(bare.bodies(id)) for id in kims] == [1] * 7
    assert bare.bodies(lees) == []


async def test_send_all_says_how_many_could_not_be_sent(bare: Office) -> None:
    """docs/rules.md 3.12."""
    bare.campaign(quicksend=True)
    first, *others = people(bare, BATCH + 3, "kim")
    keep_draft(bare.db, bare.ana, first, "Hello")
    async with bare.messenger() as person:
        await person.press("1", "S", "y")
        assert person.notice == f"Queued {BATCH + 2} of {BATCH + 3}; 1 could not be sent; open it to see why."
    assert bare.bodies(first) == []
    assert [len(bare.bodies(id)) for id in others] == [1] * len(others)


async def test_send_all_is_stopped_and_goes_on_where_it_was(bare: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/rules.md 3.12."""
    bare.campaign(quicksend=True)
    ids = people(bare, BATCH + 3, "kim")
    begun, go_on = Event(), Event()

    def slow_batch(*args: Any) -> SentBatch:
        batch = send_batch(*args)
        begun.set()
        go_on.wait(PATIENCE)
        return batch

    monkeypatch.setattr(send_all_runner, "send_batch", slow_batch)
    async with bare.messenger() as person:
        await person.press("1", "S")
        person.send("y")
        await person.reach(begun.is_set, "the first batch")
        person.send("S")
        await person.reach(lambda: not person.messenger.send_all.running, "the end of Send All")
        go_on.set()
        await settle(person.pilot)
        assert person.notice == f"Stopped: queued {BATCH} of {BATCH + 3}."
        await person.press("S")
        assert "Send all 3 initial messages of Kim Alvarez?" in person.question
        await person.press("y")
        assert person.notice == "Queued 3 of 3."
    assert [len(bare.bodies(id)) for id in ids] == [1] * len(ids)


async def test_send_all_of_follow_ups_says_how_many_wait_for_a_reply(bare: Office) -> None:
    """docs/rules.md 3.12: the dot goes with what is sent, whatever the contact had asked."""
    bare.campaign(quicksend=True)
    bare.contact("Maria Lopez", wrote="Who is this?")
    bare.contact("Dev Patel", texted=True)
    create_follow_up(bare.db, bare.ana, "Spring", "Reminder", "Today!")
    async with bare.messenger() as person:
        await person.press("3", "S")
        assert "Send all 2 follow-ups of Kim Alvarez?" in person.question
        assert "1 of them waits for a reply: after the follow-up they count as answered." in person.question
