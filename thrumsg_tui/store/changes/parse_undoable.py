"""The kinds of changes that can be undone, and parsing them from the journal (`docs/rules.md 4.9`)."""

from __future__ import annotations

from functools import cache
from typing import assert_never

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange, read_entry
from thrumsg_tui.store.engines.connection import Connection


def undoable_changes(kind: EventKind) -> tuple[type[UndoableChange], ...]:
    """List the classes that may parse the events of a kind; every new `EventKind` needs a case here.

    Each case imports its own: whoever undoes a move needs nothing of what sends and opts out.
    """
    match kind:
        case EventKind.SEND:
            from thrumsg_tui.store.changes.undo_send import SentMessage

            return (SentMessage,)
        case EventKind.REASSIGN | EventKind.REMOVE_SENDER:
            from thrumsg_tui.store.changes.reassign import Reassignment, SenderRemoval

            return (Reassignment, SenderRemoval)
        case EventKind.OPT_OUT | EventKind.OPT_IN | EventKind.IMPORT:
            from thrumsg_tui.store.changes.opt_out_lists import OptOutList
            from thrumsg_tui.store.changes.undo_opt_outs import NumberOptIn, NumberOptOut

            return (NumberOptOut, NumberOptIn, OptOutList)
        case EventKind.ANSWER:
            from thrumsg_tui.store.changes.answers import AnswerChange

            return (AnswerChange,)
        case EventKind.SKIP_FOLLOW_UP:
            from thrumsg_tui.store.changes.skip_follow_up import FollowUpSkip

            return (FollowUpSkip,)
        case EventKind.UNDO | EventKind.REDO:
            return _all_undoable_changes()
        case (
            EventKind.RECEIVE
            | EventKind.ADD_SENDER
            | EventKind.CHANGE_OPT_OUT
            | EventKind.CREATE_CAMPAIGN
            | EventKind.CHANGE_CAMPAIGN
            | EventKind.CREATE_FOLLOW_UP
            | EventKind.CHANGE_FOLLOW_UP
            | EventKind.END_FOLLOW_UP
            | EventKind.SETTLE_DOUBT
            | EventKind.EDIT_SURVEY
            | EventKind.EDIT_REPLIES
            | EventKind.RELEASE
            | EventKind.ADD_USER
            | EventKind.CHANGE_USER
            | EventKind.CHANGE_SETTING
            | EventKind.CHANGE_NUMBER
            | EventKind.REPAIR
            | EventKind.RESTORE
            | EventKind.MOVE_DATABASE
        ):
            return ()
        case _:
            assert_never(kind)


def parse_undoable(event: RecordedEvent, details: Details) -> UndoableChange | None:
    """Return the undoable change that an event recorded; None if it recorded none."""
    parsed = (change.parse(event, details) for change in undoable_changes(event.kind))
    return next((change for change in parsed if change is not None), None)


def undoable_change(conn: Connection, event_id: EventId) -> UndoableChange | None:
    """Return the undoable change that an event recorded; None if there is no such event or it recorded none."""
    row = conn.execute("SELECT id, action, campaign_id, details FROM event WHERE id = ?", (event_id,)).fetchone()
    return None if row is None else parse_undoable(*read_entry(row))


@cache
def _all_undoable_changes() -> tuple[type[UndoableChange], ...]:
    """List all classes: an undo is recorded with the details of the change that it undoes."""
    recorded = (kind for kind in EventKind if kind not in {EventKind.UNDO, EventKind.REDO})
    return tuple(dict.fromkeys(change for kind in recorded for change in undoable_changes(kind)))
