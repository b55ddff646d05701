"""Campaigns, their life, their counters, and who is on them (docs/rules.md 2, 4.12, 6.2, 6.3, 6.5)."""

import contextlib
from datetime import date

import pytest

from tests.clock import Clock
from tests.store.arranging import (
    assignment_of,
    give,
    holders,
    journal,
    known_as,
    look_at,
    number,
    senders,
    sentence_of,
    take_in,
)
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, SenderSort
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import ToAllOthers
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import add_senders, change_state, create_campaign, remove_sender
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.presence import end_presence, show_presence
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import (
    assignments,
    campaign_rows,
    find_campaign,
    get_assignment,
    totals,
)
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


# Their senders


@pytest.fixture
def five(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Besides kim and lee two more, with accents and capitals in their names."""
    add_user(db, owner, "abe", "Ábe", "Young", role=Role.SENDER)
    add_user(db, owner, "zed", "abe", "Adams", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["zed", "abe"])
    people = take_in(db, owner, "Spring", [f"P{nth}" for nth in range(6)])
    give(db, owner, spring, "lee", people[:3])
    give(db, owner, spring, "kim", people[3:5])
    send(db, owner, people[3])
    receive(db, None, number(3), "ok")
    return people


@pytest.mark.parametrize(
    ("sort", "reverse", "expected"),
    [
        (SenderSort.SENDER, False, [None, "zed", "abe", "kim", "lee"]),
        (SenderSort.SENDER, True, [None, "lee", "kim", "abe", "zed"]),
        (SenderSort.PROGRESS, False, [None, "lee", "kim", "zed", "abe"]),
        (SenderSort.PROGRESS, True, [None, "abe", "zed", "kim", "lee"]),
        (SenderSort.NEEDS_REPLY, False, [None, "kim", "zed", "abe", "lee"]),
        (SenderSort.NEEDS_REPLY, True, [None, "lee", "abe", "zed", "kim"]),
        (SenderSort.WAITING, False, [None, "kim", "zed", "abe", "lee"]),
        (SenderSort.WAITING, True, [None, "lee", "abe", "zed", "kim"]),
    ],
)
def test_senders_are_sorted_with_unassigned_on_top(
    db: Database, spring: Campaign, five: list[ConversationId], sort: SenderSort, reverse: bool, expected: list[str]
) -> None:
    with db.reading() as conn:
        assert [each.login for each in assignments(conn, spring.id, db.clock(), sort, reverse=reverse)] == expected


@pytest.mark.parametrize(("ahead", "behind"), [("kim", "lee"), ("lee", "kim")])
def test_a_tie_in_assigned_is_settled_by_sent(
    db: Database, owner: Identity, spring: Campaign, ahead: str, behind: str
) -> None:
    people = take_in(db, owner, "Spring", ["P0", "P1", "P2", "P3"])
    give(db, owner, spring, ahead, people[:2])
    give(db, owner, spring, behind, people[2:])
    send(db, owner, people[0])
    with db.reading() as conn:
        by_progress = assignments(conn, spring.id, db.clock(), SenderSort.PROGRESS)
    assert [(each.login, each.assigned, each.texted) for each in by_progress[1:]] == [(ahead, 2, 1), (behind, 2, 0)]


def test_an_assignment_names_its_user(db: Database, owner: Identity, spring: Campaign) -> None:
    kim = assignment_of(db, spring, "kim")
    with db.reading() as conn:
        read = get_assignment(conn, kim, db.clock())
    assert read.user is not None
    assert (read.user.login, read.name) == ("kim", "Kim Alvarez")


def test_the_user_of_an_assignment_is_the_user(db: Database, owner: Identity, spring: Campaign) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS))
    add_senders(db, owner, "Fall", ["kim"])
    assert senders(db, fall)["kim"].user == known_as(db, "kim").user


def test_who_has_the_messenger_of_the_campaign_open_is_online(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=ALWAYS))
    add_senders(db, owner, "Fall", ["kim"])
    kim = known_as(db, "kim").user.id
    for session in ("at home", "on the road"):
        show_presence(db, session, kim, spring.id, None)
    assert (senders(db, spring)["kim"].online, senders(db, fall)["kim"].online) == (True, False)
    assert not senders(db, spring)["lee"].online
    end_presence(db, "at home")
    assert senders(db, spring)["kim"].online
    show_presence(db, "on the road", kim, fall.id, None)
    assert (senders(db, spring)["kim"].online, senders(db, fall)["kim"].online) == (False, True)
    clock.forward(minutes=1)  # a session that was cut off
    assert not senders(db, fall)["kim"].online


def test_sessions_that_were_cut_off_are_forgotten(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    show_presence(db, "cut off", known_as(db, "kim").user.id, spring.id, None)
    clock.forward(hours=2)
    show_presence(db, "here", known_as(db, "lee").user.id, spring.id, None)
    with db.reading() as conn:
        assert [row["id"] for row in conn.execute("SELECT id FROM presence")] == ["here"]


def test_senders_are_added_all_or_none(db: Database, owner: Identity, spring: Campaign) -> None:
    add_user(db, owner, "zed", "Zed", "", role=Role.SENDER)
    with pytest.raises(NotFound, match="nobody"):
        add_senders(db, owner, "Spring", ["zed", "nobody"])
    assert list(senders(db, spring)) == [None, "kim", "lee"]
    before = len(journal(db))
    assert add_senders(db, owner, "Spring", ["zed", "kim", "zed"]) == ["zed"]
    assert add_senders(db, owner, "Spring", ["zed"]) == []
    assert len(journal(db)) == before + 1


def test_any_user_can_be_a_sender(db: Database, owner: Identity, spring: Campaign) -> None:
    add_senders(db, owner, "Spring", ["ana"])
    assert list(senders(db, spring)) == [None, "ana", "kim", "lee"]


def test_nobody_is_added_to_an_archived_campaign(db: Database, owner: Identity, spring: Campaign) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        add_senders(db, owner, "Spring", ["ana"])


# Taking a sender off (4.12)


def test_who_leaves_gives_to_unassigned_unless_said(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    outcome = remove_sender(db, owner, "Spring", "kim")
    assert (outcome.moved, outcome.gains) == (1, {"kim": -1, "unassigned": 1})
    assert holders(db, spring) == {ann: None}
    assert list(senders(db, spring)) == [None, "lee"]
    assert journal(db)[0].kind is EventKind.REMOVE_SENDER


def test_who_leaves_gives_to_whom_was_said(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    remove_sender(db, owner, "Spring", "lee", ["kim", "abe"])
    assert [each.assigned for each in senders(db, spring).values()] == [1, 0, 2, 3]  # nobody, zed, abe, kim


def test_who_leaves_gives_to_everyone_else(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    remove_sender(db, owner, "Spring", "lee", ToAllOthers())
    assert {login: each.assigned for login, each in senders(db, spring).items()} == {
        None: 1,
        "zed": 1,
        "abe": 1,
        "kim": 3,
    }


def test_who_has_nothing_can_leave_too(db: Database, owner: Identity, spring: Campaign) -> None:
    outcome = remove_sender(db, owner, "Spring", "lee")
    assert (outcome.moved, outcome.event is not None) == (0, True)
    assert list(senders(db, spring)) == [None, "kim"]
    undo(db, owner, outcome.event)
    assert list(senders(db, spring)) == [None, "kim", "lee"]


def test_nobody_leaves_to_themselves_or_twice(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    with pytest.raises(Refused, match="choose"):
        remove_sender(db, owner, "Spring", "kim", ["kim"])
    assert list(senders(db, spring)) == [None, "kim", "lee"]
    remove_sender(db, owner, "Spring", "kim")
    with pytest.raises(NotFound):
        remove_sender(db, owner, "Spring", "kim")


def test_the_last_sender_has_nobody_to_distribute_to(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    remove_sender(db, owner, "Spring", "lee")
    with pytest.raises(Refused, match="no other active sender"):
        remove_sender(db, owner, "Spring", "kim", ToAllOthers())
    assert holders(db, spring) == {ann: "kim"}


def test_undo_puts_the_sender_back_with_their_conversations(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    before = holders(db, spring)
    removed = remove_sender(db, owner, "Spring", "lee", ToAllOthers())
    after = holders(db, spring)
    undone = undo(db, owner, removed.event)
    assert (undone.moved, undone.skipped) == (3, ())
    assert (holders(db, spring), "lee" in senders(db, spring)) == (before, True)
    undo(db, owner, undone.event)
    assert (holders(db, spring), "lee" in senders(db, spring)) == (after, False)
    assert examine(db) == []


def test_undo_skips_and_lists_what_was_moved_on(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    removed = remove_sender(db, owner, "Spring", "lee")
    give(db, owner, spring, "kim", five[:1])
    undone = undo(db, owner, removed.event)
    assert (undone.moved, undone.skipped) == (2, (five[0],))
    assert holders(db, spring)[five[0]] == "kim"


def test_who_comes_back_finds_what_they_were_given_since(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    remove_sender(db, owner, "Spring", "kim")
    assert add_senders(db, owner, "Spring", ["kim"]) == ["kim"]
    assert senders(db, spring)["kim"].assigned == 0
    give(db, owner, spring, "kim", [ann])
    assert look_at(db, ann).sender_login == "kim"


def test_redoing_a_removal_leaves_no_conversation_behind(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    removed = remove_sender(db, owner, "Spring", "lee")
    undone = undo(db, owner, removed.event)
    give(db, owner, spring, "lee", five[5:])
    with pytest.raises(Refused, match="would keep 1 conversation"):
        undo(db, owner, undone.event)
    assert examine(db) == []
    assert sum(each.assigned for each in senders(db, spring).values()) == 6


def test_redoing_a_removal_leaves_nothing_behind_that_was_moved_away_and_back(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    removed = remove_sender(db, owner, "Spring", "lee")
    undone = undo(db, owner, removed.event)
    give(db, owner, spring, "kim", five[:1])
    give(db, owner, spring, "lee", five[:1])
    with contextlib.suppress(Refused):
        undo(db, owner, undone.event)
    assert examine(db) == []


def test_redoing_a_removal_leaves_nothing_behind_whose_taker_has_left_too(
    db: Database, owner: Identity, spring: Campaign, five: list[ConversationId]
) -> None:
    removed = remove_sender(db, owner, "Spring", "lee", ["kim"])
    undone = undo(db, owner, removed.event)
    remove_sender(db, owner, "Spring", "kim")
    with contextlib.suppress(Refused):
        undo(db, owner, undone.event)
    assert examine(db) == []
