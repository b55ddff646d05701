"""Opting out and in (docs/rules.md 5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clock import Clock
from tests.store.arranging import give, journal, known_as, look_at, number, take_in
from tests.store.carrier import report
from tests.store.opt_outs.stored import ANN, CONFIRMATION, STRANGER, bodies
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import ConversationSort, Direction, MessageKind, MessageState, OptOutKind, Status, Tab
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.conversations import ListRequest, next_waiting, page
from thrumsg_tui.store.queries.lookup import look_up


@pytest.fixture
def ann_in_fall(db: Database, owner: Identity, ann: ConversationId) -> ConversationId:
    """The same contact in a second, newer campaign."""
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    return take_in(db, owner, "Fall", ["Ann Otieno"])[0]


def opt_outs_stored(db: Database) -> int:
    with db.reading() as conn:
        return int(conn.execute("SELECT COUNT(*) FROM opt_out").fetchone()[0])


# By number, in every campaign


def test_it_is_journalled_in_the_campaign_in_which_it_was_done(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    """docs/rules.md 8.3: otherwise the history of that campaign would not have it."""
    opt_out_number(db, owner, ANN, done_in=ann)
    undo(db, owner)
    opt_out_number(db, owner, ANN)
    opt_in_number(db, owner, ANN, done_in=ann)
    opt_out_number(db, owner, ANN, done_in=ConversationId(10**6))
    made = [each.campaign for each in journal(db) if each.kind in {EventKind.OPT_OUT, EventKind.OPT_IN}]
    assert made == ["Fall", "Spring", "Fall", "Spring"], "newest first; by itself where the number was texted last"


def test_an_opt_out_holds_in_every_campaign_at_once(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    done = opt_out_number(db, owner, ANN)
    assert set(done.conversations) == {ann, ann_in_fall}
    assert all(look_at(db, each).opted_out for each in (ann, ann_in_fall))


def test_an_opt_out_holds_in_a_campaign_that_comes_later(db: Database, owner: Identity, ann: ConversationId) -> None:
    opt_out_number(db, owner, ANN)
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    [later] = take_in(db, owner, "Fall", ["Ann Otieno"])
    with pytest.raises(Refused, match="opted out"):
        send(db, owner, later)


def test_there_is_one_row_however_often_it_was_said(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    for body in ("STOP", "stop!", "UNSUBSCRIBE"):
        receive(db, None, ANN, body)
    with pytest.raises(Refused, match="opted out already"):
        opt_out_number(db, owner, ANN)
    assert opt_outs_stored(db) == 1
    assert bodies(db, ann).count(CONFIRMATION) == 1


def test_opted_out_is_no_status(db: Database, owner: Identity, spring: Campaign, ann: ConversationId) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, "ok")
    opt_out_number(db, owner, ANN)
    assert look_at(db, ann).status is Status.NEEDS_REPLY  # the confirmation answers nothing (1.1)
    with db.reading() as conn:
        counted = totals(conn, spring.id)
    assert (counted.answered, counted.needs_reply, counted.opted_out) == (0, 0, 1)


# Who waited waits again: a confirmation answers nothing (1.1, 1.2, 5.7)

QUESTION = "When do polls close?"


def _opted_in_by_hand(db: Database, owner: Identity) -> None:
    receive(db, None, ANN, "STOP")
    opt_in_number(db, owner, ANN)


def _started_again(db: Database, _: Identity) -> None:
    receive(db, None, ANN, "STOP")
    receive(db, None, ANN, "START")


def _taken_back(db: Database, owner: Identity) -> None:
    opt_out_number(db, owner, ANN)
    undo(db, owner)


def _stop_taken_back(db: Database, owner: Identity) -> None:
    receive(db, None, ANN, "STOP")
    undo(db, owner, journal(db)[0].id)


def _taken_back_after_the_contact_was_told(db: Database, owner: Identity) -> None:
    _deliver(db)
    opt_out_number(db, owner, ANN)
    assert [each.kind for each in _deliver(db)] == [MessageKind.OPT_OUT_CONFIRMATION]
    undo(db, owner)


def _deliver(db: Database) -> list[Outgoing]:
    taken = list(take_queued(db))
    for each in taken:
        report(db, each.id, MessageState.DELIVERED)
    return taken


@pytest.mark.parametrize(
    "out_and_in",
    [_opted_in_by_hand, _started_again, _taken_back, _stop_taken_back, _taken_back_after_the_contact_was_told],
)
def test_who_waited_before_an_opt_out_waits_since_then_when_opted_in(
    db: Database,
    owner: Identity,
    spring: Campaign,
    ann: ConversationId,
    clock: Clock,
    out_and_in: Callable[[Database, Identity], None],
) -> None:
    send(db, owner, ann)
    clock.forward(minutes=1)
    receive(db, None, ANN, QUESTION)
    asked_at = clock.now
    clock.forward(minutes=1)
    out_and_in(db, owner)
    [bea] = take_in(db, owner, "Spring", ["Bea Lund"], first=1)
    clock.forward(minutes=1)
    receive(db, None, number(1), "hello?")
    held_by = look_at(db, ann).assignment_id
    with db.reading() as conn:
        rows = page(conn, ListRequest(spring.id, tab=Tab.RESPONSES, sort=ConversationSort.NEEDS_REPLY), 0, 10)
        assert next_waiting(conn, held_by, bea, wrap=True) == ann
        assert totals(conn, spring.id).needs_reply == 2
    assert [each.id for each in rows] == [ann, bea]
    assert (rows[0].status, rows[0].waiting_since) == (Status.NEEDS_REPLY, asked_at)
    assert rows[0].last_direction is Direction.INCOMING
    assert examine(db) == []


def test_a_question_that_was_answered_before_an_opt_out_is_not_asked_again(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, QUESTION)
    send(db, owner, ann, body="At eight.")
    _taken_back(db, owner)
    assert look_at(db, ann).status is Status.ANSWERED


def test_who_was_texted_only_is_sent_after_an_opt_out_by_hand_that_is_taken_back(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    _taken_back(db, owner)
    assert look_at(db, ann).status is Status.SENT


def test_a_stop_is_words_that_nobody_answered(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, "STOP")
    opt_in_number(db, owner, ANN)
    assert look_at(db, ann).status is Status.NEEDS_REPLY
    send(db, owner, ann, body="Welcome back")
    assert look_at(db, ann).status is Status.ANSWERED


# By hand


def test_by_hand_the_contact_is_told(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    done = opt_out_number(db, owner, ANN, "asked at the door")
    assert done.confirmation_sent
    last = look_at(db, ann).messages[-1]
    assert (last.body, last.kind, last.state) == (
        CONFIRMATION,
        MessageKind.OPT_OUT_CONFIRMATION,
        MessageState.QUEUED,
    )
    with db.reading() as conn:
        stored = look_up(conn, ANN).opt_out
    assert stored is not None
    assert (stored.kind, stored.note, stored.by) == (OptOutKind.MANUAL, "asked at the door", "Ana Ortiz")


def test_somebody_who_was_never_texted_is_not_told(db: Database, owner: Identity, ann: ConversationId) -> None:
    receive(db, None, ANN, "hello?")
    assert not opt_out_number(db, owner, ANN).confirmation_sent
    assert bodies(db, ann) == ["hello?"]


def test_the_confirmation_goes_where_the_contact_was_texted_last(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann_in_fall)
    clock.forward(minutes=1)
    send(db, owner, ann)
    opt_out_number(db, owner, ANN)
    assert bodies(db, ann)[-1] == CONFIRMATION
    assert len(bodies(db, ann_in_fall)) == 1


def test_the_organization_words_the_confirmation(db: Database, owner: Identity, ann: ConversationId) -> None:
    change_setting(db, owner, "opt_out_message", "Bye. Harbor Votes")
    send(db, owner, ann)
    opt_out_number(db, owner, ANN)
    assert bodies(db, ann)[-1] == "Bye. Harbor Votes"


def test_a_number_that_nobody_knows_can_be_opted_out(db: Database, owner: Identity) -> None:
    done = opt_out_number(db, owner, STRANGER)
    assert (done.conversations, done.confirmation_sent) == ((), False)
    assert journal(db)[0].kind is EventKind.OPT_OUT


def test_a_sender_opts_out_their_own_contacts_only(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    [bea] = take_in(db, owner, "Spring", ["Bea"], first=1)
    for phone in (number(1), STRANGER):
        with pytest.raises(Refused, match="no conversation of yours"):
            opt_out_number(db, kim, phone)
    assert not look_at(db, bea).opted_out
    opt_out_number(db, kim, ANN)
    assert look_at(db, ann).opted_out


# In again


@pytest.mark.parametrize("body", ["START", "unstop", "Yes!"])
def test_start_opts_an_opted_out_number_in_again(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, body: str
) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, "STOP")
    received = receive(db, None, ANN, body)
    assert (received.opted_out, received.status) == (False, Status.NEEDS_REPLY)
    assert opt_outs_stored(db) == 0
    assert [entry.kind for entry in journal(db)[:2]] == [EventKind.OPT_IN, EventKind.RECEIVE]
    with db.reading() as conn:
        assert totals(conn, spring.id).needs_reply == 1


def test_opt_in_by_hand_sends_nothing_and_returns_to_its_place(
    db: Database, owner: Identity, moderator: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, "ok")
    opt_out_number(db, owner, ANN)
    before = look_at(db, ann)
    opt_in_number(db, moderator, ANN)
    after = look_at(db, ann)
    assert (after.opted_out, after.status, after.messages) == (False, before.status, before.messages)


def test_a_number_that_is_not_opted_out_is_not_opted_in(db: Database, owner: Identity, ann: ConversationId) -> None:
    with pytest.raises(Refused, match="not opted out"):
        opt_in_number(db, owner, ANN)


def test_a_sender_may_not_opt_in(db: Database, owner: Identity, kim: Identity, ann: ConversationId) -> None:
    opt_out_number(db, owner, ANN)
    with pytest.raises(NotPermitted):
        opt_in_number(db, kim, ANN)
    with pytest.raises(NotPermitted):
        undo(db, kim, journal(db)[0].id)
    assert look_at(db, ann).opted_out


# Undo


def test_undoing_an_opt_out_opts_in_and_sends_nothing(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    done = opt_out_number(db, owner, ANN, "by mistake")
    before = bodies(db, ann)
    redo = undo(db, owner, done.event).event
    assert not look_at(db, ann).opted_out
    undo(db, owner, redo)
    assert bodies(db, ann) == before
    with db.reading() as conn:
        stored = look_up(conn, ANN).opt_out
    assert stored is not None
    assert (stored.note, stored.kind) == ("by mistake", OptOutKind.MANUAL)


def test_undoing_an_opt_in_brings_back_the_opt_out_as_it_was(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    opt_out_number(db, owner, ANN, "at the door")
    with db.reading() as conn:
        before = look_up(conn, ANN).opt_out
    clock.forward(hours=1)
    opt_in_number(db, owner, ANN)
    undo(db, owner)
    with db.reading() as conn:
        assert look_up(conn, ANN).opt_out == before


def test_an_opt_out_that_was_taken_back_otherwise_is_left(db: Database, owner: Identity, ann: ConversationId) -> None:
    done = opt_out_number(db, owner, ANN)
    receive(db, None, ANN, "START")
    outcome = undo(db, owner, done.event)
    assert outcome.event is None
    assert "was opted in since" in outcome.sentence


def test_undoing_an_older_opt_out_leaves_a_newer_stop(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    done = opt_out_number(db, owner, ANN)
    clock.forward(hours=1)
    receive(db, None, ANN, "START")
    clock.forward(hours=1)
    receive(db, None, ANN, "STOP")
    undo(db, owner, done.event)
    assert look_at(db, ann).opted_out


def test_a_sender_undoes_nothing_that_is_not_theirs_to_do(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    give(db, owner, spring, "lee", [ann])
    opt_out_number(db, owner, ANN)
    opt_in = opt_in_number(db, owner, ANN)
    with pytest.raises(Refused):
        undo(db, kim, opt_in.event)
    assert known_as(db, "kim") == kim
