"""The help: all keys of some scopes, from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from thrumsg_tui.domain.users import Identity
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.commands import Command, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.compositor import draw_by_line
from thrumsg_tui.tui.painting import StyledScreen
from thrumsg_tui.tui.widgets.line_widgets import ScrollingLines, heading, pad


class _Keys(ScrollingLines, can_focus=True):
    DEFAULT_CSS = "_Keys { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(self, scopes: Sequence[Scope], who: Identity, offered: Sequence[Command]) -> None:
        super().__init__()
        listed = {str(scope): [each for each in commands_of(scope) if not each.beyond(who)] for scope in scopes}
        known = {command.id for commands in listed.values() for command in commands}
        here = {"In this dialog": [command for command in offered if command.id not in known]}
        self._listed = {heading: commands for heading, commands in (here | listed).items() if commands}
        self._has_signs = Scope.MESSENGER in scopes

    def lines(self, width: int) -> list[Strip]:
        strips = []
        for title, commands in self._listed.items():
            strips.append(self.strip([(f" {title}", "accent")], width=width))
            for command in commands:
                keys = pad(command.shown_keys, 20) if command.keys else pad(f"from {key_of('app.palette')}", 20)
                first, *more = Text(command.explained).wrap(self.app.console, max(width - 24, 10))
                strips.append(self.strip([("  " + keys, "strong"), (first.plain, "")], width=width))
                strips += [self.strip([(" " * 22 + line.plain, "")], width=width) for line in more]
            strips.append(self.strip([], width=width))
        return strips + self._signs(width) if self._has_signs else strips

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
        return [
            self.strip([(" Signs", "accent")], width=width),
            *(self.strip([(f"  {pad(sign, 20)}", look), (means, "")], width=width) for sign, look, means in signs),
        ]


class HelpDialog(StyledScreen[None], ModalScreen[None]):
    """The keys of a dialog's own commands, then of some scopes, without those that the user's role forbids."""

    BINDINGS = bindings(commands_of(Scope.HELP), checked=False, priority=True)

    def __init__(self, scopes: Sequence[Scope], who: Identity, offered: Sequence[Command] = ()) -> None:
        super().__init__()
        draw_by_line(self)
        self._keys = _Keys(scopes, who, offered)

    def compose(self) -> ComposeResult:
        box = Vertical(self._keys, classes="dialog wide tall")
        box.border_title = "Keys"
        box.border_subtitle = heading(f"arrows scroll, {key_of('help.leave')} leaves")
        yield box

    def on_mount(self) -> None:
        self._keys.focus()

    def action_scroll_keys(self, lines: int) -> None:
        """Scroll by some lines."""
        self._keys.scroll_relative(y=lines, animate=False, force=True, immediate=True)
