"""The fields of a bulk reassignment: status, count, split, destinations (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from textual.events import Key
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.domain.counted import counted
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.reassignment import Request
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.words import StatusFilter
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.drawn import DrawnLines, Part

STATUS_TITLES = {
    StatusFilter.ANY: "Any",
    StatusFilter.NEEDS_REPLY: "Needs Reply",
    StatusFilter.NOT_STARTED: "Not Started",
}


class BulkAction(StrEnum):
    """The three bulk actions (`docs/rules.md 4.1`)."""

    UNASSIGN_ALL = "Unassign All"
    REASSIGN_SOME = "Reassign Some"
    REASSIGN_ALL = "Reassign All"


class _Field(StrEnum):
    STATUS = "Status"
    COUNT = "How many"
    SPLIT = "Split"
    EVERYONE = "Distribute to all"
    DESTINATION = "To"


@dataclass(frozen=True, slots=True)
class _Row:
    field: _Field
    destination: Assignment | None = None


def _matching(each: Assignment, status: StatusFilter) -> int:
    match status:
        case StatusFilter.ANY:
            return each.assigned
        case StatusFilter.NEEDS_REPLY:
            return each.needs_reply
        case StatusFilter.NOT_STARTED:
            return each.not_started


class ReassignForm(DrawnLines, can_focus=True):
    """Up and down go from field to field, left and right choose, space marks a destination, digits are the count.

    `on_change` is called whenever the request has become another one.
    """

    DEFAULT_CSS = "ReassignForm { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(
        self, base: Request, action: BulkAction, rows: Sequence[Assignment], glyphs: Glyphs, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.request = base
        self.on_change: Callable[[], None] = lambda: None
        self._some = action is BulkAction.REASSIGN_SOME
        self._all = rows
        self._glyphs = glyphs
        self._count = ""
        self._search = ""
        self._cursor = 0

    # What is asked for

    @property
    def matching(self) -> int:
        """How many conversations match, whatever the count."""
        request = self.request
        destinations = set(request.destinations)
        if request.to_everyone:
            destinations = {each.id for each in self._all if each.user and each.id not in request.sources}
        return sum(
            _matching(each, request.status)
            for each in self._all
            if (request.everyone or each.id in request.sources) and each.id not in destinations
        )

    def _rows(self) -> list[_Row]:
        rows = [_Row(_Field.STATUS)]
        if self._some:
            rows.append(_Row(_Field.COUNT))
        rows.append(_Row(_Field.SPLIT))
        wanted = fold(self._search)
        if not wanted:
            rows.append(_Row(_Field.EVERYONE))
        return rows + [
            _Row(_Field.DESTINATION, each)
            for each in self._all
            if self.request.sources != (each.id,) and wanted in fold(each.name)
        ]

    # Drawing

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        for index, row in enumerate(self._rows()):
            if row.field is _Field.SPLIT:
                strips.append(self.strip(*self._drawn(row), width=width, base=self._look(index)))
                strips.append(self.strip([], width=width))
                searched: Part = (f"{self._search}_" if self._search else "type a name to search", "quiet")
                strips.append(self.strip([(" To  ", "strong"), searched], width=width))
                continue
            strips.append(self.strip(*self._drawn(row), width=width, base=self._look(index)))
        return strips

    def _look(self, index: int) -> str:
        return "cursor" if index == self._cursor and self.has_focus else ""

    def _drawn(self, row: _Row) -> tuple[list[Part], list[Part]]:
        request = self.request
        match row.field:
            case _Field.STATUS:
                options = [(title, request.status is status) for status, title in STATUS_TITLES.items()]
                return self._options("Status", options), []
            case _Field.COUNT:
                shown = self._count or "all"
                rest = ", so all of them" if request.count and request.count > self.matching else ""
                matching = f" of {self.matching} that match{rest}"
                return [(" How many  ", "strong"), (shown, "accent"), (matching, "quiet")], []
            case _Field.SPLIT:
                options = [("equal shares", not request.level), ("level their totals", request.level)]
                return self._options("Split", options), []
            case _Field.EVERYONE:
                others = sum(each.user is not None and each.id not in request.sources for each in self._all)
                return self._box(request.to_everyone, f"Distribute to all {counted(others, 'other sender')}"), []
            case _Field.DESTINATION:
                return self._destination(row.destination)

    def _destination(self, each: Assignment | None) -> tuple[list[Part], list[Part]]:
        if each is None:
            return [], []
        chosen = each.id in self.request.destinations
        return self._box(chosen, safe_text(each.name)), [(f"holds {each.assigned} ", "quiet")]

    def _options(self, title: str, options: Sequence[tuple[str, bool]]) -> list[Part]:
        parts: list[Part] = [(f" {title}  ", "strong")]
        for name, chosen in options:
            sign = self._glyphs.chosen if chosen else self._glyphs.unchosen
            parts.append((f"{sign} {name}  ", "recorded" if chosen else ""))
        return parts

    @staticmethod
    def _box(chosen: bool, title: str) -> list[Part]:
        return [(" [x] " if chosen else " [ ] ", "recorded" if chosen else ""), (title, "recorded" if chosen else "")]

    def on_focus(self) -> None:
        self.call_later(self.remake)  # has_focus changes after this

    # Keys

    def on_key(self, event: Key) -> None:
        """Change what is asked for."""
        rows = self._rows()
        row = rows[min(self._cursor, len(rows) - 1)]
        if event.key in {"up", "down"}:
            self._cursor = max(0, min(self._cursor + (1 if event.key == "down" else -1), len(rows) - 1))
        elif event.key in {"left", "right", "space"}:
            if not self._search or row.destination:  # with a search that finds nobody, nothing is chosen
                self._turn(row, -1 if event.key == "left" else 1)
        elif event.key == "backspace":
            self._erase()
        elif self._some and event.character and event.character in "0123456789":
            self._set_count((self._count + event.character)[:9])
        elif event.is_printable and event.character:
            self._search_for(self._search + event.character)
        else:
            return
        event.stop()
        event.prevent_default()
        self.remake()
        self.scroll_to(y=max(0, self._cursor + 3 - self.size.height), animate=False)

    def _turn(self, row: _Row, step: int) -> None:
        request = self.request
        match row.field:
            case _Field.STATUS:
                filters = list(StatusFilter)
                status = filters[(filters.index(request.status) + step) % len(filters)]
                self._ask(replace(request, status=status))
            case _Field.SPLIT:
                self._ask(replace(request, level=not request.level))
            case _Field.EVERYONE:
                self._ask(replace(request, to_everyone=not request.to_everyone, destinations=()))
            case _Field.DESTINATION if row.destination:
                self._ask(replace(request, to_everyone=False, destinations=self._toggled(row.destination.id)))
                self._leave_search(row.destination.id)
            case _:
                pass

    def _toggled(self, changed: AssignmentId) -> tuple[AssignmentId, ...]:
        chosen = set(self.request.destinations) ^ {changed}
        return tuple(each.id for each in self._all if each.id in chosen)

    def _erase(self) -> None:
        if self._search:
            self._search_for(self._search[:-1])
        elif self._count:
            self._set_count(self._count[:-1])

    def _set_count(self, text: str) -> None:
        self._count = text
        self._ask(replace(self.request, count=int(text) if text else None))

    def _leave_search(self, chosen: AssignmentId) -> None:
        """Show all destinations again, with the cursor on the one that was chosen."""
        if self._search:
            self._search = ""
            found = [row.destination.id if row.destination else None for row in self._rows()]
            self._cursor = found.index(chosen)

    def _search_for(self, text: str) -> None:
        """Narrow the destinations, and put the cursor on the first sender who matches."""
        self._search = text
        rows = self._rows()
        senders = [index for index, row in enumerate(rows) if row.destination and row.destination.user]
        found = senders or [index for index, row in enumerate(rows) if row.destination]
        if text and found:
            self._cursor = found[0]
        self._cursor = min(self._cursor, len(rows) - 1)

    def _ask(self, request: Request) -> None:
        if request != self.request:
            self.request = request
            self.on_change()
