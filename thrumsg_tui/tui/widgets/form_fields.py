"""The fields of a form, and the widgets in which they are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.path_completion import PathSuggester
from thrumsg_tui.tui.textual_compat import suggestion_of
from thrumsg_tui.tui.widgets.inputs import LineInput, TextEditor
from thrumsg_tui.tui.widgets.line_widgets import Part, StripWidget, width_of


@dataclass(frozen=True, slots=True)
class TextField:
    """A text; with more than one line ctrl+n begins a new one, and it wraps. `hint` shows while it is empty."""

    name: str
    title: str
    value: str = ""
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of a few values, each with the words that stand for it; unless `by_letter`, no letter chooses one."""

    name: str
    title: str
    options: Sequence[tuple[str, str]]
    value: str
    by_letter: bool = True


@dataclass(frozen=True, slots=True)
class PathField:
    """The path of a file: Tab completes it, as in a shell."""

    name: str
    title: str
    value: str = ""
    hint: str = ""


Field = TextField | ChoiceField | PathField


class LineEditor(LineInput):
    """The editor of a text of one line."""

    def __init__(self, field: TextField | PathField) -> None:
        suggester = PathSuggester() if isinstance(field, PathField) else None
        super().__init__(field.value, field.hint, suggester=suggester)

    @property
    def entered(self) -> str:
        return self.value

    def enter_value(self, value: str) -> None:
        self.value = value
        self.cursor_position = len(value)

    async def _on_key(self, event: Key) -> None:
        suggestion = suggestion_of(self)
        if event.key == "tab" and suggestion and suggestion != self.value:
            event.stop()
            event.prevent_default()
            self.enter_value(suggestion)
            return
        await super()._on_key(event)


class LinesEditor(TextEditor):
    """The editor of a longer text: Enter goes on, as in every other field."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n,alt+enter", "new_line", show=False)]

    class Left(Message):
        """Enter, or an arrow beyond the first or last line: which way it goes, and whether it was Enter."""

        def __init__(self, step: int, *, entered: bool) -> None:
            super().__init__()
            self.step = step
            self.entered = entered

    def __init__(self, field: TextField) -> None:
        super().__init__(field.value, placeholder=field.hint)
        self.styles.height = field.lines
        self.move_cursor(self.document.end)

    @property
    def entered(self) -> str:
        return self.content

    def enter_value(self, value: str) -> None:
        if value != self.content:
            self.put_in(value)

    async def _on_key(self, event: Key) -> None:
        first = self.wrapped_document.location_to_offset(self.cursor_location).y == 0
        last = self.wrapped_document.location_to_offset(self.cursor_location).y == self.wrapped_document.height - 1
        if event.key == "enter" or (event.key == "down" and last) or (event.key == "up" and first):
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(-1 if event.key == "up" else 1, entered=event.key == "enter"))
            return
        await super()._on_key(event)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class ChoiceEditor(StripWidget, can_focus=True):
    """The editor of a choice: left, right and space go through the options."""

    DEFAULT_CSS = "ChoiceEditor { height: 1; }"

    class Changed(Message):
        """Another option was chosen."""

    def __init__(self, field: ChoiceField, glyphs: Glyphs) -> None:
        super().__init__()
        self._options = field.options
        self._by_letter = field.by_letter
        self._glyphs = glyphs
        self.entered = field.value

    def enter_value(self, value: str) -> None:
        self.entered = value
        self.refresh()

    def on_key(self, event: Key) -> None:
        """Go to the option before or after; a letter goes to the next one that begins with it."""
        values = [value for value, _ in self._options]
        here = values.index(self.entered)
        if event.key in {"left", "right", "space"}:
            after = (here + (-1 if event.key == "left" else 1)) % len(values)
        elif self._by_letter and event.character and event.character.isalnum():
            order = [*range(here + 1, len(values)), *range(here + 1)]
            begins = event.character.lower()
            after = next((each for each in order if self._options[each][1].lower().startswith(begins)), here)
        else:
            return
        event.stop()
        event.prevent_default()
        if after != here:
            self.enter_value(values[after])
            self.post_message(self.Changed())

    def on_focus(self) -> None:
        self.call_later(self.refresh)

    def on_blur(self) -> None:
        self.call_later(self.refresh)

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width)
        parts: list[Part] = []
        for value, words in self._options:
            chosen = value == self.entered
            sign = self._glyphs.chosen if chosen else self._glyphs.unchosen
            parts.append((f"{sign} {safe_text(words)}  ", "recorded" if chosen else "quiet"))
        if width_of(parts) > self.size.width:  # no room for all: the chosen one, between arrows
            chosen_words = next(words for value, words in self._options if value == self.entered)
            parts = [("< ", "quiet"), (safe_text(chosen_words), "recorded"), (" >", "quiet")]
        return self.strip(parts, width=self.size.width, base="cursor" if self.has_focus else "")


Editor = LineEditor | LinesEditor | ChoiceEditor
