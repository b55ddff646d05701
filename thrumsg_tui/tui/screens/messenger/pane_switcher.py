"""The messenger's focus, and the panes that are shown if not all have room."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, TextArea

from thrumsg_tui.tui.commands import Scope
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.messenger.conversation_list_pane import ConversationListPane
from thrumsg_tui.tui.screens.messenger.conversation_pane import ConversationPane
from thrumsg_tui.tui.widgets.sidebar import Sidebar, SidebarTab
from thrumsg_tui.tui.widgets.yellow_bar import YellowBar

_ALL_PANES = 120
"""Columns from which all panes are shown."""

_TWO_PANES = 90
"""Columns from which list and conversation are shown."""

_WIDE = 140
"""Columns from which the list shows more of the last words."""

_ROOMY = 170
"""Columns from which the list shows all tabs in one line, and the sidebar whole replies."""

_SIDEBAR_WITH_ROOM = 0.2
"""The part of a roomy screen's width that the sidebar gets, whatever it shows."""

_MOST_FOR_SIDEBAR = 0.3
"""Largest part of the screen's width that the sidebar gets beside the other panes, so that the thread stays wider."""

_TALL = 30
"""Rows from which the message box has its full height."""


class _Front(StrEnum):
    """The panes, by their names in the style sheet."""

    LIST = "list"
    CONVERSATION = "conversation"
    SIDEBAR = "sidebar"


class PaneSwitcher:
    """Moves the focus, shows letters only where they are keys, and sets the style classes that show or hide panes."""

    def __init__(
        self,
        screen: CommandScreen,
        list_pane: ConversationListPane,
        conversation: ConversationPane,
        sidebar: Sidebar,
        yellow_bar: YellowBar,
    ) -> None:
        self._screen = screen
        self._list_pane = list_pane
        self._conversation = conversation
        self._sidebar = sidebar
        self._yellow_bar = yellow_bar

    def focus_list(self) -> None:
        """Show the list and put the focus into it."""
        self._bring_to_front(_Front.LIST, self._list_pane.list)

    def focus_box(self) -> None:
        """Show the conversation and put the focus into its box."""
        self._bring_to_front(_Front.CONVERSATION, self._conversation.box)

    def action_search(self) -> None:
        """Search in this tab."""
        self._bring_to_front(_Front.LIST, self._list_pane.search)

    def action_survey(self) -> None:
        """Go to the survey."""
        self._focus_sidebar(SidebarTab.SURVEY)
        self._sidebar.survey.begin()

    def action_replies(self) -> None:
        """Go to the recommended replies."""
        self._focus_sidebar(SidebarTab.REPLIES)
        self._sidebar.replies.begin()
        self._screen.ask_again()

    def action_info(self) -> None:
        """Go to what is known of the contact, and to the campaign's settings."""
        self._focus_sidebar(SidebarTab.INFO)
        self._sidebar.info.begin()
        self._screen.ask_again()

    def leave_sidebar(self) -> None:
        """Go back to the message box or the list, from which the sidebar was opened."""
        if self._conversation.is_behind_sidebar:
            self.focus_box()
        else:
            self.focus_list()

    def _focus_sidebar(self, tab: SidebarTab) -> None:
        if not self.in_sidebar:
            self._conversation.is_behind_sidebar = self._front is _Front.CONVERSATION
        self._bring_to_front(_Front.SIDEBAR, self._sidebar.turn_to(tab))

    @property
    def in_sidebar(self) -> bool:
        """Whether the sidebar has the focus."""
        return self._front is _Front.SIDEBAR

    @property
    def in_list(self) -> bool:
        """Whether the list or its search has the focus."""
        return self._front is _Front.LIST

    @property
    def scopes(self) -> Sequence[Scope]:
        """The scopes of the focused pane's keys; empty for those of the messenger itself."""
        if self._conversation.box.has_focus:
            return [Scope.MESSAGE_BOX]
        if self._sidebar.survey.has_focus:
            return [Scope.SURVEY, Scope.SIDEBAR]
        return [Scope.REPLIES, Scope.SIDEBAR] if self._sidebar.replies.has_focus_within else []

    def follow_focus(self) -> None:
        """Show the pane that has the focus, and the keys of the sidebar's panes where they are no text."""
        self._show_in_front(self._front)
        shown = not isinstance(self._screen.focused, TextArea | Input)
        self._sidebar.show_letters(shown=shown)
        self._yellow_bar.show_letters(shown=shown)

    def fit(self, size: Size) -> None:
        """Show the panes that have room in a size."""
        self._screen.set_class(_TWO_PANES <= size.width < _ALL_PANES, "-medium")
        self._screen.set_class(size.width < _TWO_PANES, "-narrow")
        self._screen.set_class(size.width >= _WIDE, "-wide")
        self._screen.set_class(size.width >= _ROOMY, "-roomy")
        self._screen.set_class(size.height < _TALL, "-short")
        self.fit_sidebar(size)
        self.follow_focus()

    def fit_sidebar(self, size: Size) -> None:
        """Make the sidebar as wide as what it shows if all panes have room, else as the style sheet says."""
        styles = self._sidebar.styles
        if size.width < _ALL_PANES:
            styles.clear_rule("width")
        else:
            least = int(size.width * _SIDEBAR_WITH_ROOM) if size.width >= _ROOMY else 0
            styles.width = min(max(self._sidebar.wanted_width, least), int(size.width * _MOST_FOR_SIDEBAR))

    def keep_focus(self) -> None:
        """Put the focus into the list if no pane has it: a pane without room for a line has lost it."""
        if self._screen.focused is None:
            self.focus_list()

    @property
    def _front(self) -> _Front:
        """The pane that has the focus, the list if none has."""
        focused = self._screen.focused
        around = focused.ancestors if focused is not None else []
        if self._conversation in around:
            return _Front.CONVERSATION
        return _Front.SIDEBAR if self._sidebar in around else _Front.LIST

    def _bring_to_front(self, pane: _Front, widget: Widget) -> None:
        self._show_in_front(pane)
        self._screen.set_focus(widget, scroll_visible=False)  # at once: the next key may wait already

    def _show_in_front(self, front: _Front) -> None:
        """Bring a pane to the front; if all panes have room there is no front, and no new layout."""
        crowded = self._screen.size.width < _ALL_PANES
        is_above = self._screen.size.width < _TWO_PANES and front is _Front.SIDEBAR
        self._conversation.thread.shows_last_words = is_above  # which are answered below it
        for pane in _Front:
            self._screen.set_class(crowded and pane is front, f"-front-{pane}")
