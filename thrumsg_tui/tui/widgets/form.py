"""A form: named fields with titles, and room below each for an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.path_completion import names_no_file
from thrumsg_tui.tui.widgets.form_fields import (
    ChoiceEditor,
    ChoiceField,
    Editor,
    Field,
    LineEditor,
    LinesEditor,
    PathField,
    TextField,
)
from thrumsg_tui.tui.widgets.line_widgets import LineWidget


class Sentence(Static):
    """A sentence from outside or none; the form is laid out anew only for another one."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        shown = safe_text(sentence)
        if shown != self.content:
            self.update(shown)


class _Row(Vertical):
    """A field's title and editor, and its error below them."""

    def __init__(self, field: Field, glyphs: Glyphs) -> None:
        super().__init__()
        self.field = field
        self._title = LineWidget(classes="title")
        self._wrong = Sentence(classes="wrong")
        self.editor: Editor
        match field:
            case ChoiceField():
                self.editor = ChoiceEditor(field, glyphs)
            case PathField() | TextField(lines=1):
                self.editor = LineEditor(field)
            case TextField():
                self.editor = LinesEditor(field)

    def compose(self) -> ComposeResult:
        yield Horizontal(self._title, self.editor)
        yield self._wrong

    def on_mount(self) -> None:
        self.show_title()

    def show_title(self) -> None:
        """Show the title, marked while the field has the focus."""
        self._title.show([(f" {self.field.title}", "accent" if self.editor.has_focus else "quiet")])

    def show_wrong(self, sentence: str) -> None:
        """Show an error, or none if the sentence is empty."""
        self._wrong.say(sentence)
        self._wrong.set_class(bool(sentence), "-shown")

    def on_descendant_focus(self) -> None:
        self.show_title()
        self.scroll_visible(animate=False)

    def on_descendant_blur(self) -> None:
        self.show_title()


class Form(VerticalScroll, can_focus=False):
    """A column of fields. Tab, Enter and the arrows move between them; Enter in the last one posts `Done`."""

    SCOPES = (Scope.FIELD,)
    BINDINGS = bindings(commands_of(Scope.FIELD), checked=False, priority=True)
    DEFAULT_CSS = """
    Form { height: auto; scrollbar-size-vertical: 1; }
    Form _Row { height: auto; }
    Form Horizontal { height: auto; }
    Form .title { width: 17; }
    Form LineEditor, Form LinesEditor, Form ChoiceEditor { width: 1fr; border: none; padding: 0; }
    Form LineEditor { background: $panel; height: 1; }
    Form LinesEditor { background: $panel; }
    Form LineEditor:focus, Form LinesEditor:focus { background: $field; background-tint: $field 0%; }
    Form .wrong { display: none; color: $warning; padding: 0 0 0 17; height: auto; }
    Form .wrong.-shown { display: block; }
    """

    class Changed(Message):
        """The content of a field has changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Form.Changed)

    class Done(Message):
        """Enter was pressed in the last field."""

    class Listed(Message):
        """Enter was pressed in the field of a file where none is named yet."""

        def __init__(self, field: PathField, typed: str) -> None:
            super().__init__()
            self.field, self.typed = field, typed

    class Named(Message):
        """Enter was pressed in the field of a file that says whether the file does."""

        def __init__(self, field: PathField, typed: str) -> None:
            super().__init__()
            self.field, self.typed = field, typed

    def __init__(self, fields: Sequence[Field], glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = {field.name: _Row(field, glyphs) for field in fields}

    def compose(self) -> ComposeResult:
        yield from self._rows.values()

    @property
    def entered(self) -> dict[str, str]:
        """The content of every field, by field name."""
        return {name: row.editor.entered for name, row in self._rows.items()}

    @property
    def touched(self) -> bool:
        """Whether the content of any field differs from its first value."""
        return any(row.editor.entered != row.field.value for row in self._rows.values())

    def enter_value(self, name: str, value: str) -> None:
        """Set the content of a field."""
        self._rows[name].editor.enter_value(value)

    def begin(self, name: str | None = None) -> None:
        """Focus the named field, by default the first one."""
        (self._rows[name] if name else next(iter(self._rows.values()))).editor.focus()

    def show_wrong(self, wrong: Mapping[str, str]) -> None:
        """Show the error of each field, and focus the first field that has one."""
        for name, row in self._rows.items():
            row.show_wrong(wrong.get(name, ""))
        if first := next((name for name in self._rows if name in wrong), None):
            self.begin(first)

    @property
    def here(self) -> str | None:
        """The name of the field that has the focus."""
        return next((name for name, row in self._rows.items() if row.editor.has_focus), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave up and down to a text of several lines while the cursor can move inside it."""
        editor = self.screen.focused
        match action, parameters:
            case "go", (int(step),) if isinstance(editor, LinesEditor):
                return not editor.has_line(step)
            case _:
                return True

    def action_go(self, step: int) -> None:
        """Focus the next field or the one before, if there is one."""
        names = list(self._rows)
        here = self.here
        index = names.index(here) + step if here else 0
        if 0 <= index < len(names):
            self.begin(names[index])

    def action_enter(self) -> None:
        """Focus the next field; in the last one, post `Done`, and in that of a file `Listed` or `Named`."""
        row = self._rows[self.here] if self.here else None
        if row and isinstance(row.field, PathField) and row.field.folder and names_no_file(row.editor.entered):
            self.post_message(self.Listed(row.field, row.editor.entered.strip()))
        elif row and isinstance(row.field, PathField) and row.field.refusal:
            self.post_message(self.Named(row.field, row.editor.entered))
        elif self.here == list(self._rows)[-1]:
            self.post_message(self.Done())
        else:
            self.action_go(1)

    def action_next_field(self) -> None:
        """Complete the path; focus the next field if there is nothing to complete."""
        editor = self.screen.focused
        if not (isinstance(editor, LineEditor) and editor.complete()):
            self.screen.focus_next()

    def on_key(self, event: Key) -> None:
        """Write a character that is typed in a choice into the path field."""
        if event.is_printable and event.character and not event.character.isspace():
            self._write_path(event, event.character)

    def on_paste(self, event: Paste) -> None:
        """Write a line that is pasted into a choice into the path field."""
        self._write_path(event, event.text.partition("\n")[0].strip())

    def _write_path(self, event: Event, text: str) -> None:
        name = next((name for name, row in self._rows.items() if isinstance(row.field, PathField)), None)
        if name and isinstance(self.screen.focused, ChoiceEditor):
            event.stop()
            editor = self._rows[name].editor
            self.begin(name)
            editor.enter_value(editor.entered + text)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceEditor.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        if here := self.here:  # its error may be fixed now
            self._rows[here].show_wrong("")
        self.post_message(self.Changed())
