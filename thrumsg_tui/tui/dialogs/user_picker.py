"""Choosing users: type to search, Tab marks several, Enter takes the marked ones, else the one under the cursor.

The cursor starts on no row, so that Enter alone takes nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.people import User, UserId
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, heading
from thrumsg_tui.tui.widgets.paged_list import NO_ROW, PagedList


class _Users(PagedList[User]):
    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.marks: set[UserId] = set()
        self._glyphs = glyphs

    def draw(self, row: User, index: int, line: int, width: int) -> Strip:
        mark: Part = (f"{self._glyphs.mark} " if row.id in self.marks else "  ", "marked")
        right: list[Part] = [(f"{safe_text(row.login)}  ", "quiet"), (f"{row.role:<10}", "quiet")]
        return self.strip([mark, (safe_text(row.name), "")], right, width=width, base=self.cursor_look(index))

    def draw_empty(self, line: int, width: int) -> Strip:
        return self.strip([("  nobody matches", "quiet")] if line == 0 else [], width=width)


class UserPicker(ModalScreen[tuple[User, ...]]):
    """Returns the chosen users, none if it was left."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("tab", "mark", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
        Binding("escape", "dismiss(())", show=False, priority=True),
    ]

    def __init__(self, title: str, users: Sequence[User], glyphs: Glyphs) -> None:
        super().__init__()
        self._title = title
        self._all = users
        self._search = LineInput(placeholder="type to search", id="search")
        self._list = _Users(glyphs, id="users")
        self._list.can_focus = False
        self._list.active = True
        self._keys = LineWidget(id="keys")

    def compose(self) -> ComposeResult:
        box = Vertical(self._search, self._list, self._keys, classes="dialog narrow")
        box.border_title = heading(self._title)
        box.border_subtitle = "Tab marks, Enter takes, Esc leaves"
        yield box

    def on_mount(self) -> None:
        self._search.focus()
        self._paint()

    def on_input_changed(self) -> None:
        """Narrow the list."""
        self._paint()

    def _paint(self) -> None:
        wanted = fold(self._search.value)
        rows = [each for each in self._all if wanted in fold(f"{each.name} {each.login}")]
        self._list.show(len(rows), 0, rows, 0 if wanted else NO_ROW)
        self._show_marked()

    def _show_marked(self) -> None:
        marked = len(self._list.marks)
        self._keys.show([(f" {marked} marked", "marked")] if marked else [])

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._list.action_move(rows)
        self._show_marked()

    def action_mark(self) -> None:
        """Mark the user under the cursor, or take the mark off; all are shown again."""
        if row := self._list.row:
            self._list.marks ^= {row.id}
            self._list.repaint_changed()
            if self._search.value:
                self._search.value = ""
            else:
                self.action_move(1)
        else:
            self._say_nobody()

    def action_choose(self) -> None:
        """Return the marked users, else the one under the cursor."""
        marked = tuple(each for each in self._all if each.id in self._list.marks)
        if chosen := marked or ((self._list.row,) if self._list.row else ()):
            self.dismiss(chosen)
        else:
            self._say_nobody()

    def _say_nobody(self) -> None:
        self._keys.show([(" Choose somebody first: type a name, or use the arrows.", "warning")])
