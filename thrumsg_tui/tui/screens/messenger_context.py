"""What the parts of the messenger need of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.messenger_state import MessengerState
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.screens.conversation_list_pane import ConversationListPane
from thrumsg_tui.tui.screens.conversation_pane import ConversationPane


class MessengerContext(ScreenContext, Protocol):
    """The messenger as its parts see it: what was chosen, what is shown, and its panes."""

    list_pane: ConversationListPane
    conversation: ConversationPane
    state: MessengerState
    view: MessengerView | None
    """The last answer, None before the first one."""
    key_clock: Callable[[], float]
    """Seconds by which digits that follow each other quickly are a count."""

    @property
    def open_contact(self) -> Conversation | None:
        """The conversation in the middle pane."""

    @property
    def list_request(self) -> ListRequest:
        """The list that is asked for now, searched as typed; the rows on screen may still be an older one's."""

    @property
    def count(self) -> int | None:
        """The count that was typed before the present key."""

    def go(self, state: MessengerState) -> None:
        """Go on to another state, and ask for its list."""

    async def ask_and_paint(self) -> None:
        """Ask what the screen shows, and show it."""
