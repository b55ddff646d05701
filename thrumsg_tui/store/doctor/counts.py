"""Check the kept counts of conversations, replies, waiting messages and numbers, and the sum of `docs/rules.md 2.6`."""

from __future__ import annotations

from collections.abc import Iterator

from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.schema import COUNTED

_REPLIES = """
    SELECT conversation.campaign_id, message.at / 3600000 AS hour, COUNT(*) AS replies
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    WHERE message.direction = 'incoming' GROUP BY conversation.campaign_id, message.at / 3600000
"""

_WAITING = """
    SELECT conversation.campaign_id, COUNT(*) AS messages, SUM(message.segments) AS segments
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    WHERE message.state IN ('queued', 'sending') GROUP BY conversation.campaign_id
"""


def find(conn: Connection) -> Iterator[Problem]:
    """Find kept counts that are wrong, and campaigns whose assignments do not add up to their conversations."""
    for row, counts in _wrong_counts(conn):
        differences = ", ".join(f"{column} is {row[column]}, counted {number}" for column, number in counts.items())
        yield Problem(_holder(row), f"{differences}.")
    yield from _sums(conn)
    yield from _unassigned(conn)
    yield from _replies(conn)
    yield from _outbox(conn)
    for row in _wrong_numbers(conn):
        sentence = f"keeps {pluralize(row['counted'], 'conversation')}, and {row['conversations']} is stored."
        yield Problem(f"our number {row['number']}", sentence)


def mend(tx: Transaction) -> Iterator[str]:
    """Recount."""
    for row, counts in _wrong_counts(tx.conn):
        sums = ", ".join(f"{column} = :{column}" for column in counts)
        tx.conn.execute(f"UPDATE assignment SET {sums} WHERE id = :id", {**counts, "id": row["id"]})
        yield f"{', '.join(counts)} of {_holder(row)} recounted"
    if list(_replies(tx.conn)):
        tx.conn.execute("DELETE FROM reply_hour")
        tx.conn.execute(f"INSERT INTO reply_hour (campaign_id, hour, replies) {_REPLIES}")
        yield "replies by hour recounted"
    if list(_outbox(tx.conn)):
        tx.conn.execute("DELETE FROM outbox")
        tx.conn.execute(f"INSERT INTO outbox (campaign_id, messages, segments) {_WAITING}")
        yield "waiting messages recounted"
    if wrong := _wrong_numbers(tx.conn):
        tx.conn.executemany(
            "UPDATE gateway_number SET conversations = ? WHERE number = ?",
            [(row["counted"], row["number"]) for row in wrong],
        )
        yield f"conversations of {pluralize(len(wrong), 'number')} of ours recounted"


def _sums(conn: Connection) -> Iterator[Problem]:
    rows = conn.execute(
        """
        SELECT campaign.name,
               (SELECT COALESCE(SUM(assigned), 0) FROM assignment
                WHERE assignment.campaign_id = campaign.id AND assignment.active = 1) AS held,
               (SELECT COUNT(*) FROM conversation WHERE conversation.campaign_id = campaign.id) AS total
        FROM campaign ORDER BY campaign.id
        """
    )
    for row in rows:
        if row["held"] != row["total"]:
            sentence = f"all senders and Unassigned have {row['held']} together, and there are {row['total']}."
            yield Problem(f"campaign {row['name']!r}", sentence)


def _unassigned(conn: Connection) -> Iterator[Problem]:
    """Find campaigns that do not have exactly one Unassigned."""
    rows = conn.execute(
        """
        SELECT campaign.name, COUNT(assignment.id) AS number
        FROM campaign
        LEFT JOIN assignment ON assignment.campaign_id = campaign.id AND assignment.user_id IS NULL
        GROUP BY campaign.id HAVING COUNT(assignment.id) <> 1 ORDER BY campaign.id
        """
    )
    for row in rows:
        yield Problem(f"campaign {row['name']!r}", f"has {row['number']} Unassigned in place of one.")


def _replies(conn: Connection) -> Iterator[Problem]:
    counted = {(row["campaign_id"], row["hour"]): row["replies"] for row in conn.execute(_REPLIES)}
    stored = {
        (row["campaign_id"], row["hour"]): row["replies"]
        for row in conn.execute("SELECT campaign_id, hour, replies FROM reply_hour")
    }
    if wrong := sum(counted.get(hour) != stored.get(hour) for hour in counted.keys() | stored.keys()):
        yield Problem("the replies by hour", f"are stored wrongly for {pluralize(wrong, 'hour')}.")


def _outbox(conn: Connection) -> Iterator[Problem]:
    stored = "SELECT campaign_id, messages, segments FROM outbox WHERE messages <> 0 OR segments <> 0"
    counted, kept = (
        {row["campaign_id"]: (row["messages"], row["segments"]) for row in conn.execute(rows)}
        for rows in (_WAITING, stored)
    )
    if wrong := sum(counted.get(each) != kept.get(each) for each in counted.keys() | kept.keys()):
        yield Problem("the messages that wait", f"are counted wrongly for {pluralize(wrong, 'campaign')}.")


def _wrong_numbers(conn: Connection) -> list[Row]:
    rows = conn.execute(
        """
        SELECT number, conversations,
               (SELECT COUNT(*) FROM conversation WHERE our_number = gateway_number.number) AS counted
        FROM gateway_number ORDER BY number
        """
    ).fetchall()
    return [row for row in rows if row["conversations"] != row["counted"]]


def _wrong_counts(conn: Connection) -> list[tuple[Row, dict[str, int]]]:
    """Return each assignment with wrong kept counts, and the right values of these."""
    sums = ", ".join(
        f"COUNT(CASE WHEN conversation.id IS NOT NULL AND {condition.format(row='conversation')} THEN 1 END)"
        f" AS counted_{column}"
        for column, condition in COUNTED.items()
    )
    rows = conn.execute(
        f"""
        SELECT assignment.*, MIN(campaign.name) AS campaign, MIN(users.login) AS login,
               {sums}
        FROM assignment
        JOIN campaign ON campaign.id = assignment.campaign_id
        LEFT JOIN users ON users.id = assignment.user_id
        LEFT JOIN conversation ON conversation.assignment_id = assignment.id
        GROUP BY assignment.id ORDER BY assignment.id
        """
    ).fetchall()
    wrong = []
    for row in rows:
        counts = {column: row[f"counted_{column}"] for column in COUNTED if row[column] != row[f"counted_{column}"]}
        if counts:
            wrong.append((row, counts))
    return wrong


def _holder(row: Row) -> str:
    return f"{row['login'] or 'Unassigned'} in {row['campaign']!r}"
