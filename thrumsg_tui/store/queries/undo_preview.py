"""What taking a change back would do (`docs/rules.md 4.9`)."""

from __future__ import annotations

from functools import partial

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import MessageKind, Status, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, UndoPreview
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.store.changes.parse_undoable import undoable_change
from thrumsg_tui.store.changes.undo_send import SentMessage
from thrumsg_tui.store.changes.undoable_change import UndoableChange
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.queries.bulk_move_jobs import begun_by, job_of
from thrumsg_tui.store.queries.history import get_event, newest_own_undo, newest_send, own_changes
from thrumsg_tui.store.queries.lookup import FoundConversation

ASKED_FOR = "The contact asked for it in their own words."
"""What is said before such an opt-out is taken back."""


def undoable(conn: Connection, who: Identity, event_id: EventId) -> tuple[Event, UndoableChange]:
    """Find a change that a person may take back now: its entry, and what undoes it.

    Raises `NotFound` if there is none, `NotPermitted` where the person may not, `Refused` where nobody may.
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
        raise Refused(f"Change {wanted.id} is none that can be undone.")
    return wanted, change


def change_to_undo(conn: Connection, who: Identity, event_id: EventId | None) -> UndoableChange:
    """Find the change that `undo` takes back: the given one, or with None the person's last; raises as these do."""
    return undoable(conn, who, last_undoable(conn, who).id if event_id is None else event_id)[1]


def last_undoable(conn: Connection, who: Identity, *, before_messages: bool = False) -> Event:
    """The newest change of a person that they may take back now, that is no undo, and of which anything is left.

    Raises `Refused` if there is none, where a newer one is still under way, or where a message that they sent since
    cannot be taken back: whoever wants that one back must not lose another change. `before_messages` looks behind such
    messages.
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
    """The newest change of a person that was made to be taken back, or message; whether it can be now or not."""
    made = (next(own_changes(conn, who.user.id), None), newest_send(conn, who.user.id))
    return max((each for each in made if each is not None), default=None)


def why_message_stays(conn: Connection, who: Identity, event_id: EventId) -> str | None:
    """Say of a message that was sent why a person cannot take it back; None where they can, or of another change."""
    change = undoable_change(conn, event_id)
    return change.why_it_stays(conn, who) if isinstance(change, SentMessage) else None


def taken_back_in(conn: Connection, event_id: EventId) -> FoundConversation | None:
    """The conversation of a message that was taken back, in the tab in which its box shows it; None for other undos."""
    change = undoable_change(conn, event_id)
    if not isinstance(change, SentMessage) or not change.is_undo:
        return None
    row = conn.execute(
        """
        SELECT conversation.id, conversation.campaign_id, conversation.assignment_id, conversation.status,
               conversation.tab, conversation.in_follow_ups, campaign.name, users.login, message.kind
        FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN assignment ON assignment.id = conversation.assignment_id
        LEFT JOIN users ON users.id = assignment.user_id
        WHERE message.id = ?
        """,
        (change.message,),
    ).fetchone()
    if row is None:
        return None
    follow_up = row["kind"] == MessageKind.FOLLOW_UP and row["in_follow_ups"]
    return FoundConversation(
        id=ConversationId(row["id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        assignment_id=AssignmentId(row["assignment_id"]),
        campaign=row["name"],
        sender=row["login"],
        status=Status(row["status"]),
        tab=Tab.FOLLOW_UPS if follow_up else Tab(row["tab"]),
    )


def last_redoable(conn: Connection, who: Identity) -> Event:
    """The newest undo of a person that was not taken back itself; `Refused` if there is none or it cannot be."""
    newest = newest_own_undo(conn, who.user.id)
    if newest is None:
        raise Refused("There is nothing to redo: you have taken nothing back, or everything is redone.")
    return undoable(conn, who, newest)[0]


def concerns_many(conn: Connection, event_id: EventId) -> bool:
    """Whether a change moved more than one conversation, or opted out more than one number of a list."""
    moved = conn.execute(
        "SELECT 1 FROM event_conversation WHERE event_id = ? AND to_assignment_id IS NOT NULL LIMIT 2", (event_id,)
    ).fetchall()
    listed = conn.execute("SELECT 1 FROM event_number WHERE event_id = ? LIMIT 2", (event_id,)).fetchall()
    return len(moved) + len(listed) > 1


def preview_undo(conn: Connection, who: Identity, event_id: EventId) -> UndoPreview:
    """Work out what undoing a change would do, changing nothing; raises what `undoable` does."""
    wanted, change = undoable(conn, who, event_id)
    return change.preview(conn, wanted)
