"""The thread of a conversation: messages as blocks, with days and events between them (`docs/rules.md 3.10`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from thrumsg_tui.domain.ages import day_title
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.carrier import Delivery
from thrumsg_tui.domain.closures import format_moment
from thrumsg_tui.domain.conversations import Conversation, Message, ThreadEvent, text_of
from thrumsg_tui.domain.departures import seconds_until
from thrumsg_tui.domain.enums import Direction, MessageKind, MessageState
from thrumsg_tui.domain.event_sentences import thread_sentence
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.preferences import Dates
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part, width_of
from thrumsg_tui.tui.widgets.message_states import STANDSTILL, state_in_thread
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_COMFORTABLE = 54
"""Columns in which a message reads well; a pane that has fewer gives up most of what is free beside a message."""


@dataclass(frozen=True, slots=True)
class ShownThread:
    """The content of the pane.

    Attributes:
        delivery: Whether anything delivers what waits.
        reader: The login of the user; only they are told how to undo a message of theirs.
        undo_keys: The keys of undo.
    """

    conversation: Conversation
    campaign: Campaign
    now: datetime
    zone: tzinfo
    delivery: Delivery
    phones: PhoneDisplay
    reader: str
    undo_keys: str


class ThreadPane(ScrollingLines, can_focus=True):
    """The thread of a conversation, scrolled to its end, or to the contact's last words where `shows_last_words`."""

    SCOPES = (Scope.SCROLLED,)
    BINDINGS = bindings(commands_of(Scope.SCROLLED), checked=False, priority=True)
    DEFAULT_CSS = "ThreadPane { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._shown: ShownThread | None = None
        self._key: object = None
        self._last_words = range(0)
        """The lines of the contact's last message."""
        self.shows_last_words = False
        """Whether what came after the contact's last message gives way to it where there is no room for both."""

    def show_thread(self, shown: ShownThread | None) -> None:
        """Show a thread at its end; if it was shown already and scrolled up, leave it there."""
        key = (shown.conversation, shown.now.date(), shown.delivery, shown.phones) if shown else None
        if key == self._key:
            if shown and self._shown and self.counts_down:
                self.count_down(shown.now, shown.undo_keys)
            return
        same = shown and self._shown and shown.conversation.id == self._shown.conversation.id
        at_end = self.scroll_offset.y >= self._end
        self._shown, self._key = shown, key
        self.remake()
        if not same or at_end:
            self._scroll_to_end()

    @property
    def counts_down(self) -> bool:
        """Whether a message is shown that can still be undone for some seconds."""
        shown = self._shown
        return shown is not None and any(_seconds_left(message, shown.now) for message in shown.conversation.messages)

    def count_down(self, now: datetime, undo_keys: str) -> None:
        """Show how many seconds such messages have left; only their lines are painted again."""
        if self._shown:
            self._shown = replace(self._shown, now=now, undo_keys=undo_keys)
            self.remake()

    def on_resize(self) -> None:
        super().on_resize()
        self._scroll_to_end()

    @property
    def _end(self) -> int:
        """The first line in sight when the thread is scrolled to its end."""
        words = self._last_words
        if not (words and self.shows_last_words):
            return self.max_scroll_y
        return min(self.max_scroll_y, max(words.start, words.stop - self.size.height))

    def _scroll_to_end(self) -> None:
        self.scroll_to(y=self._end, animate=False, force=True, immediate=True)

    def lines(self, width: int) -> list[Strip]:
        if self._shown is None:
            return []
        entries: list[Message | ThreadEvent] = [*self._shown.conversation.messages, *self._shown.conversation.events]
        entries.sort(key=lambda entry: entry.at)
        strips: list[Strip] = []
        self._last_words = range(0)
        phones = self._shown.phones
        day, iso = None, app_context(self).preferences.dates is Dates.ISO
        for entry in entries:
            local = entry.at.astimezone(self._shown.zone)
            if local.date() != day:
                day = local.date()
                today = self._shown.now.astimezone(self._shown.zone).date()
                strips.append(self._rule(day_title(day, today, iso=iso), width))
            if isinstance(entry, Message):
                top = len(strips)
                strips += self._message(entry, f"{local:%H:%M}", width)
                if entry.direction is Direction.INCOMING:
                    self._last_words = range(top, len(strips) - 1)  # without the time below
            else:
                strips += self._event(f"{thread_sentence(entry.facts, entry.by_name, phones)}, {local:%H:%M}", width)
        if not entries:
            strips.append(self.strip([(" Nothing was written yet.", "quiet")], width=width))
        return strips

    def _rule(self, title: str, width: int) -> Strip:
        line = self._glyphs.line * max((width - len(title) - 4) // 2, 1)
        return self.strip([(f" {line} {title} {line}", "event")], width=width)

    def _event(self, sentence: str, width: int) -> Iterator[Strip]:
        sign = f" {self._glyphs.line * 2} "
        for line in self.wrapped(sentence, width - len(sign) - 1):
            yield self.strip([(f"{sign}{line}", "event")], width=width)
            sign = " " * len(sign)

    def _message(self, message: Message, time: str, width: int) -> Iterator[Strip]:
        block = block_width(width)
        lines = self.wrapped(text_of(message.body, message.media), block - 2)
        ours = message.direction is Direction.OUTGOING
        if not ours:
            links = {line: each.link for each in message.media for line in self.wrapped(each.url, block - 2)}
            for line in lines:
                strip = self.strip([(f" {line}", "")], width=width)
                yield strip.apply_style(Style(link=links[line])) if links.get(line) else strip
            yield self.strip([(f" {time}", "quiet")], width=width)
            return
        inner = max(cell_len(line) for line in lines)
        for line in lines:
            text = f" {line}{' ' * (inner - cell_len(line))} "
            yield self.strip([], [(text, "ours"), (" ", "")], width=width)
        for parts in self._small_print(message, time, width - 2):
            yield self.strip([], [*parts, (" ", "")], width=width)

    def _small_print(self, message: Message, time: str, width: int) -> list[list[Part]]:
        """Return who wrote a message, when, and its state: on one line, or with a long state on lines of its own."""
        author = safe_text(message.author_shown or "automatic")
        if message.kind is MessageKind.OPT_OUT_CONFIRMATION:
            author += f" {self._glyphs.separator} opt-out"
        state, look = self._state(message)
        written: Part = (f"{author} {time}", "quiet")
        if width_of([written, (" ", ""), (state, look)]) <= width:
            return [[written, (" ", ""), (state, look)]]
        return [[written], *([(line, look)] for line in self.wrapped(state, width))]

    def _state(self, message: Message) -> Part:
        if self._shown is None:
            return "", ""
        why = self._shown.conversation.waits_for(message)
        if message.state is MessageState.UNSENT and message.leaves_at:
            leaves = format_moment(self._shown.campaign, message.leaves_at, self._shown.now)
            return f"unsent until {leaves}{f', {why}' if why else ''}{STANDSTILL[self._shown.delivery]}", "warning"
        if seconds := _seconds_left(message, self._shown.now):
            back = f", {self._shown.undo_keys} takes it back" if message.author_login == self._shown.reader else ""
            return f"leaves in {seconds} s{back}", "warning"
        if why:
            return f"queued, {why}", "warning"
        return state_in_thread(message, self._shown.delivery, self._shown.phones, self._glyphs)


def block_width(pane: int) -> int:
    """Return the most that a message takes of a pane's width: nine tenths of a narrow one, two thirds of a wide one."""
    return min(pane - 2, max(pane * 2 // 3, min(pane * 9 // 10, _COMFORTABLE)))


def _seconds_left(message: Message, now: datetime) -> int:
    """Return for how many seconds a queued message can still be undone, 0 if it cannot."""
    leaves_at = message.state is MessageState.QUEUED and message.leaves_at
    return seconds_until(leaves_at, now) if leaves_at else 0
