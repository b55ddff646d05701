"""The bottom line: the keys of the screen, a notice, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from textual.geometry import Region
from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.painting import HeldScreen
from thrumsg_tui.tui.stale_keys import Sight
from thrumsg_tui.tui.textual_compat import repaint_required
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, fit, flowed, width_of

_PIECES = r" ?[^ /]+/?| ?/"
"""The pieces between which a sentence may wrap: words with the space before them, and the steps of a path."""

_ROOMY = 100
"""From this width on, in cells, the keys stand farther apart."""

_ROOM_FOR_KEYS = 60
"""Beside a notice that leaves this many cells free, the keys stay; with less room they would be too few to help."""

_APART = "    "
"""The least gap between keys and a notice, and the cell behind that."""

_LARGEST_PART = 3
"""A notice covers at most the screen's height divided by this."""


class KeyLine(LineWidget):
    """The bottom line, which is always one row: the keys of the screen, or a notice.

    Where both have room, the notice is at the right end, and the keys stay in their places. A notice that has no room
    in the line is drawn over the rows above, and nothing moves. Where the screen has a widget that stays in sight, as
    the message box, the notice is above that, and the keys stay.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notice = ""
        self._look = ""
        self._waiting = ""
        self._commands: Sequence[Command] = ()
        self.asks = False
        """Whether the notice is a question, which the next key answers."""
        self.sight = Sight()
        """When a warning that is to be read before the next key was painted."""
        self._is_over = False
        """Whether what is said is drawn over the rows above."""

    @property
    def notice(self) -> str:
        """The notice that is shown, empty while the keys are."""
        return self._notice

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a notice until the next notice or `show_keys`."""
        self._notice, self._look, self.asks = sentence, "warning" if warning else "recorded", False
        self._paint()

    def ask(self, sentence: str) -> None:
        """Show a warning of which `has_asked` tells whether it was read."""
        if sentence != self._notice:
            self.say(sentence, warning=True)
            self.asks = True
            self.sight.changed()
            self.refresh()

    @property
    def to_be_read(self) -> bool:
        """Whether such a warning is still to be painted."""
        return self.asks and self.sight.waiting

    def has_asked(self, sentence: str, before: float) -> bool:
        """Return whether a warning is shown, and was painted before a time of the monotonic clock."""
        return self.asks and self._notice == sentence and not self._waiting and self.sight.before(before)

    def show_keys(self, commands: Sequence[Command]) -> None:
        """Show commands with their keys and short names, and no notice any more."""
        self._notice, self.asks = "", False
        self._commands = commands
        self._paint()

    def name_keys(self, commands: Sequence[Command]) -> None:
        """Show other commands, but leave a notice as it is."""
        self._commands = commands
        if self._is_over:
            self.show(self._keys_that_fit(self.size.width))
        else:
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

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._waiting and not repaint_required(self):
            self.sight.drawn()
        return super().render_lines(crop)

    def on_resize(self) -> None:
        self._paint()

    def _paint(self) -> None:
        """Show the keys, and the notice beside or instead of them, or over the rows above."""
        said, room = self._said, self.size.width or 80
        fits, beside = width_of(said) <= room, room - width_of(said) - len(_APART)
        if said and beside >= _ROOM_FOR_KEYS:
            self.show(self._keys_that_fit(beside), [*said, (" ", "")])
        else:
            self.show(said if said and fits else self._keys_that_fit(room))
        if (self._is_over or not fits) and self.is_attached and isinstance(self.screen, HeldScreen):
            self._is_over = not fits
            self.screen.draw_over(None if fits else self._lines)
            self.refresh()

    @property
    def _said(self) -> list[Part]:
        """What is said, as the pieces between which it may wrap."""
        sentence, look = (self._waiting, "warning") if self._waiting else (self._notice, self._look)
        return [(piece, look) for piece in re.findall(_PIECES, f" {' '.join(safe_text(sentence).split())}")]

    def _lines(self, width: int) -> list[Strip]:
        """Draw what is said in lines of a width; an ellipsis ends the last one if it needs too many."""
        rows, most = (
            flowed([[piece] for piece in self._said], width - 1, " "),
            max(self.screen.size.height // _LARGEST_PART, 1),
        )
        if len(rows) > most:
            rest = "".join(text for row in rows[most - 1 :] for text, _ in row)
            rows[most - 1 :] = [[(fit(rest, width - 1), rows[0][0][1])]]
        return [self.strip(row, width=width, base="blurred") for row in rows]

    def _keys_that_fit(self, room: int) -> list[Part]:
        """Return the commands in their order, as many as fit."""
        gap = " " if self.size.width >= _ROOMY else ""
        groups = [_named(each, gap) for each in self._commands if each.footer and each.keys]
        widths = accumulate(map(width_of, groups))
        fitting = zip(groups, widths, strict=True)
        return [part for group, width in fitting if width <= room for part in group]


def _named(command: Command, gap: str) -> list[Part]:
    return [(f" {command.shown_key} ", "accent"), (f"{command.shown_footer}{gap}", "quiet")]
