"""A campaign's senders as lists, whose rows become records when they are looked at: of thousands, some thirty are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, assert_never, overload

from thrumsg_tui.domain.campaigns import UNASSIGNED, Assignment, AssignmentId, CampaignId
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.domain.names import fold, full_name, search_rows
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import User, UserId, shown_name
from thrumsg_tui.store.queries.users import USER_COLUMNS

SENDER_COLUMNS = f"""
    {USER_COLUMNS}, assignment.id, assignment.campaign_id, assignment.active,
    assignment.assigned, assignment.not_started, assignment.sent, assignment.needs_reply, assignment.answered,
    assignment.opted_out, assignment.texted, assignment.replied, assignment.follow_ups, assignment.sent_only
"""
"""The columns of a row, of `assignment` and `users`."""

_USER, _LOGIN, _FIRST, _LAST, _HAS_NAMESAKE, _ID = 0, 1, 2, 3, 6, 7
_ASSIGNED, _NOT_STARTED, _NEEDS_REPLY, _TEXTED = 10, 11, 13, 16

_Row = tuple[Any, ...]

_NEVER = datetime.max.replace(tzinfo=UTC)
"""After all times since when anybody waits."""


class Senders(Sequence[Assignment]):
    """Assignments of a campaign, Unassigned first.

    Args:
        rows: The rows, of `SENDER_COLUMNS`.
        online: Who is online.
    """

    def __init__(self, rows: Sequence[_Row], online: Collection[UserId]) -> None:
        self._rows = rows
        self._online = online

    # As a sequence

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Assignment: ...

    @overload
    def __getitem__(self, at: slice) -> Senders: ...

    def __getitem__(self, at: int | slice) -> Assignment | Senders:
        return self._with(self._rows[at]) if isinstance(at, slice) else assignment_of(self._rows[at], self._online)

    def __iter__(self) -> Iterator[Assignment]:
        return (assignment_of(row, self._online) for row in self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Senders) and (self._rows, self._online) == (other._rows, other._online)

    __hash__ = None  # type: ignore[assignment]  # it is compared by what it has

    def place_of(self, id: AssignmentId | None) -> int | None:
        """Return the index of an assignment, None if it is not there."""
        return next((at for at, row in enumerate(self._rows) if row[_ID] == id), None)

    def after(self, id: AssignmentId, step: int) -> AssignmentId | None:
        """Return the assignment so many places further, wrapping; None if there is none at all.

        Where `id` is not there, it is counted from the first one.
        """
        if not self._rows:
            return None
        after: AssignmentId = self._rows[((self.place_of(id) or 0) + step) % len(self._rows)][_ID]
        return after

    # Of all rows

    @property
    def names(self) -> Iterator[str]:
        """The name of each, as people read it."""
        return map(_name, self._rows)

    @property
    def assigned(self) -> int:
        """How many conversations all of them have."""
        return sum(row[_ASSIGNED] for row in self._rows)

    @property
    def idle(self) -> Senders:
        """Those who have conversations to start and have texted in none, as `has_not_started` says."""
        return self._that(lambda row: row[_USER] is not None and row[_NOT_STARTED] > 0 and row[_TEXTED] == 0)

    def others_online(self, user_id: UserId) -> int:
        """How many of them are online, besides a user."""
        return sum(row[_USER] in self._online and row[_USER] != user_id for row in self._rows)

    def without(self, ids: Collection[AssignmentId]) -> Senders:
        """Return the others."""
        return self._that(lambda row: row[_ID] not in ids)

    def among(self, ids: Collection[AssignmentId]) -> Senders:
        """Return those that are among some."""
        return self._that(lambda row: row[_ID] in ids)

    def matching(self, search: str) -> Senders:
        """Return those whose name or login a search finds."""
        return self._with(search_rows(self._rows, search, _searched)) if fold(search) else self

    def in_order(self, sort: SenderSort, waiting: Mapping[AssignmentId, datetime], *, reverse: bool = False) -> Senders:
        """Return them in an order of `docs/rules.md 2.3`, Unassigned always first.

        Args:
            sort: The order.
            waiting: Since when each assignment's longest waiting contact waits; only that order reads it.
            reverse: Whether to reverse the order.
        """
        senders = sorted((row for row in self._rows if row[_USER] is not None), key=_by_name)
        match sort:
            case SenderSort.PROGRESS:
                senders.sort(key=itemgetter(_ASSIGNED, _TEXTED), reverse=True)
            case SenderSort.NEEDS_REPLY:
                senders.sort(key=itemgetter(_NEEDS_REPLY), reverse=True)
            case SenderSort.WAITING:
                senders.sort(key=lambda row: waiting.get(row[_ID], _NEVER))
            case SenderSort.SENDER:
                pass
            case _:
                assert_never(sort)
        if reverse:
            senders.reverse()
        return self._with([*(row for row in self._rows if row[_USER] is None), *senders])

    def _that(self, condition: Callable[[_Row], bool]) -> Senders:
        return self._with([row for row in self._rows if condition(row)])

    def _with(self, rows: Sequence[_Row]) -> Senders:
        return Senders(rows, self._online)


def assignment_of(row: Sequence[Any], online: Collection[UserId]) -> Assignment:
    """Make an assignment from a row of `SENDER_COLUMNS`, and of who is online."""
    user_id, login, first_name, last_name, email, role, has_namesake, *held = row
    assignment_id, campaign_id, active, *counts = held
    user = None
    if user_id is not None:
        user = User(UserId(user_id), login, first_name, last_name, email, Role(role), bool(has_namesake))
    return Assignment(
        AssignmentId(assignment_id), CampaignId(campaign_id), user, bool(active), user_id in online, *counts
    )


def _by_name(row: _Row) -> tuple[str, str, str]:
    return _sorted_as(row[_FIRST], row[_LAST], row[_LOGIN])


@lru_cache(maxsize=4096)  # the next sender is looked for among all of them
def _sorted_as(first_name: str, last_name: str, login: str) -> tuple[str, str, str]:
    return fold(first_name), fold(last_name), login


def _name(row: _Row) -> str:
    if row[_USER] is None:
        return UNASSIGNED
    name = full_name(row[_FIRST], row[_LAST]) or row[_LOGIN]
    return shown_name(name, row[_LOGIN], has_namesake=row[_HAS_NAMESAKE])


def _searched(row: _Row) -> str:
    return f"{_name(row)} {row[_LOGIN] or ''}"
