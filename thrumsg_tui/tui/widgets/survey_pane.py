"""The survey of a conversation (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import ChoiceId, Question, QuestionId
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, command, commands_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part
from thrumsg_tui.tui.widgets.pane import Pane

_BEFORE_CHOICE = 7
"""Cells before the text of a choice: its number and its sign."""


class SurveyPane(Pane):
    """The questions with their choices; a digit answers the question under the cursor."""

    SCOPES = (Scope.SURVEY, Scope.SIDEBAR)
    BINDINGS = bindings(commands_of(Scope.SURVEY), checked=False, priority=True)

    class Answered(Message):
        """A choice was made for a question, or its answer cleared (None).

        It is the last one if no question is without an answer then.
        """

        def __init__(self, question: QuestionId, choice: ChoiceId | None, *, is_last: bool = False) -> None:
            super().__init__()
            self.question = question
            self.choice = choice
            self.is_last = is_last

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._questions: Sequence[Question] = ()
        self._answers: Mapping[QuestionId, ChoiceId] = {}
        self._starts: list[int] = []
        self._follows = False
        self.cursor = 0

    def show_survey(self, questions: Sequence[Question], answers: Mapping[QuestionId, ChoiceId]) -> None:
        """Show questions with the recorded answers."""
        if (questions, answers) == (self._questions, self._answers):
            return
        before, self._questions, self._answers = self._answers, questions, answers
        self.cursor = min(self.cursor, max(len(questions) - 1, 0))
        if self._follows:
            self._follows = False
            changed = [
                index for index, question in enumerate(questions) if before.get(question.id) != answers.get(question.id)
            ]
            self.cursor = changed[0] if changed else self.cursor
            self._show_cursor()
        else:
            self.remake()

    @property
    def wanted_width(self) -> int:
        """The width in which no choice needs a second line, 0 without questions."""
        choices = [choice.text for question in self._questions for choice in question.choices]
        return max((_BEFORE_CHOICE + cell_len(safe_text(text)) + 1 for text in choices), default=0)

    def follow_change(self) -> None:
        """Put the cursor on the question whose answer changes in the next `show_survey`."""
        self._follows = True

    def begin(self) -> None:
        """Put the cursor on the first unanswered question."""
        unanswered = self._unanswered()
        self.cursor = unanswered[0] if unanswered else 0
        self._show_cursor()

    def _unanswered(self, besides: QuestionId | None = None) -> list[int]:
        """Return the indexes of the questions without an answer, except `besides`."""
        return [
            index
            for index, question in enumerate(self._questions)
            if question.id not in self._answers and question.id != besides
        ]

    def _show_cursor(self) -> None:
        """Scroll the question under the cursor to the top, as far as the pane scrolls."""
        self.remake()
        if self._starts:
            self.scroll_to(y=self._starts[self.cursor], animate=False, force=True, immediate=True)

    def lines(self, width: int) -> list[Strip]:
        if not self._questions:
            said = self.wrapped("No survey questions yet: the menu of the overview adds them.", width - 2)
            return [self.strip([(f" {line}", "quiet")], width=width) for line in said]
        strips: list[Strip] = []
        self._starts = []
        answer = command("survey.answer")
        for index, question in enumerate(self._questions):
            self._starts.append(len(strips))
            current = index == self.cursor and self.has_focus
            strips += self._question_lines(question.text, width, current=current)
            for number, choice in enumerate(question.choices, 1):
                recorded = self._answers.get(question.id) == choice.id
                sign = self.glyphs.chosen if recorded else self.glyphs.unchosen
                key: Part = (f"{answer.shown_for(number):>2} " if current else "   ", "accent")
                look = "recorded" if recorded else ""
                first, *more = self.wrapped(choice.text, width - _BEFORE_CHOICE - 1)
                strips.append(self.strip([key, (f"{sign} {first}", look)], width=width))
                strips += [self.strip([(" " * _BEFORE_CHOICE + line, look)], width=width) for line in more]
            strips.append(self.strip([], width=width))
        return strips

    def _question_lines(self, text: str, width: int, *, current: bool) -> list[Strip]:
        """Draw a question; the one that the digits answer looks like the chosen row of a list, and has an arrow."""
        look, base, sign = ("accent", "cursor", self.glyphs.path) if current else ("strong", "", " ")
        first, *more = self.wrapped(text, width - 3)
        lines = [f"{sign} {first}", *(f"  {line}" for line in more)]
        return [self.strip([(line, look)], width=width, base=base) for line in lines]

    def on_key(self) -> None:
        """Do not follow the next change: the user does something else now."""
        self._follows = False

    def action_move(self, step: int) -> None:
        """Go to the next question or the one before."""
        self._follows = False
        self.cursor = nearest_index(self.cursor + step, len(self._questions))
        self._show_cursor()

    def action_answer(self, number: int) -> None:
        """Answer with a choice by its number, and go to the next question that has no answer."""
        self._follows = False
        if not self._questions:
            return
        question = self._questions[self.cursor]
        if number <= len(question.choices):
            left = self._unanswered(besides=question.id)
            chosen = question.choices[number - 1].id
            self.post_message(self.Answered(question.id, chosen, is_last=not left))
            following = [index for index in left if index > self.cursor] or left or [self.cursor]
            self.cursor = following[0]
            self._show_cursor()

    def action_clear(self) -> None:
        """Clear the answer of the question under the cursor."""
        self._follows = False
        if self._questions:
            self.post_message(self.Answered(self._questions[self.cursor].id, None))
