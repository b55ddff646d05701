"""Every undoable change is read from the journal, old entries included, and undone by its own record (rules 4.9)."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import thrumsg_tui.store
import thrumsg_tui.store.changes
from tests.store.arranging import ask_everyone, assignment_of, give, journal, number, take_in
from tests.store.formats import ROWS, make_format
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, CampaignId, ChoiceId, FollowUpId, QuestionId
from thrumsg_tui.domain.conversations import ConversationId, EventId, MessageId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAllOthers, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import AnswerChange, record_answer
from thrumsg_tui.store.changes.campaign_senders import remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_out_lists import OptOutList, opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.parse_undoable import parse_undoable, undoable_change, undoable_changes
from thrumsg_tui.store.changes.reassign import Reassignment, SenderRemoval, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.skip_follow_up import FollowUpSkip, skip_follow_up
from thrumsg_tui.store.changes.stored_opt_outs import Described
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.undo_opt_outs import NumberOptIn, NumberOptOut
from thrumsg_tui.store.changes.undo_send import SentMessage
from thrumsg_tui.store.changes.undoable_change import RecordedEvent, UndoableChange
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.queries.history import get_event, history

STORE = Path(thrumsg_tui.store.__file__).parent


def recorded(kind: EventKind) -> RecordedEvent:
    """An entry of a kind."""
    return RecordedEvent(EventId(7), kind, CampaignId(1))


OLD: Described = {"kind": "manual", "note": "", "at": 5, "user_id": 1}
"""An opt-out as the journal keeps it."""

Make = Callable[[RecordedEvent], UndoableChange]


def move(event: RecordedEvent) -> UndoableChange:
    return Reassignment(event, CampaignId(1))


def removal(event: RecordedEvent) -> UndoableChange:
    return SenderRemoval(event, CampaignId(1), AssignmentId(3))


def sent(event: RecordedEvent) -> UndoableChange:
    return SentMessage(event, MessageId(4), flagged=False)


def opt_out(event: RecordedEvent) -> UndoableChange:
    return NumberOptOut(event, "+1", 5)


def opt_in(event: RecordedEvent) -> UndoableChange:
    return NumberOptIn(event, "+1", OLD, ())


def opt_out_list(event: RecordedEvent) -> UndoableChange:
    return OptOutList(event, 2)


def answer(event: RecordedEvent) -> UndoableChange:
    return AnswerChange(event, QuestionId(1), None, ChoiceId(2))


def skip(event: RecordedEvent) -> UndoableChange:
    return FollowUpSkip(event, FollowUpId(6))


COUNTS = {"imported": 2, "updated": 0, "unchanged": 0, "duplicates": 0, "rejected": 0}

ENTRIES: list[tuple[EventKind, dict[str, Any], Make | None]] = [
    (EventKind.SEND, {"message": 4}, sent),  # before flags were kept
    (EventKind.SEND, {"message": 4, "flagged": True}, lambda event: SentMessage(event, MessageId(4), flagged=True)),
    (EventKind.UNDO, {"message": 4, "thread": "message taken back"}, sent),
    (EventKind.REASSIGN, {"removed": None, "skipped": 0}, move),
    (EventKind.REASSIGN, {"removed": None, "skipped": 0, "way": "from Kim to Lee"}, move),
    (EventKind.UNDO, {"removed": None, "skipped": 0}, move),
    (EventKind.REMOVE_SENDER, {"removed": 3, "skipped": 0}, removal),
    (EventKind.UNDO, {"removed": 3, "skipped": 0}, removal),
    (EventKind.REDO, {"removed": 3, "skipped": 0}, removal),
    (EventKind.OPT_OUT, {"phone": "+1", "at": 5, "thread": "opted out by Ana"}, opt_out),
    (EventKind.OPT_OUT, {"phone": "+1"}, lambda event: NumberOptOut(event, "+1", None)),
    (EventKind.UNDO, {"phone": "+1", "old": OLD, "thread": "opt-out taken back by Ana"}, opt_in),
    (EventKind.REDO, {"phone": "+1", "at": 5, "thread": "opted out again by Ana"}, opt_out),
    (EventKind.OPT_IN, {"phone": "+1", "old": OLD, "thread": "opted in by Ana"}, opt_in),
    (
        EventKind.OPT_IN,
        {"phone": "+1", "old": OLD, "flagged": [8, 9], "thread": "opted in by Ana"},
        lambda event: NumberOptIn(event, "+1", OLD, (ConversationId(8), ConversationId(9))),
    ),
    (EventKind.OPT_OUT, {"numbers": 2, "thread": "opted out by Ana, from a list"}, opt_out_list),
    (EventKind.IMPORT, {"file": "a.csv", **COUNTS, "numbers": 2, "thread": "opted out by Ana"}, opt_out_list),
    (EventKind.IMPORT, {"file": "a.csv", **COUNTS}, None),
    (EventKind.UNDO, {"numbers": 2, "thread": "opt-out taken back by Ana"}, opt_out_list),
    (EventKind.ANSWER, {"question": 1, "before": None, "after": 2, "thread": "Vote? Yes, by Ana"}, answer),
    (EventKind.REDO, {"question": 1, "before": None, "after": 2, "thread": "answer is 'Yes' again"}, answer),
    (EventKind.SKIP_FOLLOW_UP, {"follow_up": 6, "thread": "follow-up skipped by Ana"}, skip),
    (EventKind.UNDO, {"follow_up": 6, "thread": "follow-up is up again, by Ana"}, skip),
    (EventKind.CHANGE_OPT_OUT, {"thread": "note on the opt-out changed by Ana"}, None),
    (EventKind.RESTORE, {"file": "a.db", "as_of": 1, "login": "ana", "in_doubt": 0}, None),
]
"""Entries as this version and earlier ones have written them, and what they are read as."""


@pytest.mark.parametrize(("kind", "details", "make"), ENTRIES)
def test_an_entry_of_any_version_is_read_as_what_it_recorded(
    kind: EventKind, details: dict[str, Any], make: Make | None
) -> None:
    event = recorded(kind)
    assert parse_undoable(event, details) == (make(event) if make else None)


@pytest.mark.parametrize("kind", EventKind)
def test_an_entry_without_details_is_none_that_can_be_undone(kind: EventKind) -> None:
    assert parse_undoable(recorded(kind), {}) is None


def test_every_undoable_change_can_be_recorded_and_undone_by_some_entry() -> None:
    for module in pkgutil.iter_modules(thrumsg_tui.store.changes.__path__):
        import_module(f"thrumsg_tui.store.changes.{module.name}")
    listed = {change.__name__ for kind in EventKind for change in undoable_changes(kind)}
    assert listed == {change.__name__ for change in UndoableChange.__subclasses__()}
    assert {change.__name__ for change in undoable_changes(EventKind.UNDO)} == listed
    assert {make(recorded(kind)).__class__.__name__ for kind, _, make in ENTRIES if make} == listed


def test_what_is_recorded_as_undoable_has_a_record_that_undoes_it() -> None:
    kinds = {kind for path in STORE.rglob("*.py") for kind in recorded_as_undoable(path)}
    assert EventKind.SKIP_FOLLOW_UP in kinds
    assert [kind for kind in kinds if not undoable_changes(kind)] == []


def recorded_as_undoable(path: Path) -> list[EventKind]:
    """The kinds that a module records with `undoable=`, where it names them."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    undoable = [call for call in calls if any(each.arg == "undoable" for each in call.keywords)]
    named = (part for call in undoable for part in call.args if isinstance(part, ast.Attribute))
    return [EventKind[part.attr] for part in named if isinstance(part.value, ast.Name) and part.value.id == "EventKind"]


