"""The bell that tells of a message, for whoever wants one (`docs/rules.md 12.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.screens.messenger.context import MessengerContext

_AFTER_ALL = MessageId(1 << 62)
"""After every message: nothing has come before the first look."""


class Bell:
    """Rings when a contact of the viewed sender has written and waits, or one more waits, as after a move.

    What comes between two looks rings once.
    """

    def __init__(self, screen: MessengerContext) -> None:
        self._screen = screen
        self._newest = _AFTER_ALL
        self._before: tuple[AssignmentId, int] | None = None
        """Whose contacts were waiting, and how many."""

    @property
    def heard_to(self) -> MessageId | None:
        """The newest message at the last look; None if nobody wants to know of later ones."""
        return self._newest if self._screen.thrumsg.preferences.bell else None

    def heed(self, view: MessengerView) -> None:
        """Ring for what is new since the last look, if the sender is the same."""
        if view.arrivals is None:
            return
        whose, waited = self._before or (None, 0)
        self._newest, self._before = view.arrivals.newest, (view.viewing.id, view.viewing.needs_reply)
        if whose == view.viewing.id and (view.arrivals.any_here or view.viewing.needs_reply > waited):
            self._screen.thrumsg.bell()
