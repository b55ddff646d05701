"""Send All: the initials and follow-ups of one assignment (docs/rules.md 3.12)."""

import pytest

from tests.store.arranging import assignment_of, give, journal, known_as, look_at, number, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, Status, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import BATCH, SentBatch, send_batch
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.drafts import draft

PEOPLE = BATCH + 5


@pytest.fixture
def quick(db: Database, owner: Identity, spring: Campaign) -> Campaign:
    """A campaign with QuickSend, always open; kim has two more than fit in a batch and lee one."""
    campaign = create_campaign(
        db, owner, Setup("Quick", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440), quicksend=True)
    )
    add_senders(db, owner, "Quick", ["kim", "lee"])
    people = take_in(db, owner, "Quick", [f"P{nth}" for nth in range(PEOPLE)])
    give(db, owner, campaign, "kim", people[:-1])
    give(db, owner, campaign, "lee", people[-1:])
    return campaign


def work_through(
    db: Database, who: Identity, campaign: Campaign, login: str, tab: Tab = Tab.INITIAL
) -> list[SentBatch]:
    """Send batch by batch until nothing is left."""
    batches = [send_batch(db, who, assignment_of(db, campaign, login), tab)]
    while batches[-1].last is not None:
        batches.append(send_batch(db, who, assignment_of(db, campaign, login), tab, batches[-1].last))
    return batches


def statuses(db: Database, campaign: Campaign, login: str) -> list[Status]:
    assignment_id = assignment_of(db, campaign, login)
    with db.reading() as conn:
        rows = conn.execute(
            "SELECT status FROM conversation WHERE assignment_id = ? ORDER BY id", (assignment_id,)
        ).fetchall()
    return [Status(row["status"]) for row in rows]


def test_all_of_the_assignment_on_view_and_no_others_are_sent(db: Database, owner: Identity, quick: Campaign) -> None:
    batches = work_through(db, owner, quick, "kim")
    assert [len(batch.sent) for batch in batches] == [BATCH, 4]
    assert set(statuses(db, quick, "kim")) == {Status.SENT}
    assert statuses(db, quick, "lee") == [Status.NOT_STARTED]


def test_continuing_sends_nothing_a_second_time(db: Database, owner: Identity, quick: Campaign) -> None:
    work_through(db, owner, quick, "kim")
    again = work_through(db, owner, quick, "kim")
    assert [batch.sent for batch in again] == [()]
    with db.reading() as conn:
        assert conn.execute("SELECT MAX(message_count) FROM conversation").fetchone()[0] == 1


def test_beginning_again_after_a_stop_goes_on_where_it_was(db: Database, owner: Identity, quick: Campaign) -> None:
    send_batch(db, owner, assignment_of(db, quick, "kim"), Tab.INITIAL)
    rest = send_batch(db, owner, assignment_of(db, quick, "kim"), Tab.INITIAL)
    assert (len(rest.sent), rest.last) == (4, None)


def test_what_cannot_be_sent_is_left_out_with_the_reason(db: Database, owner: Identity, quick: Campaign) -> None:
    create_campaign(db, owner, Setup("Places", "Vote at %place%", hours=DailyHours("UTC", 0, 1440), quicksend=True))
    with_place, without = take_in(db, owner, "Places", ["Ann", "Bea"], first=500, place=["School", ""])
    with db.reading() as conn:
        [row] = conn.execute("SELECT assignment_id FROM conversation WHERE id = ?", (without,)).fetchall()
    batch = send_batch(db, owner, row["assignment_id"], Tab.INITIAL)
    assert len(batch.sent) == 1
    assert look_at(db, with_place).status is Status.SENT
    [(refused, reason)] = batch.refused
    assert refused == without
    assert "%place%" in reason


