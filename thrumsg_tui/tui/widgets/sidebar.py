"""Survey, Replies and Info beside a conversation (`docs/rules.md 3.14` to `3.16`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign, ChoiceId, Question, QuestionId, RecommendedReply, Totals
from thrumsg_tui.domain.hours import clock
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.sending import closure
from thrumsg_tui.tui.commands import bindings, command
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.drawn import DrawnLine, DrawnLines, Part


class SidebarTab(StrEnum):
    """The panes of the sidebar."""

    SURVEY = "Survey"
    REPLIES = "Replies"
    INFO = "Info"


class Pane(DrawnLines, can_focus=True):
    """A pane with a cursor over some of its entries."""

    BINDINGS = bindings([command("pane.leave")], checked=False)
    DEFAULT_CSS = "Pane { scrollbar-size-vertical: 1; overflow-x: hidden; }"

    class Leave(Message):
        """Esc in the pane."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def on_focus(self) -> None:
        self.call_later(self.remake)  # has_focus changes after this

    def on_blur(self) -> None:
        self.call_later(self.remake)

    def action_leave(self) -> None:
        """Leave the pane."""
        self.post_message(self.Leave())


class SurveyPane(Pane):
    """Questions with their choices; a digit answers the one under the cursor."""

    class Answered(Message):
        """A choice for a question, or None to clear it."""

        def __init__(self, question: QuestionId, choice: ChoiceId | None) -> None:
            super().__init__()
            self.question = question
            self.choice = choice

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._questions: Sequence[Question] = ()
        self._answers: Mapping[QuestionId, ChoiceId] = {}
        self._starts: list[int] = []
        self.cursor = 0

    def show_survey(self, questions: Sequence[Question], answers: Mapping[QuestionId, ChoiceId]) -> None:
        """Show questions with the recorded answers."""
        if (questions, answers) != (self._questions, self._answers):
            self._questions, self._answers = questions, answers
            self.cursor = min(self.cursor, max(len(questions) - 1, 0))
            self.remake()

    def begin(self) -> None:
        """Put the cursor on the first unanswered question."""
        unanswered = [index for index, each in enumerate(self._questions) if each.id not in self._answers]
        self.cursor = unanswered[0] if unanswered else 0
        self._show_cursor()

    def _show_cursor(self) -> None:
        """Scroll so that the question under the cursor is seen, with what comes after it where there is room."""
        self.remake()
        if self._starts:
            self.scroll_to(y=self._starts[self.cursor], animate=False, force=True, immediate=True)

    def lines(self, width: int) -> list[Strip]:
        if not self._questions:
            return [self.strip([(" No survey questions.", "quiet")], width=width)]
        strips: list[Strip] = []
        self._starts = []
        for index, question in enumerate(self._questions):
            self._starts.append(len(strips))
            current = index == self.cursor and self.has_focus
            look = "accent" if current else "strong"
            strips += [self.strip([(f" {line}", look)], width=width) for line in self.wrapped(question.text, width - 2)]
            for number, choice in enumerate(question.choices, 1):
                recorded = self._answers.get(question.id) == choice.id
                sign = self.glyphs.chosen if recorded else self.glyphs.unchosen
                key: Part = (f" {number} " if current else "   ", "accent")
                look = "recorded" if recorded else ""
                first, *more = self.wrapped(choice.text, width - 8)
                strips.append(self.strip([key, (f"{sign} {first}", look)], width=width))
                strips += [self.strip([(f"       {line}", look)], width=width) for line in more]
            strips.append(self.strip([], width=width))
        if self.has_focus:
            strips.append(self.strip([(" 0 clears, Esc back", "quiet")], width=width))
        return strips

    def on_key(self, event: Key) -> None:
        """Digits answer; 0, Backspace and Del clear; j, k and the arrows go to another question."""
        if event.character and event.character in "123456789":
            self._answer(int(event.character))
        elif event.key in {"0", "backspace", "delete"}:
            self._clear()
        elif event.key in {"j", "down", "k", "up"}:
            self._move(1 if event.key in {"j", "down"} else -1)
        else:
            return
        event.stop()
        event.prevent_default()

    def _move(self, step: int) -> None:
        self.cursor = max(0, min(self.cursor + step, len(self._questions) - 1))
        self._show_cursor()

    def _answer(self, number: int) -> None:
        if not self._questions:
            return
        question = self._questions[self.cursor]
        if number <= len(question.choices):
            self.post_message(self.Answered(question.id, question.choices[number - 1].id))
            self._move(1)

    def _clear(self) -> None:
        if self._questions:
            self.post_message(self.Answered(self._questions[self.cursor].id, None))


