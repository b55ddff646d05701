"""Esc in the messenger: one step back each time, and never out of the screen."""

from __future__ import annotations

from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.pane_switcher import PaneSwitcher


class StepBack:
    """Leaves a count, a search, marks or a pane."""

    def __init__(self, screen: MessengerContext, panes: PaneSwitcher) -> None:
        self.screen = screen
        self._panes = panes

    def action_escape(self) -> None:
        """Leave the count, the search, the marks or the pane: the first of these that there is."""
        screen, pane = self.screen, self.screen.list_pane
        if screen.state.count.names_no_tab and screen.count is not None:
            screen.say("Count cancelled.")
        elif pane.search.has_focus or pane.search.value:
            pane.search.value = ""
            screen.go(screen.state.search_for(""))
            self._panes.focus_list()
        elif screen.state.marks:
            screen.go(screen.state.unmark())
        elif not pane.list.has_focus:
            self.to_list()
        else:
            screen.say(f"This is the list: {key_of('app.back')} goes back.")

    def to_list(self) -> None:
        """Store the draft and go back to the list."""
        self.screen.conversation.drafts.store()
        self._panes.focus_list()
        self.screen.ask_again()

    def out_of_sidebar(self) -> None:
        """Go back to where the sidebar was opened."""
        self._panes.leave_sidebar()
        self.screen.ask_again()
