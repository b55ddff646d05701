"""What a search has found so far."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from contextlib import suppress

from thrumsg_tui.domain.conversations import ConversationId


class Matches:
    """The conversations that a search has found."""

    def __init__(self) -> None:
        self.ids = array("q")
        """The first ones, in the order of the list."""
        self.total: int | None = None
        """How many there are; None while that is not known."""
        self._known: set[int] | None = None
        """The first ones again, once any was added after a change of the list."""

    def has(self, rows: int) -> bool:
        """Whether the first `rows` of the list are known, or all if it has fewer."""
        return len(self.ids) >= (rows if self.total is None else min(rows, self.total))

    def window(self, first: int, height: int) -> list[ConversationId]:
        """Return the ids of some rows, as far as they are known."""
        return [ConversationId(each) for each in self.ids[first : first + height]]

    def position(self, conversation_id: ConversationId, expected: int) -> int | None:
        """Return the index of a conversation, None if it is not among the known ones; look at `expected` first."""
        if self.ids[expected : expected + 1] == array("q", (conversation_id,)):
            return expected
        with suppress(ValueError):
            return self.ids.index(conversation_id)
        return None

    def add(self, ids: Iterable[int], *, unchanged: bool) -> None:
        """Add the next ones; if the list has changed, not those that have moved down and come a second time."""
        if not unchanged:
            known = self._known = set(self.ids) if self._known is None else self._known
            ids = [each for each in ids if each not in known]
            known.update(ids)
        self.ids.extend(ids)

    def drop(self, gone: Iterable[ConversationId]) -> None:
        """Remove conversations that match no longer."""
        for each in gone:
            self.ids.remove(each)
            if self._known is not None:
                self._known.discard(each)
            if self.total is not None:
                self.total -= 1
