"""Reassigning conversations (docs/rules.md 4.1 to 4.8, 4.10)."""

import pytest

from tests.clock import Clock
from tests.store.arranging import (
    assignment_of,
    give,
    holders,
    journal,
    look_at,
    number,
    senders,
    sentence_of,
    take_in,
)
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, Status, StatusFilter
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import (
    FromAssignments,
    FromConversations,
    FromEveryone,
    Outcome,
    Plan,
    Request,
    Sources,
    ToAllOthers,
    ToAssignments,
)
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import apply_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.reassignment import plan


class Mover:
    """Somebody who reassigns in Spring, naming people by their logins."""

    def __init__(self, db: Database, who: Identity, campaign: Campaign) -> None:
        self.db, self.who, self.of = db, who, campaign

    def at(self, *logins: str | None) -> tuple[AssignmentId, ...]:
        return tuple(assignment_of(self.db, self.of, login) for login in logins)

    def some(self, source: str | None, *to: str | None, **how: object) -> Request:
        return Request(self.of.id, FromAssignments(self.at(source)), ToAssignments(self.at(*to)), **how)  # type: ignore[arg-type]

    def bulk(self, *to: str | None, **how: object) -> Request:
        return Request(self.of.id, FromEveryone(), ToAssignments(self.at(*to)), **how)  # type: ignore[arg-type]

    def preview(self, request: Request) -> Plan:
        with self.db.reading() as conn:
            return plan(conn, request, self.db.clock())

    def move(self, request: Request) -> Outcome:
        return reassign(self.db, self.who, request)

    def shares(self) -> dict[str | None, int]:
        return {login: each.assigned for login, each in senders(self.db, self.of).items()}


@pytest.fixture
def mover(db: Database, moderator: Identity, spring: Campaign) -> Mover:
    return Mover(db, moderator, spring)


@pytest.fixture
def eight(db: Database, owner: Identity, spring: Campaign, mover: Mover, clock: Clock) -> list[ConversationId]:
    """Two in each status, held by Unassigned but for one in each, which is lee's; the waiting ones latest first."""
    people = take_in(db, owner, "Spring", ["Not1", "Not2", "Sent1", "Sent2", "Wait1", "Wait2", "Ans1", "Ans2"])
    for each in people[2:]:
        send(db, owner, each)
    for nth in (5, 4, 6, 7):
        clock.forward(minutes=1)
        receive(db, None, number(nth), "ok")
    for each in people[6:]:
        send(db, owner, each, body="thanks")
    give(db, owner, spring, "lee", people[1::2])
    return people


# What is moved (4.1, 4.2, 4.5)


def test_any_moves_all_of_them_opted_out_ones_too(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    opt_out_number(db, owner, number(3))
    assert mover.move(mover.some("lee", "kim")).moved == 4
    assert mover.shares() == {None: 4, "kim": 4, "lee": 0}


@pytest.mark.usefixtures("eight")
@pytest.mark.parametrize(("how", "total"), [({}, 8), ({"count": 5}, 5), ({"status": StatusFilter.NEEDS_REPLY}, 2)])
def test_whoever_waits_for_a_preview_is_told_how_many_have_been_read_of_all(
    db: Database, mover: Mover, how: dict[str, object], total: int
) -> None:
    told: list[tuple[int, int]] = []
    request = mover.bulk("kim", **how)
    with db.reading() as conn:
        plan(conn, request, db.clock(), lambda *progress: told.append(progress))
    assert told == sorted(told)
    assert told[-1] == (total, total)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(StatusFilter.NEEDS_REPLY, [4, 5]), (StatusFilter.NOT_STARTED, [0, 1]), (StatusFilter.ANY, list(range(8)))],
)
def test_a_status_narrows_it_and_leaves_out_opted_out_ones(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId], status: StatusFilter, expected: list[int]
) -> None:
    planned = mover.preview(mover.bulk("kim", status=status))
    assert sorted(move.conversation_id for move in planned.moves) == [eight[place] for place in expected]
    for place in range(8):
        opt_out_number(db, owner, number(place))
    after = mover.preview(mover.bulk("kim", status=status))
    assert len(after.moves) == (8 if status is StatusFilter.ANY else 0)


@pytest.mark.parametrize(("status", "expected"), [(StatusFilter.NOT_STARTED, [1]), (StatusFilter.ANY, [0, 1])])
def test_a_status_leaves_opted_out_ones_among_chosen_conversations(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId], status: StatusFilter, expected: list[int]
) -> None:
    opt_out_number(db, owner, number(0))
    chosen = Request(mover.of.id, FromConversations(tuple(eight[:2])), ToAssignments(mover.at("kim")), status=status)
    assert [move.conversation_id for move in mover.preview(chosen).moves] == [eight[place] for place in expected]


