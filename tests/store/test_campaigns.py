"""Campaigns, their life and their counters (docs/rules.md 2, 6.2, 6.3, 6.5)."""

from datetime import date

import pytest

from tests.clock import Clock
from tests.store.arranging import (
    give,
    journal,
    number,
    senders,
    sentence_of,
    take_in,
)
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import campaign_rows, find_campaign, totals
from thrumsg_tui.store.queries.overview import overview

ALWAYS = DailyHours("UTC", 0, 1440)


# Their life


def test_a_new_campaign_is_active_and_has_its_unassigned(db: Database, owner: Identity, clock: Clock) -> None:
    made = create_campaign(db, owner, Setup(" Fall ", "Hi", hours=ALWAYS, description="who votes"))
    assert (made.name, made.state, made.launched_at) == ("Fall", CampaignState.ACTIVE, clock.now)
    assert (made.created_by, made.created_at, made.description) == ("Ana Ortiz", clock.now, "who votes")
    assert list(senders(db, made)) == [None]


def test_a_draft_is_launched_later(db: Database, owner: Identity, clock: Clock) -> None:
    made = create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS), draft=True)
    assert (made.state, made.launched_at) == (CampaignState.DRAFT, None)
    clock.forward(days=1)
    confirmed = ("sender", "way-out", "quiet-hours")
    assert change_state(db, owner, "Fall", CampaignState.ACTIVE, confirmed=confirmed).launched_at == clock.now


def test_a_pause_keeps_the_day_of_the_launch(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> None:
    clock.forward(days=1)
    assert change_state(db, owner, "Spring", CampaignState.PAUSED).launched_at == spring.launched_at
    assert change_state(db, owner, "Spring", CampaignState.ACTIVE).launched_at == spring.launched_at


@pytest.mark.parametrize(("name", "script"), [(" ", "Hi"), ("Fall", " \n"), ("Spring", "Hi")])
def test_a_campaign_needs_a_name_of_its_own_and_a_script(
    db: Database, owner: Identity, spring: Campaign, name: str, script: str
) -> None:
    with pytest.raises(Refused):
        create_campaign(db, owner, Setup(name, script, hours=ALWAYS))


def test_closing_before_opening_is_an_error_and_never_a_swap() -> None:
    with pytest.raises(ValueError, match="not after opening time"):
        DailyHours("UTC", 21 * 60, 9 * 60)
    with pytest.raises(ValueError, match="not after opening time"):
        DailyHours("UTC", 9 * 60, 9 * 60)


def test_a_window_that_ends_before_it_starts_makes_no_campaign(db: Database, owner: Identity) -> None:
    with pytest.raises(ValueError, match="before the start date"):
        create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS, starts=date(2026, 3, 4), ends=date(2026, 3, 3)))
    with db.reading() as conn, pytest.raises(NotFound):
        find_campaign(conn, "Fall")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("paused", True),
        ("paused active", True),
        ("paused active archived", True),
        ("archived", True),
        ("active", False),
        ("paused paused", False),
        ("archived active", False),
        ("archived paused", False),
        ("archived archived", False),
    ],
)
def test_archiving_cannot_be_taken_back(
    db: Database, owner: Identity, spring: Campaign, path: str, allowed: bool
) -> None:
    *before, last = map(CampaignState, path.split())
    for state in before:
        change_state(db, owner, "Spring", state)
    if allowed:
        assert change_state(db, owner, "Spring", last).state is last
    else:
        with pytest.raises(Refused, match="cannot become"):
            change_state(db, owner, "Spring", last)


def test_a_campaign_is_found_by_name_before_id(db: Database, owner: Identity, spring: Campaign) -> None:
    named_one = create_campaign(db, owner, Setup("1", "Hi", hours=ALWAYS))
    with db.reading() as conn:
        assert find_campaign(conn, "1").id == named_one.id
        assert find_campaign(conn, "Spring").id == spring.id == 1
        assert find_campaign(conn, spring.id).id == spring.id
        for wrong in ("spring", "99", "-1", "²", ""):
            with pytest.raises(NotFound):
                find_campaign(conn, wrong)


def test_each_change_is_in_the_journal(db: Database, owner: Identity, spring: Campaign) -> None:
    change_state(db, owner, "Spring", CampaignState.PAUSED)
    entry, *_, created = (each for each in journal(db) if each.campaign == "Spring")
    assert (created.kind, created.by) == (EventKind.CREATE_CAMPAIGN, "ana")
    assert (entry.kind, sentence_of(entry)) == (EventKind.CHANGE_CAMPAIGN, "'Spring' is paused, was active")


# Their counters


@pytest.fixture
def worked(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Kim has one that waits and one that was sent; lee one that opted out after answering; two are Unassigned."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di", "Eve"])
    give(db, owner, spring, "kim", people[:2])
    give(db, owner, spring, "lee", people[2:3])
    for each in people[:3]:
        send(db, owner, each)
    receive(db, None, number(0), "ok")
    receive(db, None, number(2), "STOP")
    receive(db, None, number(3), "hello?")
    return people


def test_the_counters_part_the_conversations(db: Database, spring: Campaign, worked: list[ConversationId]) -> None:
    with db.reading() as conn:
        counted = totals(conn, spring.id)
    assert (counted.total, counted.not_started, counted.sent) == (5, 1, 1)
    assert (counted.needs_reply, counted.answered, counted.opted_out) == (2, 0, 1)


def test_the_reply_rate_is_of_those_whom_we_have_written_to(
    db: Database, spring: Campaign, worked: list[ConversationId]
) -> None:
    with db.reading() as conn:
        counted = totals(conn, spring.id)
    assert counted.texted == 3
    assert counted.reply_rate == 67  # Ann and Cy, of Ann, Bea and Cy


def test_sent_does_not_shrink_when_somebody_answers_or_opts_out(
    db: Database, spring: Campaign, worked: list[ConversationId]
) -> None:
    texted = {login: (each.texted, each.assigned) for login, each in senders(db, spring).items()}
    assert texted == {None: (0, 2), "kim": (2, 2), "lee": (1, 1)}


def test_what_all_have_makes_the_total(db: Database, owner: Identity, spring: Campaign) -> None:
    take_in(db, owner, "Spring", ["Ann", "Bea"])
    with db.reading() as conn:
        shown = overview(conn, owner, spring.id, db.clock(), "order")
    assert sum(each.assigned for each in shown.senders) == shown.totals.total == 2


def test_campaigns_are_listed_newest_first_with_their_counts(
    db: Database, owner: Identity, worked: list[ConversationId]
) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS))
    with db.reading() as conn:
        assert [(row.campaign.name, row.totals.total) for row in campaign_rows(conn, owner)] == [
            ("Fall", 0),
            ("Spring", 5),
        ]


def test_the_overview_remembers_the_order_of_each_person(
    db: Database, owner: Identity, spring: Campaign, kim: Identity
) -> None:
    set_preference(db, owner.user.id, "order", "progress")
    set_preference(db, owner.user.id, "order", "progress reversed")
    with db.reading() as conn:
        assert overview(conn, owner, spring.id, db.clock(), "order").order == "progress reversed"
        assert overview(conn, kim, spring.id, db.clock(), "order").order is None
