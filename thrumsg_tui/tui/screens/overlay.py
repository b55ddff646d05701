"""The base of screens that open over another one, most of them with a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import Input

from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget
from thrumsg_tui.tui.widgets.paged_list import PagedList

_Row = TypeVar("_Row")

_TALL = 30
"""Rows from which a blank line stands above the titles of columns."""


class OverlayScreen(CommandScreen):
    """A screen over another one, to which going back returns."""

    IS_OVERLAY = True
    FOREMOST = ("app.help", "app.back")
    BACK_TO = "back"
    BINDINGS = bindings(commands_of(Scope.OVERLAY, Scope.EVERYWHERE))

    def action_back(self) -> None:
        self.dismiss()

    def action_escape(self) -> None:
        """Go back."""
        self.action_back()


class OverlayList(PagedList[_Row]):
    """A list with the keys of a list, and a heading with the titles of its columns."""

    BINDINGS = bindings(commands_of(Scope.LIST), checked=False, priority=True)
    two_lines_below: ClassVar[int] = 0
    """The width, in cells, below which each row has two lines."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.heading = LineWidget(id="heading")

    @property
    def in_two_lines(self) -> bool:
        """Whether each row has two lines."""
        return self.row_height > 1

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return the titles of the columns at the left and at the right end, each as wide as its column."""
        return (), ()

    def show(self, total: int, first: int, rows: Sequence[_Row], cursor: int) -> None:
        super().show(total, first, rows, cursor)
        self._show_titles()

    def on_resize(self) -> None:
        if self.two_lines_below:
            self.row_height = 2 if self.size.width < self.two_lines_below else 1
        super().on_resize()
        self._show_titles()

    def _show_titles(self) -> None:
        left, right = self.titles() if self.total else ((), ())
        right = [*right, " " * self.beside_rows]
        self.heading.show([(title, "quiet") for title in left], [(title, "quiet") for title in right])


class NumbersList(OverlayList[_Row]):
    """A list whose phone numbers may be hidden (`docs/rules.md 3.20`)."""

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.phones = PhoneDisplay(redacts=True)
        self.zone = zone

    def tell_phones(self, phones: PhoneDisplay) -> None:
        """Set how numbers are shown."""
        if phones != self.phones:
            self.phones = phones
            self.repaint_changed()


class ListingScreen(OverlayScreen, Generic[_Row]):
    """A screen with a summary line, an optional search, and a list.

    A subclass makes `list` in `make_list` and fills it in `ask_and_paint`. There is a search if `searches_for`, its
    placeholder, is not empty.
    """

    searches_for = ""
    list: PagedList[_Row]

    def __init__(self) -> None:
        super().__init__()
        self.summary = LineWidget(id="summary")
        self.search = SearchInput(placeholder=self.searches_for, id="search")

    def make_list(self) -> PagedList[_Row]:
        """Make the list; called when the app is known."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        self.list = self.make_list()
        yield self.title_line
        yield self.summary
        if self.searches_for:
            yield Horizontal(LineWidget(id="slash"), self.search, id="search-row")
        if isinstance(self.list, OverlayList):
            yield self.list.heading
        yield self.list
        yield self.key_line

    def on_mount(self) -> None:
        if self.searches_for:
            self.query_one("#slash", LineWidget).show([("/ ", "quiet")])
        self.key_line.name_keys(self.shown_commands())
        self.list.on_move = self.moved
        self.set_focus(self.list)

    def on_resize(self, event: Resize) -> None:
        """Part the titles from what is above them where there is room; a class would have all widgets styled again."""
        if isinstance(self.list, OverlayList):
            self.list.heading.styles.margin = (int(event.size.height >= _TALL), 0, 0, 0)

    @property
    def searched(self) -> str:
        return self.search.value

    def moved(self) -> None:
        """Fetch rows after a move of the cursor: others may be needed."""
        self.ask_again()

    def on_paged_list_window_wanted(self) -> None:
        """Fetch the rows that came into view."""
        self.ask_again()

    def from_the_top(self) -> None:
        """Run the queries again, with the cursor on the first row."""
        self.list.cursor = 0
        self.ask_again()

    def action_search(self) -> None:
        """Go to the search."""
        self.search.focus()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self.from_the_top()

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.list.focus()

    def action_escape(self) -> None:
        """Leave the search, or else the screen."""
        if self.search.has_focus or self.search.value:
            self.search.value = ""
            self.list.focus()
        else:
            self.action_back()
