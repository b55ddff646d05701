"""Whether times run as changes do (docs/rules.md 8.3)."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise

from thrumsg_tui.store.database import Database

_CHANGES = """
    SELECT id, at, action, details, conversation_id FROM event
    UNION ALL
    SELECT id, at, action, '{}', touched.conversation_id FROM event
    JOIN event_conversation AS touched ON touched.event_id = event.id
    ORDER BY id
"""
_NUMBERS = """
    SELECT conversation.id, contact.phone FROM conversation JOIN contact ON contact.id = conversation.contact_id
"""


def backward(db: Database) -> list[str]:
    """Say where, in one conversation, a later change or message has an earlier time."""
    with db.reading() as conn:
        changes = conn.execute(_CHANGES).fetchall()
        numbers = conn.execute(_NUMBERS).fetchall()
        messages = conn.execute("SELECT id, at, state, conversation_id FROM message ORDER BY id").fetchall()
    of_number = defaultdict(list)
    for row in numbers:
        of_number[row["phone"]].append(row["id"])
    runs: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for row in changes:
        concerned = {row["conversation_id"], *of_number[json.loads(row["details"]).get("phone")]} - {None}
        for each in concerned:
            runs["change", each].append((row["at"], f"{row['action']} {row['id']}"))
    for row in messages:
        runs["message", row["conversation_id"]].append((row["at"], f"{row['state']} {row['id']}"))
    return [
        f"conversation {id}: {what} is {before - at} ms before {earlier}"
        for (_, id), run in runs.items()
        for (before, earlier), (at, what) in pairwise(run)
        if at < before
    ]
