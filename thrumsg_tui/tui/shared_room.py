"""Shares the lines of a dialog between two lists that scroll."""

from __future__ import annotations


def share_lines(room: int, first: int, second: int) -> tuple[int, int]:
    """Return how many lines each of two lists gets: as many as it needs, or half of the room if both need more.

    Args:
        room: The lines that there are, at least 2.
        first: The lines that the first list needs.
        second: The lines that the second list needs.
    """
    given = min(first, max(room - second, room // 2))
    return given, max(min(second, room - given), 1)
