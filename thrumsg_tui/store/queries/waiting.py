"""How long contacts have waited for a reply."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.store.schema import WAITING
from thrumsg_tui.store.times import from_ms

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Connection


def longest_waiting(conn: Connection, campaign_id: CampaignId) -> dict[AssignmentId, datetime]:
    """Return since when each assignment's longest waiting contact waits; by `conversation_responses_by_urgency`."""
    rows = conn.execute(
        f"""
        SELECT assignment.id,
               (SELECT urgency FROM conversation
                WHERE assignment_id = assignment.id AND tab = 'responses' AND {WAITING}
                ORDER BY urgency LIMIT 1) AS since
        FROM assignment WHERE assignment.campaign_id = ? AND assignment.needs_reply > 0
        """,
        (campaign_id,),
    )
    return {AssignmentId(row["id"]): from_ms(row["since"]) for row in rows if row["since"] is not None}
