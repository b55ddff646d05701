"""The bottom line: the keys of the screen, or a notice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from textual.geometry import Region, Size
from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.painting import HeldScreen
from thrumsg_tui.tui.stale_keys import Sight
from thrumsg_tui.tui.textual_compat import repaint_required
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, Part, width_of

_PIECES = re.compile(r" ?[^ /]+/?| ?/")
"""The pieces between which a sentence may wrap: words with the space before them, and the steps of a path."""

_ROOMY = 100
"""From this width on, in cells, the keys stand farther apart."""


class KeyLine(FlowingLines):
    """The bottom line: the keys of the screen, or a notice on up to three lines."""

    DEFAULT_CSS = "KeyLine { max-height: 3; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notice = ""
        self._look = ""
        self._waiting = ""
        self._commands: Sequence[Command] = ()
        self._asks = False
        self.sight = Sight()
        """When a warning that is to be read before the next key was painted."""

    @property
    def notice(self) -> str:
        """The notice that is shown, empty while the keys are."""
        return self._notice

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a notice until the next notice or `show_keys`."""
        self._notice, self._look, self._asks = sentence, "warning" if warning else "recorded", False
        self._paint()

    def ask(self, sentence: str) -> None:
        """Show a warning of which `has_asked` tells whether it was read."""
        if sentence != self._notice:
            self.say(sentence, warning=True)
            self._asks = True
            self.sight.changed()
            self.refresh()

    @property
    def to_be_read(self) -> bool:
        """Whether such a warning is still to be painted."""
        return self._asks and self.sight.waiting

    def has_asked(self, sentence: str, before: float) -> bool:
        """Return whether a warning is shown, and was painted before a time of the monotonic clock."""
        return self._asks and self._notice == sentence and not self._waiting and self.sight.before(before)

    def show_keys(self, commands: Sequence[Command]) -> None:
        """Show commands with their keys and short names, in place of a notice."""
        self._notice, self._asks = "", False
        self._commands = commands
        self._paint()

    def wait(self, sentence: str) -> None:
        """Show what the app waits for, in place of all else; an empty sentence ends that.

        This call draws the line itself, because the screen may be blocked by what it waits for.
        """
        if sentence != self._waiting:
            self._waiting = sentence
            self._paint()
            if isinstance(self.screen, HeldScreen):
                self.screen.draw_at_once()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines of a notice; the keys never take more than one, whatever fitted in another width."""
        return super().get_content_height(container, viewport, width) if self._waiting or self._notice else 1

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._waiting and not repaint_required(self):
            self.sight.drawn()
        return super().render_lines(crop)

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
        """Show the commands in their order, as many as fit."""
        room = self.size.width or 80
        gap = " " if room >= _ROOMY else ""
        groups = [_named(each, gap) for each in self._commands if each.footer and each.keys]
        widths = accumulate(map(width_of, groups))
        self.show([group for group, width in zip(groups, widths, strict=True) if width <= room])


def _named(command: Command, gap: str) -> list[Part]:
    return [(f" {command.shown_key} ", "accent"), (f"{command.shown_footer}{gap}", "quiet")]
