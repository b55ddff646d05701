"""The list of conversations: dot, name, age, last message (`docs/rules.md 3.7`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import assert_never

from textual.cache import FIFOCache
from textual.strip import Strip

from thrumsg_tui.domain.conversations import ConversationId, ConversationRow, words_of
from thrumsg_tui.domain.enums import Direction, Status
from thrumsg_tui.domain.list_times import time_in_list
from thrumsg_tui.domain.preferences import Density
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.app_context import app_context
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part, fit, pad, separated, width_of
from thrumsg_tui.tui.widgets.message_states import own_words
from thrumsg_tui.tui.widgets.paged_list import PagedList

_NAME = 18
"""The width of the name in a row of one line."""


class ConversationList(PagedList[ConversationRow]):
    """The list of conversations, each on one line or on two, as the person prefers."""

    def __init__(self, glyphs: Glyphs, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.marks: frozenset[ConversationId] = frozenset()
        self.drafts: Mapping[ConversationId, str] = {}
        self._glyphs = glyphs
        self._zone = zone
        self._now: datetime | None = None
        self._drawn: FIFOCache[tuple[ConversationId, int], tuple[tuple[object, ...], Strip]] = FIFOCache(256)
        """The lines of rows drawn lately, with all on which they depend: a list that scrolls draws the same again."""

    def tell_time(self, now: datetime) -> None:
        """Set the present time for the ages; nothing is painted until the next change."""
        self._now = now

    def show_marks(self, marks: frozenset[ConversationId]) -> None:
        """Show which rows are marked."""
        if marks != self.marks:
            self.marks = marks
            self.repaint_changed()

    def show_drafts(self, drafts: Mapping[ConversationId, str]) -> None:
        """Show the user's drafts in place of the last messages."""
        if drafts != self.drafts:
            self.drafts = drafts
            self.repaint_changed()

    def on_resize(self) -> None:
        self.row_height = self._lines_of_a_row(app_context(self).preferences.density)
        super().on_resize()

    def _lines_of_a_row(self, density: Density) -> int:
        match density:
            case Density.AUTO:
                return 2 if self.size.height >= 18 else 1
            case Density.COMFORTABLE:
                return 2
            case Density.COMPACT:
                return 1
            case _:
                assert_never(density)

    def draw(self, row: ConversationRow, index: int, line: int, width: int) -> Strip:
        look, marked = self.cursor_look(index), row.id in self.marks
        age, draft = "" if line else self._age(row), self.drafts.get(row.id, "")
        drawn_for = row, width, self.row_height, self.style_of_lines, look, marked, age, draft
        before, strip = self._drawn.get((row.id, line)) or (None, None)
        if strip is None or before != drawn_for:
            strip = self._draw(row, line, width, look, age, draft.strip(), marked=marked)
            self._drawn[row.id, line] = drawn_for, strip
        return strip

    def _draw(
        self, row: ConversationRow, line: int, width: int, look: str, age: str, draft: str, *, marked: bool
    ) -> Strip:
        if line == 1:
            return self.strip([("   ", ""), self._last_words(row, draft)], [(" ", "")], width=width, base=look)
        gutter, flag = self._gutter(row, marked=marked), self._flag(row)
        right: list[Part] = [(age, "" if row.waiting else "quiet")]
        name = safe_text(row.name)
        weight = "strong" if row.waiting else ""
        if self.row_height == 1:
            left: list[Part] = [*gutter, (pad(name, _NAME), weight), *flag, (" ", ""), self._last_words(row, draft)]
        else:
            room = width - width_of([*gutter, *flag, *right])
            left = [*gutter, (fit(separated(name), max(room, _NAME)), weight), *flag]
        return self.strip(left, right, width=width, base=look)

    def _gutter(self, row: ConversationRow, *, marked: bool) -> list[Part]:
        glyphs = self._glyphs
        mark = (glyphs.mark, "marked") if marked else (" ", "")
        dot = (glyphs.dot, "dot") if row.waiting else (" ", "")
        return [mark, dot, (" ", "")]

    def _flag(self, row: ConversationRow) -> list[Part]:
        """Return the flag of what may be a wish to be opted out, with the word for it (`docs/rules.md 5.4`)."""
        return [(f" {self._glyphs.flag} opt out?", "warning")] if row.flagged else []

    def _last_words(self, row: ConversationRow, draft: str) -> Part:
        if draft:
            return (f"Draft: {safe_text(draft[:120])}", "warning")
        if row.last_direction is None:
            return ("not started" if row.status is Status.NOT_STARTED else "", "quiet")
        words = safe_text(words_of(row.last_body, row.last_media)[:120])
        if row.last_direction is Direction.OUTGOING and row.last_state is not None:
            return own_words(words, row.last_state, self._glyphs)
        return words, "quiet"

    def _age(self, row: ConversationRow) -> str:
        since = row.waiting_since if row.waiting else row.last_message_at
        if since is None or self._now is None:
            return " "
        return f" {time_in_list(since, self._now, self._zone, app_context(self).preferences.dates)} "
