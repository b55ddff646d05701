"""The list of messages that have failed (docs/rules.md 10.5)."""

from __future__ import annotations

import pytest

from tests.store.carrier import GATEWAY, reject
from tests.tui.office import Office
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.settings import change_setting


@pytest.fixture
def failed(office: Office) -> Office:
    """Maria's message has failed."""
    office.contact("Maria Lopez", texted=True)
    [message] = take_queued(office.db, gateway=GATEWAY)
    reject(office.db, message.id, "30003", "The phone is off.")
    return office


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [(), ("q",), ("j", "enter")])
async def test_failed_messages_are_a_key_away_on_every_screen(
    failed: Office, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    async with failed.app(size=size) as person:
        assert person.sees("1 failed in 24 h", "F shows failures")
        await person.press(*keys, "F")
        assert person.sees("Failed messages", "1 failed in the last 24 hours", "Maria Lopez", "(415) 555-0001")
        assert person.sees("The phone is off (30003)"), person.screen
        await person.press("enter")
        assert person.sees("Phone Lookup"), person.screen
        await person.press("escape", "q")
        assert not person.sees("Failed messages")


async def test_a_failure_is_listed_for_a_day(failed: Office) -> None:
    async with failed.app() as person:
        await person.press("F")
        assert person.sees("Maria Lopez")
        with failed.db.writing() as tx:
            tx.conn.execute("UPDATE message SET state_at = state_at - 90000000")
        await person.wait_for("No message has failed in the last 24 hours")


async def test_numbers_of_failures_are_hidden_where_numbers_are(office: Office) -> None:
    office.contact("Maria Lopez", texted=True)
    [message] = take_queued(office.db, gateway=GATEWAY)
    reject(office.db, message.id, "21211", "The carrier says that +14155550001 cannot be texted")
    change_setting(office.db, office.ana, "redact_phones", "on")
    async with office.app() as person:
        await person.press("F")
        assert person.sees("Maria Lopez", "cannot be texted (21211)")
        assert not person.sees("5550001")
        assert not person.sees("555-0001")


async def test_a_sender_sees_no_failures_of_others(failed: Office) -> None:
    async with failed.messenger(login="kim") as person:
        await person.press("F")
        assert not person.sees("Failed messages")
        assert "needs the role" in person.notice
