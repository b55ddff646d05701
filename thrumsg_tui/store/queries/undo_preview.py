"""Find the event to undo or redo, and preview the undo (`docs/rules.md 4.9`)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import MessageKind, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.parse_undoable import undoable_change
from thrumsg_tui.store.changes.undoable_change import UndoableChange
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.bulk_move_jobs import begun_by, job_of
from thrumsg_tui.store.queries.history import get_event, newest_own_undo, newest_send, own_changes

if TYPE_CHECKING:
    from thrumsg_tui.store.queries.lookup import FoundConversation

ASKED_FOR = "The contact asked for it in their own words."
"""Warns before an opt-out is undone that the contact asked for in their own words."""

SENT_TOGETHER = (
    "What you did last was Send All: its messages are taken back one by one, by their numbers in the history."
)
"""Why what Send All has sent is not undone as one (`docs/rules.md 3.12`)."""

TOLD = "They were told that they are opted out."
"""Warns before an opt-out is undone of which the contact was told."""


def undoable(conn: Connection, who: Identity, event_id: EventId) -> tuple[Event, UndoableChange]:
    """Return an event that the person may undo now, and the change that undoes it.

    Raises:
        NotFound: There is no such event.
        NotPermitted: The person may not undo it.
        Refused: It was undone already, is still under way, or cannot be undone by anybody.
    """
    wanted = get_event(conn, event_id)
    if (wanted.acting_for or wanted.by) != who.user.login:
        who.require(Permission.REASSIGN)
    if wanted.undone_by is not None:
        raise Refused(f"Change {wanted.id} was undone already, by change {wanted.undone_by}; undo that to redo it.")
    if wanted.under_way and (job := job_of(conn, event_id)):
        raise Refused(f"Change {wanted.id} is still under way, {job.sentence}: undo it when that is done.")
    change = undoable_change(conn, event_id)
    if change is not None:
        change.require(conn, who)
    if change is None or not wanted.undoable:
        raise Refused(f"Change {wanted.id} cannot be undone.")
    return wanted, change


def change_to_undo(conn: Connection, who: Identity, event_id: EventId | None) -> UndoableChange:
    """Return the change that `undo` reverts: the given event, or with None the person's last; raises as these do."""
    return undoable(conn, who, last_undoable(conn, who).id if event_id is None else event_id)[1]


def last_undoable(conn: Connection, who: Identity, *, before_messages: bool = False) -> Event:
    """Return a person's newest event that they may undo now, is no undo itself, and has something left to undo.

    Args:
        conn: A connection.
        who: The person.
        before_messages: Whether to skip newer messages that can no longer be undone.

    Raises:
        Refused: There is none, a newer one is still under way, or a message sent since then cannot be undone: a person
            who means that message must not lose another change.
    """
    found = _last_undoable(conn, who)
    newest = newest_change(conn, who)
    if (
        newest is not None
        and (found is None or newest > found.id)
        and not before_messages
        and (stays := why_message_stays(conn, who, newest))
    ):
        if found is None:
            raise Refused(stays)
        how = f"{{stays}} `thrumsg undo {found.id}` takes back what you did before: {{what}}."
        raise Refused(how, stays=stays, what=partial(summary, found.facts))
    if found is None:
        raise Refused("There is nothing of yours to undo.")
    return found


def _last_undoable(conn: Connection, who: Identity) -> Event | None:
    begun = begun_by(conn, who.user.id)
    for event_id in own_changes(conn, who.user.id):
        if begun and begun > event_id:
            break
        try:
            wanted, change = undoable(conn, who, event_id)
        except Refused:
            continue
        if change.is_effective(conn):
            return wanted
    return undoable(conn, who, begun)[0] if begun else None


def newest_change(conn: Connection, who: Identity) -> EventId | None:
    """Return a person's newest undoable change or sent message, whether it can still be undone or not."""
    made = (next(own_changes(conn, who.user.id), None), newest_send(conn, who.user.id))
    return max((event_id for event_id in made if event_id is not None), default=None)


def why_message_stays(conn: Connection, who: Identity, event_id: EventId) -> str | None:
    """Return why a person cannot undo sending a message without its number; None if they can, or did something else."""
    from thrumsg_tui.store.changes.undo_send import SentMessage

    change = undoable_change(conn, event_id)
    if not isinstance(change, SentMessage):
        return None
    sent_alone = conn.execute("SELECT undoable FROM event WHERE id = ?", (event_id,)).fetchone()["undoable"]
    return change.why_it_stays(conn, who) or (None if sent_alone else SENT_TOGETHER)


def why_it_stays(conn: Connection, who: Identity, made: Event) -> str | None:
    """Return why a person cannot undo an event of theirs, their last one; None if they can."""
    if stays := why_message_stays(conn, who, made.id):
        return stays
    try:
        _, change = undoable(conn, who, made.id)
    except Refused as refusal:
        if undoable_change(conn, made.id):
            return str(refusal)
        return f"{'An import' if made.kind is EventKind.IMPORT else 'What you did last'} cannot be undone."
    return None if change.is_effective(conn) else "Of what you did last nothing is left to undo."


def taken_back_in(conn: Connection, event_id: EventId) -> FoundConversation | None:
    """Return the conversation of a message whose sending was undone, with the tab that offers the message again.

    None for events of other kinds, and if the message is gone.
    """
    from thrumsg_tui.store.changes.undo_send import SentMessage
    from thrumsg_tui.store.queries.lookup import conversations_by_id

    change = undoable_change(conn, event_id)
    if not isinstance(change, SentMessage) or not change.is_undo:
        return None
    row = conn.execute(
        """
        SELECT conversation.id, conversation.in_follow_ups, message.kind
        FROM message JOIN conversation ON conversation.id = message.conversation_id WHERE message.id = ?
        """,
        (change.message,),
    ).fetchone()
    if row is None:
        return None
    conversation_id = ConversationId(row["id"])
    found = conversations_by_id(conn, [conversation_id])[conversation_id]
    follow_up = row["kind"] == MessageKind.FOLLOW_UP and row["in_follow_ups"]
    return replace(found, tab=Tab.FOLLOW_UPS) if follow_up else found


def last_redoable(conn: Connection, who: Identity) -> Event:
    """Return a person's newest undo that was not undone itself; `Refused` if there is none or it cannot be."""
    newest = newest_own_undo(conn, who.user.id)
    if newest is None:
        raise Refused("There is nothing to redo: nothing was taken back, or all of it is redone.")
    return undoable(conn, who, newest)[0]


def is_weighty(conn: Connection, event_id: EventId) -> bool:
    """Whether the undo of an event is to be asked about, however new it is (`docs/rules.md 4.9`).

    It moved more than one conversation, opted out more than one number of a list, or a contact who was told so.
    """
    from thrumsg_tui.store.changes.undo_opt_outs import NumberOptOut

    moved = conn.execute(
        "SELECT 1 FROM event_conversation WHERE event_id = ? AND to_assignment_id IS NOT NULL LIMIT 2", (event_id,)
    ).fetchall()
    listed = conn.execute("SELECT 1 FROM event_number WHERE event_id = ? LIMIT 2", (event_id,)).fetchall()
    if len(moved) + len(listed) > 1:
        return True
    change = undoable_change(conn, event_id)
    return isinstance(change, NumberOptOut) and change.was_told(conn)


def preview_undo(conn: Connection, who: Identity, event_id: EventId) -> UndoPreview:
    """Work out what undoing an event would do, without changing anything; raises as `undoable` does."""
    wanted, change = undoable(conn, who, event_id)
    return change.preview(conn, wanted)
