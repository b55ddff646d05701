"""The protocol by which the messenger's parts use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.screens.messenger.conversation_list_pane import ConversationListPane
from thrumsg_tui.tui.screens.messenger.conversation_pane import ConversationPane
from thrumsg_tui.tui.screens.messenger.state import MessengerState
from thrumsg_tui.tui.widgets.key_line import KeyLine
from thrumsg_tui.tui.widgets.sidebar import Sidebar


class MessengerContext(ScreenContext, Protocol):
    """The messenger as its parts see it: its state, view and panes."""

    list_pane: ConversationListPane
    conversation: ConversationPane
    sidebar: Sidebar
    key_line: KeyLine
    state: MessengerState
    view: MessengerView | None
    """The last answer; None before the first one."""
    key_clock: Callable[[], float]
    """The clock, in seconds, that tells quick digits of a count from separate ones."""

    @property
    def open_contact(self) -> Conversation | None:
        """The conversation in the middle pane."""

    @property
    def list_request(self) -> ListRequest:
        """The request for the current list; the rows on screen may still be of an older one."""

    @property
    def count(self) -> int | None:
        """The count typed before the current key, None if there is none."""

    @property
    def missed_count(self) -> str:
        """The digits typed before the current key that named tabs and may be meant as a count; empty without any."""

    def go(self, state: MessengerState) -> None:
        """Take another state, and query its list."""

    def leave_sidebar(self) -> None:
        """Go back to where the sidebar was opened."""

    async def ask_and_paint(self) -> None:
        """Run the screen's queries and show the answers."""
