"""Menus of commands with their keys, and the reasons why some are not allowed now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.strip import Strip
from textual.widget import Widget

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.tui.commands import Command, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.textual_compat import bind_first
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.sentence_lines import SentenceLines


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, and the reason why it is not allowed, None if it is."""

    command: Command
    why_not: str | None

    @property
    def explanation(self) -> str:
        """What the command does, or why it is not allowed."""
        return self.why_not or self.command.help


_ROOMY = 90
"""From this width on, in cells, a row has what its command does beside its title."""


class EntryList(PagedList[Entry]):
    """Commands with keys and title, and in a wide dialog what they do or why they are not allowed."""

    empty_text = "No command has these words."

    def __init__(self, keys_width: int, *, id: str) -> None:
        super().__init__(id=id)
        self._keys_width = keys_width

    def draw(self, row: Entry, index: int, line: int, width: int) -> Strip:
        look = "quiet" if row.why_not else ""
        keys = pad(f"  {row.command.shown_keys}", self._keys_width)
        left: list[Part] = [(keys, "accent"), (pad(row.command.title, 30), look)]
        if width >= _ROOMY:
            left.append((row.explanation, "quiet"))
        return self.strip(left, width=width, base=self.cursor_look(index))


class EntryPicker(Picker[Entry]):
    """Return the chosen entry. Below the list stands all that its command does, or why it is not allowed."""

    def __init__(self, title: str, entries: Sequence[Entry], table: EntryList, *, hint: str) -> None:
        super().__init__(title, entries, table, first_cursor=0, hint=hint)
        self._explanation = SentenceLines(id="explanation")

    def below_list(self) -> Sequence[Widget]:
        return (self._explanation,)

    def show_status(self) -> None:
        """Show all that the command under the cursor does, or why it is not allowed."""
        super().show_status()
        row = self.table.row
        self._explanation.show([(row.explanation, "quiet")] if row else [])

    def take(self, row: Entry) -> None:
        """Return an entry, or show why it is not allowed."""
        if row.why_not:
            self.warn(row.why_not)
        else:
            super().take(row)


class CommandMenu(EntryPicker):
    """Return the entry that is chosen by its key, or by arrows and Enter."""

    SCOPES = (Scope.MENU, Scope.PICKER)
    BINDINGS = bindings(commands_of(Scope.MENU), checked=False, priority=True)
    searchable: ClassVar[bool] = False
    lines_around = 7

    def __init__(self, title: str, entries: Sequence[Entry]) -> None:
        hint = f"a key or {key_of('picker.choose')} chooses, {key_of('picker.leave')} leaves"
        super().__init__(title, entries, EntryList(6, id="entries"), hint=hint)
        self.offered = [entry.command for entry in entries]
        own = [replace(entry.command, action=f"take_entry({index})") for index, entry in enumerate(entries)]
        bind_first(self, bindings(own, checked=False, priority=True))

    def action_take_entry(self, index: int) -> None:
        """Choose an entry by the key of its command."""
        self.take(self.ordered()[index])
