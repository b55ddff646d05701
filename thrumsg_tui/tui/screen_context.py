"""What the parts of a screen need of it, so that a part need not know which screen it belongs to."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Protocol, TypeVar

from textual.screen import Screen

from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import Facts

_Answer = TypeVar("_Answer")


class ScreenContext(Protocol):
    """A screen as its parts see it: who is here and the way to the store, its bottom line, dialogs, and its queries."""

    @property
    def thrumsg(self) -> AppContext:
        """The app."""

    def facts(self) -> Facts:
        """What the person has chosen on the screen."""

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say what happened, in the bottom line."""

    def ask_again(self) -> None:
        """Let the screen ask its queries again, since something was changed."""

    async def show_dialog(self, dialog: Screen[_Answer]) -> _Answer:
        """Show a dialog and wait for its answer; only a worker may wait."""

    def run_worker(self, work: Coroutine[object, object, object]) -> object:
        """Run something for as long as the screen is there."""

    async def action_run_command(self, id: str) -> None:
        """Do what a command says, or say why not."""
