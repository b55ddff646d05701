"""The recommended replies of a conversation (`docs/rules.md 3.15`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from thrumsg_tui.domain.campaigns import RecommendedReply
from thrumsg_tui.domain.fields import Rendered
from thrumsg_tui.domain.names import search_rows
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, command, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part
from thrumsg_tui.tui.widgets.pane import Pane
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_DIGITS = frozenset(key for each in commands_of(Scope.REPLIES) if each.takes_key for key in each.keys.split())

_LEAST_LINES = 2
"""Of each reply at least as many lines are shown; more where the pane has room for that of all."""

_LINES_OF_HEADING = 2
"""The heading above the replies for every campaign, and the blank line before it."""


class _Shown(NamedTuple):
    """A reply, its text as the open contact would get it, and the fields in that which have no value."""

    reply: RecommendedReply
    text: str
    unresolved: Sequence[str]

    def parts(self, line: str) -> list[Part]:
        """Return a line of the text with such fields marked: they prevent sending (`docs/rules.md 7.1`)."""
        fields = "|".join(re.escape(safe_text(field)) for field in self.unresolved)
        pieces = re.split(f"({fields})", line) if fields else [line]
        return [(piece, "warning" if place % 2 else "quiet") for place, piece in enumerate(pieces)]


class MatchingReplies(ScrollingLines):
    """The replies that match a search, one of them under the cursor."""

    DEFAULT_CSS = "MatchingReplies { scrollbar-size-vertical: 1; overflow: hidden auto; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.all: Sequence[_Shown] = ()
        self.search = ""
        self.cursor = 0
        self.active = False
        """Whether the pane has the focus, so that the cursor is shown."""
        self._places: list[tuple[int, int]] = []
        """The first line of each reply, and the number of its lines."""

    def show_all(self, shown: Sequence[_Shown]) -> None:
        """Show other replies, or other texts of the same; the cursor stays on its reply, as far as that is found."""
        chosen = [each.reply.id for each in self.found[self.cursor : self.cursor + 1]]
        self.all = shown
        ids = [each.reply.id for each in self.found]
        self.cursor = ids.index(chosen[0]) if set(chosen) & set(ids) else max(0, min(self.cursor, len(ids) - 1))
        self.remake()

    @property
    def found(self) -> list[_Shown]:
        """The replies that match the search."""
        return search_rows(self.all, self.search, lambda shown: f"{shown.reply.title} {shown.text}")

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        found, pick = self.found, command("replies.pick")
        if not found:
            none = "No recommended replies yet: the menu of the overview adds them."
            said = self.wrapped("No reply matches." if self.all else none, width - 2)
            strips += [self.strip([(f" {line}", "quiet")], width=width) for line in said]
        self._places = []
        most = self._lines_of_each(found, width)
        for index, shown in enumerate(found):
            reply = shown.reply
            if reply.is_global and (index == 0 or not found[index - 1].reply.is_global):
                strips += [self.strip([], width=width)] if strips else []
                strips.append(self.strip([(" For every campaign", "accent")], width=width))
            base = "cursor" if index == self.cursor and self.active else ""
            number = f"{pick.shown_for(index + 1):>2} " if index < len(pick.values) else "   "
            parts: list[Part] = [(number, "accent"), (safe_text(reply.title), "strong")]
            title = self.strip(parts, width=width - 1, base=base)  # apart from the scrollbar
            body = self.shortened(shown.text, width - 4, most)
            self._places.append((len(strips), 1 + len(body)))
            strips += [title, *(self.strip([("   ", ""), *shown.parts(line)], width=width) for line in body)]
        return strips

    def _lines_of_each(self, found: Sequence[_Shown], width: int) -> int:
        """Return how many lines each reply may have, so that all are whole or as long as the pane has room for."""
        needed = [len(self.wrapped(shown.text, width - 4)) for shown in found]
        headings = _LINES_OF_HEADING if any(shown.reply.is_global for shown in found) else 0
        room = self.size.height - len(found) - headings
        most = max(needed, default=_LEAST_LINES)
        while most > _LEAST_LINES and sum(min(each, most) for each in needed) > room:
            most -= 1
        return most

    def show_cursor(self) -> None:
        """Draw the lines again, and scroll as little as needed to show the reply under the cursor."""
        self.remake()
        if self.cursor < len(self._places):
            top, height = self._places[self.cursor]
            here = self.scroll_offset.y
            self.scroll_to(y=min(max(here, top + height - self.size.height), top), animate=False, immediate=True)


class ReplySearch(LineInput):
    """The search. Digits go to the pane first, which may leave them to the search."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _DIGITS and super().check_consume_key(key, character)


class RepliesPane(Vertical):
    """The recommended replies. Letters search; a digit or Enter chooses.

    A digit chooses the reply with that number; if there is none, or if it is pasted, it is searched.
    """

    SCOPES = (Scope.REPLIES, Scope.SIDEBAR)
    BINDINGS = bindings(commands_of(*SCOPES), checked=False, priority=True)
    DEFAULT_CSS = """
    RepliesPane #reply-row { height: 1; }
    RepliesPane #reply-label { width: 3; }
    RepliesPane #reply-search { border: none; height: 1; width: 1fr; padding: 0; background: $background; }
    """

    class Chosen(Message):
        """A reply was chosen for the message box."""

        def __init__(self, reply: RecommendedReply) -> None:
            super().__init__()
            self.reply = reply

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.search = ReplySearch(placeholder="type to search", id="reply-search")
        self._list = MatchingReplies()

    def compose(self) -> ComposeResult:
        label = LineWidget(id="reply-label")
        label.show([(" / ", "quiet")])
        yield Horizontal(label, self.search, id="reply-row")
        yield self._list

    def show_replies(self, replies: Sequence[RecommendedReply], filled: Sequence[Rendered]) -> None:
        """Show the replies of a campaign, filled in for a contact; as they were written where `filled` is empty."""
        if filled:
            shown = [_Shown(reply, each.text, each.unresolved) for reply, each in zip(replies, filled, strict=True)]
        else:
            shown = [_Shown(reply, reply.body, ()) for reply in replies]
        if shown != self._list.all:
            self._list.show_all(shown)

    def begin(self) -> None:
        """Clear the search."""
        self.search.value = ""
        self._narrow("")

    def take(self, number: int) -> bool:
        """Choose a reply by its number, among all unless the pane is searched now; return whether there is one."""
        if not self.has_focus_within:
            self.begin()
        if there_is := number <= len(self._list.found):
            self.action_pick(number)
        return there_is

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a digit without a reply to the search."""
        match action, parameters:
            case "pick", (int(number),):
                return number <= len(self._list.found)
            case _:
                return True

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        last = len(self._list.found) - 1
        self._list.cursor = max(0, min(self._list.cursor + step, last))
        self._list.show_cursor()

    def action_pick(self, number: int) -> None:
        """Choose a reply by its number."""
        self.post_message(self.Chosen(self._list.found[number - 1].reply))

    def action_choose(self) -> None:
        """Choose the reply under the cursor."""
        if self._list.found:
            self.action_pick(self._list.cursor + 1)

    def action_leave(self) -> None:
        """Clear the search, or else leave the pane."""
        if self.search.value:
            self.begin()
        else:
            self.post_message(Pane.Leave())

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self._list.search:
            self._narrow(event.value)

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        self.call_later(self._show_cursor)  # has_focus_within changes after this event

    def _show_cursor(self) -> None:
        self._list.active = self.has_focus_within
        self._list.remake()

    def _narrow(self, search: str) -> None:
        self._list.search, self._list.cursor = search, 0
        self._list.show_cursor()
