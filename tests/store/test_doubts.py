"""A person decides about a message in doubt (docs/rules.md 10.2)."""

from __future__ import annotations

import pytest

from tests.clock import Clock
from tests.store.arranging import known_as, look_at, number, sentence_of, take_in
from tests.store.carrier import GATEWAY, answer, claimed
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversation_facts import DoubtAnswer
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Accepted, Doubt, Report
from thrumsg_tui.domain.enums import CampaignState, MessageState, Status
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.doubts import answer_doubt
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.doubts import count_in_doubt, messages_in_doubt


@pytest.fixture
def ann(db: Database, owner: Identity, spring: Campaign) -> ConversationId:
    """A contact whose initial is in doubt."""
    [ann, bea] = take_in(db, owner, "Spring", ["Ann A", "Bea B"])
    send(db, owner, ann)
    send(db, owner, bea)
    for message in take_queued(db, gateway=GATEWAY):
        answer(db, message.id, Doubt("no answer in 30 s") if message.conversation_id == ann else Accepted("SM-bea"))
    return ann


def of(db: Database, conversation_id: ConversationId) -> MessageId:
    return look_at(db, conversation_id).messages[0].id


def state(db: Database, conversation_id: ConversationId) -> MessageState:
    return look_at(db, conversation_id).messages[0].state


def test_a_message_in_doubt_is_listed_with_what_one_needs_to_decide(
    db: Database, clock: Clock, ann: ConversationId
) -> None:
    with db.reading() as conn:
        [found] = messages_in_doubt(conn)
        assert count_in_doubt(conn) == 1
    assert (found.conversation_id, found.name, found.phone, found.campaign) == (ann, "Ann A", number(0), "Spring")
    assert (found.tried_at, found.tries, found.reason) == (clock.now, 1, "no answer in 30 s")
    assert "Will you vote?" in found.body


def test_it_was_sent_under_the_carriers_id_and_the_thread_says_who_knew(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    answer_doubt(db, owner, of(db, ann), DoubtAnswer.WAS_SENT, "SM-ann")
    assert state(db, ann) is MessageState.SENT
    assert sentence_of(look_at(db, ann).events[-1]) == "Ana Ortiz decided that the message in doubt was sent"
    assert report_in(db, GATEWAY, Report("SM-ann", None, MessageState.DELIVERED))
    assert state(db, ann) is MessageState.DELIVERED
    assert examine(db) == []


def test_the_carriers_id_of_another_message_is_refused(db: Database, owner: Identity, ann: ConversationId) -> None:
    with pytest.raises(Refused, match=r"SM-bea is the carrier's id of message 2\. Nothing was changed"):
        answer_doubt(db, owner, of(db, ann), DoubtAnswer.WAS_SENT, "SM-bea")
    assert state(db, ann) is MessageState.IN_DOUBT


def test_it_is_sent_again_under_the_same_key(db: Database, owner: Identity, ann: ConversationId) -> None:
    key = claimed(db, of(db, ann)).key
    answer_doubt(db, owner, of(db, ann), DoubtAnswer.SEND_AGAIN)
    assert state(db, ann) is MessageState.QUEUED
    [again] = take_queued(db, gateway=GATEWAY)
    assert (again.id, again.key, again.tries) == (of(db, ann), key, 2)
    assert sentence_of(look_at(db, ann).events[-1]) == "Ana Ortiz decided that the message in doubt is sent again"


def test_it_is_not_sent_again_to_somebody_who_opted_out_since(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    opt_out_number(db, owner, number(0))
    answer_doubt(db, owner, of(db, ann), DoubtAnswer.SEND_AGAIN)
    assert of(db, ann) not in [message.id for message in take_queued(db, gateway=GATEWAY)]
    assert state(db, ann) is MessageState.CANCELLED


def test_what_is_dropped_was_never_written_unless_the_carrier_says_otherwise(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    key = claimed(db, of(db, ann)).key
    answer_doubt(db, owner, of(db, ann), DoubtAnswer.DROP)
    assert state(db, ann) is MessageState.CANCELLED
    assert look_at(db, ann).status is Status.NOT_STARTED
    assert examine(db) == []
    report_in(db, GATEWAY, Report("SM-ann", key, MessageState.DELIVERED))
    assert state(db, ann) is MessageState.DELIVERED
    assert look_at(db, ann).status is Status.SENT


@pytest.mark.parametrize("decision", DoubtAnswer)
def test_what_is_not_in_doubt_any_more_is_refused(
    db: Database, owner: Identity, ann: ConversationId, decision: DoubtAnswer
) -> None:
    report_in(db, GATEWAY, Report(None, claimed(db, of(db, ann)).key, MessageState.DELIVERED))
    with pytest.raises(NotFound, match="Message 1 is not in doubt: it is delivered"):
        answer_doubt(db, owner, MessageId(1), decision)
    with pytest.raises(NotFound, match="There is no message 99"):
        answer_doubt(db, owner, MessageId(99), decision)
    assert state(db, ann) is MessageState.DELIVERED


def test_nothing_is_sent_again_in_an_archived_campaign(db: Database, owner: Identity, ann: ConversationId) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="is archived"):
        answer_doubt(db, owner, of(db, ann), DoubtAnswer.SEND_AGAIN)
    assert state(db, ann) is MessageState.IN_DOUBT
    answer_doubt(db, owner, of(db, ann), DoubtAnswer.DROP)
    assert state(db, ann) is MessageState.CANCELLED


def test_only_admins_decide(db: Database, owner: Identity, ann: ConversationId) -> None:
    add_user(db, owner, "mod", "Mo", "Derator", role=Role.MODERATOR)
    with pytest.raises(NotPermitted, match="decide about messages in doubt"):
        answer_doubt(db, known_as(db, "mod"), of(db, ann), DoubtAnswer.DROP)
    assert state(db, ann) is MessageState.IN_DOUBT
