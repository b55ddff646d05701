"""The terminal app: keys, background work, and how it ends."""

from __future__ import annotations

import signal
import sys
from asyncio import get_running_loop
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import tzinfo
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import App, ScreenStackError
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key, Paste
from textual.worker import WorkerFailed

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.preferences import Preferences
from thrumsg_tui.garbage import Tidying, collect_from_now_on
from thrumsg_tui.tui.bulk_move_runner import BulkMoveRunner
from thrumsg_tui.tui.commands import bindings, command, is_chord, is_step, key_of
from thrumsg_tui.tui.commands.command import name_arrows
from thrumsg_tui.tui.key_queue import KeyQueue
from thrumsg_tui.tui.opening_route import read_opening
from thrumsg_tui.tui.painting import StyledScreen
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.shutdown import Shutdown
from thrumsg_tui.tui.terminal import TerminalDriver
from thrumsg_tui.tui.textual_compat import (
    close_with,
    driver_of,
    exception_of,
    is_batching,
    is_exiting,
)
from thrumsg_tui.tui.textual_patches import patch_textual
from thrumsg_tui.tui.theme import THRUMSG
from thrumsg_tui.tui.timers import Timers
from thrumsg_tui.tui.watching import WatchingApp

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from thrumsg_tui.domain.reassignment import Outcome
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.gateway.practice_delivery import PracticeDelivery
    from thrumsg_tui.store.database import Database

_ALWAYS = frozenset(
    {"ctrl+c", *(key for name in ("quit", "suspend", "redraw") for key in command(f"app.{name}").keys.split())}
)
"""Keys that skip the queue. ctrl+c is Textual's; it shows how to quit."""


