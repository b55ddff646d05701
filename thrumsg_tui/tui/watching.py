"""Watching the database: what others change is shown, and the bottom line says why a change has to wait."""

from __future__ import annotations

from asyncio import get_running_loop
from contextlib import suppress

from thrumsg_tui.domain.errors import Nothing, Refused, ThrumsgError
from thrumsg_tui.store.queries.settings import restored_at
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.carrier_view import read_carrier
from thrumsg_tui.tui.navigation import NavigatingApp
from thrumsg_tui.tui.opening_route import Route
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.textual_compat import is_exiting

_WAITING = "Waiting for the database: another change is being written. Keys are kept."


class WatchingApp(NavigatingApp):
    """An app that sees what others write to its database."""

    _version = -1
    """The version of the database that the screens show."""
    _restored: str | None = None
    """When the database last went back to a backup."""
    _cut_off = ""
    """Why the database cannot be used now; empty while it can."""

    def tell_of_waits(self) -> None:
        """Say in the bottom line, from now on, when a change waits for another one."""
        loop = get_running_loop()

        def changed() -> None:
            with suppress(RuntimeError):  # the loop is closed: the app has ended
                loop.call_soon_threadsafe(self._tell_of_waiting)

        self.store.on_wait = changed

    def watch_database(self, restored: str | None) -> None:
        """Begin to look at the database again and again; `restored` says when it last went back to a backup."""
        self._restored = restored
        self.set_interval(self.timers.watch, self._watch)

    def _tell_of_waiting(self) -> None:
        if (screen := self.under_dialogs) and screen.key_line.is_attached:  # else the app is ending
            screen.key_line.wait(_WAITING if self.store.waiting else self._cut_off)

    async def _watch(self) -> None:
        """Refresh the screen if anybody has written to the database."""
        was_cut_off = self._cut_off
        try:
            version, self._cut_off = await self.store.version(), ""
        except ThrumsgError as error:
            self._cut_off = error.reason
        self._tell_of_waiting()  # also if only the front screen has changed
        if self._cut_off:
            return
        missed, self.store.missed = self.store.missed, ""
        if was_cut_off:
            self._version = -1
            self._tell_of_return(was_cut_off)
        elif missed and self._is_said(missed):  # an outage that was over before this looked
            self._tell_of_return(missed)
        if version != self._version:
            self._version = version
            await self._know_the_role()
            if not is_exiting(self):
                await self._know_the_database()
                await self._know_the_carrier()
                self.ask_again()

    def _tell_of_return(self, was_cut_off: str) -> None:
        """Say that the database can be used again, after what was said before it could not."""
        if screen := self.under_dialogs:
            kept = screen.key_line.notice
            if self._is_said(was_cut_off):
                kept = Nothing.CHANGED if Nothing.CHANGED in kept else ""
            screen.say(f"{kept} The database can be used again.".strip(), warning=True)

    def _is_said(self, outage: str) -> bool:
        """Whether the line tells of an outage, perhaps for another reason: a server that starts gives others."""
        screen = self.under_dialogs
        about, location, _ = outage.partition(str(self.store.db.location))
        return bool(outage and screen and about + location in screen.key_line.notice)

    def tell(self, sentence: str) -> None:
        """Show a warning, unless the line says it already: it must not take the place of what a person has to know."""
        if not self._cut_off or not sentence.startswith(self._cut_off):
            super().tell(sentence)

    async def _know_the_role(self) -> None:
        """Read the person's identity again: an owner may have changed their role (`docs/rules.md 8.1`)."""
        user, actor = self.who.user.login, self.who.actor.login
        try:
            self.who = await self.store.query(identify, actor, None if user == actor else user)
        except Refused as refusal:
            if await self._went_back():  # in the backup, this id may be another user's
                self.exit(message=f"The database went back to a backup. {refusal}")
            else:
                self.tell(str(refusal))
        except ThrumsgError as error:
            self.tell(str(error))

    async def _know_the_database(self) -> None:
        """Return to the campaigns screen if the database was restored from a backup (`docs/rules.md 11.4`)."""
        if await self._went_back():
            self._restored = await self.store.query(restored_at)
            self.go_to(Route())
            self.run_worker(self._tell_of_restore(), group="place")

    async def _tell_of_restore(self) -> None:
        async with self._turn:  # wait until the campaigns are shown
            self.tell("The database went back to a backup: what was open here may be gone.")

    async def _went_back(self) -> bool:
        try:
            return self._restored != await self.store.query(restored_at)
        except ThrumsgError:
            return False

    async def _know_the_carrier(self) -> None:
        """Read how delivery stands: what waits, and whether anything delivers (`docs/rules.md 10.5`)."""
        try:
            now, ascii_only = self.store.db.clock(), self.glyphs.ascii_only
            self.carrier = await self.store.query(read_carrier, now, ascii_only=ascii_only)
        except ThrumsgError as error:
            self.tell(str(error))

    @property
    def under_dialogs(self) -> CommandScreen | None:
        """The front screen below any dialogs; None once the app is ending."""
        return next((each for each in reversed(self.screen_stack) if isinstance(each, CommandScreen)), None)

    def ask_again(self) -> None:
        """Let the front screen run its queries again."""
        if isinstance(self.front, CommandScreen):
            self.front.ask_again()
