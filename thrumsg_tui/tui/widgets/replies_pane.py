"""Recommended replies beside a conversation (`docs/rules.md 3.15`)."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Key
from textual.message import Message
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import RecommendedReply
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.pane import Pane


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