class ThrumsgApp(WatchingApp):
    """The terminal app over one database."""

    CSS_PATH = "app.tcss"
    TITLE = "thrumsg"
    COMMAND_PALETTE_BINDING = next(filter(is_chord, command("app.palette").keys.split()), "")
    """The key that opens the palette while one writes, too; Textual binds one. "" is never pressed."""
    BINDINGS = bindings([command("app.suspend"), command("app.redraw")], checked=False, priority=True)  # also in a box

    def __init__(
        self,
        db: Database,
        who: Identity,
        zone: tzinfo,
        *,
        forced_command: bool = False,
        preferences: Preferences | None = None,
        notice: str = "",
        timers: Timers | None = None,
    ) -> None:
        super().__init__(
            db,
            who,
            zone,
            forced_command=forced_command,
            preferences=preferences or Preferences(),
            timers=timers or Timers(),
        )
        name_arrows(in_words=self.glyphs.ascii_only)
        self._may_suspend = not forced_command and signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN
        self._terminal_is_gone = False
        self.ending = Shutdown(self.end, self._stop_writing)
        patch_textual()
        self.register_theme(THRUMSG)
        self.set_reactive(App.theme, THRUMSG.name)  # an assignment would have all style sheets parsed once more
        self.stylesheet.set_variables(self.get_css_variables())
        self.keys = KeyQueue(self, self._take, self.timers.key)
        self.moves = BulkMoveRunner(self.store, self.glyphs)
        self.animation_level = "none"
        self._notice = notice
        self.cannot_open: ThrumsgError | None = None
        """Why the first screen could not be shown."""
        self._delivery: PracticeDelivery | None = None
        self._tidying = Tidying()

    async def on_mount(self) -> None:
        """Open the last screen, and start the timers."""
        self.ending.loop = get_running_loop()
        self.ending.loop.set_exception_handler(self._failed_apart)
        self.tell_of_waits()
        now, ascii_only = self.store.db.clock(), self.glyphs.ascii_only
        try:
            opening = await self.store.query(read_opening, self.who, now, ascii_only=ascii_only)
            self.carrier = opening.carrier
            await self.show_place(opening.route)
            self.store.db.close()  # this thread's connections and their caches: queries and changes have others
        except ThrumsgError as error:  # its server has just gone away
            self.cannot_open = error
            self.exit()
            return
        if self._notice:
            self.tell(self._notice)
        self.watch_database(opening.restored_at)
        self.set_interval(self.timers.tick, self._tick)
        self.set_interval(self.timers.presence, self.tell_presence)
        self.set_interval(self.timers.watch, self._tidy)
        self.set_interval(self.store.db.pacing.stalled_after, self._look_after_moves)
        self.call_after_refresh(self._look_after_moves)  # nothing is painted before this method ends
        if opening.is_practice:
            from thrumsg_tui.gateway.practice_delivery import PracticeDelivery  # for practice databases only

            self._delivery = PracticeDelivery()
            self.set_interval(self.timers.practice, self._deliver)

    # Keys

    async def on_event(self, event: Event) -> None:
        """Queue keys and pastes, except the keys that must always work."""
        fresh = isinstance(event, Key | Paste) and not event.is_forwarded
        if fresh and not (isinstance(event, Key) and event.key in _ALWAYS):
            self.keys.put(event)
            return
        await super().on_event(event)

    async def _take(self, event: Event) -> None:
        """Take a key or paste; a notice over the front screen makes room for what that shows."""
        if isinstance(self.front, CommandScreen):
            self.front.uncover()
        try:
            await super().on_event(event)
        except ScreenStackError:  # the app has ended
            raise
        except Exception as error:  # noqa: BLE001  # as where messages are handled: the key's action runs within this call
            self._handle_exception(error)

    @property
    def keys_pressed(self) -> int:
        """Number of keys and pastes handled so far, including the current one."""
        return self.keys.taken

    @property
    def key_pressed_at(self) -> float:
        """When the current key was pressed, by the monotonic clock."""
        return self.keys.pressed_at

    @property
    def ready_for_keys(self) -> bool:
        """Whether the front screen shows the result of the last key."""
        screen = self.screen
        if self.is_on_the_way or not screen.is_mounted:
            return False
        return not isinstance(screen, StyledScreen) or screen.ready_for_keys

    def takes_early(self, event: Event) -> bool:
        """Whether the front screen takes a key before it shows the result of the last one."""
        screen = self.screen
        up = screen.is_mounted and not self.is_on_the_way
        return up and isinstance(event, Key) and isinstance(screen, StyledScreen) and screen.takes_early(event)

    def has_command(self, key: str) -> bool:
        """Whether a command is on a key here."""
        return key in self.screen.active_bindings

    @property
    def keeps_keys(self) -> bool:
        """Whether keys wait without limit: for another writer, or until a screen is up."""
        return self.store.waiting or self.is_on_the_way or not self.screen.is_mounted

    @property
    def step_keys(self) -> Collection[str]:
        """The keys that here only move a cursor."""
        return {key for key, active in self.screen.active_bindings.items() if is_step(active.binding)}

    def post_display_hook(self) -> None:
        """Tell the front screen that its drawing was written to the terminal; the first one ends the start."""
        if isinstance(self.front, StyledScreen) and not is_batching(self):
            self.front.was_painted()
        if isinstance(self.front, CommandScreen) and not self.front.is_held:
            collect_from_now_on()

    # Work in the background

    async def _tick(self) -> None:
        from thrumsg_tui.store.changes.due import let_due

        await self._in_background(let_due)
        with suppress(ThrumsgError):  # the person was told
            await self.unstored.try_again()
        self.ask_again()

    def _tidy(self) -> None:
        """Collect garbage while nobody types."""
        if not self.keys.busy and monotonic() - self.key_pressed_at > self.timers.lull:
            self._tidying.tidy()

    def finish_later(self, begun: Outcome) -> None:
        """Finish a move that a change has only begun, in the background, and show the outcome."""
        self.run_worker(self._finish(begun), group="moves")

    async def _finish(self, begun: Outcome) -> None:
        if (screen := self.under_dialogs) is None:
            return
        sentence = await self.moves.finish(begun, screen.key_line)
        if (screen := self.under_dialogs) is not None:
            screen.say(sentence)

    async def _look_after_moves(self) -> None:
        try:
            for left in await self.moves.left_by_others():
                self.run_worker(self.moves.finish(left), group="moves")
        except ThrumsgError as error:
            self.tell(str(error))

    async def _deliver(self) -> None:
        if self._delivery:
            await self._in_background(self._delivery.turn)

    def stop_delivering(self) -> None:
        """Let another app deliver the practice database."""
        if delivery := self._delivery:
            self._delivery = None
            self.store.execute_on_exit(delivery.end)

    async def _in_background(self, change: Callable[[Database], None]) -> None:
        try:
            await self.store.execute(change)
        except ThrumsgError as error:
            self.tell(str(error))

    @property
    def settled(self) -> bool:
        """Whether no work is pending, so that a test may look at the screen."""
        asked = not isinstance(self.screen, CommandScreen) or self.screen.settled
        painted = not isinstance(self.screen, StyledScreen) or not self.screen.to_be_painted
        return asked and painted and self.store.busy == 0 and not self.keys.busy

    # Ending

    def end(self) -> None:
        """Store what is being written and exit; also called on a signal or when the terminal is gone."""
        if is_exiting(self):
            return
        for screen in self.screen_stack:
            if isinstance(screen, CommandScreen):
                screen.keep_what_is_written()
        self.unstored.end()
        self.exit(message=None if self._terminal_is_gone else self.moves.farewell)

    def print_unstored(self) -> None:
        """Give the person the drafts that could not be stored, once the terminal is that of the shell again."""
        if not self._terminal_is_gone:
            with suppress(OSError):
                sys.stderr.write(self.unstored.farewell)

    def terminal_gone(self) -> None:
        """End the app because its terminal is gone; callable from any thread."""
        self._terminal_is_gone = True
        self.ending.ask(signal.SIGHUP)

    def _stop_writing(self) -> None:
        if isinstance(driver := driver_of(self), TerminalDriver):
            driver.stop_writing()

    def get_driver_class(self) -> type[Driver]:
        """Return `TerminalDriver`, which notices a lost terminal, for `LinuxDriver`."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    def action_suspend_process(self) -> None:
        """Suspend to the shell, or say that there is none."""
        from thrumsg_tui.tui.job_control import can_be_continued

        if not self._may_suspend or not can_be_continued():
            if screen := self.under_dialogs:
                screen.say(f"There is no shell to return to here; {key_of('app.quit')} ends thrumsg.", warning=True)
        elif isinstance(driver := driver_of(self), TerminalDriver):
            self.app_suspend_signal.publish(self)
            driver.suspend_to_shell()

    def action_help_quit(self) -> None:
        """Say how to quit, in the bottom line."""
        self.tell(f"{key_of('app.back')} goes back, {key_of('app.quit')} leaves at once; a draft is kept.")

    def action_command_palette(self) -> None:
        """Show the palette of the screen; a dialog has none."""
        if isinstance(self.screen, CommandScreen):
            self.screen.find_command()

    async def action_quit(self) -> None:
        """Quit."""
        self.end()

    def _handle_exception(self, error: Exception) -> None:
        """Show a worker's uncaught `ThrumsgError` as a sentence, and refresh: what was shown may be gone."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, ThrumsgError):
            self.tell(str(error.error))
            self.ask_again()
            return
        super()._handle_exception(error)

    def _failed_apart(self, loop: AbstractEventLoop, failed: dict[str, Any]) -> None:
        """Take an error to which no message led, as in a frame drawn late, as one where messages are handled."""
        error = failed.get("exception")
        has_ended = isinstance(error, ScreenStackError) or not self.is_running
        if isinstance(error, Exception) and not has_ended:
            self._handle_exception(error)
        else:
            loop.default_exception_handler(failed)

    def _fatal_error(self) -> None:
        """Print one line and log the rest: Textual's own report shows locals, which hold people's numbers."""
        from thrumsg_tui.crash_log import keep

        error = exception_of(self) or RuntimeError("stopped without an error")
        close_with(self, Text(keep(getattr(error, "error", error))))
