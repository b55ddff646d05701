"""Changing what a campaign is, and what was held by its hours and window (docs/rules.md 6.1 to 6.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import give, journal, known_as, look_at, number, senders, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, HoursIn, MessageState, Status
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign, edit_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.due import anything_due
from thrumsg_tui.store.queries.undo_preview import preview_undo

DAY = DailyHours("UTC", 9 * 60, 21 * 60)
NIGHT = datetime(2026, 3, 3, 22, tzinfo=UTC)
MORNING = datetime(2026, 3, 4, 9, tzinfo=UTC)


def now(db: Database, campaign: Campaign) -> Campaign:
    """A campaign as it is stored."""
    with db.reading() as conn:
        return get_campaign(conn, campaign.id)


def only_message(db: Database, conversation_id: ConversationId) -> tuple[MessageState, datetime | None]:
    """The state of a conversation's last message, and until when it is held."""
    message = look_at(db, conversation_id).messages[-1]
    return message.state, message.leaves_at


# What may be changed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " Summer "}, "changed the name of 'Spring', now 'Summer'"),
        ({"initial_script": "Hello %first_name%"}, "changed the initial script of 'Spring'"),
        ({"description": " Doors "}, "changed the description of 'Spring'"),
        ({"hours": DAY}, "changed the hours of 'Spring'"),
        ({"hours": DailyHours("Asia/Tokyo", 0, 1440)}, "changed the hours of 'Spring'"),
        ({"hours_in": HoursIn.CONTACT}, "changed the choice of time zone of 'Spring'"),
        ({"starts": date(2026, 3, 1)}, "changed the first day of 'Spring'"),
        ({"ends": date(2026, 3, 9)}, "changed the last day of 'Spring'"),
        ({"quicksend": True}, "changed QuickSend of 'Spring'"),
        (
            {"quicksend": True, "hours": DAY, "description": "x" * 5000},
            "changed the description, the hours, QuickSend of 'Spring'",
        ),
    ],
)
def test_each_part_is_changed_and_named_in_the_journal(
    db: Database, owner: Identity, spring: Campaign, changes: dict[str, object], said: str
) -> None:
    before = len(journal(db))
    wanted = replace(spring.setup, **changes)  # type: ignore[arg-type]
    edited = edit_campaign(db, owner, spring.id, wanted)
    assert edited == now(db, spring)
    assert edited.setup == replace(wanted, name=wanted.name.strip(), description=wanted.description.strip())
    assert (edited.id, edited.state, edited.created_by, edited.launched_at) == (
        *(spring.id, spring.state, spring.created_by, spring.launched_at),
    )
    [entry] = journal(db)[:-before]
    assert (entry.kind, entry.by, sentence_of(entry)) == (EventKind.CHANGE_CAMPAIGN, "ana", said)
    assert not entry.undoable


@pytest.mark.parametrize("name", ["Spring", " Spring ", "[red]", "\u202eevil\x1b[2J", "🗳" * 300, "1"])
def test_any_name_may_be_had(db: Database, owner: Identity, spring: Campaign, name: str) -> None:
    assert edit_campaign(db, owner, spring.id, replace(spring.setup, name=name)).name == name.strip()


def test_what_is_as_it_was_leaves_no_entry(db: Database, owner: Identity, spring: Campaign) -> None:
    before = journal(db)
    assert edit_campaign(db, owner, spring.id, replace(spring.setup, name=" Spring ")) == spring
    assert journal(db) == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "Fall"}, "a campaign 'Fall' already"),
        ({"name": " Fall"}, "a campaign 'Fall' already"),
        ({"name": " "}, "needs a name"),
        ({"initial_script": "\n"}, "and an initial script"),
    ],
)
def test_it_has_to_be_fit_as_a_new_one_has(
    db: Database, owner: Identity, spring: Campaign, changes: dict[str, str], why: str
) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DAY))
    before = journal(db)
    with pytest.raises(Refused, match=why):
        edit_campaign(db, owner, spring.id, replace(spring.setup, **changes))  # type: ignore[arg-type]
    assert (now(db, spring), journal(db)) == (spring, before)


@pytest.mark.parametrize("state", [CampaignState.ACTIVE, CampaignState.PAUSED, CampaignState.ARCHIVED])
def test_only_an_archived_one_stays_as_it_is(
    db: Database, owner: Identity, spring: Campaign, state: CampaignState
) -> None:
    if state is not CampaignState.ACTIVE:
        change_state(db, owner, "Spring", state)
    wanted = replace(spring.setup, name="Summer")
    if state is CampaignState.ARCHIVED:
        with pytest.raises(Refused, match="is archived: nothing in it changes any more"):
            edit_campaign(db, owner, spring.id, wanted)
    else:
        assert edit_campaign(db, owner, spring.id, wanted).state is state


