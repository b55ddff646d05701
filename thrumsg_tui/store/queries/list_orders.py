"""The orders of conversation lists in SQL (`docs/rules.md 3.5`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.enums import ConversationSort, Tab


class Way(NamedTuple):
    """A way through a list, away from the row with the values of the order's columns.

    `by` is the ORDER BY. The rows that lie that way are those of the conditions in `parts`: they do not overlap, and
    the rows of an earlier one are nearer.
    """

    by: str
    parts: tuple[str, ...]


class Order(NamedTuple):
    """An order in SQL. `columns` are its terms: a row with their values is at one place of the list."""

    columns: str
    down: Way
    up: Way


def order_of(sort: ConversationSort, tab: Tab | None) -> Order:
    """Return the order of a tab, or of all; each has an index in each tab, such as `conversation_responses_by_urgency`.

    It is read in both directions.
    """
    match sort:
        case ConversationSort.NEEDS_REPLY if tab in {None, Tab.RESPONSES}:
            return _ascending("urgency", "id")
        case ConversationSort.NEEDS_REPLY | ConversationSort.RECENT:  # the same where nobody waits
            as_late = "last_message_at = :last_message_at AND id"
            return Order(
                "last_message_at, id",
                Way("last_message_at DESC, id", (f"{as_late} > :id", "last_message_at < :last_message_at")),
                Way("last_message_at, id DESC", (f"{as_late} < :id", "last_message_at > :last_message_at")),
            )
        case ConversationSort.A_TO_Z:
            return _ascending("first_key", "last_key", "id")
        case _:
            assert_never(sort)


def _ascending(*columns: str) -> Order:
    """Return the order by some columns, each ascending; the last one is the id, so that the order is total."""
    return Order(
        ", ".join(columns),
        Way(", ".join(columns), tuple(_beyond(columns, ">"))),
        Way(", ".join(f"{each} DESC" for each in columns), tuple(_beyond(columns, "<"))),
    )


def _beyond(columns: Sequence[str], than: str) -> Iterator[str]:
    """Say by conditions that an index answers without comparing row by row: the same but for the id, and so on."""
    for number in range(len(columns) - 1, -1, -1):
        same = "".join(f"{each} = :{each} AND " for each in columns[:number])
        yield f"{same}{columns[number]} {than} :{columns[number]}"
