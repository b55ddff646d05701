"""Opt-outs that contacts ask for in words (docs/rules.md 5)."""

from __future__ import annotations

import pytest

from tests.store.arranging import look_at, number, take_in
from tests.store.opt_outs.stored import ANN, CONFIRMATION, STRANGER, bodies
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind, OptOutKind, Status
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.lookup import look_up


@pytest.mark.parametrize("body", ["STOP", " “Stop!” 🛑", "stop please", "Opt-Out", "I opt out", "STOP=QUIT"])
def test_a_whole_message_that_says_so_opts_out_and_is_confirmed_once(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, body: str
) -> None:
    send(db, owner, ann)
    received = receive(db, None, ANN, body)
    assert (received.opted_out, received.flagged) == (True, False)
    assert bodies(db, ann)[1:] == [body, CONFIRMATION]
    with db.reading() as conn:
        stored = look_up(conn, ANN).opt_out
        assert totals(conn, spring.id).needs_reply == 0
    assert stored is not None
    assert (stored.kind, stored.by) == (OptOutKind.AUTOMATIC, None)


def test_stop_from_somebody_never_texted_is_confirmed_too(db: Database, ann: ConversationId) -> None:
    """The exception in 5.2 is for opt-outs by hand."""
    assert receive(db, None, ANN, "STOP").opted_out
    assert bodies(db, ann) == ["STOP", CONFIRMATION]
    assert [message.kind for message in take_queued(db)] == [MessageKind.OPT_OUT_CONFIRMATION]


def test_stop_from_a_number_that_nobody_knows_opts_it_out(db: Database, owner: Identity, spring: Campaign) -> None:
    received = receive(db, None, STRANGER, "STOP")
    assert (received.conversation_id, received.opted_out) == (None, True)
    [later] = take_in(db, owner, "Spring", ["Ida"], first=9899)
    assert look_at(db, later).phone == STRANGER
    assert look_at(db, later).opted_out


def test_the_setting_turns_automatic_opt_outs_off(db: Database, owner: Identity, ann: ConversationId) -> None:
    change_setting(db, owner, "auto_opt_out", "off")
    send(db, owner, ann)
    received = receive(db, None, ANN, "STOP")
    assert (received.opted_out, received.status) == (False, Status.NEEDS_REPLY)
    assert len(bodies(db, ann)) == 2


@pytest.mark.parametrize("body", ["please stop", "remove me", "take me off your list", "lose my number"])
def test_a_near_miss_flags_and_never_opts_out(db: Database, owner: Identity, ann: ConversationId, body: str) -> None:
    send(db, owner, ann)
    received = receive(db, None, ANN, body)
    assert (received.opted_out, received.flagged, received.status) == (False, True, Status.NEEDS_REPLY)


@pytest.mark.parametrize("body", ["Stop by anytime!", "can't stop", "cancel my rsvp", "weekend", "START", "YES"])
def test_an_ordinary_reply_neither_opts_out_nor_flags(
    db: Database, owner: Identity, ann: ConversationId, body: str
) -> None:
    send(db, owner, ann)
    received = receive(db, None, ANN, body)
    assert (received.opted_out, received.flagged, received.status) == (False, False, Status.NEEDS_REPLY)


def test_the_flag_goes_with_an_answer_or_an_opt_out(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    [bea] = take_in(db, owner, "Spring", ["Bea"], first=1)
    for phone in (ANN, number(1)):
        receive(db, None, phone, "please stop")
    assert look_at(db, ann).flagged
    assert look_at(db, bea).flagged
    send(db, owner, ann, body="Are you sure?")
    opt_out_number(db, owner, number(1))
    assert not look_at(db, ann).flagged
    assert not look_at(db, bea).flagged


def test_the_flag_is_back_when_an_opt_out_is_taken_back_and_gone_after_an_opt_in(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    receive(db, None, ANN, "please stop")
    opt_out_number(db, owner, ANN)
    undo(db, owner)
    assert look_at(db, ann).flagged
    opt_out_number(db, owner, ANN)
    opt_in_number(db, owner, ANN)
    assert not look_at(db, ann).flagged
