"""Which moves of a plan are still possible when they are made (`docs/rules.md 4.7`, `4.8`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.reassignment import Move, Plan, Way
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.bulk_move_jobs import Job

_MOVED_SINCE = """
    EXISTS (SELECT 1 FROM event_conversation AS touched JOIN event ON event.id = touched.event_id
            WHERE touched.conversation_id = conversation.id AND touched.event_id > ?
              AND touched.to_assignment_id IS NOT NULL
              AND (event.undone_by IS NULL AND (event.undoes IS NULL OR event.undoes <= ?) OR event.id > ?))
"""
"""Whether a conversation was moved after the event that is the first and the second parameter.

Moves that were undone do not count up to the event that is the third one. By `event_conversation_of_conversation`.
"""


def still_possible(
    conn: Connection, planned: Plan, *, returning: AssignmentId | None = None
) -> tuple[list[Move], list[ConversationId]]:
    """Split a plan into the moves that are still possible and the conversations to skip.

    A move is possible if nobody has moved the conversation since, not counting undone moves, and its destination is
    active now. `returning` is the assignment of a sender who comes back with this change, so counts as active.
    """
    possible = possible_among(conn, planned.campaign_id, planned.as_of, planned.moves, returning=returning)
    if len(possible) == len(planned.moves):
        return [*planned.moves], []
    moves = [move for move in planned.moves if move.conversation_id in possible]
    return moves, [move.conversation_id for move in planned.moves if move.conversation_id not in possible]


def possible_among(
    conn: Connection,
    campaign_id: CampaignId,
    as_of: EventId,
    ways: Sequence[Way | Move],
    *,
    returning: AssignmentId | None = None,
) -> set[ConversationId]:
    """Return the conversations whose move since `as_of` is still possible, as in `still_possible`; 4 µs each."""
    active = {
        row["id"]
        for row in conn.execute("SELECT id FROM assignment WHERE campaign_id = ? AND active = 1", (campaign_id,))
    }
    holders: dict[int, int] = {}
    for start in range(0, len(ways), 500):
        some = [way.conversation_id for way in ways[start : start + 500]]
        rows = conn.execute(  # the + stops SQLite from reading the whole campaign for each batch
            f"""
            SELECT id, assignment_id FROM conversation
            WHERE +campaign_id = ? AND id IN ({", ".join("?" * len(some))}) AND NOT {_MOVED_SINCE}
            """,
            (campaign_id, *some, as_of, as_of, 1 << 62),
        )
        holders.update(rows)
    return {
        way.conversation_id
        for way in ways
        if (way.destination in active or way.destination == returning)
        and holders.get(way.conversation_id) == way.source
    }


def next_moves(conn: Connection, job: Job, size: int) -> list[tuple[Way, bool]]:
    """Return the next moves on the list of a job, each with whether it is still possible; 2 µs each.

    What was moved after the job's own event is left where it is even if that move was undone: otherwise the journal's
    order would no longer lead to the present holder.
    """
    rows = conn.execute(
        f"""
        SELECT listed.conversation_id, listed.from_assignment_id, listed.to_assignment_id,
               CASE WHEN conversation.campaign_id = ? AND conversation.assignment_id = listed.from_assignment_id
                     AND destination.campaign_id = conversation.campaign_id AND destination.active = 1
                     AND NOT {_MOVED_SINCE} THEN 1 ELSE 0 END AS is_possible
        FROM job_conversation AS listed
        LEFT JOIN conversation ON conversation.id = listed.conversation_id
        LEFT JOIN assignment AS destination ON destination.id = listed.to_assignment_id
        WHERE listed.event_id = ? AND listed.skipped = 0 ORDER BY listed.conversation_id LIMIT ?
        """,
        (job.campaign_id, job.as_of, job.as_of, job.event_id, job.event_id, size),
    )
    return [(Way(each, there, to), is_possible == 1) for each, there, to, is_possible in rows]
