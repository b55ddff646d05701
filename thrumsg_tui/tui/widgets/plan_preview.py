"""The preview of a bulk reassignment: what each destination gets, and from whom (`docs/rules.md 4.7`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.reassignment import Flow, Plan, flows
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.widgets.line_widgets import Part, fit_person
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_COLUMNS = {
    Status.NOT_STARTED: ("Not started", "New"),
    Status.SENT: ("Sent", "Sent"),
    Status.NEEDS_REPLY: ("Needs reply", "Waits"),
    Status.ANSWERED: ("Answered", "Answ."),
}
"""The columns of the preview, with a title for wide and one for narrow windows."""

_OPTED_OUT = ("Opted out", "Out")

_SLIM = 66
"""Below this width, in cells, names and numbers of a move have a line each."""

_ROOMY = 96
"""From this width on, in cells, the columns have their whole titles."""


class PlanPreview(ScrollingLines):
    """The totals of all destinations, also those that get none; then each pair of giver and receiver, by status."""

    DEFAULT_CSS = "PlanPreview { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plan: Plan | None = None
        self._flows: Sequence[Flow] = ()
        self._destinations: Sequence[Assignment] = ()
        self._sentence = "counting"
        self._look = "quiet"

    def show_plan(self, planned: Plan, destinations: Sequence[Assignment]) -> None:
        """Show a plan; `destinations` are the assignments as they are before it."""
        self._plan, self._destinations, self._flows = planned, destinations, flows(planned.moves)
        self._sentence, self._look = "Nothing matches: nothing would be moved.", "quiet"
        self.scroll_home(animate=False)
        self.remake()

    def show_refusal(self, reason: str) -> None:
        """Show why there is no plan."""
        self._plan, self._destinations = None, ()
        self._sentence, self._look = reason, "warning"
        self.remake()

    def lines_for(self, width: int) -> int:
        """Return how many lines the plan, or the reason why there is none, needs in a width."""
        totals = 1 + len(self._destinations) if self._destinations else 0
        if self._plan is None or not self._plan.moves:
            return len(self.wrapped(self._sentence, width - 2)) + totals
        return totals + 1 + len(self._flows) * (2 if self._is_slim(self._plan, width) else 1)

    def lines(self, width: int) -> list[Strip]:
        if self._plan is None or not self._plan.moves:
            said = [(f" {line}", self._look) for line in self.wrapped(self._sentence, width - 2)]
            return [self.strip([line], width=width) for line in said] + self._totals(width)
        return [*self._totals(width), *self._moves(self._plan, width)]

    def _totals(self, width: int) -> list[Strip]:
        """Draw the number of conversations that each destination holds now, gets, and holds then."""
        if not self._destinations or self._plan is None:
            return []
        gets = Counter(move.destination for move in self._plan.moves)
        strips = [self.strip([(" To", "quiet")], [(f"{'Holds':>9}{'Gets':>9}{'Then':>9} ", "quiet")], width=width)]
        for destination in self._destinations:
            gained = gets[destination.id]
            numbers: list[Part] = [
                (f"{destination.assigned:>9}", "quiet"),
                (f"{gained:>9}", "strong" if gained else "quiet"),
                (f"{destination.assigned + gained:>9} ", ""),
            ]
            name = fit_person(safe_text(destination.shown_name), width - 29)
            strips.append(self.strip([(f" {name}", "")], numbers, width=width))
        return strips

    def _moves(self, planned: Plan, width: int) -> list[Strip]:
        """Draw how many conversations move from whom to whom, by status; in a narrow dialog on two lines each."""
        roomy, slim = width >= _ROOMY, self._is_slim(planned, width)
        column = _column(width)
        heads = "".join(f"{title[not roomy]:>{column}}" for title in [*_COLUMNS.values(), _OPTED_OUT])
        strips = [self.strip([("" if slim else " From → to", "quiet")], [(f"{heads}   Moved ", "quiet")], width=width)]
        half = _room_of_name(width, slim=slim)
        for flow in self._flows:
            names = [safe_text(planned.names[assignment]) for assignment in (flow.source, flow.destination)]
            counts = [*(flow.by_status.get(status, 0) for status in _COLUMNS), flow.opted_out]
            numbers = "".join(f"{count or '·':>{column}}" for count in counts)
            moved: list[Part] = [(numbers, "quiet"), (f"{flow.moved:>8} ", "strong")]
            left: list[Part] = [(f" {fit_person(names[0], half)} → {fit_person(names[1], half)}", "")]
            if slim:
                strips += [self.strip(left, width=width), self.strip([], moved, width=width)]
            else:
                strips.append(self.strip(left, moved, width=width))
        return strips

    @staticmethod
    def _is_slim(planned: Plan, width: int) -> bool:
        """Whether names and numbers have a line each: also where a name with its login would be cut."""
        room = _room_of_name(width, slim=False)
        return width < _SLIM or any(
            cell_len(name) > room and name.endswith(f" ({planned.logins[assignment]})")
            for assignment, name in planned.names.items()
        )


def _column(width: int) -> int:
    return 12 if width >= _ROOMY else 7


def _room_of_name(width: int, *, slim: bool) -> int:
    """Return the cells for each of both names of a move."""
    numbers = (len(_COLUMNS) + 1) * _column(width) + 8
    return (width - 6 - (0 if slim else numbers)) // 2
