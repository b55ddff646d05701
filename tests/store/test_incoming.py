"""Messages that a gateway brings: their conversation, media, repetitions and opt-outs (docs/rules.md 10.6, 10.7)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, look_at, number, take_in
from tests.store.carrier import GATEWAY, answer, claimed, leave
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.conversations import ConversationId, text_of, words_of
from thrumsg_tui.domain.delivery import Accepted, Incoming, OptOutWord, Report
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind, Status, UnmatchedReason
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import Received, receive, receive_incoming
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.thread import get_opt_out
from thrumsg_tui.store.queries.unmatched import unmatched_messages

ANN = number(0)
OURS, ANOTHER = "+14155550100", "+14155550101"
PICTURE = Media("https://example.org/1", "image/jpeg", 34_000)


@pytest.fixture
def ann_in_fall(db: Database, owner: Identity, ann: ConversationId) -> ConversationId:
    """The same contact in a second, newer campaign; nobody has written in either."""
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    return take_in(db, owner, "Fall", ["Ann Otieno"])[0]


def texted(db: Database, owner: Identity, to: ConversationId, our_number: str) -> None:
    """Send a message that left from one of our numbers."""
    message = send(db, owner, to, body="Hello?").message_id
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'sent', our_number = ? WHERE id = ?", (our_number, message))


def comes(db: Database, body: str = "hello", nth: int = 1, **more: object) -> Received:
    fields: dict[str, object] = {"provider_id": f"SM{nth}", "sender": ANN, "to": OURS, "body": body, **more}
    return receive_incoming(db, "twilio", Incoming(**fields))  # type: ignore[arg-type]


def our_number_of(db: Database, conversation: ConversationId) -> str | None:
    with db.reading() as conn:
        row = conn.execute("SELECT our_number FROM conversation WHERE id = ?", (conversation,)).fetchone()
    found: str | None = row["our_number"]
    return found


def count(db: Database, table: str) -> int:
    with db.reading() as conn:
        return int(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


# Where it goes


def test_an_answer_goes_to_the_conversation_that_was_texted_from_its_number(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    texted(db, owner, ann, OURS)
    clock.forward(minutes=1)
    texted(db, owner, ann_in_fall, ANOTHER)
    assert comes(db).conversation_id == ann
    assert comes(db, to=ANOTHER, nth=2).conversation_id == ann_in_fall
    assert comes(db, to="+14155550102", nth=3).conversation_id == ann_in_fall, "rule 1.5: the last that was texted"


def test_of_two_conversations_texted_from_one_number_the_last_one_takes_it(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    texted(db, owner, ann_in_fall, OURS)
    clock.forward(minutes=1)
    texted(db, owner, ann, OURS)
    clock.forward(minutes=1)
    texted(db, owner, ann_in_fall, ANOTHER)
    assert comes(db).conversation_id == ann


def test_an_archived_campaign_takes_none_even_at_its_number(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    texted(db, owner, ann, OURS)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    assert comes(db).conversation_id == ann_in_fall


def test_a_cancelled_message_counts_as_not_sent(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    texted(db, owner, ann, OURS)
    clock.forward(minutes=1)
    texted(db, owner, ann_in_fall, ANOTHER)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'cancelled' WHERE our_number = ?", (OURS,))
    assert comes(db).conversation_id == ann_in_fall, "rule 1.5"


def test_a_conversation_keeps_the_first_number_that_its_contact_texts(db: Database, ann: ConversationId) -> None:
    comes(db)
    assert our_number_of(db, ann) == OURS
    comes(db, to=ANOTHER, nth=2)
    assert our_number_of(db, ann) == OURS


@pytest.mark.parametrize("sender", ["32665", "BANK", "somebody.with.a.long.name@mail.example.org"])
def test_a_sender_that_cannot_be_dialled_is_kept_unmatched_as_given(
    db: Database, ann: ConversationId, sender: str
) -> None:
    received = comes(db, "STOP", sender=sender)
    assert (received.unmatched, received.opted_out) == (UnmatchedReason.NO_NUMBER, False)
    with db.reading() as conn:
        [kept] = unmatched_messages(conn)
    assert (kept.phone, kept.our_number) == (sender, OURS)


# What it holds


def test_a_picture_without_words_is_a_message(db: Database, ann: ConversationId) -> None:
    assert comes(db, "", media=(PICTURE,)).status is Status.NEEDS_REPLY
    [message] = look_at(db, ann).messages
    assert (message.body, message.media) == ("", (PICTURE,))
    assert words_of(message.body, message.media) == "[picture, image/jpeg, 34 KB]"
    assert text_of("Look", message.media) == "Look\n[picture, image/jpeg, 34 KB]\nhttps://example.org/1"


def test_the_pictures_of_strangers_are_kept_too(db: Database, ann: ConversationId) -> None:
    comes(db, "", sender="+14155559999", media=(PICTURE, Media("https://example.org/2", "video/mp4")))
    with db.reading() as conn:
        [kept] = unmatched_messages(conn)
    assert [each.title for each in kept.media] == ["[picture, image/jpeg, 34 KB]", "[video, video/mp4]"]


# Repetitions


def test_the_same_message_again_is_stored_once(db: Database, ann: ConversationId) -> None:
    first, again = comes(db), comes(db)
    assert (first.duplicate, again.duplicate, again.conversation_id) == (False, True, ann)
    assert comes(db, sender="+14155559999", nth=2).duplicate is False
    assert comes(db, sender="+14155559999", nth=2).duplicate is True
    assert (count(db, "message"), count(db, "unmatched")) == (1, 1)


def test_a_gateways_id_counts_whatever_number_the_carrier_gives_this_time(db: Database, ann: ConversationId) -> None:
    comes(db)
    assert comes(db, sender="+14155559999").duplicate is True


def test_another_gateways_id_is_another_message(db: Database, ann: ConversationId) -> None:
    comes(db)
    other = receive_incoming(db, "command", Incoming("SM1", ANN, OURS, "hello"))
    assert other.duplicate is False
    assert count(db, "message") == 2


def test_what_a_script_entered_before_is_not_stored_again(db: Database, ann: ConversationId) -> None:
    receive(db, None, ANN, "hello", provider_id="SM1")
    assert comes(db).duplicate is True
    assert comes(db, sender="+14155559999").duplicate is False, "a script's ids count with their sender"


def test_a_carrier_that_counts_each_way_gives_an_id_twice(db: Database, owner: Identity, ann: ConversationId) -> None:
    message = send(db, owner, ann).message_id
    leave(db)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET gateway = 'twilio', provider_id = 'SM1' WHERE id = ?", (message,))
    assert comes(db).duplicate is False
    assert comes(db).duplicate is True
    assert report_in(db, "twilio", Report("SM1", None, MessageState.DELIVERED))
    assert [each.state for each in look_at(db, ann).messages] == [MessageState.DELIVERED, MessageState.RECEIVED]


def test_a_message_that_is_sent_may_get_the_id_of_one_that_came(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    receive_incoming(db, GATEWAY, Incoming("17", ANN, OURS, "hello"))
    message = send(db, owner, ann, body="Hi").message_id
    [taken] = take_queued(db, gateway=GATEWAY)
    answer(db, taken.id, Accepted("17"))
    assert claimed(db, message).id == message
    assert report_in(db, GATEWAY, Report("17", None, MessageState.DELIVERED))
    assert look_at(db, ann).messages[-1].state is MessageState.DELIVERED


# Opt-outs


def confirmations(db: Database, conversation: ConversationId) -> int:
    return sum(each.kind is MessageKind.OPT_OUT_CONFIRMATION for each in look_at(db, conversation).messages)


def test_where_the_carrier_confirms_no_confirmation_is_sent(db: Database, owner: Identity, ann: ConversationId) -> None:
    texted(db, owner, ann, OURS)
    assert comes(db, "STOP", opt_out=OptOutWord.STOP, confirmed=True).opted_out
    assert confirmations(db, ann) == 0


def test_where_it_does_not_we_confirm(db: Database, owner: Identity, ann: ConversationId) -> None:
    texted(db, owner, ann, OURS)
    assert comes(db, "opt out").opted_out
    assert confirmations(db, ann) == 1


def test_own_words_after_an_opt_out_from_a_list_are_confirmed_by_one_side(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    opt_out_number(db, owner, ANN)
    assert confirmations(db, ann) == 0, "never texted"
    comes(db, "STOP", confirmed=True)
    assert confirmations(db, ann) == 0


def test_a_word_that_only_the_carrier_knows_opts_out_even_if_we_would_only_flag(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    change_setting(db, owner, "auto_opt_out", "off")
    assert comes(db, "STOP").opted_out is False
    received = comes(db, "BASTA", nth=2, opt_out=OptOutWord.STOP, confirmed=True)
    assert received.opted_out
    with db.reading() as conn:
        opt_out = get_opt_out(conn, ANN)
    assert opt_out
    assert (opt_out.kind, opt_out.note) == (OptOutKind.AUTOMATIC, "BASTA")


def test_a_start_that_only_the_carrier_knows_opts_in(db: Database, ann: ConversationId, clock: Clock) -> None:
    comes(db, "STOP", confirmed=True)
    clock.forward(minutes=1)
    assert comes(db, "resume", nth=2, opt_out=OptOutWord.START).opted_out is False
    assert comes(db, "resume", nth=3, opt_out=OptOutWord.START).opted_out is False


def test_an_old_start_does_not_undo_a_newer_stop(db: Database, ann: ConversationId, clock: Clock) -> None:
    before = clock()
    clock.forward(minutes=5)
    comes(db, "STOP", confirmed=True)
    assert comes(db, "START", nth=2, at=before, opt_out=OptOutWord.START).opted_out


def test_help_is_an_ordinary_message_and_never_hides_a_stop(db: Database, ann: ConversationId) -> None:
    assert comes(db, "HELP", opt_out=OptOutWord.HELP).status is Status.NEEDS_REPLY
    assert comes(db, "STOP", nth=2, opt_out=OptOutWord.HELP).opted_out


def test_text_that_cannot_be_stored_is_replaced_in_every_part(db: Database, ann: ConversationId) -> None:
    odd = Media("https://example.org/\0", "image/\ud800")
    comes(db, "a\0b", to="\ud8001", sender="x\0y", media=(odd,), at=datetime(2026, 3, 3, tzinfo=UTC))
    with db.reading() as conn:
        [kept] = unmatched_messages(conn)
    assert (kept.body, kept.media[0].type) == ("a\ufffdb", "image/\ufffd")


def test_one_message_leaves_one_event(db: Database, owner: Identity, ann: ConversationId) -> None:
    before = len(journal(db))
    comes(db)
    comes(db)
    assert len(journal(db)) == before + 1
