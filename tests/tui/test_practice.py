"""A practice database is delivered by the app that has it open (docs/rules.md 6.6)."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from tests.tui.office import PATIENCE, Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.gateway.practice_contacts import PracticeContacts
from thrumsg_tui.gateway.practice_fates import decide_fate
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.queries.settings import PRACTICE
from thrumsg_tui.tui.timers import Timers


@pytest.fixture
def quiet(office: Office) -> ConversationId:
    """Will be delivered and answer, by the seed of the practice database."""
    office.timers = Timers(practice=0.02)
    id = office.contact("Bo Berg")
    phone = office.conversation(id).phone
    seed = next(
        seed
        for seed in count(1)
        if decide_fate(seed, phone, 1, MessageKind.INITIAL).is_plain
        and PracticeContacts(seed).decide(phone, 1, MessageKind.INITIAL)
    )
    with office.db.writing() as tx:
        store_setting(tx, PRACTICE, str(seed))
    return id


def states(office: Office, id: ConversationId) -> list[str]:
    return [message.state for message in office.conversation(id).messages]


async def wait_for_states(person: Person, office: Office, id: ConversationId, *wanted: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while states(office, id) != list(wanted):
            await settle(person.pilot)


async def test_messages_are_delivered_and_answered_while_the_app_is_open(office: Office, quiet: ConversationId) -> None:
    async with office.messenger() as person:
        send(office.db, office.ana, quiet)
        await wait_for_states(person, office, quiet, "sent")
        office.clock.forward(seconds=30)
        await wait_for_states(person, office, quiet, "delivered", "received")
        await person.wait_for("Bo Berg", "Responses 1")


async def test_an_app_that_ends_lets_another_deliver(office: Office, quiet: ConversationId) -> None:
    lock = DeliveryLock(office.db.path)
    async with office.app() as person:
        send(office.db, office.ana, quiet)
        await wait_for_states(person, office, quiet, "sent")
        assert not lock.acquire()
        person.app.stop_delivering()
        assert lock.acquire()
        lock.release()


async def test_a_real_database_is_not_delivered_by_an_app(office: Office) -> None:
    office.timers = Timers(practice=0.02)
    id = office.contact("Bo Berg")
    lock = DeliveryLock(office.db.path)
    async with office.app() as person:
        send(office.db, office.ana, id)
        await settle(person.pilot)
        assert lock.acquire()
        lock.release()
    assert states(office, id) == ["queued"]
