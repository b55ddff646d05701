"""Reads what the messenger shows; a search in slices, so that a key waits for one slice at most."""

from __future__ import annotations

from collections.abc import Callable

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.queries.messenger import MessengerView, ViewRequest, messenger_view
from thrumsg_tui.store.queries.search import Search
from thrumsg_tui.tui.app_context import AppContext


class ViewReader:
    """Reads views, and keeps the last one: the next one goes on with its search, and with rows that did not change."""

    def __init__(self) -> None:
        self._search: Search | None = None
        self._last: MessengerView | None = None
        self._rows = 0
        """How many rows of the search the last view needs."""

    async def read(
        self, thrumsg: AppContext, request: ViewRequest, is_overtaken: Callable[[], bool]
    ) -> MessengerView | None:
        """Read a view with all rows of its window; the count of a search may come later (`finish`).

        Args:
            thrumsg: The app.
            request: The state of the screen.
            is_overtaken: Whether the person wants to see another state by now.

        Returns:
            The view, None if it was overtaken.
        """
        store = thrumsg.store
        try:
            while not is_overtaken():
                as_of = await store.version() if request.list.search else 0
                view = await store.query(
                    messenger_view, thrumsg.who, request, store.db.clock(), self._search, as_of=as_of, before=self._last
                )
                self._last, self._search, self._rows = view, view.search, view.first + request.height
                if view.search is None or view.is_whole:
                    return None if is_overtaken() else view
                while not view.search.matches.has(self._rows) and not is_overtaken():
                    await store.query(view.search.advance, self._rows)
        except ThrumsgError:
            self._search = None  # it cannot go on from the slice that failed
            raise
        return None

    async def finish(self, thrumsg: AppContext) -> bool:
        """Go on with the search of the last view to its end; return whether there was anything left to do."""
        search, went_on = self._search, False
        while search and search is self._search and not search.is_done(self._rows):
            await thrumsg.store.query(search.advance, self._rows)
            went_on = True
        return went_on
