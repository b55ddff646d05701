"""The yellow bar: the sender as whom an admin views the messenger (`docs/rules.md 3.8`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.tui.commands import command
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, width_of
from thrumsg_tui.tui.widgets.progress_bar import progress_bar

_COMMANDS = ("messenger.next_sender", "messenger.reassign_sender", "messenger.viewing_as")
"""The commands whose keys the bar shows."""

_ROOMY = 90
"""From this width on, in cells, progress has a bar, and the keys have their whole names."""


class YellowBar(LineWidget):
    """The sender whose assignment is viewed (`docs/rules.md 3.8`)."""

    DEFAULT_CSS = "YellowBar { height: 1; }"
    base = "bar"
    _showing: tuple[Assignment, Glyphs, int] | None = None
    _letters_shown = True

    def on_resize(self) -> None:
        """Show what fits into the new width."""
        if self._showing:
            viewing, glyphs, _ = self._showing
            self.show_viewing(viewing, glyphs, self.size.width)

    def show_letters(self, *, shown: bool) -> None:
        """Show the keys, or blanks in their places where they would be typed into a text."""
        if shown != self._letters_shown:
            self._letters_shown = shown
            if self._showing:
                self._show_parts(*self._showing)

    def show_viewing(self, viewing: Assignment, glyphs: Glyphs, width: int) -> None:
        """Show the sender with state and progress, and keys; in a narrow bar the least needed parts are left out."""
        if (viewing, glyphs, width) != self._showing:
            self._showing = viewing, glyphs, width
            self._show_parts(viewing, glyphs, width)

    def _show_parts(self, viewing: Assignment, glyphs: Glyphs, width: int) -> None:
        left: list[Part] = [(f" Viewing as: {safe_text(viewing.shown_name)}{glyphs.menu}", "bar")]
        roomy = width >= _ROOMY
        pieces = [
            (f"   sent {viewing.texted}/{viewing.assigned}", 1),
            *([(f" {progress_bar(viewing.texted, viewing.assigned, 10, glyphs)}", 4)] if roomy else []),
            (f"   {pluralize(viewing.needs_reply, 'needs', 'need')} a reply", 2),
        ]
        if viewing.user:
            state = f"{glyphs.dot} online" if viewing.online else "offline"
            pieces.insert(0, (f"   {state}", 3))
        shown = [command(id).shown_key for id in _COMMANDS]
        following, moving, choosing = shown if self._letters_shown else (" " * len(key) for key in shown)
        keys = [
            (f"{following} {'Next sender' if roomy else 'next'}", 5),
            (f"   {moving} {'Reassign' if roomy else 'move'}{glyphs.menu}", 6),
            (f"   {choosing} Viewing as", 7),
        ]
        right = "".join(text for text, _ in keys)
        while keys and width_of(left) + sum(len(text) for text, _ in pieces + keys) + 2 > width:
            keys.pop()
            right = "".join(text for text, _ in keys)
        while pieces and width_of(left) + sum(len(text) for text, _ in pieces) + len(right) + 2 > width:
            pieces.remove(max(pieces, key=lambda piece: piece[1]))
        self.show([*left, *((text, "bar") for text, _ in pieces)], [(right + " ", "bar")])
