"""A commit without an answer: nothing is sent, stored or claimed twice, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.new_database import new_database
from tests.store.arranging import look_at, number, take_in
from tests.store.carrier import GATEWAY, answer, claimed
from tests.store.flaky_engine import FlakyEngine, engine_of
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Doubt, NotNow, Scope
from thrumsg_tui.domain.enums import CampaignState, MessageState
from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import TRIES
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes
from thrumsg_tui.store.changes.doubt_settlement import Settlement, settle
from thrumsg_tui.store.changes.purge import purge
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.input_files import STANDARD_INPUT
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.outbox import doubts_due

pytestmark = pytest.mark.only_sqlite("its engine is SQLite's, which fails as a server does")

BUSY = NotNow(timedelta(0), Scope.MESSAGE, "busy")

OUTCOMES = pytest.mark.parametrize("failure", ["answer", "commit", "conflict"])
"""The answer to a commit is lost, or the commit, or others were first."""

pytestmark = pytest.mark.only_sqlite("a file plays a server that fails")


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Database]:
    monkeypatch.setattr("thrumsg_tui.store.database.engine_for", FlakyEngine)
    database = Database(new_database(tmp_path / "thrumsg.db"), clock=clock, pacing=Pacing(wait=lambda _: None))
    yield database
    assert not engine_of(database).failures
    assert examine(database) == []
    database.close()


@pytest.fixture
def ann(db: Database, owner: Identity, spring: Campaign) -> ConversationId:
    [ann] = take_in(db, owner, "Spring", ["Ann A"])
    return ann


def bodies(db: Database, conversation_id: ConversationId) -> list[str]:
    return [message.body for message in look_at(db, conversation_id).messages]


@OUTCOMES
def test_a_message_is_sent_once(db: Database, owner: Identity, ann: ConversationId, failure: str) -> None:
    engine_of(db).failures.append(failure)
    sent = send(db, owner, ann)
    [message] = look_at(db, ann).messages
    assert message.id == sent.message_id


@OUTCOMES
def test_an_incoming_message_without_an_id_is_stored_once(db: Database, ann: ConversationId, failure: str) -> None:
    engine_of(db).failures.append(failure)
    assert not receive(db, None, number(0), "Yes").duplicate
    assert bodies(db, ann) == ["Yes"]


@OUTCOMES
def test_a_claim_returns_what_it_has_taken(db: Database, owner: Identity, ann: ConversationId, failure: str) -> None:
    sent = send(db, owner, ann)
    engine_of(db).failures.append(failure)
    [taken] = take_queued(db, gateway=GATEWAY)
    assert (taken.id, taken.tries) == (sent.message_id, 1)
    assert take_queued(db, gateway=GATEWAY) == []


@OUTCOMES
def test_a_look_into_the_carriers_list_counts_once(
    db: Database, owner: Identity, ann: ConversationId, failure: str
) -> None:
    message_id = send(db, owner, ann).message_id
    take_queued(db, gateway=GATEWAY)
    answer(db, message_id, Doubt("no answer"))
    with db.reading() as conn:
        [doubtful] = doubts_due(conn, db.clock(), wait=timedelta(0), again=timedelta(0))
    engine_of(db).failures.append(failure)
    assert settle(db, GATEWAY, doubtful, []) is Settlement.ABSENT_ONCE
    assert look_at(db, ann).messages[0].state is MessageState.IN_DOUBT


def test_an_answer_that_is_stored_again_leaves_the_next_try_alone(
    db: Database, clock: Clock, owner: Identity, ann: ConversationId
) -> None:
    message_id = send(db, owner, ann).message_id
    take_queued(db, gateway=GATEWAY)
    first = claimed(db, message_id)
    answer(db, message_id, BUSY)
    clock.forward(hours=1)
    assert take_queued(db, gateway=GATEWAY)
    record_outcomes(db, GATEWAY, [(first, BUSY)], retry=lambda _: timedelta(0))
    assert look_at(db, ann).messages[0].state is MessageState.SENDING


@OUTCOMES
def test_a_purge_counts_each_page_once(db: Database, owner: Identity, ann: ConversationId, failure: str) -> None:
    receive(db, None, number(0), "Yes")
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    engine_of(db).failures.append(failure)
    assert purge(db, owner, "Spring").messages == 1


def test_a_purge_that_ends_early_says_what_is_gone(db: Database, owner: Identity, ann: ConversationId) -> None:
    take_in(db, owner, "Spring", ["Bea B"], first=1)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    engine_of(db).failures.extend(["page", *["conflict"] * (TRIES + 1)])
    with pytest.raises(DatabaseBusy, match=r"Before that, 1 conversation was purged; to purge again removes the rest"):
        purge(db, owner, "Spring", step=1)


@OUTCOMES
def test_what_came_by_standard_input_is_imported_once(
    db: Database, owner: Identity, spring: Campaign, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("title,body\nThanks,Thank you\n"))
    engine_of(db).failures.append(failure)
    assert import_replies(db, owner, STANDARD_INPUT, "Spring").imported == 1
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM recommended_reply").fetchone()[0] == 1
