"""Parts of a screen, and what they need of it, so that a part need not know which screen it belongs to.

A part does commands: those whose action it has as a method `action_…` (`CommandScreen.parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from textual.screen import Screen

from thrumsg_tui.store.database import Database
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import Facts

_Answer = TypeVar("_Answer")
_Part = TypeVar("_Part", bound="ScreenPart")
_P = ParamSpec("_P")


class ScreenContext(Protocol):
    """A screen as its parts see it: who is here and the way to the store, its bottom line, dialogs, and its queries."""

    @property
    def thrumsg(self) -> AppContext:
        """The app."""

    def facts(self) -> Facts:
        """What the person has chosen on the screen."""

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say what happened, in the bottom line."""

    def say_for(self, seconds: float, sentence: str, then: str) -> None:
        """Say something for some seconds, then something else, unless other words came meanwhile."""

    def ask_again(self) -> None:
        """Let the screen ask its queries again, since something was changed."""

    async def make(
        self, change: Callable[Concatenate[Database, _P], object], *args: _P.args, **kwargs: _P.kwargs
    ) -> bool:
        """Make a change, after which the panes ask again; where it is refused say why, and return False."""

    async def show_dialog(self, dialog: Screen[_Answer]) -> _Answer:
        """Show a dialog and wait for its answer; only a worker may wait."""

    def run_action_worker(self, action: Callable[[], Coroutine[None, None, None]]) -> object:
        """Run an action that may wait for a dialog; the next key waits until it is done."""

    def run_worker(
        self,
        work: Coroutine[None, None, object] | Callable[[], Coroutine[None, None, object]],
        name: str = "",
        group: str = "default",
    ) -> object:
        """Run something for as long as the screen is there, while keys go on."""

    async def action_run_command(self, id: str) -> None:
        """Do what a command says, or say why not."""


class ScreenPart(Protocol):
    """A part of a screen."""

    @property
    def screen(self) -> ScreenContext:
        """The screen that it belongs to."""


def action_worker(
    action: Callable[Concatenate[_Part, _P], Coroutine[None, None, None]],
) -> Callable[Concatenate[_Part, _P], None]:
    """Let an action of a part run in a worker, so that it may wait for a dialog (`textual.work` is for widgets)."""

    @wraps(action)
    def begin(part: _Part, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        part.screen.run_action_worker(partial(action, part, *args, **kwargs))

    return begin
