"""A form over a screen, with a preview that follows the input; a mistake never loses what was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input, TextArea

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import Progress
from thrumsg_tui.tui.theme import LOOKS
from thrumsg_tui.tui.widgets.form import Form, Sentence
from thrumsg_tui.tui.widgets.form_fields import Field
from thrumsg_tui.tui.widgets.inputs import is_letter
from thrumsg_tui.tui.widgets.line_widgets import Part, heading, keys_in_frame, separated
from thrumsg_tui.tui.widgets.progress_bar import progress_bar
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_Result = TypeVar("_Result")

_SHOW_PROGRESS_EVERY = 0.2
"""Seconds."""

Entered = Mapping[str, str]
"""The content of a form's fields, by name."""


def touched(entered: Entered, **seen: str) -> dict[str, str | None]:
    """Return the fields that the user changed; None for the rest, which somebody else may change meanwhile.

    Args:
        entered: The content of the fields.
        seen: The values with which the form began, by field name.
    """
    return {name: None if entered[name] == before else entered[name] for name, before in seen.items()}


class Unfit(Exception):
    """Raised by `save` if the input is invalid: `wrong` has a sentence for each invalid field."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(wrong.values()))
        self.wrong = wrong


class PreviewPane(ScrollingLines):
    """The preview of a form: lines of parts, which wrap."""

    DEFAULT_CSS = """
    PreviewPane { scrollbar-size-vertical: 1; overflow: hidden auto; height: auto; max-height: 40vh; margin-top: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Sequence[Sequence[Part]] = ()

    def show_lines(self, shown: Sequence[Sequence[Part]]) -> None:
        """Show lines of parts."""
        if shown != self._shown:
            self._shown = shown
            self.remake()

    def remake(self) -> None:
        super().remake()
        self.styles.height = len(self._strips) or 1

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        for parts in self._shown:
            text = Text()
            for words, look in parts:
                text.append(separated(safe_text(words, multiline=True)), LOOKS[look])
            if text.plain.startswith(" "):
                text = text[1:]
            for line in text.wrap(self.app.console, max(width - 2, 4)):
                segments = [Segment(" "), *line.render(self.app.console, end="")]
                strips.append(Strip(segments).apply_style(self.rich_style))
        return strips


class FormDialog(Dialog[_Result | None], Generic[_Result]):
    """Return the result of `save`, or None if the form was left."""

    SCOPES = (Scope.FORM,)
    BINDINGS = bindings(commands_of(Scope.FORM), checked=False, priority=True)

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        save: Callable[[Entered], Awaitable[_Result]],
        glyphs: Glyphs,
        *,
        done: str = "saves",
        progress: Progress | None = None,
        preview: Callable[[Entered], Awaitable[Sequence[Sequence[Part]]]] | None = None,
    ) -> None:
        """Make a form.

        Args:
            title: The title of the frame; may be a text from outside.
            fields: The fields, in order.
            save: Stores the input. It may raise `Unfit`, or any `ThrumsgError`, which is shown below the fields; the
                form then stays open.
            glyphs: The glyphs of the terminal.
            done: What saving does, for the frame, as in "ctrl+o saves".
            progress: Shown while `save` runs, which reports to it; Esc then stops it. None if `save` is quick.
            preview: Returns the lines of the preview; called again after every change.
        """
        super().__init__()
        self._title = title
        self._save = save
        self._done = done
        self._preview = preview
        self._progress = progress
        self.form = Form(fields, glyphs, id="form")
        self.preview_pane = PreviewPane(id="preview")
        self._said = Sentence(id="said")
        self._stale = False
        self._asking = False
        self._saving = False
        self._listing = False
        self._glyphs = glyphs
        self._watching: Timer | None = None

    def compose(self) -> ComposeResult:
        parts = [self.form, self._said, *([self.preview_pane] if self._preview else [])]
        self._box = Vertical(*parts, classes="dialog wide")
        self._box.border_title = heading(self._title)
        self._name_keys()
        yield Apart(self._box)

    def _name_keys(self) -> None:
        more = [f"{key_of('form.page_down')} shows more"] if self.preview_pane.max_scroll_y else []
        following, save, leave = key_of("field.enter"), key_of("form.save"), key_of("form.leave")
        keys = [f"{save} {self._done}", f"{leave} leaves", f"{following} next", *more]
        self._box.border_subtitle = keys_in_frame(keys, self._box.outer_size.width or self.app.size.width)

    def on_mount(self) -> None:
        self.form.begin()
        self._ask_preview()

    def on_resize(self) -> None:
        """Name as many keys as have room now."""
        self.call_after_refresh(self._name_keys)

    @property
    def ready_for_keys(self) -> bool:
        """Whether the preview shows the present input, and no quick `save` is under way and no folder being read."""
        return not self._asking and not self._listing and (not self._saving or self._progress is not None)

    def takes_early(self, key: Key) -> bool:
        """Whether a key does not wait for the preview: it is one more letter of a text."""
        typing = isinstance(self.focused, Input | TextArea) and not self._saving and not self._listing
        return typing and is_letter(key)

    # Preview

    @on(Form.Changed)
    def _ask_preview(self) -> None:
        self._said.say("")
        self._stale = self._preview is not None
        if self._stale and not self._asking:
            self._asking = True
            self.run_worker(self._ask(), name="preview")

    async def _ask(self) -> None:
        try:
            while self._stale and self._preview:
                self._stale = False
                try:
                    shown = await self._preview(self.form.entered)
                except ThrumsgError as reason:
                    shown = [[(str(reason), "warning")]]
                if not self._stale:
                    self.preview_pane.show_lines(shown)
                    self.call_after_refresh(self._name_keys)
        finally:
            self._asking = False

    # Files

    @on(Form.Listed)
    @work
    async def _choose_file(self, asked: Form.Listed) -> None:
        """Let the person choose a file from a list."""
        from thrumsg_tui.tui.dialogs.file_picker import FilePicker  # for those who know no path

        if (read := asked.field.folder) is None:
            return
        self._listing = True
        try:
            folder = await asyncio.to_thread(read, asked.typed)
        finally:
            self._listing = False
        for chosen in await self.app.push_screen_wait(FilePicker(folder, read)):
            self.form.enter_value(asked.field.name, chosen.typed)
            self.form.action_go(1)

    @on(Form.Named)
    @work
    async def _go_on_from_file(self, asked: Form.Named) -> None:
        """Go to the next field if the file that was named does; else say why not."""
        if (refusal := asked.field.refusal) is None:
            return
        self._listing = True
        try:
            wrong = await asyncio.to_thread(refusal, asked.typed)
        finally:
            self._listing = False
        if wrong:
            self.form.show_wrong({asked.field.name: wrong})
        else:
            self.form.action_go(1)

    # Saving

    @on(Form.Done)
    def action_save(self) -> None:
        """Save the input and leave, or show what is wrong."""
        if not self._saving:
            self._saving = True
            self.form.show_wrong({})
            self._said.say("")
            self.run_worker(self._try_to_save(), name="save")
            if self._progress:
                self._watching = self.set_interval(_SHOW_PROGRESS_EVERY, self._show_progress)

    async def _try_to_save(self) -> None:
        try:
            result = await self._save(self.form.entered)
        except Unfit as unfit:
            self.form.show_wrong(unfit.wrong)
            self.say("Nothing was saved yet: see the fields.")
        except ThrumsgError as refusal:
            self.say(str(refusal))
        else:
            self.dismiss(result)
        finally:
            self._saving = False
            if self._watching:
                self._watching.stop()

    def _show_progress(self) -> None:
        if (progress := self._progress) is None or not progress.done:
            return
        bar = progress_bar(progress.done, max(progress.total, progress.done), 20, self._glyphs)
        total = f" of {progress.total}" if progress.total else ""
        self._said.say(f" {bar} {progress.done}{total} rows, {key_of('form.leave')} stops")

    def say(self, sentence: str) -> None:
        """Show why the input was not saved."""
        self._said.say(sentence)

    @work
    async def action_leave(self) -> None:
        """Leave without saving, and ask first if something was typed; while a long `save` runs, stop that instead."""
        if self._saving and self._progress:
            self._progress.stopped = True
            return
        question = confirmation("Leave", "What you typed here is not saved.", "Throw it away", "Go on typing", left="")
        if not self.form.touched or await self.app.push_screen_wait(question):
            self.dismiss(None)

    def action_page(self, pages: int) -> None:
        """Scroll the preview."""
        self.preview_pane.scroll_relative(
            y=pages * max(self.preview_pane.size.height - 1, 1), animate=False, force=True
        )
