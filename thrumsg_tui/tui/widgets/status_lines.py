"""The one-line widgets around the panes: title, yellow bar, tabs, list head, conversation head, keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from textual.geometry import Size
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.count_prefix import digit_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.textual_compat import paint_now
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, StripWidget, width_of
from thrumsg_tui.tui.widgets.sender_table import progress_bar

_PIECES = re.compile(r" ?[^ /]+/?| ?/")
"""Words with the space before them, and the steps of a path: where a sentence may be broken."""


class TitleLine(LineWidget):
    """Where one is, and who one is."""

    DEFAULT_CSS = "TitleLine { height: 1; }"


class YellowBar(LineWidget):
    """Whose assignment is viewed (`docs/rules.md 3.8`)."""

    DEFAULT_CSS = "YellowBar { height: 1; }"
    base = "bar"

    def show_viewing(self, viewing: Assignment, glyphs: Glyphs, width: int) -> None:
        """Say whom one views as, their state and progress; what is least needed falls away where it is narrow."""
        left: list[Part] = [(f" Viewing as: {safe_text(viewing.name)} {glyphs.down}", "bar")]
        pieces = [
            (f"   sent {viewing.texted}/{viewing.assigned}", 1),
            (f" {progress_bar(viewing.texted, viewing.assigned, 10, glyphs)}", 4),
            (f"   {pluralize(viewing.needs_reply, 'needs', 'need')} a reply", 2),
        ]
        if viewing.user:
            state = f"{glyphs.dot} online" if viewing.online else "offline"
            pieces.insert(0, (f"   {state}", 3))
        keys = [("n Next sender", 5), (f"   R Reassign {glyphs.down}", 6), ("   v Viewing as", 7)]
        right = "".join(text for text, _ in keys)
        while keys and width_of(left) + sum(len(text) for text, _ in pieces + keys) + 2 > width:
            keys.pop()
            right = "".join(text for text, _ in keys)
        while pieces and width_of(left) + sum(len(text) for text, _ in pieces) + len(right) + 2 > width:
            pieces.remove(max(pieces, key=lambda piece: piece[1]))
        self.show([*left, *((text, "bar") for text, _ in pieces)], [(right + " ", "bar")])


class Flowing(StripWidget):
    """Groups of parts on as many lines as they need."""

    DEFAULT_CSS = "Flowing { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: Sequence[Sequence[Part]] = ()
        self._rows: list[list[Part]] = [[]]

    def show(self, groups: Sequence[Sequence[Part]]) -> None:
        """Show groups; one that does not fit on a line begins the next."""
        if groups != self._groups:
            self._groups = groups
            self._flow()

    @property
    def text(self) -> str:
        """What is said."""
        return "".join(text for row in self._rows for text, _ in row)

    def on_resize(self) -> None:
        self._flow()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows_for(width))

    def render_line(self, y: int) -> Strip:
        return self.strip(self._rows[y] if y < len(self._rows) else [], width=self.size.width)

    def _rows_for(self, width: int) -> list[list[Part]]:
        rows: list[list[Part]] = [[]]
        for group in self._groups:
            if rows[-1] and width_of([*rows[-1], *group]) > width:
                rows.append([])
            rows[-1] += group
        return rows

    def _flow(self) -> None:
        rows = self._rows_for(self.size.width or 80)
        taller = len(rows) != len(self._rows)
        self._rows = rows
        self.refresh(layout=taller)


class TabLine(Flowing):
    """The tabs with their counts (`docs/rules.md 3.1`)."""

    def show_tabs(self, tabs: Mapping[Tab, int], current: Tab) -> None:
        """Show the tabs."""
        groups: list[list[Part]] = []
        for tab, count in tabs.items():
            look = "accent" if tab is current else ""
            groups.append([(f" {digit_of(tab)} ", "quiet"), (tab.label, look), (f" {count} ", look or "quiet")])
        self.show(groups)


class KeyLine(Flowing):
    """What the keys do, on the bottom line; or what has just happened, on as many lines as it takes, up to three."""

    DEFAULT_CSS = "KeyLine { max-height: 3; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notice = ""
        self._look = ""
        self._waiting = ""
        self._commands: Sequence[Command] = ()

    @property
    def notice(self) -> str:
        """What is being said, empty while the keys are shown."""
        return self._notice

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say what happened, until something else does."""
        self._notice, self._look = sentence, "warning" if warning else "recorded"
        self._paint()

    def show_keys(self, commands: Sequence[Command]) -> None:
        """Show keys with their short names."""
        self._notice = ""
        self._commands = commands
        self._paint()

    def wait(self, sentence: str) -> None:
        """Say what is waited for, in front of all else; nothing once it has come.

        It is painted by this call: the screen, which would do that in its turn, may be what waits.
        """
        if sentence != self._waiting:
            self._waiting = sentence
            self._paint()
            paint_now(self)

    def on_resize(self) -> None:
        super().on_resize()
        if not self._notice:
            self._paint()

    def _paint(self) -> None:
        if sentence := self._waiting or self._notice:
            look = "warning" if self._waiting else self._look
            self.show([[(piece, look)] for piece in _PIECES.findall(f" {' '.join(safe_text(sentence).split())}")])
        else:
            self._show_what_fits()

    def _show_what_fits(self) -> None:
        groups: list[list[Part]] = []
        room = self.size.width or 80
        for each in self._commands:
            group: list[Part] = [(f" {each.shown_keys.split()[0]} ", "accent"), (f"{each.footer} ", "quiet")]
            room -= width_of(group)
            if room < 0:
                break
            groups.append(group)
        self.show(groups)
