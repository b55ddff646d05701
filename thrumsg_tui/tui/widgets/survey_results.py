"""The results of the survey questions, as bars (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.queries.survey_results import QuestionResult
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.progress_bar import progress_bar
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_ROOMY = 100
"""From this width on, in cells, the bars are longer."""


class ResultsPane(ScrollingLines, can_focus=True):
    """Every question with the counts of its choices; the cursor is on one of the questions."""

    BINDINGS = bindings(
        [command for command in commands_of(Scope.LIST) if command.id != "list.choose"], checked=False, priority=True
    )
    DEFAULT_CSS = "ResultsPane { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.by_sender = False
        self._glyphs = glyphs
        self._results: Sequence[QuestionResult] = ()
        self._starts: list[int] = []

    def show_results(self, results: Sequence[QuestionResult], *, by_sender: bool) -> None:
        """Show results, with those of each sender if `by_sender`."""
        if (results, by_sender) != (self._results, self.by_sender):
            self._results, self.by_sender = results, by_sender
            self.cursor = nearest_index(self.cursor, len(results))
            self.remake()

    @property
    def chosen(self) -> QuestionResult | None:
        """The question under the cursor."""
        return self._results[self.cursor] if self._results else None

    def move_to(self, index: int) -> None:
        """Put the cursor on a question, and scroll until all of it is visible."""
        self.cursor = nearest_index(index, len(self._results))
        self.remake()
        if self._starts:
            ends = [*self._starts[1:], len(self._strips)]
            top, bottom = self._starts[self.cursor], ends[self.cursor]
            wanted = min(max(self.scroll_offset.y, bottom - self.size.height), top)
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)

    def action_move(self, questions: int) -> None:
        """Move the cursor by some questions."""
        self.move_to(self.cursor + questions)

    def action_move_page(self, pages: float) -> None:
        """Scroll by pages; the cursor stays on its question."""
        self.scroll_relative(y=round(pages * self.size.height), animate=False, force=True)

    def action_first(self) -> None:
        """Go to the first question."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last question."""
        self.move_to(len(self._results) - 1)

    def lines(self, width: int) -> list[Strip]:
        if not self._results:
            none = f"No questions yet. {key_of('survey_editor.add')} adds one."
            return [self.strip([(f"  {none}", "quiet")], width=width)]
        strips: list[Strip] = []
        self._starts = []
        for index, result in enumerate(self._results):
            self._starts.append(len(strips))
            strips += self._question(index, result, width)
            strips += [self._choice(result, place, width) for place in range(len(result.question.choices))]
            if self.by_sender:
                strips += self._senders(result, width)
            strips.append(self.strip([], width=width))
        return strips

    def _question(self, index: int, result: QuestionResult, width: int) -> list[Strip]:
        base = "cursor" if index == self.cursor else ""
        state = "retired, " if result.question.retired else ""
        right: list[Part] = [(f"{state}{result.answered} answered, {result.unanswered} not ", "quiet")]
        look = "quiet" if result.question.retired else "strong"
        first, *more = self.wrapped(result.question.text, max(width - len(right[0][0]) - 4, 10))
        strips = [self.strip([(f"  {first}", look)], right, width=width, base=base)]
        return strips + [self.strip([(f"  {line}", look)], width=width, base=base) for line in more]

    def _choice(self, result: QuestionResult, place: int, width: int) -> Strip:
        choice = result.question.choices[place]
        count = result.counts.get(choice.id, 0)
        bar = progress_bar(count, result.answered, 30 if width >= _ROOMY else 16, self._glyphs)
        right: list[Part] = [
            (bar, "recorded" if count else "quiet"),
            (f"{count:>7}", "strong"),
            (f"{result.share(choice.id):>5} % ", ""),
        ]
        return self.strip([(f"    {place + 1} ", "quiet"), (safe_text(choice.text), "")], right, width=width)

    def _senders(self, result: QuestionResult, width: int) -> list[Strip]:
        strips = []
        for sender in result.by_sender:
            counts = sender.counts
            shown = [
                f"{safe_text(choice.text)} {counts[choice.id]}"
                for choice in result.question.choices
                if counts.get(choice.id)
            ]
            shown += [f"unanswered {sender.unanswered}"] if sender.unanswered else []
            left: list[Part] = [(f"      {pad(safe_text(sender.name), 22)} ", "quiet"), (", ".join(shown), "")]
            strips.append(self.strip(left, width=width))
        return strips
