"""Quiet hours at the contact, beside the campaign's hours, in every way out (docs/rules.md 10.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import assignment_of, give, journal, known_as, look_at, sentence_of
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind, MessageState, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.queries.lookup import conversations_by_phone

NEW_YORK, CHICAGO, LOS_ANGELES, TOLL_FREE = "+12125550100", "+13125550100", "+13105550100", "+18005550100"
MOVED = "+12125550101"
"""A number of New York whose contact lives in California."""

EIGHT_IN_NEW_YORK = datetime(2026, 3, 3, 13, tzinfo=UTC)


@pytest.fixture
def quiet(db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path) -> Campaign:
    """A campaign of New York that is open all day, with quiet hours, and with a contact of each number, all kim's."""
    clock.now = EIGHT_IN_NEW_YORK
    hours = DailyHours("America/New_York", 0, 24 * 60)
    campaign = create_campaign(db, owner, Setup("Quiet", "Hi", hours=hours, quicksend=True, quiet_hours=True))
    add_senders(db, owner, "Quiet", ["kim"])
    path = tmp_path / "contacts.csv"
    rows = [f"N,{NEW_YORK},", f"C,{CHICAGO},", f"L,{LOS_ANGELES},", f"T,{TOLL_FREE},", f"M,{MOVED},CA"]
    path.write_text("\n".join(["first name,phone,state", *rows]))
    import_contacts(db, owner, path, "Quiet", ImportOptions(confirmed=EVERYTHING))
    give(db, owner, campaign, "kim", list(by_number(db, campaign).values()))
    return campaign


def by_number(db: Database, campaign: Campaign) -> dict[str, ConversationId]:
    with db.reading() as conn:
        return conversations_by_phone(conn, campaign.id)


def leaves_at(db: Database, campaign: Campaign, phone: str) -> datetime | None:
    return look_at(db, by_number(db, campaign)[phone]).messages[-1].leaves_at


def test_a_campaign_of_before_has_none(spring: Campaign) -> None:
    assert not spring.quiet_hours


def test_an_admins_message_waits_until_eight_at_the_contact(db: Database, owner: Identity, quiet: Campaign) -> None:
    leaves = {phone: send(db, owner, each).leaves_at for phone, each in by_number(db, quiet).items()}
    assert leaves == {
        NEW_YORK: None,
        CHICAGO: EIGHT_IN_NEW_YORK + timedelta(hours=1),
        LOS_ANGELES: EIGHT_IN_NEW_YORK + timedelta(hours=3),
        TOLL_FREE: None,
        MOVED: EIGHT_IN_NEW_YORK + timedelta(hours=3),
    }


def test_a_sender_is_told_until_when_it_is_quiet(db: Database, quiet: Campaign) -> None:
    with pytest.raises(Refused) as refused:
        send(db, known_as(db, "kim"), by_number(db, quiet)[CHICAGO])
    assert str(refused.value) == "Quiet hours at the contact until 08:00 CST."


def test_send_all_leaves_out_who_sleeps(db: Database, quiet: Campaign) -> None:
    batch = send_batch(db, known_as(db, "kim"), assignment_of(db, quiet, "kim"), Tab.INITIAL)
    numbers = by_number(db, quiet)
    assert len(batch.sent) == 2
    assert {each for each, _ in batch.refused} == {numbers[CHICAGO], numbers[LOS_ANGELES], numbers[MOVED]}
    assert all("Quiet hours at the contact until 08:00" in why for _, why in batch.refused)


