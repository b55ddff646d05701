"""Screen parts, and the protocol by which they use their screen.

A part runs the commands whose action it has as a method `action_…` (`CommandScreen.parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from textual.screen import Screen

if TYPE_CHECKING:
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.tui.app_context import AppContext
    from thrumsg_tui.tui.commands import Facts

_Answer = TypeVar("_Answer")
_Part = TypeVar("_Part", bound="ScreenPart")
_P = ParamSpec("_P")


class ScreenContext(Protocol):
    """A screen as its parts see it: the app, the bottom line, dialogs and queries."""

    @property
    def thrumsg(self) -> AppContext:
        """The app."""

    def facts(self) -> Facts:
        """Return the facts that decide which commands are allowed."""

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a sentence in the bottom line."""

    def say_for(self, seconds: float, sentence: str, then: str) -> None:
        """Show `sentence` for some seconds, then `then`, unless another sentence came meanwhile."""

    def say_progress(self, sentence: str) -> None:
        """Show in the bottom line how far work is."""

    def ask_again(self) -> None:
        """Let the screen run its queries again, since something was changed."""

    async def make(
        self, change: Callable[Concatenate[Database, _P], object], *args: _P.args, **kwargs: _P.kwargs
    ) -> bool:
        """Make a change and refresh the panes; if it is refused, show why and return False."""

    async def show_dialog(self, dialog: Screen[_Answer]) -> _Answer:
        """Show a dialog and return its answer; call it from a worker only."""

    def run_action_worker(self, action: Callable[[], Coroutine[None, None, None]]) -> object:
        """Run an action that may wait for a dialog; the next key waits until it is done."""

    def run_worker(
        self,
        work: Coroutine[None, None, object] | Callable[[], Coroutine[None, None, object]],
        name: str = "",
        group: str = "default",
        *,
        exclusive: bool = False,
    ) -> object:
        """Run background work while the screen exists; keys do not wait for it, and exclusive work ends its group's."""

    async def action_run_command(self, id: str) -> None:
        """Run a command, or say why it is not allowed."""


class ScreenPart(Protocol):
    """A part of a screen."""

    @property
    def screen(self) -> ScreenContext:
        """The screen of the part."""


def action_worker(
    action: Callable[Concatenate[_Part, _P], Coroutine[None, None, None]],
) -> Callable[Concatenate[_Part, _P], None]:
    """Run an action of a part in a worker, so that it may wait for a dialog (`textual.work` is for widgets)."""

    @wraps(action)
    def begin(part: _Part, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        part.screen.run_action_worker(partial(action, part, *args, **kwargs))

    return begin