@pytest.mark.only_sqlite("no server has had this format")
def test_the_entries_of_an_old_database_are_as_undoable_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    make_format(path, 2, ROWS)
    db = Database(path)
    with db.reading() as conn:
        undoable = {entry.id for entry in history(conn) if entry.undoable}
        marked = {row["id"] for row in conn.execute("SELECT id FROM event WHERE undoable = 1")}
        sent = {row["id"] for row in conn.execute("SELECT id FROM event WHERE action = 'send'")}
        assert undoable == marked | sent  # no message of it has left
        assert (len(marked), len(sent)) == (12, 8)
    db.close()


@pytest.fixture
def three(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Three conversations that kim holds."""
    conversations = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy"])
    give(db, owner, spring, "kim", conversations)
    return conversations


def test_what_every_change_records_is_read_again_and_so_is_its_undo_and_redo(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId], tmp_path: Path
) -> None:
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    send(db, owner, three[0])
    receive(db, None, number(0), "Hello")
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    (tmp_path / "out.csv").write_text("phone\n+14155550177\n")
    moved = Request(spring.id, FromConversations((three[1],)), ToAssignments((assignment_of(db, spring, "lee"),)))
    changes: list[tuple[Callable[[], EventId | None], type[UndoableChange], type[UndoableChange]]] = [
        (lambda: record_answer(db, owner, three[0], "Vote?", "Yes"), AnswerChange, AnswerChange),
        (lambda: skip_follow_up(db, owner, three[0]), FollowUpSkip, FollowUpSkip),
        (lambda: opt_out_number(db, owner, number(1)).event, NumberOptOut, NumberOptIn),
        (lambda: opt_in_number(db, owner, number(1)).event, NumberOptIn, NumberOptOut),
        (lambda: opt_out_numbers(db, owner, number(2)).event, OptOutList, OptOutList),
        (lambda: import_opt_outs(db, owner, tmp_path / "out.csv").event, OptOutList, OptOutList),
        (lambda: reassign(db, owner, moved).event, Reassignment, Reassignment),
        (lambda: remove_sender(db, owner, "Spring", "kim").event, SenderRemoval, SenderRemoval),
    ]
    for make, change, undone in changes:
        newest = make()
        for expected in (change, undone, change, undone):
            assert newest is not None
            with db.reading() as conn:
                assert type(undoable_change(conn, newest)) is expected
                assert get_event(conn, newest).undoable
            newest = undo(db, owner, newest).event


def test_an_archived_campaign_keeps_its_moves_follow_ups_and_messages_but_answers_and_opt_outs_can_be_undone(
    db: Database, owner: Identity, spring: Campaign, three: list[ConversationId]
) -> None:
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    receive(db, None, number(0), "Hello")
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    skipped = skip_follow_up(db, owner, three[0])
    kept = {undo(db, owner, skipped).event}
    send(db, owner, three[1])
    kept |= {
        journal(db)[0].id,
        reassign(db, owner, Request(spring.id, FromConversations((three[1],)), ToAllOthers())).event,
        remove_sender(db, owner, "Spring", "kim").event,
    }
    undone = {record_answer(db, owner, three[0], "Vote?", "Yes"), opt_out_number(db, owner, number(2)).event}
    assert {entry.id for entry in journal(db) if entry.undoable} >= kept | undone
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    assert not {entry.id for entry in journal(db) if entry.undoable} & kept
    for event_id in kept:
        with pytest.raises(Refused, match="'Spring' is archived"):
            undo(db, owner, event_id)
    assert {entry.id for entry in journal(db) if entry.undoable} >= undone
    for event_id in undone:
        assert undo(db, owner, event_id).event is not None


def test_no_statement_asks_what_json_says() -> None:
    asking = re.compile(r"\bjson_(extract|type|set|each|insert|replace|remove|patch)\s*\(|->>")
    found = [
        path.name
        for path in Path(thrumsg_tui.store.__path__[0]).rglob("*.py")
        if asking.search(path.read_text("utf-8"))
    ]
    assert found == []
