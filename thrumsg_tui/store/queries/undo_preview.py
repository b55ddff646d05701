"""What taking a change back would do (`docs/rules.md 4.9`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind, Status, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import Event, EventKind
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import net_gains
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.queries.bulk_move_jobs import begun_by, job_of
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.history import entry, newest_own_undo, newest_send, own_changes
from thrumsg_tui.store.queries.lookup import FoundConversation
from thrumsg_tui.store.queries.ownership import require_own, require_own_number
from thrumsg_tui.store.queries.reassignment import still_possible
from thrumsg_tui.store.queries.thread import conversation, opt_out
from thrumsg_tui.store.queries.undo_plan import details_of, takes_effect, undo_plan

ASKED_FOR = "The contact asked for it in their own words."
"""What is said before such an opt-out is taken back."""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """A change, how many conversations would go back, and which would stay because they were moved since.

    Unless it `takes_effect` nothing of it is left: it was changed again. What is `asked_for` is an opt-out that the
    contact asked for in their own words.
    """

    entry: Event
    takes_effect: bool
    moves: int
    skipped: tuple[ConversationId, ...]
    gains: Mapping[str, int]
    asked_for: bool = False


def undoable(conn: Connection, who: Identity, event_id: EventId) -> Event:
    """Find a change that a person may take back now.

    Raises `NotFound` if there is none, `NotPermitted` where the person may not, `Refused` where nobody may.
    """
    wanted = entry(conn, event_id)
    if (wanted.acting_for or wanted.by) != who.user.login:
        who.require(Permission.REASSIGN)
    if wanted.undone_by is not None:
        raise Refused(f"Change {wanted.id} was undone already, by change {wanted.undone_by}; undo that to redo it.")
    if wanted.under_way and (job := job_of(conn, event_id)):
        raise Refused(f"Change {wanted.id} is still under way, {job.sentence}: undo it when that is done.")
    _require_possible(conn, who, wanted)
    if not wanted.undoable:
        raise Refused(f"Change {wanted.id} is none that can be undone.")
    return wanted


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
        earlier = f" `thrumsg undo {found.id}` takes back what you did before: {found.summary}." if found else ""
        raise Refused(f"{stays}{earlier}")
    if found is None:
        raise Refused("There is nothing of yours to undo.")
    return found


def _last_undoable(conn: Connection, who: Identity) -> Event | None:
    begun = begun_by(conn, who.user.id)
    for event_id in own_changes(conn, who.user.id):
        if begun and begun > event_id:
            break
        try:
            wanted = undoable(conn, who, event_id)
        except Refused:
            continue
        if takes_effect(conn, wanted):
            return wanted
    return undoable(conn, who, begun) if begun else None


def newest_change(conn: Connection, who: Identity) -> EventId | None:
    """The newest change of a person that was made to be taken back, or message; whether it can be now or not."""
    made = (next(own_changes(conn, who.user.id), None), newest_send(conn, who.user.id))
    return max((each for each in made if each is not None), default=None)


def why_message_stays(conn: Connection, who: Identity, event_id: EventId) -> str | None:
    """Say of a message that was sent why a person cannot take it back; None where they can, or of another change."""
    row = conn.execute(
        """
        SELECT message.state, event.conversation_id, undoer.login AS undone_by,
               message.kind = :initial AND EXISTS (
                   SELECT 1 FROM message AS later
                   WHERE later.conversation_id = message.conversation_id AND later.id > message.id
                     AND later.direction = 'outgoing' AND later.state <> :cancelled AND later.kind <> :confirmation
               ) AS followed
        FROM event JOIN message ON message.id = json_extract(event.details, '$.message')
        LEFT JOIN event AS undo ON undo.id = event.undone_by LEFT JOIN users AS undoer ON undoer.id = undo.actor_id
        WHERE event.id = :event AND event.action = 'send'
        """,
        {
            "event": event_id,
            "initial": MessageKind.INITIAL,
            "cancelled": MessageState.CANCELLED,
            "confirmation": MessageKind.OPT_OUT_CONFIRMATION,
        },
    ).fetchone()
    if row is None:
        return None
    of = conversation(conn, ConversationId(row["conversation_id"]))
    if row["undone_by"]:
        return f"{row['undone_by']} took the message to {of.name} back already: it never left."
    if row["state"] == MessageState.CANCELLED:
        return f"The message to {of.name} was cancelled already: it never left."
    if row["state"] not in {MessageState.UNSENT, MessageState.QUEUED}:
        return f"The message to {of.name} has left already: it cannot be taken back."
    if row["followed"]:
        return f"Something else was sent to {of.name} after their initial: take that back first."
    try:
        require_own(who, of)
    except Refused as refusal:
        return f"The message to {of.name} cannot be taken back by you any more. {refusal}"
    return None


def taken_back_in(conn: Connection, event_id: EventId) -> FoundConversation | None:
    """The conversation of a message that was taken back, in the tab in which its box shows it; None for other undos."""
    row = conn.execute(
        """
        SELECT conversation.id, conversation.campaign_id, conversation.assignment_id, conversation.status,
               conversation.tab, conversation.in_follow_ups, campaign.name, users.login, message.kind
        FROM event
        JOIN message ON message.id = json_extract(event.details, '$.message')
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN assignment ON assignment.id = conversation.assignment_id
        LEFT JOIN users ON users.id = assignment.user_id
        WHERE event.id = ? AND event.action = 'undo'
        """,
        (event_id,),
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
    return undoable(conn, who, newest)


def concerns_many(conn: Connection, event_id: EventId) -> bool:
    """Whether a change moved more than one conversation, or opted out more than one number of a list."""
    row = conn.execute(
        """
        SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM event_conversation
                                      WHERE event_id = :id AND to_assignment_id IS NOT NULL LIMIT 2))
             + (SELECT COUNT(*) FROM (SELECT 1 FROM event_number WHERE event_id = :id LIMIT 2))
        """,
        {"id": event_id},
    ).fetchone()
    return int(row[0]) > 1


def _require_possible(conn: Connection, who: Identity, wanted: Event) -> None:
    """Raise `Refused` where the state of things, or the person's role, does not allow what the undo would do."""
    row = conn.execute("SELECT campaign_id, details FROM event WHERE id = ?", (wanted.id,)).fetchone()
    match json.loads(row["details"]):
        case {"message": _}:
            _require_not_left(conn, who, wanted)
            _require_not_archived(conn, row["campaign_id"])
        case {"phone": phone, "old": old} if old:
            require_own_number(conn, who, phone)
        case {"phone": _}:
            who.require(Permission.OPT_IN)
        case {"numbers": _}:
            who.require(Permission.CHANGE_OPT_OUTS)
        case {"question": _}:
            _require_holder(conn, who, wanted.id)
        case {"follow_up": _}:
            _require_holder(conn, who, wanted.id)
            _require_not_archived(conn, row["campaign_id"])
        case {"removed": removed}:
            who.require(Permission.REASSIGN)
            _require_not_archived(conn, row["campaign_id"])
            if removed is not None:
                who.require(Permission.MANAGE_PEOPLE)
                _require_last_removal(conn, wanted, removed)
                _require_nothing_left(conn, wanted, AssignmentId(removed))


