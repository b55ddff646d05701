"""Who is on a campaign: their order, who is online, how they are added and removed (docs/rules.md 2.3, 2.4, 4.12)."""

import contextlib

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
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.presence import end_presence, show_presence
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.assignments import assignments, get_assignment

ALWAYS = DailyHours("UTC", 0, 1440)


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
