"""The bottom line: what the keys do, or what has just happened."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.textual_compat import paint_now
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, Part, width_of

_PIECES = re.compile(r" ?[^ /]+/?| ?/")
"""Words with the space before them, and the steps of a path: where a sentence may be broken."""


class KeyLine(FlowingLines):
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
        for each in (command for command in self._commands if command.footer):
            group: list[Part] = [(f" {each.shown_keys.split()[0]} ", "accent"), (f"{each.footer} ", "quiet")]
            room -= width_of(group)
            if room < 0:
                break
            groups.append(group)
        self.show(groups)
