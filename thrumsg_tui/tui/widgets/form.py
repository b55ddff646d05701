"""A form: named fields with titles, each with room beside it for what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.paths import PathSuggester
from thrumsg_tui.tui.widgets.drawn import Drawn, DrawnLine, Part, width_of


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
    """One of a few values, each with the words that stand for it."""

    name: str
    title: str
    options: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class PathField:
    """The path of a file: Tab completes it, as in a shell."""

    name: str
    title: str
    value: str = ""
    hint: str = ""


Field = TextField | ChoiceField | PathField


class _Line(Input):
    """The editor of a text of one line."""

    def __init__(self, field: TextField | PathField) -> None:
        suggester = PathSuggester() if isinstance(field, PathField) else None
        super().__init__(field.value, field.hint, compact=True, select_on_focus=False, suggester=suggester)
        self.cursor_blink = False

    @property
    def entered(self) -> str:
        return self.value

    def enter_value(self, value: str) -> None:
        self.value = value
        self.cursor_position = len(value)

    async def _on_key(self, event: Key) -> None:
        if event.key == "tab" and self._suggestion and self._suggestion != self.value:
            event.stop()
            event.prevent_default()
            self.enter_value(self._suggestion)
            return
        await super()._on_key(event)


class _Lines(TextArea):
    """The editor of a longer text: Enter goes on, as in every other field."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n,alt+enter", "new_line", show=False)]

    class Left(Message):
        """Enter, or an arrow beyond the first or last line: which way it goes."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, field: TextField) -> None:
        super().__init__(
            field.value,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=True,
            placeholder=field.hint,
        )
        self.cursor_blink = False
        self.styles.height = field.lines
        self.move_cursor(self.document.end)

    @property
    def entered(self) -> str:
        return self.text

    def enter_value(self, value: str) -> None:
        if value != self.text:
            self.load_text(value)
            self.move_cursor(self.document.end)

    async def _on_key(self, event: Key) -> None:
        first = self.wrapped_document.location_to_offset(self.cursor_location).y == 0
        last = self.wrapped_document.location_to_offset(self.cursor_location).y == self.wrapped_document.height - 1
        if event.key == "enter" or (event.key == "down" and last) or (event.key == "up" and first):
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(-1 if event.key == "up" else 1))
            return
        await super()._on_key(event)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class _Choices(Drawn, can_focus=True):
    """The editor of a choice: left, right and space go through the options."""

    DEFAULT_CSS = "_Choices { height: 1; }"

    class Changed(Message):
        """Another option was chosen."""

    def __init__(self, field: ChoiceField, glyphs: Glyphs) -> None:
        super().__init__()
        self._options = field.options
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
        elif event.character and event.character.isalnum():
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


_Editor = _Line | _Lines | _Choices


class _Row(Vertical):
    """A field's title, its editor, and below them what is wrong."""

    def __init__(self, field: Field, glyphs: Glyphs) -> None:
        super().__init__()
        self.field = field
        self._title = DrawnLine(classes="title")
        self._wrong = Static(classes="wrong", markup=False)
        self.editor: _Editor
        match field:
            case ChoiceField():
                self.editor = _Choices(field, glyphs)
            case PathField() | TextField(lines=1):
                self.editor = _Line(field)
            case TextField():
                self.editor = _Lines(field)

    def compose(self) -> ComposeResult:
        yield Horizontal(self._title, self.editor)
        yield self._wrong

    def on_mount(self) -> None:
        self.show_title()

    def show_title(self) -> None:
        """Show the title, marked while the field has the focus."""
        self._title.show([(f" {self.field.title}", "accent" if self.editor.has_focus else "quiet")])

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong, or nothing."""
        self._wrong.update(safe_text(sentence))
        self._wrong.set_class(bool(sentence), "-shown")

    def on_descendant_focus(self) -> None:
        self.show_title()
        self.scroll_visible(animate=False)

    def on_descendant_blur(self) -> None:
        self.show_title()


class Form(VerticalScroll, can_focus=False):
    """Fields one below the other. Tab, Enter and the arrows go from one to the next."""

    DEFAULT_CSS = """
    Form { height: auto; scrollbar-size-vertical: 1; }
    Form _Row { height: auto; }
    Form Horizontal { height: auto; }
    Form .title { width: 17; }
    Form _Line, Form _Lines, Form _Choices { width: 1fr; border: none; padding: 0; }
    Form _Line { background: $panel; height: 1; }
    Form _Lines { background: $panel; }
    Form _Line:focus, Form _Lines:focus { background: $cursor; }
    Form .wrong { display: none; color: $warning; padding: 0 0 0 17; height: auto; }
    Form .wrong.-shown { display: block; }
    """

    class Changed(Message):
        """Something else is entered now."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Form.Changed)

    class Done(Message):
        """Enter in the last field."""

    def __init__(self, fields: Sequence[Field], glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = {each.name: _Row(each, glyphs) for each in fields}

    def compose(self) -> ComposeResult:
        yield from self._rows.values()

    @property
    def entered(self) -> dict[str, str]:
        """What every field holds, by its name."""
        return {name: row.editor.entered for name, row in self._rows.items()}

    @property
    def touched(self) -> bool:
        """Whether any field holds something else than at the beginning."""
        return any(row.editor.entered != row.field.value for row in self._rows.values())

    def enter_value(self, name: str, value: str) -> None:
        """Put a value into a field."""
        self._rows[name].editor.enter_value(value)

    def begin(self, name: str | None = None) -> None:
        """Put the focus into a field, the first one unless named."""
        (self._rows[name] if name else next(iter(self._rows.values()))).editor.focus()

    def show_wrong(self, wrong: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it, and put the focus into the first that is."""
        for name, row in self._rows.items():
            row.show_wrong(wrong.get(name, ""))
        if first := next((name for name in self._rows if name in wrong), None):
            self.begin(first)

    @property
    def here(self) -> str | None:
        """The field that has the focus."""
        return next((name for name, row in self._rows.items() if row.editor.has_focus), None)

    def go(self, step: int) -> None:
        """Go to the next field or the one before; beyond the last one the form is done."""
        names = list(self._rows)
        here = self.here
        index = names.index(here) + step if here else 0
        if index >= len(names):
            self.post_message(self.Done())
        elif index >= 0:
            self.begin(names[index])

    def on_key(self, event: Key) -> None:
        """Arrows go from field to field."""
        if event.key in {"up", "down", "enter"} and not isinstance(self.screen.focused, _Lines):
            event.stop()
            self.go(-1 if event.key == "up" else 1)

    @on(Input.Submitted)
    def _line_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.go(1)

    @on(_Lines.Left)
    def _lines_left(self, event: _Lines.Left) -> None:
        event.stop()
        self.go(event.step)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(_Choices.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    def editor(self, name: str) -> Widget:
        """The widget that holds a field."""
        return self._rows[name].editor
