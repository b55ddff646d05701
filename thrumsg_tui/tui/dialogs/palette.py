"""The command palette: every command of a screen by its name, with its keys, and why some cannot be done now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.dom import DOMNode

from thrumsg_tui.domain.names import fold
from thrumsg_tui.tui.commands import Facts, Scope, commands_of, key_of, scopes_at
from thrumsg_tui.tui.dialogs.command_menu import Entry, EntryList, EntryPicker

_ELSEWHERE = {Scope.TRIAGE, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES}
"""Scopes whose commands need the focus in their own pane, or are on other keys for those that are offered."""

_KEYS = 16
"""The width of the column with the keys."""

_LINES = 20
"""The most commands that are in sight together."""


def entries_at(screen: DOMNode, facts: Facts) -> list[Entry]:
    """Return every command of a screen, its own first, and why some are not allowed now."""
    scopes = [scope for scope in scopes_at(screen) if scope not in _ELSEWHERE]
    here = (*commands_of(*scopes), *commands_of(Scope.EVERYWHERE))
    named = [each for each in here if each.action and not each.takes_key and each.id != "app.palette"]
    return [Entry(each, each.why_not(facts)) for each in named]


class Palette(EntryPicker):
    """Return the entry that is chosen, found by words of its title, or else of what it does."""

    lines_around = 8
    nothing_chosen = "No command has these words. Clear the search, or type others."

    def __init__(self, entries: Sequence[Entry]) -> None:
        hint = f"{key_of('picker.choose')} does it, arrows choose, {key_of('picker.leave')} leaves"
        super().__init__("Commands", entries, EntryList(_KEYS, id="entries"), hint=hint)

    def lines_of_list(self) -> int:
        """Return fewer than there are: one types words rather than reads them all."""
        return min(super().lines_of_list(), _LINES)

    def found(self, rows: Sequence[Entry], search: str) -> Sequence[Entry]:
        """Return the rows that have all words of a search: first those whose title begins with it, then has it."""
        wanted, words = fold(search), fold(search).split()

        def rank(row: Entry) -> int:
            title = fold(row.command.title)
            return 0 if title.startswith(wanted) else 1 if all(word in title for word in words) else 2

        matching = [
            row for row in rows if all(word in fold(f"{row.command.title} {row.command.help}") for word in words)
        ]
        return sorted(matching, key=rank)
