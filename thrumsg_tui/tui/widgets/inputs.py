"""Editors that show what a terminal must not be given (`docs/rules.md 7.4`), while what they hold stays as it is."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text
from textual.events import Paste
from textual.suggester import Suggester
from textual.widgets import Input, TextArea

from thrumsg_tui.domain.safe_text import stand_ins
from thrumsg_tui.tui.commands import Scope, bindings, commands_of


class _Harmless(Highlighter):
    """Takes the place of what an input would print."""

    def __call__(self, text: str | Text) -> Text:
        plain = text if isinstance(text, str) else text.plain
        return Text(stand_ins(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Do nothing more."""


class LineInput(Input):
    """A text of one line, without a frame and without blinking."""

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
        """Take all lines that are pasted, as one."""
        event.stop()
        event.prevent_default()
        lines = event.text.splitlines()
        pasted = lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))
        if self.selection.is_empty:
            self.insert_text_at_cursor(pasted)
        else:
            self.replace(pasted, *self.selection)


class SearchInput(LineInput):
    """A search above a list; Enter goes to what was found."""

    SCOPES = (Scope.SEARCH,)
    BINDINGS = bindings(commands_of(Scope.SEARCH), checked=False, priority=True)


class TextEditor(TextArea):
    """A text of several lines, without blinking."""

    def __init__(self, text: str = "", *, placeholder: str = "", compact: bool = True, id: str | None = None) -> None:
        super().__init__(
            text,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=compact,
            placeholder=placeholder,
            id=id,
        )
        self.cursor_blink = False
        self._put_in = (text, self.text)

    def put_in(self, text: str) -> None:
        """Hold a text, with the cursor at its end."""
        self.load_text(text)
        self._put_in = (text, self.text)
        self.move_cursor(self.document.end)

    @property
    def untouched(self) -> bool:
        """Whether it holds what was put in, and nobody has edited it."""
        _, looked = self._put_in
        return self.text == looked

    @property
    def content(self) -> str:
        """What it holds; exactly what was put in until somebody edits it, since an editor makes all line ends one."""
        put_in, looked = self._put_in
        return put_in if self.text == looked else self.text

    def get_line(self, line_index: int) -> Text:
        return Text(stand_ins(self.document.get_line(line_index)), end="", no_wrap=True)
