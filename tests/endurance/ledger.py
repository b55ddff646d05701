"""What must hold whatever many people do at once (docs/rules.md 1.1, 2.6, 4.7, 4.8, 8.3)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.location import Location, read_location

_ASSIGNED = """
    SELECT campaign_id, SUM(assigned) AS assigned, SUM(counted) AS counted FROM (
        SELECT campaign_id, assigned, 0 AS counted FROM assignment
        UNION ALL SELECT campaign_id, 0, 1 FROM conversation
    ) AS sums GROUP BY campaign_id
"""
_MOVES = """
    SELECT conversation_id, from_assignment_id, to_assignment_id, event_id FROM event_conversation
    WHERE to_assignment_id IS NOT NULL ORDER BY event_id, conversation_id
"""
_NOBODYS = """
    SELECT conversation.id, conversation.assignment_id, nobody.id AS nobody
    FROM conversation JOIN assignment AS nobody
      ON nobody.campaign_id = conversation.campaign_id AND nobody.user_id IS NULL
"""


def problems(location: Location) -> list[str]:
    """Look at everything once: what `doctor` finds, sums that do not add up, and moves that were overwritten."""
    db = Database(location)
    try:
        found = [f"doctor: {each.subject} {each.sentence}" for each in examine(db)]
        with db.reading() as conn:
            return [*found, *_sums(conn), *_moves(conn)]
    finally:
        db.close()


def missing(location: Location, acknowledged: Iterable[str], people: int) -> list[str]:
    """See that every acknowledged message is stored once, and that every contact has their one conversation."""
    db = Database(location)
    try:
        with db.reading() as conn:
            stored = Counter(str(row["body"]) for row in conn.execute("SELECT body FROM message"))
            held = int(conn.execute("SELECT COUNT(*) AS held FROM conversation").fetchone()["held"])
    finally:
        db.close()
    wrong = [f"{body!r} is acknowledged, and stored {stored[body]} times" for body in acknowledged if stored[body] != 1]
    if people != held:
        wrong.append(f"{people} contacts were imported, and there are {held} conversations")
    return wrong


def _sums(conn: Connection) -> Iterator[str]:
    for row in conn.execute(_ASSIGNED).fetchall():
        if row["assigned"] != row["counted"]:
            yield f"campaign {row['campaign_id']}: {row['assigned']} are assigned, and there are {row['counted']}"


def _moves(conn: Connection) -> Iterator[str]:
    """Replay the journal: each move takes a conversation from whoever had it then."""
    rows = conn.execute(_NOBODYS).fetchall()
    held = {row["id"]: row["nobody"] for row in rows}
    for move in conn.execute(_MOVES):
        if held[move["conversation_id"]] != move["from_assignment_id"]:
            yield f"event {move['event_id']} moved conversation {move['conversation_id']} from somebody else"
        held[move["conversation_id"]] = move["to_assignment_id"]
    for row in rows:
        if held[row["id"]] != row["assignment_id"]:
            yield f"conversation {row['id']} is held by {row['assignment_id']}, by the journal by {held[row['id']]}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{problem}\n" for problem in problems(read_location(sys.argv[1])))
