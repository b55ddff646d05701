"""A session of the app in a terminal of its own, watched by somebody who looks at it whenever they press a key."""

from __future__ import annotations

import os
import sys
from collections.abc import Container
from pathlib import Path
from time import monotonic

from tests.e2e.terminal import UNFINISHED, Terminal, bytes_of
from tests.endurance.office import Place

BUSY = "Waiting for the database"
BUSY_FOR = 15.0
"""Seconds for which the app may say that it waits, where its database is always there."""

WRONG = ("Traceback", "went wrong", "is damaged", "locked for", "cannot be opened, read or written", "is full")
"""What nobody should see while the machine is well."""


class Unseen(Terminal):
    """A terminal whose output is read at once, so that the app never waits, and looked at when somebody does.

    What the app asks it is answered at once, too: a terminal that is silent for five seconds is gone.
    """

    _unseen = b""
    _asked = ""
    """The end of what was read, in which a question may begin."""
    _is_answered = False

    def keep(self) -> bool:
        """Read what is there, answer what it asks, and tell whether there was anything."""
        data = self._read(0)
        self._unseen += data
        self.written.clear()
        asked = self._asked + data.decode("ascii", "replace")
        begun = UNFINISHED.search(asked)
        self._asked = begun[0] if begun else ""
        self._answer(asked.removesuffix(self._asked))
        return bool(data)

    def look(self) -> str:
        """Show what was read, and return the screen."""
        data, self._unseen = self._unseen, b""
        self._is_answered = True
        self._show(self._decoder.decode(data))
        self._is_answered = False
        return self.screen

    def _answer(self, text: str) -> None:
        if not self._is_answered:
            super()._answer(text)


class Session:
    """The app as one user has it open.

    Args:
        place: Where they work.
        login: Who they are.
        leaves: With what the app may end; then they open it again.
        busy_for: Seconds for which it may say that it waits.
    """

    def __init__(self, place: Place, login: str, *, leaves: Container[int] = (0,), busy_for: float = BUSY_FOR) -> None:
        self._leaves, self._busy_for = leaves, busy_for
        home = place.folder / f"home-{login}"
        home.mkdir(exist_ok=True)
        self._environment = {"HOME": str(home), "LANG": "C.UTF-8", "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
        self._environment |= {"TZ": "UTC", "ESCDELAY": "25"}
        app = [sys.executable, "-m", "thrumsg_tui", "--forced-login", login, "--db", str(place.database)]
        self._words = [*place.before, *app]
        self.login = login
        self.terminal = Unseen(self._words, environment=self._environment)
        self.faults: list[str] = []
        self.sizes: list[tuple[float, int]] = []
        """The memory in use since it was opened: (seconds of the monotonic clock, bytes)."""
        self.rehearsed: float | None = None
        """When its user had rehearsed since it was opened; None before that."""
        self._busy_since: float | None = None

    def begin(self) -> None:
        """Wait for the first screen."""
        self.terminal.wait_until(lambda: self.login in self.terminal.screen, f"the first screen of {self.login}")
        self.terminal.settle()

    def look(self) -> str:
        """Look at the screen, and note what is wrong on it."""
        screen = self.terminal.look()
        for words in WRONG:
            if words in screen:
                self._fault(f"sees {words!r}", screen)
        if BUSY not in screen:
            self._busy_since = None
        elif self._busy_since is None:
            self._busy_since = monotonic()
        elif monotonic() > self._busy_since + self._busy_for:
            self._fault(f"waits for more than {self._busy_for} seconds", screen)
        if self._has_failed:
            self._fault(f"has ended with {self.terminal.status}", screen)
        return screen

    def come_back(self) -> bool:
        """Open the app again if its user has left it, and tell whether that was so."""
        if self.terminal.status is None or self._has_failed:
            return False
        self.terminal.close()
        self.sizes.clear()
        self.rehearsed = None
        self.terminal = Unseen(self._words, environment=self._environment)
        return True

    @property
    def window(self) -> tuple[int, int]:
        """The size of its window."""
        return self.terminal.columns, self.terminal.rows

    def press(self, data: bytes) -> None:
        """Press a key, if the app still runs."""
        if self.terminal.status is None:
            self.terminal.send(data)

    def measure(self) -> None:
        """Note how much memory it uses."""
        statm = Path(f"/proc/{self.terminal.pid}/statm")
        if statm.exists() and self.terminal.status is None:
            pages = int(statm.read_text().split()[1])
            self.sizes.append((monotonic(), pages * os.sysconf("SC_PAGE_SIZE")))

    def quit(self) -> None:
        """Leave by the key for it, and note if that goes wrong."""
        if self.terminal.status is not None:
            return
        self.terminal.look()
        self.press(bytes_of("ctrl+q"))
        status = self.terminal.wait_exit()
        if status:
            self._fault(f"leaves with {status}", self.terminal.screen)

    def close(self) -> None:
        """End whatever is left of it."""
        self.terminal.__exit__(None, None, None)

    @property
    def _has_failed(self) -> bool:
        return self.terminal.status is not None and self.terminal.status not in self._leaves

    def _fault(self, what: str, screen: str) -> None:
        if not any(fault.startswith(f"{self.login} {what}") for fault in self.faults):
            self.faults.append(f"{self.login} {what}\n{screen}")
