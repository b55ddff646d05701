"""Apply the moves of an event and update the kept counts of both assignments (`docs/rules.md 2.6`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import add, attrgetter, sub

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.reassignment import Way
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.journal import touch
from thrumsg_tui.store.schema import COUNTED

_AT_ONCE = 5000
"""Conversations that are changed between two calls of `on_progress`."""

_SUMS = ", ".join(
    f"SUM(CASE WHEN {condition.format(row='conversation')} THEN 1 ELSE 0 END) AS {column}"
    for column, condition in COUNTED.items()
)

_CHANGES = ", ".join(f"{column} = {column} + ?" for column in COUNTED)


def apply_moves(
    tx: Transaction,
    event_id: EventId,
    ways: Iterable[Way],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Record moves under an event, make them, and update the counts of all assignments concerned, once at the end.

    It can be called several times for one event, as for the steps of a job. The ids of each call must then all lie
    below or all above those of every other call: the moves are read back by the event and a range of ids. By that it
    makes sure that each conversation and each assignment exists, so its transaction may be one that `keeps_references`.

    Args:
        tx: The transaction.
        event_id: The event that the moves belong to.
        ways: The moves: each conversation with its present and its new assignment, in any order.
        on_progress: Called with the number of conversations moved so far, in the same thread.

    Raises:
        ValueError: If the event already has a move between the smallest and the largest id.
        LookupError: If a conversation or an assignment does not exist.
    """
    moved = sorted(ways)
    touch(tx, event_id, moved)
    by_index = sorted(moved, key=attrgetter("destination", "source"))  # a page of an index holds those of few senders
    for start in range(0, len(moved), _AT_ONCE):
        some = by_index[start : start + _AT_ONCE]
        tx.conn.set_each("conversation", "assignment_id", [(to, conversation_id) for conversation_id, _, to in some])
        if on_progress:
            on_progress(start + len(some))
    if moved:
        _count(tx, event_id, moved)


def _count(tx: Transaction, event_id: EventId, moved: list[Way]) -> None:
    """Take what was moved from the counts of one assignment, and add it to those of another."""
    first, last = moved[0].conversation_id, moved[-1].conversation_id
    rows = tx.conn.execute(
        f"""
        SELECT touched.from_assignment_id, touched.to_assignment_id, COUNT(*), {_SUMS}
        FROM event_conversation AS touched JOIN conversation ON conversation.id = touched.conversation_id
        WHERE touched.event_id = ? AND touched.conversation_id BETWEEN ? AND ?
        GROUP BY touched.from_assignment_id, touched.to_assignment_id
        """,
        (event_id, first, last),
    )
    changes: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(COUNTED))
    found = 0
    for source, destination, here, *counts in rows:
        found += here
        changes[source] = [*map(sub, changes[source], counts)]
        changes[destination] = [*map(add, changes[destination], counts)]
    if found > len(moved):
        raise ValueError(f"event {event_id} has moved others between {first} and {last} already")
    counted = tx.conn.executemany(
        f"UPDATE assignment SET {_CHANGES} WHERE id = ?", [(*change, each) for each, change in sorted(changes.items())]
    )
    if found < len(moved) or counted.rowcount < len(changes):
        raise LookupError(f"event {event_id} moves conversations from or to what does not exist")
