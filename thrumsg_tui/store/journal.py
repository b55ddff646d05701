"""Write the journal: each change records one event in its own transaction (`docs/rules.md 8.3`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.database_errors import NO_LONGER_THERE
from thrumsg_tui.store.engines.connection import Asked, Connection, answered
from thrumsg_tui.store.event_details import facts_of, stored_details


def ask_record(
    tx: Transaction,
    who: Identity | None,
    kind: EventKind,
    facts: EventFacts,
    *,
    campaign_id: CampaignId | None = None,
    conversation_id: ConversationId | None = None,
    details: Mapping[str, object] | None = None,
    undoable: bool = False,
    undoes: EventId | None = None,
    event_id: EventId | None = None,
) -> Asked[EventId]:
    """Have an event recorded; whoever needs its id calls what is returned.

    Args:
        tx: The transaction of the change.
        who: Who made it; None if nobody at a keyboard did.
        kind: The kind of event.
        facts: The facts from which its sentences are made.
        campaign_id: Its campaign; not needed with a conversation, whose campaign is used.
        conversation_id: Its conversation, if it concerns exactly one.
        details: The data that its undo needs.
        undoable: Whether it can be undone.
        undoes: The event that it undoes.
        event_id: The id that it is to have, if that was asked for before (`Connection.ask_id`).

    Raises:
        Refused: Whoever made it is no longer in the database, and the engine does not look that up.
    """
    if who and tx.keeps_references:
        _require_there(tx.conn, who)
    column, value, returning = ("", "", "RETURNING id") if event_id is None else ("id, ", ":id, ", "")
    rows = tx.conn.execute(
        f"""
        INSERT INTO event ({column}at, user_id, actor_id, action, campaign_id, conversation_id, summary, details,
                           undoable, undoes, change_key)
        SELECT {value}:at, :user_id, :actor_id, :action,
               COALESCE(:campaign_id, (SELECT campaign_id FROM conversation WHERE id = :conversation_id)),
               :conversation_id, '', :details, :undoable, :undoes, :change_key
        {returning}
        """,
        {
            "id": event_id,
            "at": tx.now_ms,
            "user_id": who.user.id if who else None,
            "actor_id": who.actor.id if who else None,
            "action": kind.value,
            "campaign_id": campaign_id,
            "conversation_id": conversation_id,
            "details": stored_details(kind, facts, details or {}),
            "undoable": int(undoable),
            "undoes": undoes,
            "change_key": tx.evidence.take_key() if tx.evidence else None,
        },
    )
    return lambda: EventId(rows.fetchone()["id"]) if event_id is None else event_id


record = answered(ask_record)
"""Record an event and return its id."""


def _require_there(conn: Connection, who: Identity) -> None:
    """Refuse a person who is gone since they were identified: a restore took the database back before they came."""
    ids = {who.user.id, who.actor.id}
    found = conn.execute("SELECT COUNT(*) FROM users WHERE id IN (?, ?)", (who.user.id, who.actor.id)).fetchone()
    if found[0] < len(ids):
        raise Refused(NO_LONGER_THERE, Nothing.CHANGED)


def end_undo(tx: Transaction, user_id: UserId) -> None:
    """Let nothing that a user has done so far be undone any more."""
    tx.conn.execute("UPDATE event SET undoable = 0 WHERE user_id = ?", (user_id,))


def recorded_facts(conn: Connection, event_id: EventId) -> EventFacts:
    """Read the facts of an event that exists."""
    row = conn.execute("SELECT action, summary, details FROM event WHERE id = ?", (event_id,)).fetchone()
    return facts_of(EventKind(row["action"]), row["summary"], row["details"])


def rewrite(
    tx: Transaction, event_id: EventId, facts: EventFacts, *, details: Mapping[str, object], undoable: bool
) -> None:
    """Replace facts, details and `undoable` of an event that was recorded while its change was under way."""
    row = tx.conn.execute("SELECT action FROM event WHERE id = ?", (event_id,)).fetchone()
    stored = stored_details(EventKind(row["action"]), facts, details)
    tx.conn.execute(
        "UPDATE event SET summary = '', details = ?, undoable = ? WHERE id = ?", (stored, int(undoable), event_id)
    )


def touch(
    tx: Transaction,
    event_id: EventId,
    touched: Iterable[tuple[ConversationId, AssignmentId | None, AssignmentId | None]],
) -> None:
    """Record the conversations of an event: id, and for a move its source and destination, otherwise None."""
    tx.conn.executemany(
        """
        INSERT INTO event_conversation (event_id, conversation_id, from_assignment_id, to_assignment_id)
        VALUES (?, ?, ?, ?)
        """,
        ((event_id, *row) for row in touched),
    )