def test_what_is_queued_when_the_quiet_hours_begin_is_not_claimed_but_scheduled(
    db: Database, owner: Identity, quiet: Campaign, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 4, 1, 59, 59, tzinfo=UTC)  # 20:59:59 in New York
    for phone in (NEW_YORK, LOS_ANGELES):
        assert send(db, owner, by_number(db, quiet)[phone]).state is MessageState.QUEUED
    clock.forward(seconds=1)
    assert [each.phone for each in take_queued(db)] == [LOS_ANGELES]
    assert leaves_at(db, quiet, NEW_YORK) == EIGHT_IN_NEW_YORK + timedelta(days=1)
    clock.now = EIGHT_IN_NEW_YORK + timedelta(days=1)
    let_due(db)
    assert [each.phone for each in take_queued(db)] == [NEW_YORK]


def test_the_carrier_may_not_try_into_the_night(db: Database, owner: Identity, quiet: Campaign, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 4, 1, tzinfo=UTC)  # 20:00 in New York
    send(db, owner, by_number(db, quiet)[NEW_YORK])
    send(db, owner, by_number(db, quiet)[LOS_ANGELES])
    assert {each.phone: each.valid_for for each in take_queued(db)} == {
        NEW_YORK: timedelta(minutes=59, seconds=30),
        LOS_ANGELES: timedelta(hours=3, minutes=59, seconds=30),
    }


@pytest.mark.parametrize(("left", "leaves"), [(91, True), (89, False), (1, False)])
def test_what_a_carrier_could_not_send_before_the_night_waits_for_the_morning(
    db: Database, owner: Identity, quiet: Campaign, clock: Clock, left: int, leaves: bool
) -> None:
    clock.now = datetime(2026, 3, 4, 2, tzinfo=UTC) - timedelta(seconds=left)  # 21:00 in New York
    send(db, owner, by_number(db, quiet)[NEW_YORK])
    claimed = take_queued(db)
    assert all(each.valid_for < timedelta(seconds=left) for each in claimed)
    assert bool(claimed) is leaves
    assert leaves_at(db, quiet, NEW_YORK) == (None if leaves else EIGHT_IN_NEW_YORK + timedelta(days=1))


def test_scheduled_messages_wait_anew_when_quiet_hours_come_or_go(
    db: Database, owner: Identity, quiet: Campaign
) -> None:
    for each in by_number(db, quiet).values():
        send(db, owner, each)
    loud = edit_campaign(db, owner, quiet.id, replace(quiet.setup, quiet_hours=False), confirmed=EVERYTHING)
    assert not loud.quiet_hours
    assert sentence_of(journal(db)[0]) == (
        "changed the quiet hours of 'Quiet', confirming: quiet-hours; 3 scheduled messages may leave now"
    )
    assert {leaves_at(db, quiet, phone) for phone in by_number(db, quiet)} == {None}
    edit_campaign(db, owner, quiet.id, quiet.setup, confirmed=EVERYTHING)
    # What was queued meanwhile is looked at when a gateway would take it.
    assert {each.phone for each in take_queued(db)} == {NEW_YORK, TOLL_FREE}
    assert leaves_at(db, quiet, LOS_ANGELES) == EIGHT_IN_NEW_YORK + timedelta(hours=3)
    assert [each.kind for each in journal(db)][:2] == [EventKind.CHANGE_CAMPAIGN] * 2


def test_a_confirmation_leaves_in_the_night(db: Database, owner: Identity, quiet: Campaign, clock: Clock) -> None:
    send(db, owner, by_number(db, quiet)[NEW_YORK])
    take_queued(db)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'sent'")
    clock.now = datetime(2026, 3, 4, 8, tzinfo=UTC)  # 03:00 in New York
    assert opt_out_number(db, owner, NEW_YORK).confirmation_sent
    assert [each.kind for each in take_queued(db)] == [MessageKind.OPT_OUT_CONFIRMATION]


def test_where_the_contact_lives_may_change(db: Database, owner: Identity, quiet: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "moved.csv"
    path.write_text(f"first name,phone,state\nC,{CHICAGO},NY\n")
    import_contacts(db, owner, path, "Quiet", ImportOptions(confirmed=EVERYTHING))
    assert send(db, owner, by_number(db, quiet)[CHICAGO]).leaves_at is None
