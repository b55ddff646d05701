"""A form in front of the screen, with a preview that follows what is typed; nothing typed is lost by a mistake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Static

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import Progress
from thrumsg_tui.tui.widgets.form import Form
from thrumsg_tui.tui.widgets.form_fields import Field
from thrumsg_tui.tui.widgets.line_widgets import Part, ScrollingLines, heading, separated
from thrumsg_tui.tui.widgets.progress_bar import progress_bar

_Result = TypeVar("_Result")

_SHOW_PROGRESS_EVERY = 0.2

Entered = Mapping[str, str]
"""What the fields of a form hold, by name."""


def touched(entered: Entered, **seen: str) -> dict[str, str | None]:
    """What was changed of that which the person began with, None for the rest: somebody else may change that."""
    return {name: None if entered[name] == before else entered[name] for name, before in seen.items()}


class Unfit(Exception):
    """What is entered cannot be taken: a sentence for each field that is wrong."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(wrong.values()))
        self.wrong = wrong


class PreviewPane(ScrollingLines):
    """Lines of parts, wrapped; the look of a line is that of its last part where it has to be broken."""

    DEFAULT_CSS = """
    PreviewPane { scrollbar-size-vertical: 1; overflow: hidden auto; height: auto; max-height: 40vh; margin-top: 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Sequence[Sequence[Part]] = ()

    def show_lines(self, shown: Sequence[Sequence[Part]]) -> None:
        """Show lines."""
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
                text.append(separated(safe_text(words, multiline=True)), self.look(look))
            if text.plain.startswith(" "):
                text = text[1:]
            for line in text.wrap(self.app.console, max(width - 2, 4)):
                segments = [Segment(" "), *line.render(self.app.console, end="")]
                strips.append(Strip(segments).apply_style(self.rich_style))
        return strips


class FormDialog(Dialog[_Result | None], Generic[_Result]):
    """Returns what `save` made of what was entered, or None.

    `save` raises `Unfit` with a sentence for each wrong field, or any error of ours, which is said below; the form
    stays then as it is. `preview` makes lines of what is entered, again after every change. `done` names what Enter in
    the last field does. Where `save` takes long it tells `progress`, which is shown, and Esc stops it.
    """

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
        super().__init__()
        self._title = title
        self._save = save
        self._done = done
        self._preview = preview
        self._progress = progress
        self.form = Form(fields, glyphs, id="form")
        self.preview_pane = PreviewPane(id="preview")
        self._said = Static(id="said", markup=False)
        self._stale = False
        self._asking = False
        self._saving = False
        self._glyphs = glyphs
        self._watching: Timer | None = None

    def compose(self) -> ComposeResult:
        parts = [self.form, *([self.preview_pane] if self._preview else []), self._said]
        self._box = Vertical(*parts, classes="dialog wide")
        self._box.border_title = heading(self._title)
        self._name_keys()
        yield self._box

    def _name_keys(self) -> None:
        more = "PgDn shows more, " if self.preview_pane.max_scroll_y else ""
        self._box.border_subtitle = f"Enter next, ctrl+o {self._done}, {more}Esc leaves"

    def on_mount(self) -> None:
        self.form.begin()
        self._ask_preview()

    @property
    def ready_for_keys(self) -> bool:
        """Whether nothing is being saved that takes a moment, and the preview is that of what is entered."""
        return not self._asking and (not self._saving or self._progress is not None)

    # Preview

    @on(Form.Changed)
    def _ask_preview(self) -> None:
        self._said.update("")
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

    # Saving

    @on(Form.Done)
    def action_save(self) -> None:
        """Save what is entered, and leave; or say what is wrong."""
        if not self._saving:
            self._saving = True
            self.form.show_wrong({})
            self._said.update("")
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
        self._said.update(f" {bar} {progress.done} of {progress.total or 'some'} rows, Esc stops")

    def say(self, sentence: str) -> None:
        """Say what stands in the way."""
        self._said.update(safe_text(sentence))

    @work
    async def action_leave(self) -> None:
        """Leave without saving, after asking where something was typed; stop first what is being done."""
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
