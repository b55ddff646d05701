"""The claim, the answers, the reports and the doubts of messages (docs/rules.md 10.1 to 10.6, 10.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.store.arranging import take_in
from tests.store.carrier import GATEWAY, answer, claimed, leave, reject
from tests.store.world import World, phone_of, worlds
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outgoing, Report, Scope, Trace
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.doubt_settlement import Settlement, doubt_all, settle
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.outbox import Doubtful, candidates, doubts_due, next_due
from thrumsg_tui.store.queries.settings import RESTORED
from thrumsg_tui.store.queries.thread import get_opt_out

PATIENCE = {"wait": timedelta(seconds=120), "again": timedelta(seconds=60)}


@pytest.fixture
def world() -> Iterator[World]:
    with worlds() as made:
        yield made


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM message WHERE direction = 'outgoing' ORDER BY id")]


def sent(world: World, nth: int = 0) -> Outgoing:
    """An initial that was claimed and has no answer yet."""
    send(world.db, world.who["ana"], world.conversations(world.spring)[nth])
    [message] = take_queued(world.db)
    return message


def in_doubt(world: World) -> Outgoing:
    message = sent(world)
    answer(world.db, message.id, Doubt("no answer within 30 seconds"))
    return message


def due(world: World) -> list[Doubtful]:
    with world.db.reading() as conn:
        return doubts_due(conn, world.clock.now, **PATIENCE)


# The claim


def test_a_number_gets_one_message_at_a_time_and_in_order(world: World) -> None:
    [ann, *_] = world.conversations(world.spring)
    for body in (None, "Still there?", "Hello?"):
        send(world.db, world.who["ana"], ann, body=body)
    for expected in ("Hi Ann", "Still there?", "Hello?"):
        [message] = take_queued(world.db)
        assert message.body == expected
        assert take_queued(world.db) == []
        answer(world.db, message.id, Accepted())


def test_a_message_in_doubt_holds_back_those_that_follow_in_any_campaign(world: World) -> None:
    first = in_doubt(world)
    send(world.db, world.who["ana"], world.conversations(world.fall)[0])
    assert first.phone == phone_of(0)
    assert take_queued(world.db) == []


def test_what_waits_in_a_paused_campaign_holds_back_no_other(world: World) -> None:
    send(world.db, world.who["ana"], world.conversations(world.spring)[0])
    change_state(world.db, world.who["ana"], "Spring", CampaignState.PAUSED)
    send(world.db, world.who["ana"], world.conversations(world.fall)[0])
    assert [message.phone for message in take_queued(world.db)] == [phone_of(0)]


def test_confirmations_go_first_then_replies_then_initials(world: World) -> None:
    ana = world.who["ana"]
    people = world.conversations(world.spring)
    send(world.db, ana, people[1])
    send(world.db, ana, people[2])
    leave(world.db)
    send(world.db, ana, people[0])
    send(world.db, ana, people[1], body="And?")
    opt_out_number(world.db, ana, phone_of(2))
    assert [message.kind for message in take_queued(world.db)] == [
        MessageKind.OPT_OUT_CONFIRMATION,
        MessageKind.REPLY,
        MessageKind.INITIAL,
    ]


def test_a_confirmation_does_not_wait_for_a_doubt(world: World) -> None:
    message = in_doubt(world)
    receive(world.db, None, message.phone, "STOP")
    assert [each.kind for each in take_queued(world.db)] == [MessageKind.OPT_OUT_CONFIRMATION]


def test_what_is_not_admitted_stays_queued_and_the_next_is_asked(world: World) -> None:
    for campaign, nth in ((world.spring, 0), (world.fall, 1), (world.spring, 2)):
        send(world.db, world.who["ana"], world.conversations(campaign)[nth])
    taken = take_queued(world.db, 1, admit=lambda candidate: candidate.campaign_id != world.spring.id)
    assert [message.phone for message in taken] == [phone_of(1)]
    assert states(world) == ["queued", "sending", "queued"]


def test_the_key_of_a_message_stays_the_same_at_every_try(world: World) -> None:
    first = sent(world)
    answer(world.db, first.id, NotNow(timedelta(0), Scope.MESSAGE, "busy"))
    world.clock.now += timedelta(seconds=30)
    [again] = take_queued(world.db)
    assert (again.key, again.tries, len(first.key)) == (first.key, 2, 32)


def test_a_queue_longer_than_a_page_is_read_to_its_end(world: World) -> None:
    ana = world.who["ana"]
    for each in take_in(world.db, ana, "Spring", [f"P{nth}" for nth in range(450)], first=1000):
        send(world.db, ana, each)
    with world.db.reading() as conn:
        ids = [candidate.id for candidate in candidates(conn, world.clock.now)]
    assert (len(ids), ids) == (450, sorted(ids))


# Answers


def test_what_never_left_waits_and_is_tried_again(world: World) -> None:
    message = sent(world)
    answer(world.db, message.id, NotNow(timedelta(seconds=3), Scope.NUMBER, "too many requests", code="20429"))
    [row] = world.rows("SELECT state, error_code, error_text FROM message")
    assert tuple(row) == ("queued", "20429", "too many requests")
    assert take_queued(world.db) == []
    with world.db.reading() as conn:
        moment = next_due(conn, world.clock.now)
    assert moment is not None
    world.clock.now = moment
    assert [each.id for each in take_queued(world.db)] == [message.id]


@pytest.mark.parametrize(("broken", "state"), [(False, "failed"), (True, "queued")])
def test_what_no_carrier_takes_in_a_day_has_failed_unless_our_configuration_is_at_fault(
    world: World, broken: bool, state: str
) -> None:
    message = sent(world)
    world.clock.now += timedelta(hours=24)
    answer(world.db, message.id, NotNow(timedelta(0), Scope.GATEWAY, "not reached", broken=broken))
    assert states(world) == [state]


def test_a_day_in_which_nobody_tries_does_not_count(world: World) -> None:
    """A pause over the weekend, or a number that stopped."""
    busy = NotNow(timedelta(0), Scope.GATEWAY, "too many requests", code="20429")
    answer(world.db, sent(world).id, busy)
    world.clock.now += timedelta(days=3)
    [message] = take_queued(world.db)
    answer(world.db, message.id, busy)
    assert states(world) == ["queued"]
    for hours in range(24):  # one hour of the three days counts
        assert states(world) == ["queued"], hours
        world.clock.now += timedelta(minutes=59)
        [message] = take_queued(world.db)
        answer(world.db, message.id, busy)
    assert states(world) == ["failed"]


def test_a_number_that_blocks_us_at_the_carrier_is_opted_out_without_a_confirmation(world: World) -> None:
    message = sent(world)
    reject(world.db, message.id, "21610", "The contact has replied STOP.", opted_out=True)
    with world.db.reading() as conn:
        opt_out = get_opt_out(conn, message.phone)
    assert opt_out is not None
    assert (opt_out.kind, states(world)) == (OptOutKind.AUTOMATIC, ["failed"])
    assert examine(world.db) == []


def test_a_confirmation_that_the_carrier_blocks_is_cancelled(world: World) -> None:
    message = sent(world)
    answer(world.db, message.id, Accepted("SM1"))
    receive(world.db, None, message.phone, "STOP")
    [confirmation] = take_queued(world.db)
    reject(world.db, confirmation.id, "21610", "The carrier has confirmed it itself.", opted_out=True)
    assert states(world) == ["sent", "cancelled"]
    assert examine(world.db) == []


def test_an_id_that_another_message_has_is_not_taken_over(world: World) -> None:
    first = sent(world)
    answer(world.db, first.id, Accepted("SM1"))
    second = sent(world, 1)
    answer(world.db, second.id, Accepted("SM1"))
    rows = world.rows("SELECT state, provider_id FROM message ORDER BY id")
    assert [tuple(row) for row in rows] == [("sent", "SM1"), ("sent", None)]


def test_a_conversation_keeps_the_number_that_the_carrier_chose(world: World) -> None:
    message = sent(world)
    answer(world.db, message.id, Accepted("SM1", our_number="+14155550100"))
    [row] = world.rows("SELECT our_number FROM conversation WHERE id = ?", message.conversation_id)
    assert row["our_number"] == "+14155550100"


# Reports


def test_a_report_may_come_before_the_answer(world: World) -> None:
    message = sent(world)
    assert report_in(world.db, GATEWAY, Report("SM1", message.key, MessageState.DELIVERED))
    answer(world.db, message.id, Accepted("SM1"))
    [row] = world.rows("SELECT state, provider_id FROM message")
    assert tuple(row) == ("delivered", "SM1")


def test_a_report_settles_a_doubt_and_what_was_taken_for_unsent(world: World) -> None:
    message = in_doubt(world)
    world.clock.now += timedelta(seconds=121)
    settle(world.db, GATEWAY, due(world)[0], [])
    world.clock.now += timedelta(seconds=61)
    assert settle(world.db, GATEWAY, due(world)[0], []) is Settlement.QUEUED_AGAIN
    report_in(world.db, GATEWAY, Report("SM1", message.key, MessageState.SENT))
    assert states(world) == ["sent"]
    assert take_queued(world.db) == []


def test_a_report_of_what_was_cancelled_says_that_it_had_left(world: World) -> None:
    message = in_doubt(world)
    world.clock.now += timedelta(seconds=121)
    settle(world.db, GATEWAY, due(world)[0], [])
    world.clock.now += timedelta(seconds=61)
    settle(world.db, GATEWAY, due(world)[0], [])
    opt_out_number(world.db, world.who["ana"], message.phone)
    leave(world.db)
    assert states(world)[0] == "cancelled"
    report_in(world.db, GATEWAY, Report("SM1", message.key, MessageState.DELIVERED))
    assert states(world)[0] == "delivered"
    assert examine(world.db) == []


@pytest.mark.parametrize(
    "report",
    [
        Report("SM2", None, MessageState.FAILED),
        Report(None, "0" * 32, MessageState.FAILED),
        Report(None, None, MessageState.FAILED),
    ],
)
def test_a_report_of_no_message_of_ours_changes_nothing(world: World, report: Report) -> None:
    message = sent(world)
    answer(world.db, message.id, Accepted("SM1"))
    assert not report_in(world.db, GATEWAY, report)
    assert not report_in(world.db, "another", Report("SM1", None, MessageState.FAILED))
    assert not report_in(world.db, GATEWAY, Report("SM2", message.key, MessageState.FAILED))
    assert states(world) == ["sent"]


def test_a_report_of_a_block_opts_the_number_out(world: World) -> None:
    message = sent(world)
    answer(world.db, message.id, Accepted("SM1"))
    report_in(world.db, GATEWAY, Report("SM1", None, MessageState.FAILED, "21610", "blocked", opted_out=True))
    with world.db.reading() as conn:
        assert get_opt_out(conn, message.phone) is not None


# Doubts


def test_what_was_with_a_process_that_died_is_in_doubt(world: World) -> None:
    sent(world)
    assert doubt_all(world.db) == 1
    assert doubt_all(world.db) == 0
    assert states(world) == ["in_doubt"]
    assert take_queued(world.db) == []


def test_a_doubt_is_looked_up_after_two_minutes_and_once_more_a_minute_later(world: World) -> None:
    message = in_doubt(world)
    assert due(world) == []
    world.clock.now = message.tried_at + timedelta(seconds=120)
    [doubtful] = due(world)
    assert settle(world.db, GATEWAY, doubtful, []) is Settlement.ABSENT_ONCE
    assert due(world) == []
    world.clock.now += timedelta(seconds=61)
    [doubtful] = due(world)
    assert settle(world.db, GATEWAY, doubtful, []) is Settlement.QUEUED_AGAIN
    assert [each.id for each in take_queued(world.db)] == [message.id]


def test_what_is_in_doubt_since_a_restore_is_never_sent_again_by_itself(world: World) -> None:
    """It may have left since the backup, from another number too."""
    in_doubt(world)
    with world.db.writing() as tx:
        store_setting(tx, RESTORED, str(tx.now_ms))
    for _ in range(3):
        world.clock.now += timedelta(seconds=121)
        [doubtful] = due(world)
        assert settle(world.db, GATEWAY, doubtful, []) is Settlement.TO_A_PERSON
    assert states(world) == ["in_doubt"]


def test_what_the_carrier_has_was_sent(world: World) -> None:
    message = in_doubt(world)
    doubtful = Doubtful(message, by_a_person=True)
    trace = Trace("SM1", MessageState.FAILED, code="30006", words="landline")
    assert settle(world.db, GATEWAY, doubtful, [trace]) is Settlement.FOUND
    [row] = world.rows("SELECT state, provider_id, error_code FROM message")
    assert tuple(row) == ("failed", "SM1", "30006")
    assert settle(world.db, GATEWAY, doubtful, [trace]) is Settlement.ELSEWHERE


def test_a_trace_of_another_message_of_ours_settles_nothing(world: World) -> None:
    other = sent(world, 1)
    answer(world.db, other.id, Accepted("SM1"))
    doubtful = Doubtful(in_doubt(world), by_a_person=False)
    assert settle(world.db, GATEWAY, doubtful, [Trace("SM1", MessageState.SENT)]) is Settlement.ABSENT_ONCE
    found = settle(world.db, GATEWAY, doubtful, [Trace("SM1", MessageState.SENT), Trace("SM2", MessageState.SENT)])
    assert found is Settlement.FOUND


def test_one_that_seems_older_than_the_try_is_never_sent_again_by_itself(world: World) -> None:
    """Our clock may have been ahead at the try, and been set right since."""
    in_doubt(world)
    earlier = Trace("SM1", MessageState.SENT, before_try=True)
    for _ in range(3):
        world.clock.now += timedelta(seconds=121)
        assert settle(world.db, GATEWAY, due(world)[0], [earlier]) is Settlement.TO_A_PERSON
    assert states(world) == ["in_doubt"]
    answer(world.db, sent(world, 1).id, Accepted("SM1"))
    world.clock.now += timedelta(seconds=121)
    assert settle(world.db, GATEWAY, due(world)[0], [earlier]) is Settlement.QUEUED_AGAIN, "it is another of ours"


def test_a_person_decides_where_the_policy_says_so(world: World) -> None:
    in_doubt(world)
    world.clock.now += timedelta(seconds=200)
    assert [each.by_a_person for each in due(world)] == [False]
    for _ in range(3):
        assert settle(world.db, GATEWAY, due(world)[0], [], only_ask=True) is Settlement.TO_A_PERSON
        world.clock.now += timedelta(seconds=61)
    assert states(world) == ["in_doubt"]


def test_after_the_third_doubt_only_a_person_has_it_sent_again(world: World) -> None:
    message = in_doubt(world)
    for _ in range(2):
        for _ in range(2):
            world.clock.now += timedelta(seconds=121)
            settle(world.db, GATEWAY, due(world)[0], [])
        [again] = take_queued(world.db)
        answer(world.db, again.id, Doubt("no answer"))
    world.clock.now += timedelta(seconds=121)
    assert [each.by_a_person for each in due(world)] == [True]
    assert claimed(world.db, MessageId(message.id)).tries == 3


# Confirmations that are too late


def test_a_confirmation_that_could_not_leave_in_time_is_cancelled(world: World) -> None:
    message = sent(world)
    answer(world.db, message.id, Accepted("SM1"))
    receive(world.db, None, message.phone, "STOP")
    world.clock.now += timedelta(minutes=5)
    assert take_queued(world.db) == []
    assert states(world) == ["sent", "cancelled"]
    assert examine(world.db) == []