class RepliesPane(Pane):
    """Recommended replies: type to search, a digit or Enter chooses."""

    class Chosen(Message):
        """A reply for the message box."""

        def __init__(self, reply: RecommendedReply) -> None:
            super().__init__()
            self.reply = reply

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._replies: Sequence[RecommendedReply] = ()
        self.search = ""
        self.cursor = 0

    def show_replies(self, replies: Sequence[RecommendedReply]) -> None:
        """Show replies."""
        if replies != self._replies:
            self._replies = replies
            self.remake()

    def begin(self) -> None:
        """Start without a search."""
        self.search, self.cursor = "", 0
        self.remake()

    @property
    def found(self) -> list[RecommendedReply]:
        """The replies that match the search."""
        wanted = fold(self.search)
        return [each for each in self._replies if wanted in fold(f"{each.title} {each.body}")]

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        if self.has_focus:
            strips.append(self.strip([(" search: ", "quiet"), (f"{self.search}_", "accent")], width=width))
        found = self.found
        if not found:
            strips.append(
                self.strip([(" no reply matches" if self._replies else " No replies.", "quiet")], width=width)
            )
        for index, reply in enumerate(found):
            if reply.is_global and (index == 0 or not found[index - 1].is_global):
                strips.append(self.strip([(" for every campaign", "quiet")], width=width))
            base = "cursor" if index == self.cursor and self.has_focus else ""
            number = f" {index + 1} " if index < 9 else "   "
            strips.append(self.strip([(number, "accent"), (safe_text(reply.title), "strong")], width=width, base=base))
            body = self.wrapped(reply.body, width - 4)
            strips += [self.strip([(f"   {line}", "quiet")], width=width) for line in body[:2]]
        return strips

    def on_key(self, event: Key) -> None:
        """Type to search; digits, arrows and Enter choose."""
        if event.key in {"up", "down"}:
            self.cursor = max(0, min(self.cursor + (1 if event.key == "down" else -1), len(self.found) - 1))
        elif event.key == "enter":
            self._choose(self.cursor)
        elif event.key == "backspace":
            self.search, self.cursor = self.search[:-1], 0
        elif event.character and event.character in "123456789" and not self.search:
            self._choose(int(event.character) - 1)
        elif event.is_printable and event.character:
            self.search, self.cursor = self.search + event.character, 0
        else:
            return
        event.stop()
        event.prevent_default()
        self.remake()

    def _choose(self, index: int) -> None:
        found = self.found
        if 0 <= index < len(found):
            self.post_message(self.Chosen(found[index]))


class InfoPane(Pane):
    """The campaign's settings and counts (`docs/rules.md 3.16`)."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._entries: Sequence[tuple[str, str]] = ()

    def show_info(self, of: Campaign, totals: Totals, now: datetime) -> None:
        """Show a campaign."""
        closed = closure(of, now)
        window = of.window
        entries = [
            ("Campaign", of.name),
            ("Description", of.description or "none"),
            ("State", of.state + (f": {closed.reason}" if closed else "")),
            ("Created", f"by {of.created_by}, {of.created_at:%Y-%m-%d}"),
            ("Launched", f"{of.launched_at:%Y-%m-%d}" if of.launched_at else "not yet"),
            ("Initials", f"{window.starts or 'any day'} to {window.ends or 'any day'}"),
            ("Hours", f"{clock(of.hours.opens)} to {clock(of.hours.closes)}, {of.whose_hours}"),
            ("QuickSend", "on" if of.quicksend else "off"),
            ("Contacts", str(totals.total)),
            ("Not started", str(totals.not_started)),
            ("Sent, no reply", str(totals.sent)),
            ("Needs reply", str(totals.needs_reply)),
            ("Answered", str(totals.answered)),
            ("Opted out", str(totals.opted_out)),
            ("Reply rate", f"{totals.reply_rate} %"),
        ]
        if entries != self._entries:
            self._entries = entries
            self.remake()

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        for title, text in self._entries:
            if len(title) + len(text) + 3 <= width:
                strips.append(self.strip([(f" {title} ", "quiet")], [(safe_text(text) + " ", "")], width=width))
                continue
            strips.append(self.strip([(f" {title}", "quiet")], width=width))
            strips += [self.strip([(f"   {line}", "")], width=width) for line in self.wrapped(text, width - 4)]
        return strips


class Sidebar(Vertical):
    """The three panes, one of them shown."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.survey = SurveyPane(glyphs, id="survey")
        self.replies = RepliesPane(glyphs, id="replies")
        self.info = InfoPane(glyphs, id="info")
        self._titles = DrawnLine()
        self.current = SidebarTab.SURVEY
        self._contact = ""

    def compose(self) -> ComposeResult:
        yield self._titles
        yield self.survey
        yield self.replies
        yield self.info

    def on_mount(self) -> None:
        self.turn_to(SidebarTab.SURVEY)

    def on_resize(self) -> None:
        self._name_tabs()

    def turn_to(self, tab: SidebarTab) -> Pane:
        """Show a pane and return it."""
        self.current = tab
        panes = {SidebarTab.SURVEY: self.survey, SidebarTab.REPLIES: self.replies, SidebarTab.INFO: self.info}
        for each, pane in panes.items():
            pane.display = each is tab
        self._name_tabs()
        return panes[tab]

    def name_contact(self, name: str) -> None:
        """Say whose survey this is, where there is room."""
        if name != self._contact:
            self._contact = name
            self._name_tabs()

    def _name_tabs(self) -> None:
        keys = {SidebarTab.SURVEY: "e", SidebarTab.REPLIES: "a", SidebarTab.INFO: "i"}
        parts: list[Part] = []
        for each, key in keys.items():
            parts += [(f" {key} ", "quiet"), (each, "accent" if each is self.current else "")]
        self._titles.show(parts, [("  ", ""), (f"{self._contact} " if self.size.width > 40 else "", "strong")])