@pytest.mark.parametrize(("source", "told"), [("lee", [4]), ("kim", [])])
def test_the_last_progress_told_is_that_all_are_moved(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId], source: str, told: list[int]
) -> None:
    """docs/rules.md 4.8; where nothing is to be moved none is told."""
    heard: list[int] = []
    apply_plan(db, owner, mover.preview(mover.some(source, None)), heard.append)
    assert heard == told


def test_some_of_those_who_wait_takes_the_longest_waiting(mover: Mover, eight: list[ConversationId]) -> None:
    [move] = mover.preview(mover.bulk("kim", status=StatusFilter.NEEDS_REPLY, count=1)).moves
    assert move.conversation_id == eight[4]  # Unassigned gives first, although lee's waits longer
    mover.move(mover.some(None, "lee"))
    [move] = mover.preview(mover.bulk("kim", status=StatusFilter.NEEDS_REPLY, count=1)).moves
    assert move.conversation_id == eight[5]


@pytest.mark.parametrize("status", [StatusFilter.ANY, StatusFilter.NOT_STARTED])
def test_otherwise_some_takes_the_lowest_ids(mover: Mover, eight: list[ConversationId], status: StatusFilter) -> None:
    [move] = mover.preview(mover.some("lee", "kim", status=status, count=1)).moves
    assert move.conversation_id == eight[1]


def test_unassigned_gives_first_then_the_senders_in_displayed_order(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    add_user(db, owner, "aa", "Zoe", "Adams", role=Role.SENDER)
    add_user(db, owner, "zz", "Abe", "Zorn", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["aa", "zz"])
    give(db, owner, mover.of, "aa", eight[3:5])
    give(db, owner, mover.of, "zz", eight[5:6])
    moves = mover.preview(mover.bulk("kim")).moves
    takers = {assignment: login for login in mover.shares() for assignment in mover.at(login)}
    assert list(dict.fromkeys(takers[move.source] for move in moves)) == [None, "zz", "lee", "aa"]


def test_a_destination_never_gives(mover: Mover, eight: list[ConversationId]) -> None:
    assert mover.move(mover.bulk("lee", None)).moved == 0
    assert mover.move(mover.bulk("lee", "kim")).moved == 4
    assert mover.shares() == {None: 0, "kim": 2, "lee": 6}


def test_unassign_all_takes_everything_from_everyone(mover: Mover, eight: list[ConversationId]) -> None:
    assert mover.move(mover.bulk(None)).moved == 4
    assert mover.shares() == {None: 8, "kim": 0, "lee": 0}


def test_conversations_can_be_picked_in_a_status(mover: Mover, eight: list[ConversationId]) -> None:
    request = Request(
        mover.of.id, FromConversations(tuple(eight)), ToAssignments(mover.at("kim")), status=StatusFilter.NOT_STARTED
    )
    assert {move.conversation_id for move in mover.preview(request).moves} == set(eight[:2])


# How it is shared out (4.3, 4.4)


def test_the_count_is_how_many_move_in_total(db: Database, owner: Identity, spring: Campaign, mover: Mover) -> None:
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(288)])
    outcome = mover.move(mover.some(None, "kim", "lee", count=6))
    assert (outcome.moved, outcome.gains) == (6, {"kim": 3, "lee": 3, "unassigned": -6})
    assert mover.shares() == {None: 282, "kim": 3, "lee": 3}


