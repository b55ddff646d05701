"""An editor that shows harmless stand-ins for control characters (`docs/rules.md 7.4`) and leaves its text as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import TextArea

from thrumsg_tui.domain.safe_text import stand_ins

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.geometry import Region
    from textual.strip import Strip


class TextEditor(TextArea):
    """An editor of several lines, without a blinking cursor."""

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
        self._is_styled = False
        """Whether the styles of its parts are those of the style sheet."""
        self._put_in = (text, self.text)

    def watch(self, obj: DOMNode, attribute_name: str, *args: Any, **kwargs: Any) -> None:
        """Watch another node, but not the app's theme: that stays, and the app would keep each editor in memory."""
        if obj is not self.app:
            super().watch(obj, attribute_name, *args, **kwargs)

    def put_in(self, text: str) -> None:
        """Set the text, with the cursor at its end."""
        self.load_text(text)
        self._put_in = (text, self.text)
        self.move_cursor(self.document.end)

    @property
    def untouched(self) -> bool:
        """Whether the text is the one that was set last."""
        _, loaded = self._put_in
        return self.text == loaded

    @property
    def content(self) -> str:
        """The text; exactly the one that was set until somebody edits it, because the editor unifies line ends."""
        put_in, loaded = self._put_in
        return put_in if self.text == loaded else self.text

    def action_delete_to_start_of_line(self) -> None:
        """Delete from the cursor to the start of the line as it was written, however it is wrapped."""
        row, column = self.cursor_location
        self._delete_or(super().action_delete_to_start_of_line, (row, 0), (row, column))

    def action_delete_to_end_of_line(self) -> None:
        """Delete from the cursor to the end of the line as it was written, however it is wrapped."""
        row, column = self.cursor_location
        end = (row, len(self.document.get_line(row)))
        self._delete_or(super().action_delete_to_end_of_line, (row, column), end)

    def _delete_or(self, otherwise: Callable[[], None], start: tuple[int, int], end: tuple[int, int]) -> None:
        """Delete a part of a line; where there is a selection, or nothing to delete, do what Textual does."""
        if self.read_only or start == end or not self.selection.is_empty:
            otherwise()
        else:
            self.delete(start, end, maintain_selection_offset=False)

    def notify_style_update(self) -> None:
        """Compute the styles of its parts anew when it is drawn next."""
        self._is_styled = False
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines in the styles of its parts, which Textual computes anew for each frame."""
        if self._is_styled:
            return Widget.render_lines(self, crop)
        self._is_styled = True
        return super().render_lines(crop)

    def get_line(self, line_index: int) -> Text:
        return Text(stand_ins(self.document.get_line(line_index)), end="", no_wrap=True)
