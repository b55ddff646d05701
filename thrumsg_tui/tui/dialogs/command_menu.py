"""A menu of commands, each on its key, with the reason where one is not allowed now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.strip import Strip

from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, heading, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, and why it is not allowed, None where it is."""

    command: Command
    why_not: str | None


class _Entries(PagedList[Entry]):
    def draw(self, row: Entry, index: int, line: int, width: int) -> Strip:
        look = "quiet" if row.why_not else ""
        left = [(pad(f"  {row.command.shown_keys}", 6), "accent"), (pad(row.command.title, 30), look)]
        return self.strip(
            [*left, (row.why_not or row.command.help, "quiet")], width=width, base=self.cursor_look(index)
        )


class CommandMenu(ModalScreen[str | None]):
    """Returns the id of the chosen command: by its key, or by arrows and Enter."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("enter", "choose", show=False),
        Binding("escape,q", "dismiss(None)", show=False),
    ]

    def __init__(self, title: str, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._title = title
        self._entries = entries
        self._list = _Entries(id="entries")
        self._keys = LineWidget(id="keys")

    def compose(self) -> ComposeResult:
        box = Vertical(self._list, self._keys, classes="dialog wide")
        box.border_title = heading(self._title)
        box.border_subtitle = "a key or Enter chooses, Esc leaves"
        yield box

    def on_mount(self) -> None:
        self._list.styles.height = len(self._entries)
        self._list.show(len(self._entries), 0, self._entries, 0)
        self._list.focus()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._list.action_move(rows)

    def action_choose(self) -> None:
        """Choose the command under the cursor."""
        if row := self._list.row:
            self._choose(row)

    def on_key(self, event: Key) -> None:
        """Take a command's own key."""
        for each in self._entries:
            if event.character and event.character == each.command.shown_keys:
                event.stop()
                self._choose(each)
                return

    def _choose(self, chosen: Entry) -> None:
        if chosen.why_not:
            self._keys.show([(f" {chosen.why_not}", "warning")])
        else:
            self.dismiss(chosen.command.id)
