"""A question with a few answers, each with a key; the cursor starts on the safe one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.app_context import Saying, app_context
from thrumsg_tui.tui.commands import Command, Scope, bindings, commands_of
from thrumsg_tui.tui.commands.questions import LEAVE, YES
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.stale_keys import Sight
from thrumsg_tui.tui.textual_compat import bind_first
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, Part, heading

_Answer = TypeVar("_Answer")


_AROUND = 6
"""Cells of a question's dialog beside its text: frame and padding."""

_USUAL = 58
"""The cells of a line of a question, as in the style sheet."""

_ONE_LINE = 70
"""The longest first line for which a question is made wider, so that it is read at once; it fits in 80 columns."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[_Answer]):
    """An answer to a question: the command with its key, the title, and the returned value."""

    command: Command
    title: str
    answer: _Answer

    @property
    def key(self) -> str:
        """The name of the key for users."""
        return self.command.shown_keys.split()[0]


class _Question(Static):
    """The text of a question, which records when it is drawn."""

    def __init__(self, text: str, sight: Sight) -> None:
        super().__init__(safe_text(text, multiline=True), markup=False)
        self._sight = sight

    def render_lines(self, crop: Region) -> list[Strip]:
        self._sight.drawn()
        return super().render_lines(crop)


class ChoiceDialog(Dialog[_Answer], Generic[_Answer]):
    """Ask a question and return the answer. Esc and `n` give the safe answer, which is the last one."""

    SCOPES = (Scope.QUESTION,)
    BINDINGS = bindings(commands_of(Scope.QUESTION), checked=False, priority=True)

    def __init__(
        self,
        title: str,
        text: str,
        choices: Sequence[Choice[_Answer]],
        *,
        left: str = "",
        must_be_seen: bool = False,
        typing: Callable[[str], None] | None = None,
    ) -> None:
        """Make a question.

        Args:
            title: The title of the frame; may be a text from outside.
            text: The question.
            choices: The answers, the safe one last.
            left: The sentence that the screen below says after the safe answer, whatever key gave it (`docs/rules.md
                5.2`); empty for none.
            must_be_seen: Whether another answer would text a contact: its key counts only once the question has been
                painted (`docs/rules.md 12.2`).
            typing: Called with a character that is no answer's key, after which the safe answer is given: the user
                went on writing and has not noticed the question.
        """
        super().__init__()
        self._typing = typing
        self._sight = Sight()
        self._must_be_seen = must_be_seen
        self._why_stale = ""
        self._left = left
        self._title = title
        self._text = text
        self._choices = choices
        self._cursor = len(choices) - 1
        self._line = FlowingLines(id="choices")
        self.offered = [replace(choice.command, title=choice.title) for choice in choices]
        own = [replace(choice.command, action=f"answer({index})") for index, choice in enumerate(choices)]
        by_number = [replace(each, action="ignore({key})") for each in commands_of(Scope.TRIAGE) if each.takes_key]
        bind_first(self, bindings([*own, *by_number], checked=False, priority=True))

    def compose(self) -> ComposeResult:
        box = Vertical(_Question(self._text, self._sight), self._line, classes="dialog narrow")
        box.border_title = heading(self._title)
        if _USUAL < (width := cell_len(self._text.partition("\n")[0])) <= _ONE_LINE:
            box.styles.width = width + _AROUND
        yield Apart(box)

    def on_mount(self) -> None:
        self._paint()

    def on_key(self, event: Key) -> None:
        """Pass a character that is no answer's key to `typing`, and give the safe answer.

        Without `typing` the next character may be an answer's only because it goes on with the same word.
        """
        if not event.is_printable or not event.character:
            return
        if self._typing:
            event.stop()
            self._typing(event.character)
            self.action_leave()
        else:
            thrumsg = app_context(self)
            self._sight.not_until(thrumsg.key_pressed_at + thrumsg.timers.reading)

    def action_step(self, step: int) -> None:
        """Move the cursor to another answer."""
        self._cursor = (self._cursor + step) % len(self._choices)
        self._paint()

    def action_answer(self, index: int) -> None:
        """Give an answer by its key."""
        self._answer(self._choices[index])

    def action_choose(self) -> None:
        """Give the answer under the cursor."""
        self._answer(self._choices[self._cursor])

    def action_ignore(self, _number: str) -> None:
        """Do nothing: Alt and a digit, which the message box knows, are not Esc and a digit for the box below."""

    def action_leave(self) -> None:
        """Give the safe answer."""
        self._answer(self._choices[-1])

    def _answer(self, choice: Choice[_Answer]) -> None:
        """Give an answer; refuse one that would text a contact if its key is stale."""
        is_safe = choice is self._choices[-1]
        if self._must_be_seen and not is_safe:
            self._why_stale = self._sight.why_stale(app_context(self).key_pressed_at)
        if self._why_stale and not is_safe:
            self._paint()
            return
        if self._left and is_safe:
            below = self.app.screen_stack[: self.app.screen_stack.index(self)]
            if screen := next((screen for screen in reversed(below) if isinstance(screen, Saying)), None):
                screen.say(self._left)
        self.dismiss(choice.answer)

    @property
    def to_be_painted(self) -> bool:
        """Whether answers must wait until the question has been painted."""
        return self._must_be_seen and self._sight.waiting

    def was_painted(self) -> None:
        """Note that the question is on the screen."""
        self._sight.painted()

    def _paint(self) -> None:
        groups: list[list[Part]] = []
        for index, choice in enumerate(self._choices):
            look = "cursor" if index == self._cursor else ""
            groups.append([(f" {choice.key} ", "accent"), (f" {choice.title} ", look), ("  ", "")])
        if self._why_stale:
            groups.append([(f" {self._why_stale.format('That key')}", "warning")])
        self._line.show(groups)


def confirmation(
    title: str,
    text: str,
    yes: str,
    no: str = "Leave it",
    *,
    left: str = "Nothing was done",
    must_be_seen: bool = False,
) -> ChoiceDialog[bool]:
    """Make a question whether to do something; the safe answer is no.

    Args:
        title: The title of the frame.
        text: The question.
        yes: The title of the answer that does it.
        no: The title of the safe answer.
        left: What a no leaves undone, without a full stop; the screen says it and how to do it. Empty to say nothing.
        must_be_seen: As for `ChoiceDialog`.
    """
    sentence = f"{left}: only {YES.shown_key} does it." if left else ""
    choices = [Choice(YES, yes, True), Choice(LEAVE, no, False)]
    return ChoiceDialog(title, text, choices, left=sentence, must_be_seen=must_be_seen)
