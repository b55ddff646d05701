"""The bell that tells of a reply, for whoever wants one (`docs/rules.md 12.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.tui.screens.messenger.context import MessengerContext


class Bell:
    """Rings when one more contact of the viewed sender waits for a reply."""

    def __init__(self, screen: MessengerContext) -> None:
        self._screen = screen
        self._before: tuple[AssignmentId, int] | None = None
        """Whose contacts were waiting, and how many."""

    def heed(self, viewed: Assignment) -> None:
        """Ring if more wait than the last time, and the sender is the same."""
        whose, waited = self._before or (None, 0)
        self._before = viewed.id, viewed.needs_reply
        if self._screen.thrumsg.preferences.bell and whose == viewed.id and viewed.needs_reply > waited:
            self._screen.thrumsg.bell()