def test_more_refusals_than_fit_in_a_batch_do_not_keep_the_others_from_being_sent(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    campaign = create_campaign(
        db, owner, Setup("Places", "At %place%", hours=DailyHours("UTC", 0, 1440), quicksend=True)
    )
    add_senders(db, owner, "Places", ["kim"])
    people = [f"P{nth}" for nth in range(BATCH + 1)]
    conversations = take_in(db, owner, "Places", people, place=[""] * BATCH + ["School"])
    give(db, owner, campaign, "kim", conversations)
    batches = work_through(db, owner, campaign, "kim")
    assert [(len(batch.sent), len(batch.refused)) for batch in batches] == [(0, BATCH), (1, 0)]


def test_words_of_one_s_own_are_neither_sent_nor_lost(db: Database, owner: Identity, quick: Campaign) -> None:
    [mine, others] = take_in(db, owner, "Quick", ["Ann", "Bea"], first=500)
    give(db, owner, quick, "lee", [mine, others])
    keep_draft(db, owner, mine, "Hi Ann, it is me")
    keep_draft(db, known_as(db, "lee"), others, "Hi Bea, it is Lee")
    [batch] = work_through(db, owner, quick, "lee")
    assert len(batch.sent) == 2
    assert batch.refused == ((mine, "You have a draft in it: open it and send it by itself."),)
    with db.reading() as conn:
        assert draft(conn, owner.user.id, mine) == "Hi Ann, it is me"


def test_opted_out_conversations_are_not_in_it(db: Database, owner: Identity, quick: Campaign) -> None:
    opt_out_number(db, owner, number(0))
    batches = work_through(db, owner, quick, "kim")
    assert sum(len(batch.sent) for batch in batches) == PEOPLE - 2
    assert sum(len(batch.refused) for batch in batches) == 0


def test_follow_ups_are_sent_too(db: Database, owner: Identity, quick: Campaign) -> None:
    work_through(db, owner, quick, "lee")
    create_follow_up(db, owner, "Quick", "Reminder", "%first_name%, vote!")
    [batch] = work_through(db, owner, quick, "lee", Tab.FOLLOW_UPS)
    assert len(batch.sent) == 1
    with db.reading() as conn:
        [row] = conn.execute("SELECT kind, body FROM message WHERE id = ?", batch.sent).fetchall()
    assert (row["kind"], row["body"]) == (MessageKind.FOLLOW_UP, f"P{PEOPLE - 1}, vote!")


def test_who_may_want_to_be_left_alone_gets_nothing_in_bulk(db: Database, owner: Identity, quick: Campaign) -> None:
    """docs/rules.md 5.4."""
    work_through(db, owner, quick, "kim")
    create_follow_up(db, owner, "Quick", "Reminder", "Vote!")
    receive(db, None, number(0), "please stop")
    receive(db, None, number(1), "Where?")
    batches = work_through(db, owner, quick, "kim", Tab.FOLLOW_UPS)
    assert sum(len(batch.sent) for batch in batches) == PEOPLE - 2
    [(_, reason)] = [each for batch in batches for each in batch.refused]
    assert reason.startswith("The contact may want to be left alone")


def test_replies_are_never_sent_all_at_once(db: Database, owner: Identity, quick: Campaign) -> None:
    for tab in (Tab.RESPONSES, Tab.OPT_OUTS, Tab.SENT):
        with pytest.raises(Refused, match="never for replies"):
            send_batch(db, owner, assignment_of(db, quick, "kim"), tab)


def test_it_needs_quicksend(db: Database, owner: Identity, spring: Campaign, ann: ConversationId) -> None:
    with pytest.raises(Refused, match="needs QuickSend"):
        send_batch(db, owner, assignment_of(db, spring, "kim"), Tab.INITIAL)


def test_a_sender_sends_all_of_their_own_only(db: Database, quick: Campaign) -> None:
    kim = known_as(db, "kim")
    for other in ("lee", None):
        with pytest.raises(Refused, match="your own"):
            send_batch(db, kim, assignment_of(db, quick, other), Tab.INITIAL)
    assert len(send_batch(db, kim, assignment_of(db, quick, "kim"), Tab.INITIAL).sent) == BATCH


def test_a_paused_campaign_sends_nothing(db: Database, owner: Identity, quick: Campaign) -> None:
    change_state(db, owner, "Quick", CampaignState.PAUSED)
    [batch] = work_through(db, owner, quick, "lee")
    assert batch.sent == ()
    assert "it is paused" in batch.refused[0][1]


def test_each_message_is_in_the_journal(db: Database, owner: Identity, quick: Campaign) -> None:
    before = len(journal(db))
    batch = send_batch(db, owner, assignment_of(db, quick, "kim"), Tab.INITIAL)
    assert [entry.kind for entry in journal(db)[:-before]] == [EventKind.SEND] * len(batch.sent)


def test_somebody_who_was_never_texted_gets_no_follow_up(db: Database, owner: Identity, quick: Campaign) -> None:
    """An initial that was held and cancelled takes its conversation back to not started, its follow-up pending."""
    lee = assignment_of(db, quick, "lee")
    with db.writing() as tx:
        tx.conn.execute("UPDATE campaign SET opens = 1380 WHERE name = 'Quick'")
    [held] = send_batch(db, owner, lee, Tab.INITIAL).sent
    create_follow_up(db, owner, "Quick", "Reminder", "As I wrote, vote!")
    opt_out_number(db, owner, number(PEOPLE - 1))
    opt_in_number(db, owner, number(PEOPLE - 1))
    assert statuses(db, quick, "lee") == [Status.NOT_STARTED]
    batch = send_batch(db, owner, lee, Tab.FOLLOW_UPS)
    assert (held, batch.sent) == (held, ())


def test_somebody_who_answered_meanwhile_does_not_get_the_follow_up_for_those_who_did_not(
    db: Database, owner: Identity, quick: Campaign
) -> None:
    work_through(db, owner, quick, "lee")
    create_follow_up(db, owner, "Quick", "Reminder", "Vote!", target=Target(replied=False))
    receive(db, None, number(PEOPLE - 1), "ok")
    [batch] = work_through(db, owner, quick, "lee", Tab.FOLLOW_UPS)
    assert (batch.sent, batch.refused) == ((), ())
    with pytest.raises(Refused, match="no longer for this contact"):
        send(db, owner, look_at(db, ConversationId(PEOPLE)).id, kind=MessageKind.FOLLOW_UP)
