"""What a service tells systemd of itself: that it is ready, that it works, what it does, that it ends (sd_notify)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

_TELL_EVERY = 5.0
"""Seconds between two words about a service, unless the watchdog wants to hear more often."""


class ServiceManager:
    """The service manager that started this process; without one, nothing is told to anybody.

    Nothing that goes wrong in telling it harms the service: whoever does not hear from it starts it again.

    Args:
        environment: Where systemd says how it is reached (`NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`).
        now: A clock in seconds that never goes back.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        environment = os.environ if environment is None else environment
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._every = min(_TELL_EVERY, _watchdog_seconds(environment) / 2)
        self._now = now
        self._tell_at = now()

    @property
    def is_due(self) -> bool:
        """Whether it should be told again that the service works."""
        return self._address is not None and self._now() >= self._tell_at

    def ready(self, status: str) -> None:
        """Tell that the service has started; `status` is a line for people, as in `systemctl status`."""
        self._tell("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> None:
        """Tell that the service works, if that is due; systemd ends a service that is silent for too long."""
        if self.is_due:
            self._tell_at = self._now() + self._every
            self._tell("WATCHDOG=1", f"STATUS={status}")

    def ending(self) -> None:
        """Tell that the service has begun to end."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if self._address is None:
            return
        message = "\n".join(" ".join(line.split("\n")) for line in lines).encode()
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.setblocking(False)
            sock.sendto(message, self._address)


def _address(named: str) -> bytes | None:
    """Return the address of a socket: a path, or a name without a file, which is written with @ in front."""
    if named.startswith("@"):
        return b"\0" + os.fsencode(named[1:])
    return os.fsencode(named) if named.startswith("/") else None


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Return how long systemd waits for the next word; for ever if it watches nothing, or another process."""
    microseconds, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or process not in {"", str(os.getpid())}:
        return float("inf")
    return int(microseconds) / 1_000_000