def test_a_draft_is_changed_too(db: Database, owner: Identity) -> None:
    draft = create_campaign(db, owner, Setup("Fall", "Hi", hours=DAY), draft=True)
    edited = edit_campaign(db, owner, draft.id, replace(draft.setup, initial_script="Hello"))
    assert (edited.initial_script, edited.state, edited.launched_at) == ("Hello", CampaignState.DRAFT, None)


def test_changing_needs_an_admin(db: Database, spring: Campaign, moderator: Identity, kim: Identity) -> None:
    for who in (moderator, kim, known_as(db, "ana", "kim")):
        with pytest.raises(NotPermitted):
            edit_campaign(db, who, spring.id, replace(spring.setup, name="Summer"))
    assert now(db, spring) == spring


def test_the_new_script_is_what_is_sent(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    edit_campaign(db, owner, spring.id, replace(spring.setup, initial_script="Dear %first_name%"))
    assert send(db, kim, ann).body == "Dear Ann"


# Two admins at once


def test_what_somebody_else_changed_meanwhile_stays(db: Database, owner: Identity, spring: Campaign) -> None:
    seen = spring.setup
    edit_campaign(db, owner, spring.id, replace(seen, name="Summer", quicksend=True), seen=seen)
    edit_campaign(db, owner, spring.id, replace(seen, hours=DAY, description="Doors"), seen=seen)
    edited = now(db, spring)
    assert (edited.name, edited.quicksend, edited.hours, edited.description) == ("Summer", True, DAY, "Doors")
    assert sentence_of(journal(db)[0]) == "changed the description, the hours of 'Summer'"


def test_what_both_changed_is_as_the_last_one_said(db: Database, owner: Identity, spring: Campaign) -> None:
    seen = spring.setup
    for name in ("Summer", "Fall"):
        edit_campaign(db, owner, spring.id, replace(seen, name=name), seen=seen)
    assert now(db, spring).name == "Fall"


def test_two_halves_that_make_no_window_are_refused(db: Database, owner: Identity, spring: Campaign) -> None:
    seen = spring.setup
    edit_campaign(db, owner, spring.id, replace(seen, starts=date(2026, 3, 9)), seen=seen)
    with pytest.raises(Refused, match=r"before the start date.*Nothing was changed"):
        edit_campaign(db, owner, spring.id, replace(seen, ends=date(2026, 3, 8)), seen=seen)
    assert now(db, spring).window.ends is None


# What is held


@pytest.fixture
def held(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> tuple[Campaign, ConversationId]:
    """A campaign that is open by day, and an initial that was sent at night."""
    campaign = create_campaign(db, owner, Setup("Hours", "Hi %first_name%", hours=DAY, ends=date(2026, 3, 9)))
    add_senders(db, owner, "Hours", ["kim"])
    [conversation_id] = take_in(db, owner, "Hours", ["Ann Otieno"])
    give(db, owner, campaign, "kim", [conversation_id])
    clock.now = NIGHT
    send(db, owner, conversation_id)
    assert only_message(db, conversation_id) == (MessageState.UNSENT, MORNING)
    return campaign, conversation_id


@pytest.mark.parametrize(
    ("changes", "leaves_at"),
    [
        ({"hours": DailyHours("UTC", 8 * 60, 21 * 60)}, MORNING - timedelta(hours=1)),
        ({"hours": DailyHours("America/New_York", 9 * 60, 16 * 60)}, MORNING + timedelta(hours=5)),
        ({"starts": date(2026, 3, 6)}, MORNING + timedelta(days=2)),
        ({"ends": date(2026, 3, 4)}, MORNING),
        ({"name": "Other", "quicksend": True}, MORNING),
    ],
)
def test_a_held_message_waits_anew(
    db: Database,
    owner: Identity,
    held: tuple[Campaign, ConversationId],
    changes: dict[str, object],
    leaves_at: datetime,
) -> None:
    campaign, ann = held
    setup = replace(campaign.setup, **changes)  # type: ignore[arg-type]
    edit_campaign(db, owner, campaign.id, setup, confirmed=EVERYTHING)
    assert only_message(db, ann) == (MessageState.UNSENT, leaves_at)


def test_one_that_may_leave_now_is_ready_at_once(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId]
) -> None:
    campaign, ann = held
    setup = replace(campaign.setup, hours=DailyHours("UTC", 9 * 60, 23 * 60))
    edit_campaign(db, owner, campaign.id, setup, confirmed=EVERYTHING)
    assert only_message(db, ann) == (MessageState.QUEUED, None)
    assert sentence_of(journal(db)[0]) == (
        "changed the hours of 'Hours', confirming: quiet-hours; 1 scheduled message may leave now"
    )
    assert [each.body for each in take_queued(db)] == ["Hi Ann"]


def test_in_a_paused_campaign_it_still_waits(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId]
) -> None:
    campaign, ann = held
    change_state(db, owner, "Hours", CampaignState.PAUSED)
    setup = replace(campaign.setup, hours=DailyHours("UTC", 0, 1440))
    edit_campaign(db, owner, campaign.id, setup, confirmed=EVERYTHING)
    assert only_message(db, ann) == (MessageState.UNSENT, NIGHT)
    let_due(db)
    assert only_message(db, ann)[0] is MessageState.UNSENT
    change_state(db, owner, "Hours", CampaignState.ACTIVE)
    let_due(db)
    assert only_message(db, ann)[0] is MessageState.QUEUED


