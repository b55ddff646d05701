"""Inputs that show harmless stand-ins for control characters (`docs/rules.md 7.4`) and leave their text unchanged."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text
from textual.events import Key, Paste
from textual.geometry import Size
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widgets import Input

from thrumsg_tui.domain.safe_text import stand_ins
from thrumsg_tui.tui.commands import Scope, bindings, commands_of


def is_letter(key: Key) -> bool:
    """Return whether a key types or erases a letter of a text."""
    return key.is_printable or key.key in {"backspace", "delete"}


class _Harmless(Highlighter):
    """Replaces the text that an input prints with its harmless form."""

    def __call__(self, text: str | Text) -> Text:
        plain = text if isinstance(text, str) else text.plain
        return Text(stand_ins(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Do nothing: `__call__` returns the finished text."""


class LineInput(Input):
    """An input of one line, without a frame or a blinking cursor."""

    virtual_size = reactive(Size(0, 0))
    """How far it scrolls: no other widget's place depends on it, so a letter lays nothing out anew."""

    def __init__(
        self, value: str = "", placeholder: str = "", *, suggester: Suggester | None = None, id: str | None = None
    ) -> None:
        super().__init__(
            value,
            placeholder,
            highlighter=_Harmless(),
            suggester=suggester,
            compact=True,
            select_on_focus=False,
            id=id,
        )
        self.cursor_blink = False

    def _on_paste(self, event: Paste) -> None:
        """Insert all lines of a paste, joined into one."""
        event.stop()
        event.prevent_default()
        lines = event.text.splitlines()
        pasted = lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))
        if self.selection.is_empty:
            self.insert_text_at_cursor(pasted)
        else:
            self.replace(pasted, *self.selection)


class SearchInput(LineInput):
    """The search above a list. Enter goes to the list."""

    SCOPES = (Scope.SEARCH,)
    BINDINGS = bindings(commands_of(Scope.SEARCH), checked=False, priority=True)

    async def action_find(self) -> None:
        """Find what is typed everywhere, not only in the list below."""
        await self.screen.run_action("run_command('app.find')")
