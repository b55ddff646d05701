"""The base class of dialogs: their style sheet, and F1 for their keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.commands import Command, Scope, bindings, commands_of, scopes_at
from thrumsg_tui.tui.dialogs.in_front import ScreenInFront

_Result = TypeVar("_Result")


class Dialog(ScreenInFront[_Result], Generic[_Result]):
    """A dialog over a screen. F1 shows its keys, those of the focused field first."""

    SCOPES: ClassVar[Sequence[Scope]] = ()
    BINDINGS = bindings(commands_of(Scope.DIALOG), checked=False, priority=True)
    offered: Sequence[Command] = ()
    """Commands of this dialog alone: the answers of a question, the entries of a menu."""

    def action_help(self) -> None:
        """Show the keys of the dialog."""
        from thrumsg_tui.tui.dialogs.help import HelpDialog

        scopes = dict.fromkeys([*scopes_at(self.focused or self), Scope.DIALOG])
        self.app.push_screen(HelpDialog(list(scopes), app_context(self).who, self.offered))
