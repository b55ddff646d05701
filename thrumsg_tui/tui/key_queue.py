"""A queue that completes one key, with its focus changes and dialogs, before it takes the next.

Over a slow line keys arrive in bursts, and fast typists type ahead. Without the queue, letters typed after Enter would
still reach the list as commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ScreenStackError
from textual.events import Callback, Event, Key

from thrumsg_tui.tui.textual_compat import is_at_rest

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

    from thrumsg_tui.tui.app_context import Keyboard

ALT = "alt+"
"""How the names of keys begin that were pressed with Alt."""

_PAUSE = 0.002

_TURNS = 4
"""How many turns of the event loop the messages of a simple key take: of more each pump is asked."""

_MOST_STEPS = 256
"""How many steps are taken together at most, so that a key that is held for long shows where it is."""


class KeyQueue:
    """Hands keys and pastes to the app one by one, by its function `handle`.

    After `patience` seconds it takes the next key even if the last one is not done, so that a busy disk cannot block
    the keyboard. Keys wait longer while another process writes, which the screen says, since the box is read-only while
    it sends and would swallow them. They also wait for a screen that is not up yet, which would swallow them too.

    Alt and a character that no command has here are Esc and the character: a slow line joins these two.
    """

    def __init__(self, app: Keyboard, handle: Callable[[Event], Awaitable[None]], patience: float) -> None:
        self._app = app
        self._handle = handle
        self._patience = patience
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self.taken = 0
        """Number of events handed on."""
        self.pressed_at = 0.0
        """When the last event handed on was pressed, by the monotonic clock."""
        self.last: Event | None = None
        """The last event handed on."""
        self.when_done: Callable[[], Awaitable[None]] | None = None
        """Called when the last event handed on, and all that it caused, is dealt with."""

    @property
    def busy(self) -> bool:
        """Whether keys wait or are being handled."""
        return self._task is not None

    def put(self, event: Event) -> None:
        """Add a key or paste to the queue."""
        self._waiting.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="keys")

    async def until_idle(self) -> None:
        """Wait until all keys are handled."""
        if self._task:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._until(self._ready)
                for event in self._next_events():
                    self.taken += 1
                    self.last = event
                    self.pressed_at = event.time
                    await self._handle(event)
                await self._dealt_with()
                if self.when_done:
                    await self.when_done()
        except ScreenStackError:  # the app has ended, and nobody takes keys any more
            self._waiting.clear()
        finally:
            self._task = None

    def _next_events(self) -> list[Event]:
        """Remove the next event from the queue, or all steps at its head: only where they lead is shown."""
        steps = self._app.step_keys if len(self._waiting) > 1 else ()
        taken: list[Event] = []
        while self._waiting and len(taken) < _MOST_STEPS:
            event = self._waiting[0]
            if not isinstance(event, Key) or event.key not in steps:
                break
            taken.append(self._waiting.popleft())
        return taken or [self._next_event()]

    def _next_event(self) -> Event:
        event = self._waiting.popleft()
        if isinstance(event, Key) and (pair := without_alt(event)) and not self._app.has_command(event.key):
            event, behind = pair
            self._waiting.appendleft(behind)
        return event

    async def _dealt_with(self) -> None:
        """Wait until all messages caused by the key are handled, and screen and focus no longer change."""
        before: object = None
        deadline = monotonic() + self._patience
        while monotonic() < deadline:
            await self._round()
            await self._until(self._ready)
            now = self._app.screen, self._app.focused
            if now == before:
                return
            before = now

    async def _round(self) -> None:
        """Let the focused widget and its ancestors handle their messages, unless there are none on the whole screen."""
        start = self._app.focused or self._app.screen
        for _ in range(_TURNS):
            if self._rests(start):
                return
            await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                for node in start.ancestors_with_self:
                    passed = asyncio.Event()
                    if node.post_message(Callback(passed.set)):
                        await passed.wait()

    def _rests(self, start: Widget | Screen[object]) -> bool:
        """Whether the widget with the focus, its ancestors and all others on the screen have handled all messages."""
        around = all(map(is_at_rest, start.ancestors_with_self))
        return around and all(map(is_at_rest, self._app.screen.walk_children()))

    def _ready(self) -> bool:
        """Whether the next key may be taken."""
        return self._app.ready_for_keys or (bool(self._waiting) and self._app.takes_early(self._waiting[0]))

    async def _until(self, ready: Callable[[], bool]) -> None:
        deadline = monotonic() + self._patience
        while not ready() and (monotonic() < deadline or self._app.keeps_keys):
            await asyncio.sleep(_PAUSE)


def without_alt(event: Key) -> tuple[Key, Key] | None:
    """Return Esc and the character of a key that is Alt and a character; None if it is another key."""
    name = event.key.removeprefix(ALT)
    if name == event.key or not (event.is_printable or len(name) == 1):
        return None
    pair = Key("escape", "\x1b"), Key(name, event.character or name)
    for key in pair:
        key.time = event.time
    return pair
