"""The choices made in the bulk dialog; each can be undone, the last one first (`docs/rules.md 4.3`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.reassignment import Request, ToAllOthers, ToAssignments
from thrumsg_tui.domain.reassignment_summary import givers, matching, receivers
from thrumsg_tui.tui.cursors import next_in_cycle

_MOST_DIGITS = 9


class BulkAction(StrEnum):
    """The three bulk actions (`docs/rules.md 4.1`)."""

    UNASSIGN_ALL = "Unassign All"
    REASSIGN_SOME = "Reassign Some"
    REASSIGN_ALL = "Reassign All"


class BulkField(StrEnum):
    """The fields besides the destinations, in their order."""

    COUNT = "How many"
    STATUS = "Status"
    SPLIT = "Split"


class _Step(NamedTuple):
    """One choice: its field (None for the destinations) and the request before it."""

    field: BulkField | None
    before: Request


class BulkChoices:
    """The request built so far, and the steps that led to it."""

    def __init__(self, base: Request, action: BulkAction, rows: Sequence[Assignment]) -> None:
        self.request = base
        self.rows = rows
        self.takes_count = action is BulkAction.REASSIGN_SOME
        self.fields = tuple(each for each in BulkField if self.takes_count or each is not BulkField.COUNT)
        self._steps: list[_Step] = []

    # The choices

    @property
    def offered(self) -> list[Assignment]:
        """The possible destinations: all assignments, except a single named source."""
        return [each for each in self.rows if self.request.named_sources != (each.id,)]

    @property
    def all_others(self) -> str:
        """The senders that distributing to all reaches, for a sentence."""
        others = sum(each.user is not None and each.id not in self.request.named_sources for each in self.rows)
        return "the one other sender" if others == 1 else f"all {others} other senders"

    @property
    def receivers(self) -> tuple[Assignment, ...]:
        """The destinations, in displayed order."""
        return receivers(self.request, self.rows)

    @property
    def matching(self) -> int:
        """Number of conversations that match, ignoring the count."""
        return sum(matching(each, self.request.status) for each in givers(self.request, self.rows))

    def is_chosen(self, assignment: Assignment) -> bool:
        """Return whether an assignment is chosen by name."""
        return assignment.id in self._named

    @property
    def all_chosen(self) -> bool:
        """Whether distributing to all other senders is chosen."""
        return isinstance(self.request.destinations, ToAllOthers)

    @property
    def _named(self) -> tuple[AssignmentId, ...]:
        match self.request.destinations:
            case ToAssignments(assignments):
                return assignments
            case ToAllOthers():
                return ()
            case _:
                assert_never(self.request.destinations)

    # Choosing

    def choose(self, assignment: Assignment) -> None:
        """Add a destination by name, which ends distributing to all."""
        if not self.is_chosen(assignment):
            self.turn_destination(assignment)

    def turn_destination(self, assignment: Assignment) -> None:
        """Add or remove a destination by name."""
        chosen = {*self._named} ^ {assignment.id}
        self._step(None, replace(self.request, destinations=ToAssignments(self._in_order(chosen))))

    def turn_everyone(self) -> None:
        """Turn distributing to all on or off; either clears the destinations chosen by name."""
        chosen = ToAssignments(()) if self.all_chosen else ToAllOthers()
        self._step(None, replace(self.request, destinations=chosen))

    def turn(self, field: BulkField, step: int) -> None:
        """Step a field through its values; a count is typed instead."""
        request = self.request
        match field:
            case BulkField.STATUS:
                status = next_in_cycle(list(StatusFilter), request.status, step)
                self._step(field, replace(request, status=status))
            case BulkField.SPLIT:
                self._step(field, replace(request, level=not request.level))
            case BulkField.COUNT:
                pass

    def type_digit(self, digit: int) -> None:
        """Append a digit to the count, up to nine digits."""
        typed = f"{'' if self.request.count is None else self.request.count}{digit}"
        self._step(BulkField.COUNT, replace(self.request, count=int(typed[:_MOST_DIGITS])))

    def erase_digit(self) -> None:
        """Remove the last digit of the count."""
        left = str(self.request.count or "")[:-1]
        self._step(BulkField.COUNT, replace(self.request, count=int(left) if left else None))

    def step_back(self) -> bool:
        """Undo the last choice; return False if there is none."""
        if not self._steps:
            return False
        self.request = self._steps.pop().before
        return True

    @property
    def can_step_back(self) -> bool:
        """Whether there is a choice to undo."""
        return bool(self._steps)

    def _in_order(self, chosen: set[AssignmentId]) -> tuple[AssignmentId, ...]:
        return tuple(each.id for each in self.rows if each.id in chosen)

    def _step(self, field: BulkField | None, request: Request) -> None:
        """Set the request. Successive changes of one field are one step; a change back to its old value removes it."""
        last = self._steps[-1] if self._steps else None
        if field is None or last is None or last.field is not field:
            self._steps.append(_Step(field, self.request))
        elif last.before == request:
            self._steps.pop()
        self.request = request
