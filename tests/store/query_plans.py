"""What is wrong with the plan of a query: it reads or sorts more, the more there is."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SMALL = {
    **dict.fromkeys(("users", "namesake", "doer", "actor", "giver", "taker"), "people: thousands at most"),
    **dict.fromkeys(("assignment", "source", "destination"), "a row for each sender and campaign"),
    "campaign": "tens",
    "campaign_number": "a few for each campaign",
    "gateway_number": "tens",
    "follow_up": "a few for each campaign",
    "question": "a few for each campaign",
    "choice": "nine for each question at most",
    "recommended_reply": "tens",
    "setting": "a handful",
    "preference": "a few for each person",
    "presence": "a row for each session of the last hour",
    "outbox": "a row for each campaign",
    "gateway": "a row for each carrier that was ever used",
    "listener": "a row for each of these at most",
    "sqlite_master": "a row for each table and index",
}
"""Tables, under the names that queries give them, which may be read whole and sorted, and why."""

ONE_CONVERSATIONS_EVENTS = "SELECT event_id FROM event_conversation WHERE conversation_id"

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("SCAN event", "ORDER BY event.id DESC LIMIT"): "reads from the newest on, and stops after the window",
    ("SCAN event", "ORDER BY event.id LIMIT"): "the same from the oldest on",
    ("SCAN event", "AS counted"): "counts some thousands at most",
    ("SCAN counted", "AS counted"): "the same",
    ("SCAN contact", "FROM contact ORDER BY id DESC LIMIT"): "reads from the newest on, and stops after some hundred",
    ("SCAN opt_out USING COVERING INDEX", "ORDER BY at DESC"): "from the newest on; a search looks at each number",
    ("SCAN opt_out USING COVERING INDEX", "SELECT COUNT(*)"): "counts on an index: 5 ms for 100,000",
    ("SCAN job USING INDEX job_open", "job.finished_at IS NULL"): "what is under way: at most one job a campaign",
    ("SCAN listed", "ORDER BY at DESC"): "goes through the window",
    ("USE TEMP B-TREE FOR GROUP BY", "CROSS JOIN answer"): "counts every answer, and only when that is asked for",
    ("SCAN unmatched", "ORDER BY id DESC LIMIT"): "reads from the newest on, and stops after the window",
    ("SCAN unmatched USING COVERING INDEX", "SELECT COUNT(*)"): "counts on an index; strangers seldom write",
    ("USE TEMP B-TREE FOR GROUP BY", "FROM unmatched WHERE phone = ?"): "counts the messages of one sender",
    (
        "SCAN message",
        "WHERE direction = 'incoming' ORDER BY id DESC LIMIT 1",
    ): "from the newest on to an incoming one",
    ("USE TEMP B-TREE FOR GROUP BY", "GROUP BY error_code, error_text"): "counts the failures of one day",
    ("USE TEMP B-TREE FOR ORDER BY", "GROUP BY error_code, error_text"): "sorts the reasons of one day's failures",
    ("UNION USING TEMP B-TREE", ONE_CONVERSATIONS_EVENTS): "sorts what happened to one conversation",
    ("USE TEMP B-TREE FOR ORDER BY", ONE_CONVERSATIONS_EVENTS): "sorts what happened to one conversation",
    ("USE TEMP B-TREE FOR ORDER BY", "WHERE conversation.contact_id = ?"): "sorts the conversations of one number",
    ("USE TEMP B-TREE FOR ORDER BY", "WHERE contact.phone = :phone AND campaign.state"): "the same",
}
"""What else is let through: the step of the plan, what its statement has in it, and why."""

Statements = dict[str, Any]
"""Each statement with the parameters that it was made with."""


def plans(path: Path, statements: Statements) -> Iterator[tuple[str, str]]:
    """Give each step of each statement's plan."""
    conn = sqlite3.connect(path)
    for sql, parameters in statements.items():
        for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):
            yield " ".join(sql.split()), row[3]
    conn.close()


def objections(path: Path, statements: Statements) -> list[str]:
    """List the steps that cost more the more there is, with their statements."""
    found = []
    for sql, step in plans(path, statements):
        scanned = re.match(r"SCAN (\w+)", step)
        read_whole = scanned is not None and scanned[1] not in SMALL and scanned[1] != "CONSTANT"
        sorts = "TEMP B-TREE" in step and not _all_small(sql)
        excepted = any(step.startswith(known) and part in sql for known, part in EXCEPTIONS)
        if (read_whole or sorts or "AUTOMATIC" in step) and not excepted:
            found.append(f"{step}: {sql}")
    return found


def _all_small(sql: str) -> bool:
    return set(re.findall(r"\b(?:FROM|JOIN) (\w+)", sql)) <= set(SMALL)
