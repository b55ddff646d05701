"""Changing hands as an event of the journal says, and counting both sides (`docs/rules.md 2.6`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.schema import COUNTED


def give(tx: Transaction, event_id: EventId, first: int, last: int) -> None:
    """Move the conversations of an event from one id to another, both included, and count them once for all."""
    between = {"event": event_id, "first": first, "last": last}
    tx.conn.execute(
        """
        UPDATE conversation SET assignment_id = touched.to_assignment_id
        FROM event_conversation AS touched
        WHERE touched.event_id = :event AND touched.conversation_id BETWEEN :first AND :last
          AND conversation.id = touched.conversation_id
        """,
        between,
    )
    for side, sign in (("from_assignment_id", "-"), ("to_assignment_id", "+")):
        _count(tx, side, sign, between)


def _count(tx: Transaction, side: str, sign: str, between: dict[str, int]) -> None:
    """Take from, or add to, the kept counts of one side of the moves."""
    sums = ", ".join(
        f"SUM(CASE WHEN {condition.format(row='conversation')} THEN 1 ELSE 0 END) AS {column}"
        for column, condition in COUNTED.items()
    )
    rows = tx.conn.execute(
        f"""
        SELECT touched.{side} AS assignment_id, {sums}
        FROM event_conversation AS touched JOIN conversation ON conversation.id = touched.conversation_id
        WHERE touched.event_id = :event AND touched.conversation_id BETWEEN :first AND :last
        GROUP BY touched.{side}
        """,
        between,
    ).fetchall()
    changes = ", ".join(f"{column} = {column} {sign} :{column}" for column in COUNTED)
    tx.conn.executemany(f"UPDATE assignment SET {changes} WHERE id = :assignment_id", map(dict, rows))
