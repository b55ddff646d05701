"""The command palette, filled from the command table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from textual.command import DiscoveryHit, Hit, Hits, Provider

from thrumsg_tui.tui.commands import Command, Scope, commands_of, scopes_at
from thrumsg_tui.tui.screens.base import CommandScreen

_ELSEWHERE = {Scope.TRIAGE, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES}
"""Scopes whose commands need the focus in their own pane, or are on other keys for those that are offered."""

_TITLE_FIRST = 1000.0
"""Score added for a match in the title: a help text may name other commands."""


class PaletteProvider(Provider):
    """Every command that can be done on the current screen, by title, with its keys, and why some cannot be now."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(command.title, self._run(command), help=self._help(command))

    async def search(self, query: str) -> Hits:
        matcher, words = self.matcher(query), query.lower().split()
        for command in self._commands():
            title, told = command.title.lower(), f"{command.title} {command.help}".lower()
            if all(word in told for word in words):  # letters here and there would find what nobody meant
                score = matcher.match(told) + (_TITLE_FIRST if all(word in title for word in words) else 0)
                yield Hit(score, matcher.highlight(command.title), self._run(command), help=self._help(command))

    def _commands(self) -> Iterator[Command]:
        if isinstance(self.screen, CommandScreen):
            scopes = [scope for scope in scopes_at(self.screen) if scope not in _ELSEWHERE]
            for command in (*commands_of(*scopes), *commands_of(Scope.EVERYWHERE)):
                if command.action and not command.takes_key and command.id != "app.palette":
                    yield command

    def _run(self, chosen: Command) -> Callable[[], Awaitable[object]]:
        return lambda: self.screen.run_action(f"run_command('{chosen.id}')")

    def _help(self, chosen: Command) -> str:
        """Return what a command does, or why it is not allowed now, and its keys."""
        screen = self.screen
        why_not = chosen.why_not(screen.facts()) if isinstance(screen, CommandScreen) else None
        told = f"Not now: {why_not}" if why_not else chosen.help
        return f"{told} ({chosen.shown_keys})" if chosen.keys else told
