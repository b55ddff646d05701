"""Which locks keep which others waiting on a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.new_database import ON_SERVER
from tests.store.arranging import known_as, number, take_in
from tests.store.races.races import ana, campaign, spring
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.locks import (
    AllNumbersLock,
    CampaignLock,
    ContactLock,
    ContactsLock,
    ConversationLock,
    EventLock,
    EverythingLock,
    Lock,
    NumberLock,
    OurNumbersLock,
    SettingsLock,
    UsersLock,
)

pytestmark = pytest.mark.skipif(not ON_SERVER, reason="the one writer of a file has locked everything")

SPRING, OTHER = CampaignId(1), CampaignId(2)
ANN, BEA = ConversationId(1), ConversationId(2)
ANNS, BEAS = number(0), number(1)


@pytest.fixture(scope="module")
def one(module_database: str) -> Iterator[Database]:
    """A database with conversations."""
    made = Database(module_database)
    spring(made, 1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def other(one: Database) -> Iterator[Database]:
    """The same database in another process."""
    made = Database(str(one.location))
    yield made
    made.close()


def waits(one: Database, held: Lock, other: Database, wanted: Lock) -> bool:
    """Whether somebody waits for a lock because somebody else holds one."""
    with one.writing() as tx:
        tx.hold(held)
        tx.await_locks()
        try:
            with other.writing() as waiting:
                waiting.conn.execute("SET LOCAL lock_timeout = '1ms'")
                waiting.hold(wanted)
                waiting.await_locks()
        except DatabaseBusy:
            return True
    return False


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (UsersLock(), UsersLock()),
        (SettingsLock(), SettingsLock(shared=True)),
        (ContactsLock(), ContactsLock()),
        (OurNumbersLock(shared=True), OurNumbersLock()),
        (EventLock(EventId(1)), EventLock(EventId(1))),
        (NumberLock(ANNS), NumberLock(ANNS)),
        (NumberLock(ANNS), AllNumbersLock()),
        (CampaignLock(SPRING), CampaignLock(SPRING)),
        (CampaignLock(SPRING), CampaignLock(SPRING, shared=True)),
        (CampaignLock(SPRING), ConversationLock(ANN)),
        (CampaignLock(SPRING), ContactLock(ANNS)),
        (ConversationLock(ANN), CampaignLock(SPRING)),
        (ConversationLock(ANN), ConversationLock(ANN)),
        (ConversationLock(ANN), ContactLock(ANNS)),
        (ContactLock(ANNS), ConversationLock(ANN)),
        (EverythingLock(), ConversationLock(ANN)),
        (EverythingLock(), UsersLock()),
        (UsersLock(), EverythingLock()),
    ],
)
def test_one_waits_for_the_other(one: Database, other: Database, held: Lock, wanted: Lock) -> None:
    assert waits(one, held, other, wanted)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (UsersLock(), SettingsLock()),
        (SettingsLock(shared=True), SettingsLock(shared=True)),
        (OurNumbersLock(shared=True), OurNumbersLock(shared=True)),
        (NumberLock(ANNS), NumberLock(BEAS)),
        (NumberLock(ANNS), ConversationLock(ANN)),
        (CampaignLock(SPRING), CampaignLock(OTHER)),
        (CampaignLock(SPRING, shared=True), ConversationLock(ANN)),
        (ConversationLock(ANN), ConversationLock(BEA)),
        (ContactLock(ANNS), ContactLock(BEAS)),
        (EventLock(EventId(1)), EventLock(EventId(2))),
    ],
)
def test_neither_waits(one: Database, other: Database, held: Lock, wanted: Lock) -> None:
    assert not waits(one, held, other, wanted)


def test_the_claim_leaves_out_the_campaigns_that_somebody_holds_alone(one: Database, other: Database) -> None:
    summer = campaign(one, "Summer")
    [bea] = take_in(one, ana(one), "Summer", ["Bea Lee"], first=900)
    for conversation in (ANN, bea):
        send(one, ana(one), conversation)
    with one.writing() as tx:
        tx.hold(CampaignLock(SPRING))
        tx.await_locks()
        assert [each.conversation_id for each in take_queued(other)] == [bea]
        assert take_queued(other) == []
        tx.hold(CampaignLock(summer.id))
        tx.await_locks()
    assert [each.conversation_id for each in take_queued(other)] == [ANN]


def test_what_refers_to_a_held_conversation_is_stored_meanwhile(one: Database, other: Database) -> None:
    with one.writing() as tx:
        tx.hold(ConversationLock(ANN))
        tx.await_locks()
        keep_draft(other, known_as(other, "kim"), ANN, "Hel")


def test_a_list_of_numbers_takes_no_more_locks_than_there_are(one: Database) -> None:
    with one.writing() as tx:
        tx.hold(*(NumberLock(number(nth)) for nth in range(20_000)))
        [[taken]] = tx.conn.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'").fetchall()
        assert taken < 1_100


def test_organizations_in_schemas_of_one_database_do_not_wait_for_each_other(one: Database) -> None:
    with one.writing() as tx:
        tx.conn.execute("CREATE SCHEMA IF NOT EXISTS south")
    separator = "&" if "?" in str(one.location) else "?"
    south = Database(f"{one.location}{separator}options=-csearch_path%3Dsouth")
    assert not waits(one, EverythingLock(), south, EverythingLock())
    assert not waits(one, CampaignLock(SPRING), south, CampaignLock(SPRING))
    south.close()
