"""The plan that undoes the moves of an event (`docs/rules.md 4.9`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.reassignment import Move, Plan
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.possible_moves import possible_among
from thrumsg_tui.store.queries.reassignment import STATUSES
from thrumsg_tui.store.queries.users import shown_user_name

_SOME = 500
"""How many conversations `any_goes_back` checks at once."""


def any_goes_back(conn: Connection, campaign_id: CampaignId, event_id: EventId) -> bool:
    """Whether any conversation that an event moved can go back; stops at the first batch with one that can."""
    moves = undo_plan(conn, campaign_id, event_id).moves
    return any(
        possible_among(conn, campaign_id, event_id, moves[start : start + _SOME])
        for start in range(0, len(moves), _SOME)
    )


def count_moves(conn: Connection, event_id: EventId) -> int:
    """Count the conversations that an event moved."""
    row = conn.execute(
        "SELECT COUNT(to_assignment_id) AS moved FROM event_conversation WHERE event_id = ?", (event_id,)
    ).fetchone()
    return int(row["moved"])


def undo_plan(conn: Connection, campaign_id: CampaignId, event_id: EventId) -> Plan:
    """Return the reversed moves of an event, by conversation id; moves that are no longer possible are included."""
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
        Move(conversation_id, there, back, STATUSES[status], opted_out == 1)
        for conversation_id, there, back, status, opted_out in rows
    )
    return Plan(campaign_id, event_id, moves, (), *people_in(conn, campaign_id))


def people_in(
    conn: Connection, campaign_id: CampaignId
) -> tuple[dict[AssignmentId, str], dict[AssignmentId, str | None]]:
    """Return name and login of every assignment of a campaign, inactive ones too; a login is None for Unassigned."""
    rows = conn.execute(
        f"""
        SELECT assignment.id, users.login, {shown_user_name()} AS name
        FROM assignment LEFT JOIN users ON users.id = assignment.user_id WHERE assignment.campaign_id = ?
        """,
        (campaign_id,),
    ).fetchall()
    names = {AssignmentId(row["id"]): row["name"] or UNASSIGNED for row in rows}
    return names, {AssignmentId(row["id"]): row["login"] for row in rows}
