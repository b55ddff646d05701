"""A draft goes with its message, however long the message takes to be stored (docs/rules.md 3.11)."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import Any

import pytest

from tests.tui.office import PATIENCE, Office, settle
from thrumsg_tui.store.changes.sending import Sent, send
from thrumsg_tui.tui.screens import messenger_writing


async def test_a_draft_that_falls_due_while_its_message_is_being_sent_is_not_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    due = Event()

    def slow_send(*args: Any, **kwargs: Any) -> Sent:
        sent = send(*args, **kwargs)
        due.wait(PATIENCE)  # as it may take where somebody else is writing
        return sent

    monkeypatch.setattr(messenger_writing, "send", slow_send)
    async with office.messenger() as person:
        await person.press("enter")
        person.send(*"Hi Maria", "enter")
        try:
            async with asyncio.timeout(1):
                while not any(worker.name == "draft" for worker in person.app.workers):
                    await person.pilot.pause(0.01)
        except TimeoutError:
            pass  # which is as it should be
        due.set()
        await settle(person.pilot)
    assert office.bodies(maria)[-1] == "Hi Maria"
    assert office.draft(maria) is None
