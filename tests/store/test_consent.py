"""Consent follows when words were written, not when they came (docs/rules.md 5.3, 5.5)."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.clock import Clock
from tests.examples import examples
from tests.store.arranging import journal, look_at, number
from tests.store.formats import make_format
from tests.store.world import phone_of, worlds
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import OptOutKind, Status
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_each, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.lookup import look_up
from thrumsg_tui.store.schema import MIGRATIONS
from thrumsg_tui.store.times import to_ms

ANN = number(0)
STRANGER = "+14155559999"


@pytest.fixture
def ten(clock: Clock) -> datetime:
    """Ten o'clock of the day on which the tests are at 18:00."""
    return clock.now.replace(hour=10)


@pytest.fixture
def fifteen(clock: Clock) -> datetime:
    """Three in the afternoon."""
    return clock.now.replace(hour=15)


def is_out(db: Database, phone: str = ANN) -> bool:
    with db.reading() as conn:
        return look_up(conn, phone).opt_out is not None


@pytest.mark.parametrize("phone", [ANN, STRANGER])
@pytest.mark.parametrize("word", ["START", "unstop", "Yes!"])
def test_an_opt_in_word_older_than_the_stop_is_an_ordinary_message(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime, word: str, phone: str
) -> None:
    receive(db, None, phone, "STOP", at=fifteen)
    late = receive(db, None, phone, word, at=ten)
    assert (late.opted_out, late.flagged, late.duplicate) == (True, False, False)
    assert is_out(db, phone)
    assert EventKind.OPT_IN not in {entry.kind for entry in journal(db)}