def test_an_initial_that_the_new_window_shuts_out_is_cancelled_and_its_thread_says_so(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId]
) -> None:
    campaign, ann = held
    edit_campaign(db, owner, campaign.id, replace(campaign.setup, ends=date(2026, 3, 3)))
    after = look_at(db, ann)
    assert (after.status, after.messages[0].state, after.messages[0].leaves_at) == (
        *(Status.NOT_STARTED, MessageState.CANCELLED, None),
    )
    assert sentence_of(after.events[-1]) == "message cancelled: the initial window was over before it could leave"
    assert (senders(db, campaign)["kim"].not_started, senders(db, campaign)["kim"].texted) == (1, 0)
    assert sentence_of(journal(db)[0]) == (
        "changed the last day of 'Hours'; 1 scheduled initial cancelled: too late for the initial window"
    )
    assert examine(db) == []


def test_it_can_be_sent_anew_when_the_window_is_open_again(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId]
) -> None:
    campaign, ann = held
    edit_campaign(db, owner, campaign.id, replace(campaign.setup, ends=date(2026, 3, 3)))
    edit_campaign(db, owner, campaign.id, campaign.setup)
    assert send(db, owner, ann).leaves_at == MORNING


def test_a_held_reply_has_no_window(db: Database, owner: Identity, held: tuple[Campaign, ConversationId]) -> None:
    campaign, ann = held
    receive(db, None, number(0), "hello?")
    send(db, owner, ann, body="hello!")
    edit_campaign(db, owner, campaign.id, replace(campaign.setup, ends=date(2026, 3, 3)))
    states = [message.state for message in look_at(db, ann).messages]
    assert states == [MessageState.CANCELLED, MessageState.RECEIVED, MessageState.UNSENT]
    assert look_at(db, ann).status is Status.ANSWERED


def test_other_campaigns_messages_are_left_alone(
    db: Database, owner: Identity, spring: Campaign, held: tuple[Campaign, ConversationId]
) -> None:
    _, ann = held
    edit_campaign(db, owner, spring.id, replace(spring.setup, hours=DailyHours("UTC", 1, 2), ends=date(2026, 3, 1)))
    assert only_message(db, ann) == (MessageState.UNSENT, MORNING)


# What time does


