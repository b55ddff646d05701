"""The widgets of the bulk reassignment: search, destinations, and the fields below them (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.sender_search import best_match, search_senders
from thrumsg_tui.tui.bulk_choices import BulkChoices, BulkField
from thrumsg_tui.tui.commands import Scope, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import Part, fit_person, width_of
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_FOR_THE_DIALOG = frozenset(key for command in commands_of(Scope.BULK) for key in command.keys.split())


@dataclass(frozen=True, slots=True)
class Destination:
    """A row of the list: one assignment, or all other senders together if that is None."""

    assignment: Assignment | None = None


class DestinationSearch(LineInput):
    """The search for a destination. Space and digits go to the dialog first, which may leave them to the search."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _FOR_THE_DIALOG and super().check_consume_key(key, character)


class DestinationList(PagedList[Destination]):
    """The possible destinations, each with a check box; a search leaves only those whose names or logins match."""

    empty_text = "Nobody matches."

    def __init__(self, choices: BulkChoices, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.can_focus = False
        self.active = True
        self._choices = choices
        self._all = [Destination(), *map(Destination, choices.offered)]
        self._search = ""

    @property
    def size_of_all(self) -> int:
        """The number of rows without a search."""
        return len(self._all)

    def name_of(self, row: Destination) -> str:
        """Return the name of a row for a sentence."""
        return row.assignment.shown_name if row.assignment else self._choices.all_others

    def search(self, text: str) -> None:
        """Show the rows that match, with the cursor on the best match; an empty text shows all and keeps the row."""
        wanted = fold(text)
        if wanted == self._search:
            return
        keep, self._search = self.row, wanted
        rows = self._all
        if wanted:
            found = search_senders(self._choices.offered, text)
            rows, cursor = list(map(Destination, found)), best_match(found, text)
        else:
            cursor = rows.index(keep) if keep in rows else 0
        self.show_all(rows, cursor)

    def show_rows(self) -> None:
        """Show all rows, with the cursor on the first."""
        self.show_all(self._all, 0)

    def draw(self, row: Destination, index: int, line: int, width: int) -> Strip:
        assignment, choices = row.assignment, self._choices
        chosen = choices.is_chosen(assignment) if assignment else choices.all_chosen
        look = "recorded" if chosen else ""
        box: Part = (" [x] " if chosen else " [ ] ", look)
        right: list[Part] = [(f"holds {assignment.assigned} ", "quiet")] if assignment else []
        title = f"Distribute to {choices.all_others}"
        if assignment:
            title = fit_person(safe_text(assignment.shown_name), width - width_of([box, *right]) - 1)
        left: list[Part] = [box, (title, look)]
        return self.strip(left, right, width=width, base=self.cursor_look(index))


class BulkFields(ScrollingLines):
    """The lines that ask how many, which, and how they are split; the cursor is on one of them or none."""

    def __init__(self, choices: BulkChoices, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.field: BulkField | None = None
        """The field under the cursor; None while the cursor is in the list of destinations."""
        self._choices = choices
        self._glyphs = glyphs

    def lines(self, width: int) -> list[Strip]:
        return [
            self.strip(self._drawn(field), width=width, base="cursor" if field is self.field else "")
            for field in self._choices.fields
        ]

    def _drawn(self, field: BulkField) -> list[Part]:
        request = self._choices.request
        match field:
            case BulkField.COUNT:
                matching = self._choices.matching
                shown = "all" if request.count is None else str(request.count)
                hint = "; type a number" if request.count is None else ""
                rest = ", so all of them" if request.count and request.count > matching else ""
                return [
                    (" How many  ", "strong"),
                    (shown, "accent"),
                    (f" of {matching} that match{rest}{hint}", "quiet"),
                ]
            case BulkField.STATUS:
                return self._options(field, [(status.label, request.status is status) for status in StatusFilter])
            case BulkField.SPLIT:
                ways = [("equal shares", not request.level), ("level their totals", request.level)]
                return self._options(field, ways)

    def _options(self, field: BulkField, options: Sequence[tuple[str, bool]]) -> list[Part]:
        parts: list[Part] = [(f" {field:<8}  ", "strong")]
        for name, chosen in options:
            sign = self._glyphs.chosen if chosen else self._glyphs.unchosen
            parts.append((f"{sign} {name}  ", "recorded" if chosen else ""))
        return parts
