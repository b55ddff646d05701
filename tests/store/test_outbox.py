"""What leaves the outbox and what stays (docs/rules.md 5.8, 5.9, 6.1, 6.4, 6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.new_database import copied
from tests.store.arranging import take_in
from tests.store.carrier import leave, reject, report
from tests.store.processes import at_once
from tests.store.world import PEOPLE, World, phone_of, worlds
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.doctor import examine


@pytest.fixture
def world() -> Iterator[World]:
    with worlds() as made:
        yield made


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM message ORDER BY id")]


def send_to(world: World, conversations: Sequence[ConversationId]) -> None:
    for each in conversations:
        send(world.db, world.who["ana"], each)


def test_a_gateway_gets_what_was_written_and_how_many_there_were(world: World) -> None:
    [ann, *_] = world.conversations(world.spring)
    send(world.db, world.who["ana"], ann)
    send(world.db, world.who["ana"], ann, body="Still there?")
    assert [(message.body, message.kind, message.nth) for message in leave(world.db)] == [
        ("Hi Ann", MessageKind.INITIAL, 1),
        ("Still there?", MessageKind.REPLY, 2),
    ]
    assert states(world) == ["sent", "sent"]


def test_more_than_one_batch_is_delivered(world: World) -> None:
    send_to(world, take_in(world.db, world.who["ana"], "Spring", [f"P{nth}" for nth in range(250)], first=1000))
    taken = leave(world.db)
    assert len({message.id for message in taken}) == len(taken) == 250


def test_what_is_taken_is_with_the_gateway_until_it_reports(world: World) -> None:
    send_to(world, world.conversations(world.spring)[:1])
    [taken] = take_queued(world.db)
    assert states(world) == ["sending"]
    assert take_queued(world.db) == []
    report(world.db, taken.id, MessageState.FAILED)
    report(world.db, taken.id, MessageState.SENT)  # too late
    assert states(world) == ["failed"]
    report(world.db, taken.id, MessageState.DELIVERED)  # a message that failed may still arrive
    assert states(world) == ["delivered"]


def test_what_a_gateway_rejects_has_failed_with_its_code_and_words(world: World) -> None:
    send_to(world, world.conversations(world.spring)[:1])
    [message] = take_queued(world.db)
    reject(world.db, message.id, "30006", f"landline {message.id}")
    [row] = world.rows("SELECT state, error_code, error_text FROM message")
    assert tuple(row) == ("failed", "30006", f"landline {message.id}")


@pytest.mark.parametrize("then", [MessageState.DELIVERED, MessageState.FAILED])
def test_a_message_that_was_sent_may_be_reported_later_and_never_goes_back(world: World, then: MessageState) -> None:
    send_to(world, world.conversations(world.spring)[:1])
    [message] = leave(world.db)
    report(world.db, message.id, then)
    report(world.db, message.id, MessageState.SENT)
    report(world.db, message.id, then)
    [row] = world.rows("SELECT state, provider_id FROM message")
    assert tuple(row) == (then, f"id-{message.id}")


def test_each_message_is_claimed_once_by_two_gateways(world: World, tmp_path: Path) -> None:
    send_to(world, take_in(world.db, world.who["ana"], "Spring", [f"P{nth}" for nth in range(230)], first=1000))
    world.db.close()
    location = copied(world.db.location, tmp_path / "thrumsg.db")
    with at_once(("take_queued", location), ("take_queued", location)) as processes:
        taken = [line for process in processes for line in process.end()]
    assert len(set(taken)) == len(taken) == 230


# What is held back


def test_outside_the_hours_what_was_queued_is_held_again(world: World) -> None:
    send_to(world, world.conversations(world.fall)[:1])
    world.clock.now += timedelta(hours=10)  # 22:00
    assert (leave(world.db), states(world)) == ([], ["unsent"])
    let_due(world.db)
    assert states(world) == ["unsent"]
    world.clock.now += timedelta(hours=11)  # 09:00
    let_due(world.db)
    assert (len(leave(world.db)), states(world)) == (1, ["sent"])


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ARCHIVED])
def test_a_campaign_that_is_not_active_keeps_its_messages(world: World, state: CampaignState) -> None:
    send_to(world, world.conversations(world.spring)[:1])
    change_state(world.db, world.who["ana"], "Spring", state)
    assert leave(world.db) == []
    assert states(world) == ["queued"]


def test_a_paused_campaign_does_not_keep_others_from_being_delivered(world: World) -> None:
    send_to(world, world.conversations(world.spring))
    send_to(world, world.conversations(world.fall)[:1])
    change_state(world.db, world.who["ana"], "Spring", CampaignState.PAUSED)
    assert len(leave(world.db)) == 1
    change_state(world.db, world.who["ana"], "Spring", CampaignState.ACTIVE)
    assert len(leave(world.db)) == len(PEOPLE)


@pytest.mark.parametrize("paused", [True, False])
def test_a_confirmation_is_held_back_by_nothing(world: World, paused: bool) -> None:
    send_to(world, world.conversations(world.fall)[:1])
    leave(world.db)
    world.clock.now += timedelta(hours=10)
    if paused:
        change_state(world.db, world.who["ana"], "Fall", CampaignState.PAUSED)
    opt_out_number(world.db, world.who["ana"], phone_of(0))
    assert [message.kind for message in leave(world.db)] == [MessageKind.OPT_OUT_CONFIRMATION]


def test_what_was_queued_for_a_number_that_opted_out_is_cancelled(world: World) -> None:
    send_to(world, world.conversations(world.spring)[:2])
    opt_out_number(world.db, world.who["ana"], phone_of(0))
    assert [(message.phone, message.kind) for message in leave(world.db)] == [(phone_of(1), MessageKind.INITIAL)]
    assert states(world) == ["cancelled", "sent", "cancelled"]
    assert examine(world.db) == []


def test_a_batch_of_which_nothing_may_leave_does_not_keep_back_the_next(world: World) -> None:
    ana = world.who["ana"]
    many = take_in(world.db, ana, "Spring", [f"P{nth}" for nth in range(120)], first=1000)
    send_to(world, many)
    for nth in range(1000, 1110):
        opt_out_number(world.db, ana, phone_of(nth))
    assert sum(message.kind is MessageKind.INITIAL for message in leave(world.db)) == 10
