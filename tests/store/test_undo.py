"""Taking changes back (docs/rules.md 4.9, 8.3); each kind of change has more beside its own tests."""

import pytest

from tests.store.arranging import (
    ask_everyone,
    assignment_of,
    give,
    holders,
    journal,
    known_as,
    look_at,
    number,
    sentence_of,
    take_in,
)
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.reassignment import FromConversations, Outcome, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.undo_preview import is_weighty, preview_undo


@pytest.fixture
def three(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Three conversations that nobody holds."""
    return take_in(db, owner, "Spring", ["Ann", "Bea", "Cy"])


@pytest.fixture
def moved(db: Database, moderator: Identity, spring: Campaign, three: list[ConversationId]) -> Outcome:
    """Mo gave all three to kim."""
    destinations = (assignment_of(db, spring, "kim"),)
    return reassign(db, moderator, Request(spring.id, FromConversations(tuple(three)), ToAssignments(destinations)))


def test_what_happened_in_the_meantime_stays(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    send(db, known_as(db, "kim"), three[0])
    receive(db, None, number(0), "STOP")
    record_answer(db, owner, three[0], "Vote?", "No")
    before = look_at(db, three[0])
    undo(db, owner, moved.event)
    after = look_at(db, three[0])
    assert after.sender_login is None
    assert (after.messages, after.answers, after.opt_out) == (before.messages, before.answers, before.opt_out)


def test_anyone_who_may_reassign_may_undo_it_and_nobody_else(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    with pytest.raises(NotPermitted, match="reassign"):
        undo(db, known_as(db, "kim"), moved.event)
    assert undo(db, owner, moved.event).moved == 3
    assert set(holders(db, spring).values()) == {None}


def test_a_change_is_undone_once(db: Database, owner: Identity, moved: Outcome) -> None:
    undone = undo(db, owner, moved.event)
    with pytest.raises(Refused, match=f"undone already, by change {undone.event}"):
        undo(db, owner, moved.event)


def test_a_change_of_many_is_one_of_more_than_one_conversation_or_number(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    """docs/rules.md 4.9."""
    lee = ToAssignments((assignment_of(db, spring, "lee"),))
    one, two = (
        reassign(db, owner, Request(spring.id, FromConversations(tuple(some)), lee)).event
        for some in (three[:1], three[1:])
    )
    numbers = []
    for some in (number(0), f"{number(1)}\n{number(2)}"):
        opt_out_numbers(db, owner, some)
        numbers.append(journal(db)[0].id)
    with db.reading() as conn:
        assert [is_weighty(conn, each) for each in (one, two, *numbers) if each] == [False, True, False, True]


def test_an_undo_can_be_undone_and_that_again(db: Database, owner: Identity, spring: Campaign, moved: Outcome) -> None:
    event = moved.event
    deeds = []
    for expected in ("Unassigned", "kim") * 2:
        event = undo(db, owner, event).event
        deeds.append(journal(db)[0].kind)
        assert set(holders(db, spring).values()) == {None if expected == "Unassigned" else expected}
    assert deeds == [EventKind.UNDO, EventKind.REDO, EventKind.UNDO, EventKind.REDO]


def test_both_entries_say_how_they_belong_together(db: Database, owner: Identity, moved: Outcome) -> None:
    undone = undo(db, owner, moved.event)
    entries = {entry.id: entry for entry in journal(db)}
    assert moved.event is not None
    assert undone.event is not None
    assert (entries[undone.event].undoes, entries[moved.event].undone_by) == (moved.event, undone.event)
    assert entries[undone.event].by == "ana"


def test_without_a_name_it_is_ones_own_last_change_that_is_not_an_undo(
    db: Database, owner: Identity, moderator: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    give(db, moderator, spring, "kim", three[:1])
    give(db, moderator, spring, "lee", three[1:2])
    opt_out_number(db, owner, number(2))
    for expected in (["kim", None, None], [None, None, None]):
        undo(db, moderator)
        assert list(holders(db, spring).values()) == expected
    assert look_at(db, three[2]).opted_out  # ana's, not mo's
    with pytest.raises(Refused, match="nothing of yours"):
        undo(db, moderator)


def test_what_cannot_be_taken_back_now_is_passed_over(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    ask_everyone(db, owner, "Spring", Voting="Yes|No")
    kim = known_as(db, "kim")
    give(db, owner, spring, "kim", three)
    record_answer(db, kim, three[0], "Voting?", "Yes")
    record_answer(db, kim, three[1], "Voting?", "No")
    give(db, owner, spring, "lee", three[1:2])
    assert undo(db, kim).sentence == "Ann's answer to 'Voting?' is taken back"
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undo(db, kim)


def test_what_was_changed_again_is_passed_over_and_stays_as_undoable_as_it_was(
    db: Database, owner: Identity, moderator: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    ask_everyone(db, owner, "Spring", Voting="Yes|No")
    record_answer(db, owner, three[0], "Voting?", "Yes")
    given = reassign(
        db,
        owner,
        Request(spring.id, FromConversations(tuple(three)), ToAssignments((assignment_of(db, spring, "lee"),))),
    )
    again = reassign(
        db,
        moderator,
        Request(spring.id, FromConversations(tuple(three)), ToAssignments((assignment_of(db, spring, "kim"),))),
    )
    assert undo(db, owner).sentence == "Ann's answer to 'Voting?' is taken back"
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undo(db, owner)
    undo(db, moderator, again.event)
    assert undo(db, owner, given.event).moved == 3


def test_each_kind_of_change_is_passed_over_when_nothing_of_it_is_left(
    db: Database, owner: Identity, moderator: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    ask_everyone(db, owner, "Spring", Voting="Yes|No")
    record_answer(db, owner, three[0], "Voting?", "Yes")
    opt_out_number(db, owner, number(1))
    opt_out_numbers(db, owner, number(2), "", "US")
    record_answer(db, moderator, three[0], "Voting?", "No")
    opt_in_number(db, moderator, number(1))
    opt_in_number(db, moderator, number(2))
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undo(db, owner)
    for kind in (1, 2):
        undo(db, moderator)
        assert undo(db, owner).event is not None, kind


def test_a_preview_tells_when_nothing_is_left(
    db: Database, owner: Identity, moderator: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    ask_everyone(db, owner, "Spring", Voting="Yes|No")
    event = record_answer(db, owner, three[0], "Voting?", "Yes")
    assert event is not None
    with db.reading() as conn:
        assert preview_undo(conn, owner, event).takes_effect
    record_answer(db, moderator, three[0], "Voting?", "No")
    with db.reading() as conn:
        assert not preview_undo(conn, owner, event).takes_effect


def test_the_moves_of_an_archived_campaign_are_passed_over_and_told_apart(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    assert moved.event is not None
    opted_out = opt_out_number(db, owner, number(0))
    given = reassign(
        db,
        owner,
        Request(spring.id, FromConversations((three[0],)), ToAssignments((assignment_of(db, spring, "lee"),))),
    )
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    standing = {each.id: each.undoable for each in journal(db)}
    assert given.event is not None
    assert (standing[moved.event], standing[given.event], standing[opted_out.event]) == (False, False, True)
    assert undo(db, owner).sentence == "Ann is opted in again"
    for event in (moved.event, given.event):
        with pytest.raises(Refused, match="'Spring' is archived: nothing in it changes any more"):
            undo(db, owner, event)
        with db.reading() as conn, pytest.raises(Refused, match="archived"):
            preview_undo(conn, owner, event)


def test_undoing_one_after_the_other_takes_all_back(
    db: Database, moderator: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    give(db, moderator, spring, "lee", three[:1])
    undo(db, moderator)
    undo(db, moderator)
    assert set(holders(db, spring).values()) == {None}


def test_a_receipt_cannot_be_undone(db: Database, owner: Identity, three: list[ConversationId]) -> None:
    receive(db, owner, number(0), "Hello")
    with pytest.raises(Refused, match="cannot be undone"):
        undo(db, owner, journal(db)[0].id)


def test_a_change_that_there_is_not_is_not_found(db: Database, owner: Identity) -> None:
    with pytest.raises(NotFound, match="no change 999"):
        undo(db, owner, EventId(999))


def test_where_nothing_could_be_put_back_no_event_is_written(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    give(db, owner, spring, "lee", three)
    before = journal(db)
    undone = undo(db, owner, moved.event)
    assert (undone.event, undone.moved, undone.skipped) == (None, 0, tuple(three))
    assert [entry.id for entry in journal(db)] == [entry.id for entry in before]


def test_what_came_from_somebody_who_has_left_is_skipped_and_listed(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    to_lee = (assignment_of(db, spring, "lee"),)
    given = reassign(db, owner, Request(spring.id, FromConversations(tuple(three[:2])), ToAssignments(to_lee)))
    remove_sender(db, owner, "Spring", "kim")
    undone = undo(db, owner, given.event)
    assert (undone.moved, undone.skipped) == (0, tuple(three[:2]))
    assert holders(db, spring) == {three[0]: "lee", three[1]: "lee", three[2]: None}


def test_a_preview_says_what_would_go_back_and_what_would_stay(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    give(db, owner, spring, "lee", three[:1])
    assert moved.event is not None
    with db.reading() as conn:
        preview = preview_undo(conn, owner, moved.event)
    assert (preview.entry.id, preview.moves, preview.skipped) == (moved.event, 2, (three[0],))
    undone = undo(db, owner, moved.event)
    assert (undone.moved, undone.skipped) == (preview.moves, preview.skipped)


def test_the_preview_of_a_removal_counts_what_goes_back_to_who_left(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], moved: Outcome
) -> None:
    removed = remove_sender(db, owner, "Spring", "kim")
    assert removed.event is not None
    with db.reading() as conn:
        preview = preview_undo(conn, owner, removed.event)
    assert (preview.moves, preview.skipped) == (3, ())


def test_the_thread_tells_of_the_undo(
    db: Database, owner: Identity, three: list[ConversationId], moved: Outcome
) -> None:
    undo(db, owner, moved.event)
    assert [sentence_of(event) for event in look_at(db, three[0]).events] == [
        "reassigned from Unassigned to Kim Alvarez by Mo Quill",
        "reassigned from Kim Alvarez to Unassigned by Ana Ortiz (undo)",
    ]
