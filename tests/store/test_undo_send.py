"""Holding a message back for some seconds, and taking it back until it is taken (docs/rules.md 3.12, 4.9, 5.8, 6.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.clock import Clock
from tests.store.arranging import ask_everyone, give, journal, known_as, look_at, number, sentence_of, take_in
from tests.store.carrier import leave
from thrumsg_tui.domain.campaigns import Campaign, Setup, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, Status, Tab
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.undo_preview import last_undoable, taken_back_in


def states(db: Database, conversation_id: ConversationId) -> list[MessageState]:
    """How far the messages of a conversation are."""
    return [message.state for message in look_at(db, conversation_id).messages]


def begun(db: Database, who: Identity, conversation_id: ConversationId) -> str | None:
    """What somebody is writing in a conversation."""
    with db.reading() as conn:
        return draft(conn, who.user.id, conversation_id)


def replied(db: Database, who: Identity, conversation_id: ConversationId, body: str = "Hello") -> Sent:
    """Answer from the message box a contact who has written."""
    receive(db, None, number(0), "Who is this?")
    return send(db, who, conversation_id, body=body, from_box=True)


# Held back


def test_what_is_sent_from_the_box_leaves_after_five_seconds(
    db: Database, clock: Clock, kim: Identity, ann: ConversationId
) -> None:
    sent = send(db, kim, ann, from_box=True)
    assert sent.state is MessageState.QUEUED
    clock.forward(seconds=4.9)
    assert take_queued(db) == []
    clock.forward(seconds=0.1)
    assert [each.id for each in take_queued(db)] == [sent.message_id]


def test_what_a_command_sends_leaves_at_once(db: Database, kim: Identity, ann: ConversationId) -> None:
    sent = send(db, kim, ann)
    assert sent.leaves_at is None
    assert [each.id for each in take_queued(db)] == [sent.message_id]


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("60", 60), (" 10 ", 10)])
def test_the_organization_sets_for_how_long(
    db: Database, clock: Clock, owner: Identity, ann: ConversationId, value: str, seconds: int
) -> None:
    change_setting(db, owner, "undo_send", value)
    leaves_at = send(db, owner, ann, from_box=True).leaves_at
    assert ((leaves_at - clock.now).total_seconds() if leaves_at else 0) == seconds


@pytest.mark.parametrize("value", ["61", "-1", "5.5", "soon", "", "٥", "1e1", "99999999999999999999"])
def test_another_number_of_seconds_is_refused(db: Database, owner: Identity, value: str) -> None:
    with pytest.raises(Refused, match="seconds from 0, which is off, to 60"):
        change_setting(db, owner, "undo_send", value)


@pytest.mark.parametrize(("second", "held"), [(20, 5), (24, 3), (27, 0), (29, 0)])
def test_shortly_before_closing_it_leaves_in_time(
    db: Database, clock: Clock, owner: Identity, second: int, held: int
) -> None:
    """A carrier needs a minute and a half (`docs/rules.md 10.4`)."""
    create_campaign(db, owner, Setup("Hours", "Hi %first_name%", hours=DailyHours("UTC", 9 * 60, 21 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea Lund"])
    clock.now = datetime(2026, 3, 3, 20, 58, second, tzinfo=UTC)
    leaves_at = send(db, owner, bea, from_box=True).leaves_at
    assert ((leaves_at - clock.now).total_seconds() if leaves_at else 0) == held
    clock.forward(seconds=held)
    assert len(take_queued(db)) == 1


def test_an_initial_on_the_last_evening_of_its_window_leaves_in_time(
    db: Database, clock: Clock, owner: Identity
) -> None:
    create_campaign(db, owner, Setup("Days", "Hi", hours=DailyHours("UTC", 0, 1440), ends=date(2026, 3, 3)))
    [bea] = take_in(db, owner, "Days", ["Bea Lund"])
    clock.now = datetime(2026, 3, 3, 23, 59, 58, tzinfo=UTC)
    assert send(db, owner, bea, from_box=True).leaves_at is None


def test_what_the_opening_would_let_go_sooner_is_held_back_all_the_same(
    db: Database, clock: Clock, owner: Identity
) -> None:
    create_campaign(db, owner, Setup("Hours", "Hi", hours=DailyHours("UTC", 9 * 60, 21 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea Lund"])
    clock.now = datetime(2026, 3, 3, 8, 59, 58, tzinfo=UTC)
    send(db, owner, bea, from_box=True)
    clock.forward(seconds=4)
    let_due(db)
    assert take_queued(db) == []
    clock.forward(seconds=1)
    let_due(db)
    assert len(take_queued(db)) == 1


def test_a_later_message_does_not_overtake_one_that_is_held_back(
    db: Database, clock: Clock, owner: Identity, ann: ConversationId
) -> None:
    first = replied(db, owner, ann)
    second = send(db, owner, ann, body="And more")
    assert take_queued(db) == []
    clock.forward(seconds=5)
    assert [each.id for each in leave(db)] == [first.message_id, second.message_id]


def test_an_opt_out_within_the_seconds_cancels_it(
    db: Database, clock: Clock, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann, from_box=True)
    opted_out = opt_out_number(db, owner, number(0))
    assert states(db, ann) == [MessageState.CANCELLED]
    assert not opted_out.confirmation_sent  # nothing had reached them


def test_stop_within_the_seconds_cancels_it(db: Database, owner: Identity, ann: ConversationId) -> None:
    replied(db, owner, ann)
    receive(db, None, number(0), "STOP")
    assert states(db, ann)[1] is MessageState.CANCELLED


def test_a_pause_within_the_seconds_keeps_it(db: Database, clock: Clock, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann, from_box=True)
    change_state(db, owner, "Spring", CampaignState.PAUSED)
    clock.forward(seconds=10)
    assert take_queued(db) == []
    change_state(db, owner, "Spring", CampaignState.ACTIVE)
    assert len(take_queued(db)) == 1


def test_archiving_within_the_seconds_cancels_it(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann, from_box=True)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    assert states(db, ann) == [MessageState.CANCELLED]


# Taken back


def test_the_conversation_is_as_before(db: Database, kim: Identity, ann: ConversationId) -> None:
    receive(db, None, number(0), "please stop")
    before = look_at(db, ann)
    assert before.flagged
    send(db, kim, ann, body="Hello", from_box=True)
    undo(db, kim)
    now = look_at(db, ann)
    assert (now.status, now.flagged) == (before.status, before.flagged) == (Status.NEEDS_REPLY, True)
    assert states(db, ann) == [MessageState.RECEIVED, MessageState.CANCELLED]
    assert sentence_of(now.events[-1]) == "message taken back by Kim Alvarez before it left"
    assert take_queued(db) == []


def test_its_words_are_the_author_s_draft_again(db: Database, owner: Identity, ann: ConversationId) -> None:
    replied(db, owner, ann, " two  lines\nof it ")
    undo(db, owner)
    assert begun(db, owner, ann) == " two  lines\nof it "


def test_what_was_begun_since_stays_behind_them(db: Database, owner: Identity, ann: ConversationId) -> None:
    replied(db, owner, ann, "Hello")
    keep_draft(db, owner, ann, "and more")
    undo(db, owner)
    assert begun(db, owner, ann) == "Hello\nand more"


def test_a_script_that_nobody_changed_leaves_no_draft(db: Database, kim: Identity, ann: ConversationId) -> None:
    send(db, kim, ann, from_box=True)
    undo(db, kim)
    assert begun(db, kim, ann) is None
    assert look_at(db, ann).status is Status.NOT_STARTED


def test_an_initial_with_words_of_one_s_own_is_a_draft(db: Database, kim: Identity, ann: ConversationId) -> None:
    send(db, kim, ann, body="Hi there", from_box=True)
    undo(db, kim)
    assert begun(db, kim, ann) == "Hi there"


def test_a_follow_up_is_unsent_again(db: Database, owner: Identity, kim: Identity, ann: ConversationId) -> None:
    send(db, kim, ann)
    made = create_follow_up(db, owner, "Spring", "Hours", "Polls close at 8.", target=Target(replied=False))
    send(db, kim, ann, kind=MessageKind.FOLLOW_UP, from_box=True)
    assert look_at(db, ann).follow_up_id is None
    undo(db, kim)
    assert look_at(db, ann).follow_up_id == made.id
    assert begun(db, kim, ann) is None


def test_what_a_gateway_has_taken_is_not_taken_back(
    db: Database, clock: Clock, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann, from_box=True)
    clock.forward(seconds=5)
    take_queued(db)
    with pytest.raises(Refused, match="The message to Ann Otieno has left already"):
        undo(db, kim, journal(db)[0].id)
    with pytest.raises(Refused, match="has left already"):
        undo(db, kim)
    assert states(db, ann) == [MessageState.SENDING]


def test_whoever_is_too_late_loses_no_other_change(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    send(db, owner, ann)
    leave(db)
    with pytest.raises(Refused, match=r"has left already.*thrumsg undo \d+.*moved 1 conversation"):
        undo(db, owner)
    assert look_at(db, ann).sender_login == "kim"


def test_a_message_that_has_left_stays_although_another_of_the_same_moment_has_not(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId
) -> None:
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    answered = record_answer(db, kim, ann, "Vote?", "Yes")
    send(db, kim, ann)
    assert len(take_queued(db)) == 1
    waiting = send(db, owner, ann, body="One thing more", from_box=True)
    assert [entry.undoable for entry in journal(db)[:2]] == [True, False]
    with pytest.raises(Refused, match="to Ann Otieno has left already"):
        undo(db, kim)
    with db.reading() as conn:
        assert last_undoable(conn, kim, before_messages=True).id == answered
    undo(db, owner)
    assert states(db, ann)[-1] is MessageState.CANCELLED
    assert look_at(db, ann).messages[-1].id == waiting.message_id


def test_without_a_gateway_it_can_be_taken_back_later_too(
    db: Database, clock: Clock, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann)
    clock.forward(days=3)
    undo(db, kim)
    assert states(db, ann) == [MessageState.CANCELLED]


def test_what_waits_for_the_opening_can_be_taken_back(db: Database, clock: Clock, owner: Identity) -> None:
    create_campaign(db, owner, Setup("Hours", "Hi", hours=DailyHours("UTC", 9 * 60, 17 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea Lund"])
    assert send(db, owner, bea, from_box=True).state is MessageState.UNSENT
    undo(db, owner)
    clock.forward(days=1)
    let_due(db)
    assert take_queued(db) == []


def test_it_is_taken_back_once_and_sent_again_from_the_box(db: Database, kim: Identity, ann: ConversationId) -> None:
    send(db, kim, ann, from_box=True)
    outcome = undo(db, kim)
    assert outcome.event
    with pytest.raises(Refused, match="sent again from its message box"):
        undo(db, kim, outcome.event)
    assert send(db, kim, ann, from_box=True).state is MessageState.QUEUED


def test_a_sender_takes_back_nobody_else_s(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann, from_box=True)
    with pytest.raises(NotPermitted):
        undo(db, known_as(db, "lee"), journal(db)[0].id)
    give(db, owner, spring, "lee", [ann])
    with pytest.raises(Refused, match="Lee Bishop"):
        undo(db, kim, next(each.id for each in journal(db) if each.kind == "send"))


def test_a_moderator_takes_a_sender_s_back_into_the_sender_s_box(
    db: Database, moderator: Identity, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann, body="Rude words", from_box=True)
    undo(db, moderator, journal(db)[0].id)
    assert (begun(db, kim, ann), begun(db, moderator, ann)) == ("Rude words", None)


def test_send_all_is_taken_back_by_number_only(db: Database, owner: Identity, spring: Campaign) -> None:
    create_campaign(db, owner, Setup("Quick", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440), quicksend=True))
    first, second = take_in(db, owner, "Quick", ["Bea Lund", "Cy Park"])
    send_batch(db, owner, look_at(db, first).assignment_id, Tab.INITIAL)
    number_of_second = journal(db)[0].id
    with pytest.raises(Refused, match="What you did last was Send All: its messages are taken back one by one"):
        undo(db, owner)
    undo(db, owner, number_of_second)
    assert states(db, first) == [MessageState.QUEUED]
    assert states(db, second) == [MessageState.CANCELLED]


# Somebody else was quicker


def test_undo_says_who_has_taken_a_message_back_already_and_takes_nothing_else(
    db: Database, owner: Identity, moderator: Identity, ann: ConversationId
) -> None:
    opt_out_number(db, owner, number(5))
    replied(db, owner, ann)
    undo(db, moderator, journal(db)[0].id)
    with pytest.raises(Refused, match=r"mo took the message to Ann Otieno back already: it never left\. `thrumsg undo"):
        undo(db, owner)
    assert journal(db)[0].by == "mo"


def test_a_message_in_a_conversation_that_is_somebody_elses_now_is_named_and_none_taken_in_its_place(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId
) -> None:
    [bea] = take_in(db, owner, "Spring", ["Bea Lund"], first=1)
    give(db, owner, spring, "kim", [bea])
    send(db, kim, bea, from_box=True)
    send(db, kim, ann, from_box=True)
    give(db, owner, spring, "lee", [ann])
    with pytest.raises(Refused, match=r"The message to Ann Otieno cannot be taken back by you any more\. .*Lee Bishop"):
        undo(db, kim)
    assert [states(db, each) for each in (ann, bea)] == [[MessageState.QUEUED], [MessageState.QUEUED]]


def test_an_initial_is_not_taken_back_from_before_a_follow_up(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    """Nobody hears from us for the first time with "as I wrote" (docs/rules.md 3.1)."""
    create_follow_up(db, owner, "Spring", "Reminder", "As I wrote.", target=Target())
    initial = send(db, owner, ann, from_box=True)
    first = journal(db)[0].id
    follow_up = send(db, owner, ann, from_box=True)
    assert (initial.kind, follow_up.kind) == (MessageKind.INITIAL, MessageKind.FOLLOW_UP)
    with pytest.raises(
        Refused, match="Something else was sent to Ann Otieno after their initial: take that back first"
    ):
        undo(db, owner, first)
    undo(db, owner, journal(db)[0].id)
    undo(db, owner, first)
    assert states(db, ann) == [MessageState.CANCELLED, MessageState.CANCELLED]


# Where the words are


@pytest.mark.parametrize(
    ("kind", "tab"),
    [(MessageKind.INITIAL, Tab.INITIAL), (MessageKind.REPLY, Tab.RESPONSES), (MessageKind.FOLLOW_UP, Tab.FOLLOW_UPS)],
)
def test_it_is_found_again_in_the_tab_that_it_was_sent_from_once_it_is_taken_back(
    db: Database, owner: Identity, ann: ConversationId, kind: MessageKind, tab: Tab
) -> None:
    """docs/rules.md 3.12."""
    if kind is not MessageKind.INITIAL:
        send(db, owner, ann)
        receive(db, None, number(0), "Who is this?")
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    send(db, owner, ann, kind=kind, body=None if kind is MessageKind.INITIAL else "Hello", from_box=True)
    sent = journal(db)[0].id
    with db.reading() as conn:
        assert taken_back_in(conn, sent) is None
    back = undo(db, owner).event
    assert back is not None
    with db.reading() as conn:
        found = taken_back_in(conn, back)
    assert found is not None
    assert (found.id, found.campaign, found.sender, found.tab) == (ann, "Spring", "kim", tab)


def test_an_undo_of_something_else_is_in_no_conversation(db: Database, owner: Identity, ann: ConversationId) -> None:
    opt_out_number(db, owner, number(0))
    back = undo(db, owner).event
    assert back is not None
    with db.reading() as conn:
        assert taken_back_in(conn, back) is None