def test_such_a_message_stands_in_the_thread_at_its_time(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    receive(db, None, ANN, "STOP", at=fifteen)
    receive(db, None, ANN, "START", at=ten)
    conversation = look_at(db, ann)
    assert [message.body for message in conversation.messages][:2] == ["START", "STOP"]
    assert conversation.opt_out is not None
    assert conversation.opt_out.written_at == fifteen


def test_an_opt_in_word_newer_than_the_stop_opts_in_although_it_is_older_than_its_arrival(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    receive(db, None, ANN, "STOP", at=ten)
    assert not receive(db, None, ANN, "START", at=fifteen).opted_out


def test_one_without_a_time_counts_as_written_when_it_comes(
    db: Database, ann: ConversationId, fifteen: datetime, clock: Clock
) -> None:
    receive(db, None, ANN, "STOP", at=fifteen)
    assert not receive(db, None, ANN, "START").opted_out
    receive(db, None, ANN, "STOP", at=clock.now + timedelta(minutes=5))
    assert receive(db, None, ANN, "START").opted_out  # that clock runs ahead of ours
    clock.forward(minutes=6)
    assert not receive(db, None, ANN, "START").opted_out


def test_two_words_by_the_same_fast_clock_are_compared_by_it(db: Database, ann: ConversationId, clock: Clock) -> None:
    receive(db, None, ANN, "STOP", at=clock.now + timedelta(hours=2))
    assert not receive(db, None, ANN, "START", at=clock.now + timedelta(hours=2, minutes=1)).opted_out


def test_a_clock_that_is_years_ahead_keeps_nobody_out_for_years(
    db: Database, ann: ConversationId, clock: Clock
) -> None:
    receive(db, None, ANN, "STOP", at=clock.now + timedelta(days=3650))
    assert receive(db, None, ANN, "START").opted_out
    clock.forward(hours=25)
    assert not receive(db, None, ANN, "START", at=clock.now).opted_out


def test_a_stop_opts_out_however_late_it_comes(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    receive(db, None, ANN, "START", at=fifteen)
    assert receive(db, None, ANN, "STOP", at=ten).opted_out


def test_a_second_stop_does_not_set_the_time_back(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    for at in (fifteen, ten):
        receive(db, None, ANN, "STOP", at=at)
    assert receive(db, None, ANN, "START", at=ten + timedelta(hours=2)).opted_out


def test_a_later_stop_sets_the_time_forward(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    for at in (ten, fifteen):
        receive(db, None, ANN, "STOP", at=at)
    assert receive(db, None, ANN, "START", at=ten + timedelta(hours=2)).opted_out


def test_the_newest_stop_counts_even_where_an_opt_in_lies_between(
    db: Database, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    receive(db, None, ANN, "STOP", at=fifteen)
    receive(db, None, ANN, "START", at=fifteen + timedelta(hours=1))
    receive(db, None, ANN, "STOP", at=ten)
    assert receive(db, None, ANN, "START", at=ten + timedelta(hours=1)).opted_out


def test_words_older_than_an_opt_out_by_hand_or_from_a_list_opt_nobody_in(
    db: Database, owner: Identity, ann: ConversationId, fifteen: datetime
) -> None:
    opt_out_number(db, owner, ANN)
    opt_out_numbers(db, owner, STRANGER)
    for phone in (ANN, STRANGER):
        assert receive(db, None, phone, "START", at=fifteen).opted_out
        assert not receive(db, None, phone, "START").opted_out


def test_their_own_words_do_not_set_an_opt_out_by_hand_back(
    db: Database, owner: Identity, ann: ConversationId, ten: datetime, fifteen: datetime
) -> None:
    opt_out_number(db, owner, ANN)
    receive(db, None, ANN, "STOP", at=ten)
    assert receive(db, None, ANN, "START", at=fifteen).opted_out


def test_opting_in_by_hand_asks_for_no_time(db: Database, owner: Identity, ann: ConversationId, clock: Clock) -> None:
    receive(db, None, ANN, "STOP", at=clock.now + timedelta(hours=2))
    opt_in_number(db, owner, ANN)
    assert not is_out(db)


def test_an_opt_in_that_is_taken_back_leaves_the_opt_out_its_time(
    db: Database, owner: Identity, ann: ConversationId, ten: datetime, fifteen: datetime, clock: Clock
) -> None:
    receive(db, None, ANN, "STOP", at=ten)
    clock.forward(minutes=1)
    opt_in_number(db, owner, ANN)
    clock.forward(minutes=1)
    undo(db, owner)
    with db.reading() as conn:
        stored = look_up(conn, ANN).opt_out
    assert stored is not None
    assert (stored.kind, stored.written_at) == (OptOutKind.AUTOMATIC, ten)
    assert receive(db, None, ANN, "START", at=ten - timedelta(hours=1)).opted_out
    assert not receive(db, None, ANN, "START", at=fifteen).opted_out


@pytest.mark.parametrize("listed", [False, True], ids=["by hand", "from a list"])
def test_an_opt_out_that_is_redone_counts_from_then(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock, listed: bool
) -> None:
    made = opt_out_numbers(db, owner, ANN).event if listed else opt_out_number(db, owner, ANN).event
    clock.forward(days=2)
    back = undo(db, owner, made)
    clock.forward(hours=1)
    undo(db, owner, back.event)
    assert receive(db, None, ANN, "START", at=clock.now - timedelta(minutes=1)).opted_out
    clock.forward(minutes=1)
    assert not receive(db, None, ANN, "START").opted_out


@pytest.mark.parametrize("by", ["a pasted list", "several by hand"])
def test_naming_a_number_that_is_out_already_counts_as_a_newer_opt_out(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock, by: str
) -> None:
    receive(db, None, ANN, "STOP")
    clock.forward(days=3)
    if by == "a pasted list":
        assert opt_out_numbers(db, owner, ANN).already == (ANN,)
    else:
        assert opt_out_each(db, owner, [ANN]) == ()
    assert receive(db, None, ANN, "START", at=clock.now - timedelta(minutes=1)).opted_out
    clock.forward(minutes=1)
    assert not receive(db, None, ANN, "START").opted_out


def test_a_repeated_stop_is_still_heard_once(db: Database, ann: ConversationId, ten: datetime) -> None:
    for _ in range(2):
        receive(db, None, ANN, "STOP", at=ten, provider_id="S1")
    assert receive(db, None, ANN, "START", provider_id="S2").opted_out is False
    assert receive(db, None, ANN, "STOP", at=ten, provider_id="S1").opted_out is False


# The law

WORDS = st.sampled_from(["STOP", "UNSUBSCRIBE", "START", "yes", "ok"])
ARRIVALS = st.lists(st.tuples(WORDS, st.integers(-5000, 1000)), max_size=8, unique_by=lambda each: each[1])
"""Words with the minutes by which each was written before or after now, by the carrier's clock; all different."""


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
@given(arrivals=ARRIVALS)
@example(arrivals=[("STOP", -180), ("START", -480)])
@example(arrivals=[("STOP", -3), ("START", -2), ("STOP", -5), ("START", -4)])
@example(arrivals=[("STOP", 500), ("START", 400), ("yes", 600)])
def test_a_number_is_out_unless_an_opt_in_word_newer_than_every_stop_came_after_them(
    arrivals: list[tuple[str, int]],
) -> None:
    stops = {"STOP", "UNSUBSCRIBE"}
    with worlds() as world:
        now = world.clock.now
        for place, (word, minutes) in enumerate(arrivals):
            receive(world.db, None, phone_of(0), word, at=now + timedelta(minutes=minutes))
            heard = arrivals[: place + 1]
            last = max((nth for nth, (each, _) in enumerate(heard) if each in stops), default=None)
            expected = last is not None and not any(
                each in {"START", "yes"} and written > max(when for said, when in heard[:nth] if said in stops)
                for nth, (each, written) in enumerate(heard)
                if nth > last
            )
            assert is_out(world.db, phone_of(0)) is expected
        if arrivals and max(arrivals, key=lambda each: each[1])[0] in stops:
            assert is_out(world.db, phone_of(0))
        assert examine(world.db) == []


# Databases from before


@pytest.mark.only_sqlite("no server has had this format")
def test_a_database_from_before_opens_and_keeps_all(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "before.db"
    make_format(path, MIGRATIONS.index("0004_consent"))
    now = to_ms(clock.now)
    conn = sqlite3.connect(path)
    conn.execute(
        """
        INSERT INTO contact (phone, phone_national, first_name, last_name, created_at)
        VALUES (?, '', 'Ann', '', ?)
        """,
        (ANN, now - 1000),
    )
    conn.executemany(
        "INSERT INTO unmatched (at, phone, body) VALUES (?, ?, ?)",
        [(now - 2000, ANN, "early"), (now, ANN, "late"), (now, STRANGER, "who?")],
    )
    conn.execute("INSERT INTO opt_out (phone, kind, at) VALUES (?, 'automatic', ?)", (ANN, now))
    conn.commit()
    conn.close()
    db = Database(shutil.copyfile(path, tmp_path / "after.db"), clock=clock, scratch=True)
    with db.reading() as read:
        found, stranger = look_up(read, ANN), look_up(read, STRANGER)
    assert {each.body: each.reason for each in found.messages} == {"early": "unknown", "late": "archived"}
    assert (found.opt_out is not None, dict(stranger.reasons)) == (True, {"unknown": 1})
    assert receive(db, None, ANN, "START", at=clock.now - timedelta(minutes=1)).opted_out
    assert not receive(db, None, ANN, "START").opted_out
    db.close()


def test_opting_out_by_old_words_still_confirms_and_waits_for_nobody(
    db: Database, owner: Identity, ann: ConversationId, ten: datetime
) -> None:
    send(db, owner, ann)
    received = receive(db, None, ANN, "STOP", at=ten)
    assert (received.opted_out, received.status) == (True, Status.NEEDS_REPLY)  # which no list counts (1.3)