def _require_not_left(conn: Connection, who: Identity, wanted: Event) -> None:
    if wanted.kind is EventKind.UNDO:
        raise Refused("A message that was taken back is sent again from its message box.")
    if stays := why_message_stays(conn, who, wanted.id):
        raise Refused(stays)


def _require_holder(conn: Connection, who: Identity, event_id: EventId) -> None:
    row = conn.execute("SELECT conversation_id FROM event_conversation WHERE event_id = ?", (event_id,)).fetchone()
    require_own(who, conversation(conn, ConversationId(row["conversation_id"])))


def _require_not_archived(conn: Connection, campaign_id: int) -> None:
    of = campaign(conn, CampaignId(campaign_id))
    if of.state is CampaignState.ARCHIVED:
        raise Refused(f"{of.name!r} is archived: nothing in it changes any more.")


def preview_undo(conn: Connection, who: Identity, event_id: EventId) -> UndoPreview:
    """Work out what undoing a change would do, changing nothing; raises what `undoable` does."""
    wanted = undoable(conn, who, event_id)
    details = details_of(conn, event_id)
    if "removed" not in details:
        asked_for = takes_effect(conn, wanted) and _was_asked_for(conn, details)
        return UndoPreview(wanted, takes_effect(conn, wanted), 0, (), {}, asked_for)
    row = conn.execute("SELECT campaign_id FROM event WHERE id = ?", (event_id,)).fetchone()
    removed = details["removed"]
    returning = AssignmentId(removed) if removed is not None and wanted.kind is not EventKind.UNDO else None
    planned = undo_plan(conn, CampaignId(row["campaign_id"]), event_id)
    moves, skipped = still_possible(conn, planned, returning=returning)
    changes = bool(moves) or removed is not None
    return UndoPreview(wanted, changes, len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins))


def _was_asked_for(conn: Connection, details: Mapping[str, Any]) -> bool:
    """Whether a change is an opt-out that the contact asked for in their own words."""
    present = opt_out(conn, details["phone"]) if "phone" in details and not details.get("old") else None
    return present is not None and present.kind is OptOutKind.AUTOMATIC


def _require_last_removal(conn: Connection, wanted: Event, removed: AssignmentId | None) -> None:
    """Raise `Refused` where a sender whom a change removed, or brought back, was removed anew by another one."""
    later = conn.execute(
        """
        SELECT later.id FROM event AS wanted
        JOIN event AS later ON later.campaign_id = wanted.campaign_id AND later.id > wanted.id
        WHERE wanted.id = ? AND later.undone_by IS NULL AND later.action IN ('remove_sender', 'redo')
          AND json_extract(later.details, '$.removed') = ?
        ORDER BY later.id DESC LIMIT 1
        """,
        (wanted.id, removed),
    ).fetchone()
    if later:
        raise Refused(f"The same sender was removed again since, by change {later['id']}: undo that first.")


def _require_nothing_left(conn: Connection, wanted: Event, removed: AssignmentId) -> None:
    """Raise `Refused` if a sender who is removed once more would keep any."""
    if wanted.kind is not EventKind.UNDO:
        return
    held = conn.execute("SELECT campaign_id, assigned FROM assignment WHERE id = ?", (removed,)).fetchone()
    planned = undo_plan(conn, CampaignId(held["campaign_id"]), wanted.id)
    moves, _ = still_possible(conn, planned)
    if left := held["assigned"] - len(moves):
        raise Refused(f"{planned.names[removed]} would keep {left} of theirs: remove them anew, and say where all go.")
