"""A large database in which something has happened that most queries need."""

from __future__ import annotations

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from tests.store.screen_queries import Filled
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.queries.assignments import find_assignment, unassigned
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify


def open_filled(location: Location) -> Filled:
    """Open one of `benchmarks.large`, in which half of all conversations are one sender's."""
    db = Database(location)
    with db.reading() as conn:
        who, campaign = identify(conn, OWNER), find_campaign(conn, CAMPAIGN)
        busy, nobodys = find_assignment(conn, campaign, BUSY), unassigned(conn, campaign.id)
        rows = conn.execute(
            "SELECT id FROM conversation WHERE assignment_id = ? AND tab = 'responses' ORDER BY urgency, id", (busy,)
        ).fetchall()
    people = [ConversationId(rows[len(rows) * nth // 30]["id"]) for nth in range(30)]
    moved = reassign(db, who, Request(campaign.id, FromConversations(tuple(people[-1:])), ToAssignments((nobodys,))))
    assert moved.event is not None
    return Filled(db, who, campaign, busy, nobodys, people[:-1], moved.event)
