"""The fields of a form, and their editors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.events import Key
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.path_completion import Folder, PathSuggester, matching
from thrumsg_tui.tui.textual_compat import suggestion_of
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import Part, StripWidget, fit, width_of
from thrumsg_tui.tui.widgets.text_editor import TextEditor


@dataclass(frozen=True, slots=True)
class TextField:
    """A text of one line, or of several that wrap, where ctrl+n begins a new one.

    `hint` shows while it is empty, in brackets, which tell it from a value where a terminal has no grey.
    """

    name: str
    title: str
    value: str = ""
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of a few options, each a value and its words; with `by_letter` a letter goes to an option."""

    name: str
    title: str
    options: Sequence[tuple[str, str]]
    value: str
    by_letter: bool = True


@dataclass(frozen=True, slots=True)
class PathField:
    """The path of a file. Tab completes it, as in a shell; `complete` returns the completions.

    With `folder`, Enter where no file is named yet lists the folder that is. `refusal` returns why a file that is named
    does not do, or an empty text; then Enter goes on. Both may be slow.
    """

    name: str
    title: str
    value: str = ""
    hint: str = ""
    complete: Callable[[str], list[str]] = matching
    folder: Callable[[str], Folder] | None = None
    refusal: Callable[[str], str] | None = None


Field = TextField | ChoiceField | PathField


def _in_brackets(hint: str) -> str:
    return f"({hint})" if hint else ""


class LineEditor(LineInput):
    """The editor of a text of one line."""

    def __init__(self, field: TextField | PathField) -> None:
        suggester = PathSuggester(field.complete) if isinstance(field, PathField) else None
        self._hint = _in_brackets(field.hint)
        super().__init__(field.value, self._hint, suggester=suggester)

    def on_resize(self) -> None:
        """Let an ellipsis end a hint that has no room."""
        self.placeholder = fit(self._hint, self.size.width - 1)

    @property
    def entered(self) -> str:
        return self.value

    def enter_value(self, value: str) -> None:
        self.value = value
        self.cursor_position = len(value)

    def complete(self) -> bool:
        """Take the suggested path, if there is one; return whether that changed the text."""
        suggestion = suggestion_of(self)
        if not suggestion or suggestion == self.value:
            return False
        self.enter_value(suggestion)
        return True


class LinesEditor(TextEditor):
    """The editor of a text of several lines. Enter goes to the next field, as in every other editor."""

    SCOPES = (Scope.TEXT_FIELD,)
    BINDINGS = bindings(commands_of(Scope.TEXT_FIELD), checked=False)

    def __init__(self, field: TextField) -> None:
        super().__init__(field.value, placeholder=_in_brackets(field.hint))
        self.styles.height = field.lines
        self.move_cursor(self.document.end)

    @property
    def entered(self) -> str:
        return self.content

    def enter_value(self, value: str) -> None:
        if value != self.content:
            self.put_in(value)

    def has_line(self, step: int) -> bool:
        """Return whether the line of the screen that is `step` below the cursor is in the text; negative is above."""
        line = self.wrapped_document.location_to_offset(self.cursor_location).y
        return 0 <= line + step < self.wrapped_document.height

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class ChoiceEditor(StripWidget, can_focus=True):
    """The editor of a choice. Left, right and space go through the options."""

    SCOPES = (Scope.CHOICE_FIELD,)
    BINDINGS = bindings(commands_of(Scope.CHOICE_FIELD), checked=False)
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

    def action_turn(self, step: int) -> None:
        """Choose the option `step` places after this one, round and round."""
        self._go_to((self._here + step) % len(self._options))

    def on_key(self, event: Key) -> None:
        """Choose the next option that begins with the character that was typed."""
        if not (self._by_letter and event.character and event.character.isalnum()):
            return
        event.stop()
        event.prevent_default()
        here, begins = self._here, event.character.lower()
        order = [*range(here + 1, len(self._options)), *range(here + 1)]
        self._go_to(next((index for index in order if self._options[index][1].lower().startswith(begins)), here))

    @property
    def _here(self) -> int:
        return [value for value, _ in self._options].index(self.entered)

    def _go_to(self, index: int) -> None:
        if index != self._here:
            self.enter_value(self._options[index][0])
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
        if width_of(parts) > self.size.width:  # no room for all options: only the chosen one, between arrows
            chosen_words = next(words for value, words in self._options if value == self.entered)
            parts = [("< ", "quiet"), (safe_text(chosen_words), "recorded"), (" >", "quiet")]
        return self.strip(parts, width=self.size.width, base="cursor" if self.has_focus else "")


Editor = LineEditor | LinesEditor | ChoiceEditor
