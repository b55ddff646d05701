"""The messenger's search: what is typed, how many there are of it, and where else there are some."""

from __future__ import annotations

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.pane_switcher import PaneSwitcher
from thrumsg_tui.tui.screens.messenger.view_reader import ViewReader


class ListSearch:
    """Takes what is typed into the search above the list, and goes on with it behind the first rows."""

    def __init__(self, screen: MessengerContext, panes: PaneSwitcher, reader: ViewReader) -> None:
        self.screen = screen
        self._panes = panes
        self._reader = reader

    def typed(self, text: str) -> None:
        """Search for a text, unless it is what the list shows already."""
        screen = self.screen
        searched = screen.state.search_for(text)
        if searched != screen.state:
            screen.state, screen.list_pane.list.cursor = searched, searched.cursor.index
            screen.ask_again()

    async def done(self) -> None:
        """Go from the search to the list; where nothing matches, to what matches elsewhere."""
        view = self.screen.view
        if view and _finds_nothing(view):
            await self.screen.action_run_command("app.find")
        else:
            self._panes.focus_list()

    def heed(self, view: MessengerView) -> None:
        """Count all that a view's search finds, and look elsewhere if that is nothing.

        A search that went with its tab is taken out of the line.
        """
        screen = self.screen
        if _finds_nothing(view) and not screen.list_pane.knows_elsewhere(view.list):
            from thrumsg_tui.tui.screens.messenger.elsewhere import tell_elsewhere  # rarely needed

            looking = tell_elsewhere(screen.thrumsg, screen.list_pane, view.list)
            screen.run_worker(looking, group="elsewhere", exclusive=True)
        if screen.state.search != view.list.search:
            screen.list_pane.search.value = screen.state.search
            screen.ask_again()
        if view.search:
            screen.run_worker(self.count_all, name="search", group="search", exclusive=True)

    async def count_all(self) -> None:
        """Count all that the search finds, while the person works with its first rows."""
        screen = self.screen
        try:
            went_on = await self._reader.finish(screen.thrumsg)
            if went_on or (screen.view and not screen.view.is_counted):  # another call may have come to its end first
                await screen.ask_and_paint()
        except ThrumsgError as error:
            screen.say(str(error), warning=True)


def _finds_nothing(view: MessengerView) -> bool:
    return view.search is not None and view.is_counted and not view.total