def test_one_entry_by_nobody_says_how_many_messages_may_leave(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    [bea] = take_in(db, owner, "Hours", ["Bea"], first=1)
    send(db, owner, bea)
    clock.now = MORNING
    before = len(journal(db))
    let_due(db)
    let_due(db)
    [entry] = journal(db)[:-before]
    assert (entry.kind, entry.by, entry.campaign, entry.undoable) == (EventKind.RELEASE, "", "Hours", False)
    assert sentence_of(entry) == "2 scheduled messages may leave now"


def test_each_campaign_has_its_own_entry(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    create_campaign(db, owner, Setup("Late", "Hi", hours=DAY))
    [bea] = take_in(db, owner, "Late", ["Bea"], first=1)
    send(db, owner, bea)
    clock.now = MORNING
    let_due(db)
    assert {each.campaign for each in journal(db) if each.kind is EventKind.RELEASE} == {"Hours", "Late"}


def test_one_entry_by_nobody_says_that_a_follow_up_has_expired_and_how_far_it_was(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    create_follow_up(db, owner, "Hours", "Reminder", "Vote!", expires_at=clock.now + timedelta(hours=1))
    before = len(journal(db))
    clock.forward(hours=1)
    let_due(db)
    let_due(db)
    [entry] = journal(db)[:-before]
    assert (entry.kind, entry.by, entry.campaign) == (EventKind.END_FOLLOW_UP, "", "Hours")
    assert sentence_of(entry) == "the follow-up 'Reminder' has expired, unsent in 1 conversation"


def test_what_time_did_cannot_be_undone_and_does_not_stand_in_the_way(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    campaign, ann = held
    give(db, owner, campaign, None, [ann])
    clock.now = MORNING
    create_follow_up(db, owner, "Hours", "Reminder", "Vote!", expires_at=MORNING + timedelta(hours=1))
    let_due(db)
    clock.forward(hours=1)
    let_due(db)
    by_nobody = [each for each in journal(db) if each.kind in {EventKind.RELEASE, EventKind.END_FOLLOW_UP}]
    assert len(by_nobody) == 2
    for each in by_nobody:
        with pytest.raises(Refused, match="cannot be undone"):
            undo(db, owner, each.id)
        with db.reading() as conn, pytest.raises(Refused, match="cannot be undone"):
            preview_undo(conn, owner, each.id)
    assert undo(db, owner).moved == 1


def test_nothing_is_journalled_while_nothing_is_due(
    db: Database, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    before = journal(db)
    clock.now = MORNING - timedelta(minutes=1)
    let_due(db)
    assert journal(db) == before


def test_a_message_whose_opening_was_slept_through_waits_for_the_next(
    db: Database, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    _, ann = held
    clock.now = NIGHT + timedelta(days=1)  # nobody ran thrumsg all day
    before = journal(db)
    let_due(db)
    assert only_message(db, ann) == (MessageState.UNSENT, MORNING + timedelta(days=1))
    assert journal(db) == before
    assert not anything_due(db)


def test_a_held_initial_whose_window_was_slept_through_is_cancelled(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock
) -> None:
    _, ann = held
    change_state(db, owner, "Hours", CampaignState.PAUSED)
    clock.now = datetime(2026, 3, 10, 12, tzinfo=UTC)  # the 9th was its last day
    change_state(db, owner, "Hours", CampaignState.ACTIVE)
    let_due(db)
    after = look_at(db, ann)
    assert (after.status, after.messages[0].state) == (Status.NOT_STARTED, MessageState.CANCELLED)
    assert sentence_of(after.events[-1]) == "message cancelled: the initial window was over before it could leave"
    entry = journal(db)[0]
    assert (entry.kind, entry.by) == (EventKind.RELEASE, "")
    assert sentence_of(entry) == "1 scheduled initial cancelled: too late for the initial window"


@pytest.mark.parametrize("at", [datetime(2026, 3, 9, 22, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)])
def test_a_queued_initial_does_not_leave_after_the_window(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId], clock: Clock, at: datetime
) -> None:
    _, ann = held
    clock.now = MORNING
    let_due(db)
    clock.now = at  # there was no gateway until now
    assert take_queued(db) == []
    assert only_message(db, ann) == (MessageState.CANCELLED, None)
    assert look_at(db, ann).status is Status.NOT_STARTED


# Archiving


def test_archiving_cancels_what_is_held_and_the_threads_say_so(
    db: Database, owner: Identity, held: tuple[Campaign, ConversationId]
) -> None:
    _, ann = held
    change_state(db, owner, "Hours", CampaignState.ARCHIVED)
    after = look_at(db, ann)
    assert (after.status, after.messages[0].state) == (Status.NOT_STARTED, MessageState.CANCELLED)
    assert sentence_of(after.events[-1]) == "message cancelled: the campaign was archived before it could leave"
    [newest, *_] = journal(db)
    assert sentence_of(newest) == "'Hours' is archived, was active; what was scheduled in 1 conversation is cancelled"
    assert examine(db) == []


def test_archiving_leaves_what_was_queued_and_sent(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    assert only_message(db, ann) == (MessageState.QUEUED, None)
    assert sentence_of(journal(db)[0]) == "'Spring' is archived, was active"


def test_setup_and_campaign_say_the_same(db: Database, owner: Identity) -> None:
    setup = Setup("Fall", "Hi", DAY, "Doors", HoursIn.CONTACT, date(2026, 3, 1), date(2026, 3, 2), quicksend=True)
    made = create_campaign(db, owner, setup)
    assert made.setup == setup