def test_what_is_left_over_goes_to_those_displayed_first_whatever_order_they_were_named_in(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    mover.move(mover.bulk(None))
    assert mover.move(mover.some(None, "lee", "kim", count=5)).gains == {"kim": 3, "lee": 2, "unassigned": -5}


def test_conversations_are_dealt_out_like_cards(mover: Mover, eight: list[ConversationId]) -> None:
    mover.move(mover.bulk(None))
    moves = mover.preview(mover.some(None, "kim", "lee", count=4)).moves
    assert [(move.conversation_id, move.destination) for move in moves] == list(
        zip(eight[:4], mover.at("kim", "lee", "kim", "lee"), strict=True)
    )


def test_level_evens_out_what_the_destinations_end_up_with(mover: Mover, eight: list[ConversationId]) -> None:
    assert mover.move(mover.some(None, "kim", "lee", level=True)).gains == {"kim": 4, "unassigned": -4}
    assert mover.shares() == {None: 0, "kim": 4, "lee": 4}


def test_everyone_is_every_other_active_sender(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    add_user(db, owner, "zed", "Zed", "", role=Role.SENDER)
    add_user(db, owner, "gone", "Gone", "", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["zed", "gone"])
    remove_sender(db, owner, "Spring", "gone")
    outcome = mover.move(Request(mover.of.id, FromAssignments(mover.at("lee")), ToAllOthers()))
    assert outcome.gains == {"kim": 2, "zed": 2, "lee": -4}
    one = Request(mover.of.id, FromConversations((eight[1],)), ToAllOthers())
    assert look_at(db, eight[1]).sender_login == "kim"
    assert set(mover.move(one).gains) == {"lee", "kim"}


# What is refused (4.6, 4.10)


def test_if_there_are_fewer_those_are_moved_and_the_true_number_is_said(
    mover: Mover, eight: list[ConversationId]
) -> None:
    outcome = mover.move(mover.some("lee", "kim", count=99))
    assert outcome.moved == 4
    assert outcome.sentence == "moved 4 conversations from Lee Bishop to Kim Alvarez"


def test_if_there_are_none_nothing_happens_and_there_is_nothing_to_undo(
    db: Database, mover: Mover, eight: list[ConversationId]
) -> None:
    before = journal(db)
    outcome = mover.move(mover.some("kim", "lee"))
    assert (outcome.event, outcome.moved, outcome.gains) == (None, 0, {})
    assert journal(db) == before
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undo(db, mover.who)


@pytest.mark.parametrize(
    ("sources", "to", "count", "why"),
    [
        (("lee",), ("lee",), None, "choose"),
        (("lee", "kim"), ("kim", "lee"), None, "choose"),
        (("lee",), ("kim",), 0, "at least 1"),
        (("lee",), ("kim",), -3, "at least 1"),
        (("lee",), (), None, "No destination"),
        (("lee",), ("gone",), None, "no longer active"),
        (FromEveryone(), ("elsewhere",), None, "no longer active"),
        (FromConversations((ConversationId(2),)), ("lee",), None, "already at a destination"),
        (FromConversations((ConversationId(999),)), ("lee",), None, "no conversation 999"),
        (FromConversations((ConversationId(9),)), ("lee",), None, "9 is not in this campaign but in 'Fall'"),
    ],
)
def test_it_is_plainly_refused(
    db: Database,
    owner: Identity,
    mover: Mover,
    eight: list[ConversationId],
    *,
    sources: Sources | tuple[str, ...],
    to: tuple[str, ...],
    count: int | None,
    why: str,
) -> None:
    add_user(db, owner, "gone", "Gone", "", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["gone"])
    gone = mover.at("gone")
    remove_sender(db, owner, "Spring", "gone")
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    take_in(db, owner, "Fall", ["Not1"])
    special = {"gone": gone, "elsewhere": (assignment_of(db, fall, None),)}
    before = (holders(db, mover.of), journal(db))
    destinations = ToAssignments(tuple(each for login in to for each in special.get(login) or mover.at(login)))
    giving = FromAssignments(mover.at(*sources)) if isinstance(sources, tuple) else sources
    request = Request(mover.of.id, giving, destinations, count=count)
    with pytest.raises(Refused, match=why):
        mover.preview(request)
    with pytest.raises(Refused, match=why):
        mover.move(request)
    assert (holders(db, mover.of), journal(db)) == before


def test_those_already_at_the_destination_count_as_skipped(mover: Mover, eight: list[ConversationId]) -> None:
    request = Request(mover.of.id, FromConversations(tuple(eight[:4])), ToAssignments(mover.at("lee")))
    assert mover.preview(request).already_there == (eight[1], eight[3])
    outcome = mover.move(request)
    assert (outcome.moved, outcome.skipped) == (2, (eight[1], eight[3]))
    assert outcome.sentence.endswith("; 2 skipped")


def test_a_conversation_that_was_picked_twice_moves_once(mover: Mover, eight: list[ConversationId]) -> None:
    request = Request(mover.of.id, FromConversations((eight[0], eight[0])), ToAssignments(mover.at("lee")))
    assert mover.move(request).moved == 1


def test_it_is_done_in_paused_and_draft_campaigns_and_refused_in_archived_ones(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    planned = mover.preview(mover.some("lee", "kim"))
    change_state(db, owner, "Spring", CampaignState.PAUSED)
    moved = mover.move(mover.some("lee", "kim", count=1))
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    before = holders(db, mover.of)
    for attempt in (
        lambda: mover.move(mover.some("lee", "kim")),
        lambda: mover.preview(mover.some("lee", "kim")),
        lambda: apply_plan(db, mover.who, planned),
        lambda: undo(db, mover.who, moved.event),
        lambda: remove_sender(db, owner, "Spring", "lee"),
    ):
        with pytest.raises(Refused, match="archived"):
            attempt()
    assert holders(db, mover.of) == before


# Preview and move (4.7)


def test_a_preview_says_who_gives_what_to_whom(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    opt_out_number(db, owner, number(1))
    before = (holders(db, mover.of), len(journal(db)))
    planned = mover.preview(mover.some("lee", "kim"))
    assert planned.gains == {"kim": 4, "lee": -4}
    assert [(move.status, move.opted_out) for move in planned.moves] == [
        (Status.NOT_STARTED, True),
        (Status.SENT, False),
        (Status.NEEDS_REPLY, False),
        (Status.ANSWERED, False),
    ]
    assert (holders(db, mover.of), len(journal(db))) == before


def test_what_changed_hands_since_the_preview_is_skipped_and_counted(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    planned = mover.preview(mover.some("lee", "kim"))
    give(db, owner, mover.of, None, [eight[1]])
    give(db, owner, mover.of, "kim", [eight[3]])
    give(db, owner, mover.of, "kim", [eight[5]])
    give(db, owner, mover.of, "lee", [eight[5]])  # there and back is changed hands as well
    outcome = apply_plan(db, mover.who, planned)
    assert (outcome.moved, outcome.skipped) == (1, (eight[1], eight[3], eight[5]))
    assert outcome.sentence == "moved 1 conversation from Lee Bishop to Kim Alvarez; 3 skipped"


def test_what_changed_otherwise_since_the_preview_moves_as_previewed(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    planned = mover.preview(mover.some("lee", "kim", status=StatusFilter.NEEDS_REPLY))
    send(db, owner, eight[5], body="answered meanwhile")
    assert apply_plan(db, mover.who, planned).moved == 1


def test_a_destination_that_left_since_the_preview_gets_nothing(
    db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]
) -> None:
    planned = mover.preview(mover.some(None, "kim", "lee"))
    remove_sender(db, owner, "Spring", "kim")
    outcome = apply_plan(db, mover.who, planned)
    assert (outcome.moved, len(outcome.skipped)) == (2, 2)
    assert outcome.gains == {"lee": 2, "unassigned": -2}


def test_a_plan_is_applied_once(db: Database, mover: Mover, eight: list[ConversationId]) -> None:
    planned = mover.preview(mover.some("lee", "kim"))
    apply_plan(db, mover.who, planned)
    again = apply_plan(db, mover.who, planned)
    assert (again.event, again.moved, len(again.skipped)) == (None, 0, 4)


# What it leaves behind (4.8, 8.3, 3.10)


def test_a_move_is_one_journal_entry_that_can_be_undone(
    db: Database, mover: Mover, eight: list[ConversationId]
) -> None:
    before = len(journal(db))
    outcome = mover.move(mover.some("lee", "kim", None, count=3))
    [entry] = journal(db)[:-before]
    assert (entry.id, entry.kind, entry.by, entry.undoable) == (outcome.event, EventKind.REASSIGN, "mo", True)
    assert sentence_of(entry) == "moved 3 conversations from Lee Bishop to Unassigned and Kim Alvarez"


def test_each_thread_has_a_line_for_it(db: Database, mover: Mover, eight: list[ConversationId]) -> None:
    mover.move(mover.some("lee", "kim"))
    assert sentence_of(look_at(db, eight[1]).events[-1]) == "reassigned from Lee Bishop to Kim Alvarez by Mo Quill"


def test_messages_and_authors_stay(db: Database, mover: Mover, eight: list[ConversationId]) -> None:
    before = [look_at(db, each).messages for each in eight]
    mover.move(mover.bulk("kim"))
    assert [look_at(db, each).messages for each in eight] == before


def test_many_senders_are_summed_up(db: Database, owner: Identity, mover: Mover, eight: list[ConversationId]) -> None:
    for nth in range(4):
        add_user(db, owner, f"s{nth}", f"S{nth}", "", role=Role.SENDER)
    add_senders(db, owner, "Spring", [f"s{nth}" for nth in range(4)])
    outcome = mover.move(mover.some("lee", "s0", "s1", "s2", "s3"))
    assert outcome.sentence == "moved 4 conversations from Lee Bishop to S0, S1 and 2 others"
