"""One key at a time: each is dealt with, focus and dialogs included, before the next one is looked at.

Over a slow line keys arrive in bursts, and whoever types fast types ahead. Without this the letters behind an Enter
would still go to the list, as commands.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

from textual.events import Event, Key

from thrumsg_tui.tui.app_context import Keyboard

_PAUSE = 0.002


class KeyQueue:
    """Hands keys and pastes to the app in turn; `handle` is what the app does with one.

    After `patience`, in seconds, the next key is looked at whatever became of the last: a busy disk must not lock the
    keys. While the last one waits for another writer, which the screen says, they are kept: the box that holds what is
    being sent would swallow them. So are those for a screen that is not up yet, which would swallow them too.
    """

    def __init__(self, app: Keyboard, handle: Callable[[Event], Awaitable[None]], patience: float) -> None:
        self._app = app
        self._handle = handle
        self._patience = patience
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self.taken = 0
        """How many have been handed on."""
        self.pressed_at = 0.0
        """When the last one that was handed on was pressed, by the monotonic clock."""

    @property
    def busy(self) -> bool:
        """Whether keys are waiting or being dealt with."""
        return self._task is not None

    def put(self, event: Event) -> None:
        """Take a key, to be dealt with when those before it have been."""
        self._waiting.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="keys")

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._until(lambda: self._app.ready_for_keys)
                self.taken += 1
                event = self._waiting.popleft()
                self.pressed_at = event.time
                await self._handle(event)
                await self._dealt_with()
        finally:
            self._task = None

    async def _dealt_with(self) -> None:
        """Wait until every message that the key led to has been handled, and nothing more comes of it."""
        before: object = None
        deadline = monotonic() + self._patience
        while monotonic() < deadline:
            await self._round()
            await self._until(lambda: self._app.ready_for_keys)
            now = self._app.screen, self._app.focused
            if now == before:
                return
            before = now

    async def _round(self) -> None:
        """Let the focused widget and all above it handle what is in their queues."""
        start = self._app.focused or self._app.screen
        for node in start.ancestors_with_self:
            passed = asyncio.Event()
            if node.call_later(passed.set):
                try:
                    await asyncio.wait_for(passed.wait(), self._patience)
                except TimeoutError:
                    return

    async def _until(self, ready: Callable[[], bool]) -> None:
        deadline = monotonic() + self._patience
        while not ready() and (monotonic() < deadline or self._app.keeps_keys):
            await asyncio.sleep(_PAUSE)


def as_typed(event: Event) -> list[Event]:
    """Undo what a slow line does to Esc and the key behind it: together they look like Alt and that key."""
    if not isinstance(event, Key) or not (event.key.startswith("alt+") and len(event.key) == len("alt+x")):
        return [event]
    typed = [Key("escape", None), Key(event.key[-1], event.character or event.key[-1])]
    for each in typed:
        each.time = event.time
    return list[Event](typed)
