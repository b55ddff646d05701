"""Apply the moves of an event and update the kept counts of both assignments (`docs/rules.md 2.6`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.reassignment import Way
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.journal import touch
from thrumsg_tui.store.schema import COUNTED

_AT_ONCE = 5000
"""Conversations per UPDATE, and between two calls of `on_progress`."""


def apply_moves(
    tx: Transaction,
    event_id: EventId,
    ways: Iterable[Way],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Record moves under an event, make them, and update the counts of all assignments concerned, once at the end.

    It can be called several times for one event, as for the steps of a job. The ids of each call must then all lie
    below or all above those of every other call: the moves are read back by the event and a range of ids.

    Args:
        tx: The transaction.
        event_id: The event that the moves belong to.
        ways: The moves: each conversation with its present and its new assignment, in any order.
        on_progress: Called with the number of conversations moved so far, in the same thread.

    Raises:
        ValueError: If the event already has a move between the smallest and the largest id.
    """
    noted = list(ways)
    touch(tx, event_id, noted)
    moved = sorted(way.conversation_id for way in noted)
    for start in range(0, len(moved), _AT_ONCE):
        some = moved[start : start + _AT_ONCE]
        if _change_hands(tx, {"event": event_id, "first": some[0], "last": some[-1]}) != len(some):
            raise ValueError(f"event {event_id} has moved others between {some[0]} and {some[-1]} already")
        if on_progress:
            on_progress(start + len(some))
    for side, sign in (("from_assignment_id", "-"), ("to_assignment_id", "+")) if moved else ():
        _count(tx, side, sign, {"event": event_id, "first": moved[0], "last": moved[-1]})


def _change_hands(tx: Transaction, between: dict[str, int]) -> int:
    """Make the recorded moves of an event in a range of ids, and return how many there are."""
    return tx.conn.execute(
        """
        UPDATE conversation SET assignment_id = touched.to_assignment_id
        FROM event_conversation AS touched
        WHERE touched.event_id = :event AND touched.conversation_id BETWEEN :first AND :last
          AND conversation.id = touched.conversation_id
        """,
        between,
    ).rowcount


def _count(tx: Transaction, side: str, sign: str, between: dict[str, int]) -> None:
    """Add what was moved to the counts of one side, or subtract it."""
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
