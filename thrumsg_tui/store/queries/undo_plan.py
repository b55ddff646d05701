"""What is left of a change to take back, and the way on which its moves go back (`docs/rules.md 4.9`)."""

from __future__ import annotations

import json
from typing import Any

from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.events import Event, EventKind
from thrumsg_tui.domain.reassignment import Move, Plan
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.queries.reassignment import possible_among

_SOME = 500
"""Conversations that are looked at together."""


def takes_effect(conn: Connection, wanted: Event) -> bool:
    """Whether anything is left to take back: it may have been changed again since."""
    match details := details_of(conn, wanted.id):
        case {"message": message}:
            return _any(conn, "SELECT 1 FROM message WHERE id = ? AND state IN ('unsent', 'queued')", message)
        case {"phone": phone}:
            row = conn.execute("SELECT at FROM opt_out WHERE phone = ?", (phone,)).fetchone()
            return row is None if details.get("old") else row is not None and row["at"] == details["at"]
        case {"numbers": _}:
            still = "opt_out.phone IS NULL" if wanted.kind is EventKind.UNDO else "opt_out.at = event_number.at"
            return _any(
                conn,
                f"""
                SELECT 1 FROM event_number LEFT JOIN opt_out ON opt_out.phone = event_number.phone
                WHERE event_number.event_id = ? AND {still}
                """,
                wanted.id,
            )
        case {"question": question, "after": after}:
            return _any(
                conn,
                """
                SELECT 1 FROM event_conversation AS touched
                LEFT JOIN answer ON answer.conversation_id = touched.conversation_id AND answer.question_id = ?
                WHERE touched.event_id = ? AND answer.choice_id IS ?
                """,
                question,
                wanted.id,
                after,
            )
        case {"follow_up": follow_up}:
            return _any(
                conn,
                """
                SELECT 1 FROM event_conversation AS touched
                JOIN follow_up_target AS target ON target.conversation_id = touched.conversation_id
                JOIN follow_up ON follow_up.id = target.follow_up_id AND follow_up.active = 1
                WHERE touched.event_id = ? AND target.follow_up_id = ? AND target.state = ?
                """,
                wanted.id,
                follow_up,
                "pending" if wanted.kind is EventKind.UNDO else "skipped",
            )
        case {"removed": None}:
            return _any_goes_back(conn, wanted.id)
    return True


def _any(conn: Connection, sql: str, *parameters: object) -> bool:
    return conn.execute(f"{sql} LIMIT 1", parameters).fetchone() is not None


def _any_goes_back(conn: Connection, event_id: EventId) -> bool:
    """Whether any conversation of a move can go back; looks no further than the first one that can."""
    row = conn.execute("SELECT campaign_id FROM event WHERE id = ?", (event_id,)).fetchone()
    moves = undo_plan(conn, CampaignId(row["campaign_id"]), event_id).moves
    ways = [(each.conversation_id, each.source, each.destination) for each in moves]
    return any(
        possible_among(conn, CampaignId(row["campaign_id"]), event_id, ways[start : start + _SOME])
        for start in range(0, len(ways), _SOME)
    )


def details_of(conn: Connection, event_id: EventId) -> dict[str, Any]:
    """What an event keeps for its undo."""
    details: dict[str, Any] = json.loads(
        conn.execute("SELECT details FROM event WHERE id = ?", (event_id,)).fetchone()["details"]
    )
    return details


def undo_plan(conn: Connection, campaign_id: CampaignId, event_id: EventId) -> Plan:
    """The moves of an event, turned round."""
    rows = conn.execute(
        """
        SELECT touched.conversation_id, touched.to_assignment_id, touched.from_assignment_id,
               conversation.status, conversation.opted_out
        FROM event_conversation AS touched
        JOIN conversation ON conversation.id = touched.conversation_id
        WHERE touched.event_id = ? AND touched.to_assignment_id IS NOT NULL
        ORDER BY touched.conversation_id
        """,
        (event_id,),
    )
    moves = tuple(
        Move(
            ConversationId(row["conversation_id"]),
            AssignmentId(row["to_assignment_id"]),
            AssignmentId(row["from_assignment_id"]),
            Status(row["status"]),
            bool(row["opted_out"]),
        )
        for row in rows
    )
    return Plan(campaign_id, event_id, moves, (), *people_in(conn, campaign_id))


def people_in(
    conn: Connection, campaign_id: CampaignId
) -> tuple[dict[AssignmentId, str], dict[AssignmentId, str | None]]:
    """The names and the logins of all who hold, or ever held, something in a campaign."""
    rows = conn.execute(
        """
        SELECT assignment.id, users.login, users.first_name || ' ' || users.last_name AS name
        FROM assignment LEFT JOIN users ON users.id = assignment.user_id WHERE assignment.campaign_id = ?
        """,
        (campaign_id,),
    ).fetchall()
    names = {AssignmentId(row["id"]): (row["name"] or UNASSIGNED).strip() for row in rows}
    return names, {AssignmentId(row["id"]): row["login"] for row in rows}
