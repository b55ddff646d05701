"""Changing hands as an event of the journal says, and counting both sides (`docs/rules.md 2.6`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.reassignment import Way
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.journal import touch
from thrumsg_tui.store.schema import COUNTED

_AT_ONCE = 1000
"""After how many conversations progress is told."""


def apply_moves(
    tx: Transaction,
    event_id: EventId,
    ways: Iterable[Way],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Note moves as an event's, make them, and count both sides once for all.

    An event may be given moves several times, but the ids of each time lie before or after those of all others: the
    moves are found again as the event's between two ids.

    Args:
        tx: The transaction that everything happens in.
        event_id: The event that moves them.
        ways: Which conversations, each from its assignment to another.
        on_progress: Told how many were moved so far.

    Raises:
        ValueError: If the event has another move between the ids of these.
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
    """Make the moves of an event between two conversations, and return how many these are."""
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
