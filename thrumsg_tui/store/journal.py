"""Writing the journal: every change leaves one entry in its own transaction (`docs/rules.md 8.3`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.database import Transaction


def record(
    tx: Transaction,
    who: Identity | None,
    kind: EventKind,
    summary: str,
    *,
    campaign_id: CampaignId | None = None,
    conversation_id: ConversationId | None = None,
    details: Mapping[str, object] | None = None,
    undoable: bool = False,
    undoes: EventId | None = None,
) -> EventId:
    """Write an entry; `who` is None for what nobody at a keyboard did. A conversation brings its campaign."""
    row = tx.conn.execute(
        """
        INSERT INTO event (at, user_id, actor_id, action, campaign_id, conversation_id, summary, details,
                           undoable, undoes)
        VALUES (:at, :user_id, :actor_id, :action,
                COALESCE(:campaign_id, (SELECT campaign_id FROM conversation WHERE id = :conversation_id)),
                :conversation_id, :summary, :details, :undoable, :undoes)
        RETURNING id
        """,
        {
            "at": tx.now_ms,
            "user_id": who.user.id if who else None,
            "actor_id": who.actor.id if who else None,
            "action": kind,
            "campaign_id": campaign_id,
            "conversation_id": conversation_id,
            "summary": storable(summary),  # it may quote the name of a file, or what an older version stored
            "details": json.dumps(details or {}),
            "undoable": int(undoable),
            "undoes": undoes,
        },
    ).fetchone()
    return EventId(row["id"])


def touch(
    tx: Transaction,
    event_id: EventId,
    touched: Iterable[tuple[ConversationId, AssignmentId | None, AssignmentId | None]],
) -> None:
    """Note which conversations an event concerned, and for a move from where to where."""
    tx.conn.executemany(
        """
        INSERT INTO event_conversation (event_id, conversation_id, from_assignment_id, to_assignment_id)
        VALUES (?, ?, ?, ?)
        """,
        ((event_id, *row) for row in touched),
    )
