"""The app of `thrumsg demo`: it offers the tours, and shows where its person is in one.

Until there is a tour it loads none, and nothing of what the practice campaign is made with.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from textual.events import Key
from textual.screen import ModalScreen

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.gateway.practice import CAMPAIGN, TOUR_SEED, prepare
from thrumsg_tui.gateway.practice_delivery import PracticeDelivery
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.commands.why_not import no_tour
from thrumsg_tui.tui.opening_route import Route
from thrumsg_tui.tui.store_client import Progress

if TYPE_CHECKING:
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.tui.tour.guide import Guide
    from thrumsg_tui.tui.tour.touring import Touring

_MOST_DIALOGS = 8
"""How many dialogs are left with Esc before a tour begins."""

_LOSS = (
    "The tour begins with the practice database as new: what you have done in it is gone then, with all campaigns that "
    "you have made there."
)


class DemoApp(ThrumsgApp):
    """The app on a practice database.

    A tour has a strip at the top of every screen and dialog. After each key, and whenever the database has changed, the
    app looks whether the step is done.

    Args:
        db: The practice database.
        who: The person.
        zone: Their time zone.
        tour: The name of the tour with which to begin; the database must be new then.
        app: What else `ThrumsgApp` takes.
    """

    SCOPES = (Scope.TOUR,)
    BINDINGS = bindings(commands_of(Scope.TOUR), checked=False, priority=True)

    def __init__(self, db: Database, who: Identity, zone: tzinfo, *, tour: str | None = None, **app: Any) -> None:
        super().__init__(db, who, zone, **app)
        self._first = tour
        self._touring: Touring | None = None
        """The tour, None without one."""
        self._ran: list[str] = []
        """The commands of screens that the last key ran."""
        self._acted = False
        """Whether the last key ran any action."""
        self.keys.when_done = self._key_done

    async def on_mount(self) -> None:
        """Begin the tour that was asked for, or offer the tours."""
        if self._first:
            await self._guide_through(self._first)
        self.call_after_refresh(self._offer)

    def _offer(self) -> None:
        if self._touring is None and (screen := self.under_dialogs) and not screen.key_line.notice:
            newcomer, presenter = key_of("tour.newcomer"), key_of("tour.presenter")
            screen.say(f"New here? {newcomer} shows you round in three minutes; {presenter} is for an audience.")

    # Beginning and leaving

    def action_tour(self, name: str) -> None:
        """Begin a tour, or begin it again, with the practice campaign as new."""
        self.run_worker(self.begin(name), group="tour", exclusive=True)

    async def begin(self, name: str) -> None:
        """Leave all dialogs, make the practice campaign anew, and begin a tour on its overview.

        Outside of a tour, ask first if the person has done anything in the campaign: it will be gone.
        """
        await self._leave_dialogs()
        if self._touring is None and await self._has_worked():
            from thrumsg_tui.tui.dialogs.choice import confirmation

            question = confirmation("Tour", _LOSS, "Begin", "Not now", left="No tour was begun")
            if not await self.push_screen_wait(question):
                return
        self._end()
        self.go_to(Route())  # stores what was written, before there is another database
        self._on_the_way += 1  # keys wait for the tour
        try:
            await self._begin_anew(name)
        except ThrumsgError as error:
            self.tell(str(error))
        finally:
            self._on_the_way -= 1

    async def _has_worked(self) -> bool:
        from thrumsg_tui.tui.tour.scene import has_worked

        return await self.store.query(has_worked, self.who.actor.login)

    async def _begin_anew(self, name: str) -> None:
        async with self._turn:
            self.tell("The practice campaign is being made anew.")
            await self._renew()
            await self._guide_through(name)
            campaign = await self.store.query(find_campaign, CAMPAIGN)
        self.go_to(Route(campaign.id))

    async def _leave_dialogs(self) -> None:
        """Press Esc until no dialog is in front; a form, which would ask whether to throw away what it has, goes."""
        from thrumsg_tui.tui.dialogs.form import FormDialog

        for _ in range(_MOST_DIALOGS):
            if isinstance(self.screen, FormDialog):
                await self.screen.dismiss(None)
            elif isinstance(self.screen, ModalScreen):
                self.keys.put(Key("escape", None))
                await self.keys.until_idle()

    async def _renew(self) -> None:
        """Make the practice campaign anew in the database that is open here."""
        if delivery := self._delivery:
            self._delivery = None
            await self.store.execute(delivery.end)
        try:
            await self.store.run_long(_renew, Progress(), self.who)
        finally:
            self._delivery = PracticeDelivery()

    async def _guide_through(self, name: str) -> None:
        from thrumsg_tui.domain.conversations import EventId
        from thrumsg_tui.tui.tour.scene import read_happened
        from thrumsg_tui.tui.tour.touring import Touring

        happened = await self.store.query(read_happened, self.who.actor.login, EventId(0))
        self._touring = Touring(self, name, happened.newest)

    @property
    def guide(self) -> Guide | None:
        """The guide of the tour, None without one."""
        return self._touring.guide if self._touring else None

    def action_leave_tour(self) -> None:
        """End the tour; the campaign stays."""
        if self._touring is not None:
            self._end()
            self.tell(f"The tour has ended; {key_of('tour.newcomer')} begins it again.")
        else:
            self.tell(no_tour())

    def _end(self) -> None:
        if touring := self._touring:
            self._touring = None
            touring.end()

    async def action_skip_step(self) -> None:
        """Go to the next step without doing this one."""
        if self._touring:
            await self._touring.skip()
        else:
            self.tell(no_tour())

    # Looking

    async def run_action(self, action: Any, default_namespace: Any = None, namespaces: Any = None) -> bool:
        """Run an action, and note the command that it stands for."""
        self._acted = True
        if isinstance(action, str) and action.startswith("run_command("):
            self._ran.append(action.split("'")[1])
        return await super().run_action(action, default_namespace, namespaces)

    async def _key_done(self) -> None:
        """Look whether the step is done, and answer a key that did not help."""
        ran, self._ran, acted, self._acted = self._ran, [], self._acted, False
        if self._touring:
            await self._touring.look_after_key(ran, acted=acted)

    def ask_again(self) -> None:
        """Let the front screen run its queries again, and look whether a step is done: a contact may have written."""
        super().ask_again()
        if self._touring:
            self.run_worker(self._touring.look_again(), group="look", exclusive=True)

    # Showing

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a screen, in a tour with its strip."""
        pushed = super().push_screen(screen, *args, **kwargs)
        if self._touring:
            self._touring.show_on(self.screen)
        return pushed

    def switch_screen(self, screen: Any) -> Any:
        """Show a screen in the place of another, in a tour with its strip."""
        switched = super().switch_screen(screen)
        if self._touring:
            self._touring.show_on(self.screen)
        return switched


def _renew(db: Database, _: Progress, who: Identity) -> None:
    user = who.actor
    prepare(db.path, user.login, user.first_name, user.last_name, seed=TOUR_SEED, clock=db.clock).close()
