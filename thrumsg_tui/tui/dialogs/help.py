"""The help: all keys of some scopes, from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, pairwise, zip_longest

from textual.strip import Strip

from thrumsg_tui.domain.users import Identity
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.commands import Command, Scope, commands_of, key_of
from thrumsg_tui.tui.dialogs.reading import LinesToRead, ReadingDialog
from thrumsg_tui.tui.widgets.line_widgets import pad

_KEYS = 13
"""The width of the column with the keys; where several have no room in one line, they go on in the next one."""

_NARROWEST = 54
"""The least width of a column of sections."""


class _Keys(LinesToRead):
    def __init__(self, scopes: Sequence[Scope], who: Identity, offered: Sequence[Command]) -> None:
        super().__init__()
        listed = {str(scope): [each for each in commands_of(scope) if not each.beyond(who)] for scope in scopes}
        known = {command.id for commands in listed.values() for command in commands}
        here = {"In this dialog": [command for command in offered if command.id not in known]}
        self._listed = {heading: commands for heading, commands in (here | listed).items() if commands}
        self._has_signs = Scope.MESSENGER in scopes

    def lines(self, width: int) -> list[Strip]:
        """Draw the sections in as many columns as have room, none in two of them, so that the longest is shortest."""
        number = max(min(width // _NARROWEST, len(self._listed)), 1)
        width //= number
        sections = self._sections(width)
        ways = combinations(range(1, len(sections)), number - 1)
        columns = min(
            ([sections[first:last] for first, last in pairwise((0, *cuts, len(sections)))] for cuts in ways),
            key=lambda columns: max(sum(map(len, column)) for column in columns),
        )
        lines = zip_longest(*map(chain.from_iterable, columns), fillvalue=self.strip([], width=width))
        return [Strip.join(line) for line in lines][:-1]  # the last one is blank

    def _sections(self, width: int) -> list[list[Strip]]:
        """Draw each section by itself, with a blank line at its end."""
        blank = self.strip([], width=width)
        sections = []
        for title, commands in self._listed.items():
            strips = [self.strip([(f" {title}", "accent")], width=width)]
            for command in commands:
                keys = self.wrapped(command.shown_keys or f"{key_of('app.palette')} by name", _KEYS - 1)
                does = self.wrapped(command.explained, max(width - _KEYS - 4, 10))
                lines = zip_longest(keys, does, fillvalue="")
                strips += [
                    self.strip([(f"  {pad(key, _KEYS)}", "strong"), (line, "")], width=width) for key, line in lines
                ]
            sections.append([*strips, blank])
        return [*sections, [*self._signs(width), blank]] if self._has_signs else sections

    def _signs(self, width: int) -> list[Strip]:
        """Draw the signs of the messenger with their meanings."""
        glyphs = app_context(self).glyphs
        signs: list[tuple[str, str, str]] = [
            (glyphs.dot, "dot", "waits for a reply"),
            (glyphs.flag, "warning", "may want to be opted out, without a clear STOP"),
            (glyphs.mark, "marked", "marked, for what moves several"),
            (glyphs.sent, "", "sent: the carrier has it"),
            (glyphs.delivered, "", "delivered to the phone"),
            (glyphs.failed, "warning", "failed"),
            (glyphs.in_doubt, "warning", "in doubt: nobody knows whether it left"),
        ]
        strips = [self.strip([(" Signs", "accent")], width=width)]
        for sign, look, means in signs:
            for first, line in enumerate(self.wrapped(means, width - _KEYS - 4)):
                strips.append(self.strip([(f"  {pad('' if first else sign, _KEYS)}", look), (line, "")], width=width))
        return strips


class HelpDialog(ReadingDialog):
    """The keys of a dialog's own commands, then of some scopes, without those that the user's role forbids."""

    def __init__(self, scopes: Sequence[Scope], who: Identity, offered: Sequence[Command] = ()) -> None:
        super().__init__("Keys", _Keys(scopes, who, offered))
