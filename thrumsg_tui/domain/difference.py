"""A change of one value, as facts about changes store it."""

from __future__ import annotations

from thrumsg_tui.domain.frozen_record import FrozenRecord


class Difference(FrozenRecord):
    """The new and the old value of something; None is no value."""

    now: str | None
    was: str | None


def difference(now: str | None, was: str | None) -> Difference | None:
    """Return the new and the old value as a pair, or None if they are equal."""
    return None if now == was else Difference(now, was)
