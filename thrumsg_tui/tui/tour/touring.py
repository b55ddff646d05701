"""A tour that is under way in the app: where its person is in it, and what its strip says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.events import Key
from textual.screen import ModalScreen, Screen

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.tui.commands import key_of, shown_key
from thrumsg_tui.tui.screens.base import IN_TOUR, CommandScreen
from thrumsg_tui.tui.tour.guide import Guide, with_keys
from thrumsg_tui.tui.tour.newcomer import NEWCOMER
from thrumsg_tui.tui.tour.presenter import PRESENTER
from thrumsg_tui.tui.tour.scene import Happened, asks_to_be_left, place_of, read_happened, scene_of, viewed_by
from thrumsg_tui.tui.tour.steps import Place
from thrumsg_tui.tui.tour.strip import TourStrip

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import EventId
    from thrumsg_tui.tui.app import ThrumsgApp
    from thrumsg_tui.tui.widgets.line_widgets import Part

TOURS = {tour.name: tour for tour in (NEWCOMER, PRESENTER)}

_NO_LETTERS = frozenset({Place.CAMPAIGNS, Place.OVERVIEW, Place.LIST, Place.SURVEY, Place.HISTORY, Place.QUESTION})
"""The places where no key types a letter."""


class Touring:
    """A tour on an app: a strip at the top of every screen and dialog, and a guide who looks at what is done.

    Args:
        app: The app.
        name: The name of the tour.
        since: The newest event of the journal: what comes after it was done in the tour.
    """

    def __init__(self, app: ThrumsgApp, name: str, since: EventId) -> None:
        self._app = app
        self.guide = Guide(TOURS[name], since)
        self._said = ""
        """What the strip says about the last key."""
        self._reached = 0
        """The index of the step at the last key."""
        self._is_over = False
        for screen in app.screen_stack:
            self.show_on(screen)

    def end(self) -> None:
        """End it, and take the strips away."""
        self._is_over = True
        for screen in self._app.screen_stack:
            screen.remove_class(IN_TOUR)
            screen.query(TourStrip).remove()

    async def skip(self) -> None:
        """Go to the next step without doing this one."""
        self.guide.skip((await self._happened()).newest)

    # Looking

    async def look_after_key(self, ran: list[str], *, acted: bool) -> None:
        """Look whether a key has done the step, and answer it if it did not help.

        Args:
            ran: The commands of screens that it ran.
            acted: Whether it ran any action.
        """
        for id in ran:
            self.guide.note_command(id)
        before, self._reached = self._reached, await self._look()
        self._said = ""
        if self._reached == before and isinstance(event := self._app.keys.last, Key):
            self._said = self._answer_to(event, ran, acted=acted)
        self._show()

    async def look_again(self) -> None:
        """Look whether the step is done, because the database has changed: a contact may have written."""
        await self._look()
        self._show()

    def _answer_to(self, event: Key, ran: list[str], *, acted: bool) -> str:
        place, key = place_of(self._app.screen), shown_key(event.key)
        if not acted and place in _NO_LETTERS:
            return f"{key} does nothing here"
        return self.guide.answer_to(key, ran, place)

    async def _look(self) -> int:
        """Go to the first step that is not done; return its index."""
        try:
            while not self._is_over:
                happened = await self._happened()
                scene = scene_of(self._app.screen, self._app.under_dialogs, happened)
                if not self.guide.look(scene, happened.newest):
                    break
        except ThrumsgError as error:
            self._app.tell(str(error))
        return self.guide.index

    async def _happened(self) -> Happened:
        return await self._app.store.query(read_happened, self._app.who.actor.login, self.guide.since)

    # Showing

    def _show(self) -> None:
        if self._app.screen_stack:
            self.show_on(self._app.screen)

    def show_on(self, screen: Screen[Any]) -> None:
        """Show the step on a screen, unless the tour has ended."""
        if self._is_over or not isinstance(screen, CommandScreen | ModalScreen):
            return
        guide = self.guide
        strip = next(iter(screen.query(TourStrip)), None)
        if strip is None:
            strip = TourStrip()
            screen.mount(strip)
            screen.add_class(IN_TOUR)
        number = f" Tour {guide.index + 1}/{len(guide.tour.steps)} "
        title: list[Part] = [(number, "strong"), (guide.step.title, "accent")]
        if self._said:
            title.append((f"  {self._said}", "warning"))
        again, leave = (
            f"{key_of(id)} {word}" for id, word in ((f"tour.{guide.tour.name}", "again"), ("tour.leave", "leave"))
        )
        skip = f" {key_of('tour.skip')} next"
        keys: list[Part] = [(f"{skip}  ", "quiet"), (f"{again}  ", "quiet"), (f"{leave} ", "quiet")]
        under = self._app.under_dialogs
        told = guide.text(place_of(screen), asks=asks_to_be_left(under), viewing=viewed_by(under))
        strip.show(title, keys, guide.step.point, with_keys(told))
