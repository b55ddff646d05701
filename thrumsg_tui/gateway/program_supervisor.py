"""Keeps a carrier's program running: starts it, and starts it again after it failed (`command_gateway.py`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from threading import Lock

from thrumsg_tui.domain.delivery import NotNow, Scope
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.gateway.carrier_program import CarrierProgram

_LONGEST_PAUSE = 60.0
_LONGEST_LOG = 500

_logger = logging.getLogger("thrumsg.command")
_redacting = PhoneDisplay(redacts=True, ascii_only=True)


def log(words: str) -> None:
    """Log words of the program, on one line, without whole numbers."""
    _logger.info("%s", _redacting.text(safe_text(words.strip()))[:_LONGEST_LOG])


def pause_after(failures: int) -> float:
    """Return how many seconds to wait before a program that failed so many times in a row is started again."""
    return min(_LONGEST_PAUSE, 2.0 ** min(failures - 1, 10)) if failures else 0.0


class ProgramSupervisor:
    """The program of a gateway, which is started when it is needed.

    Args:
        argv: The program and its arguments.
        environment: Its environment.
        on_line: Called with each line that it writes.
        on_end: Called when it has ended.
        restart: Whether to start it again after it failed. One that ends by itself with success is not started again.
        steady: Seconds after which a program that fails counts as having failed for the first time.
        monotonic: A clock for the pauses, in seconds.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        on_line: Callable[[bytes], None],
        on_end: Callable[[CarrierProgram], None],
        restart: bool = True,
        steady: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._argv, self._environment = tuple(argv), dict(environment)
        self._on_line, self._on_end = on_line, on_end
        self._restart, self._steady, self._monotonic = restart, steady, monotonic
        self._lock = Lock()
        self._program: CarrierProgram | None = None
        self._started_at = 0.0
        self._failures = 0
        self._next_start = 0.0
        self._why_not = ""
        self._is_over = False
        """Whether it has ended for good, until a person looks after it."""
        self._is_closed = False

    def running(self) -> CarrierProgram | NotNow:
        """Return the program, started if need be, or why there is none now."""
        with self._lock:
            if self._is_closed or self._is_over or (self._program is None and self._monotonic() < self._next_start):
                return self._not_running()
            if self._program is None:
                try:
                    self._program = self._start()
                except OSError as error:
                    self._failed(f"The carrier's program {self._argv[0]} cannot be started: {error.strerror}.")
                    return self._not_running(broken=True)
            return self._program

    def close(self, patience: float) -> None:
        """Let the program finish; end it by force after some seconds."""
        with self._lock:
            self._is_closed, program = True, self._program
        if program:
            program.finish(patience)

    def _start(self) -> CarrierProgram:
        self._started_at = self._monotonic()
        return CarrierProgram(
            self._argv,
            self._environment,
            on_line=self._on_line,
            on_complaint=lambda line: log(line.decode(errors="replace")),
            on_end=self._ended,
        )

    def _not_running(self, *, broken: bool = False) -> NotNow:
        after = timedelta(seconds=max(1.0, self._next_start - self._monotonic()))
        if self._is_closed:
            return NotNow(after, Scope.GATEWAY, "The gateway is closed.")
        return NotNow(after, Scope.GATEWAY, self._why_not, broken=broken or self._is_over)

    def _failed(self, why: str) -> None:
        self._failures += 1
        self._why_not = why
        self._next_start = self._monotonic() + pause_after(self._failures)
        self._is_over = not self._restart
        _logger.warning("%s", why)

    def _ended(self, program: CarrierProgram, code: int) -> None:
        with self._lock:
            self._program = None
            if not self._is_closed:
                if self._monotonic() - self._started_at >= self._steady:
                    self._failures = 0
                self._failed(f"The carrier's program ended {_how(code)}.")
                self._is_over = self._is_over or code == 0
        self._on_end(program)


def _how(code: int) -> str:
    return f"with exit code {code}" if code >= 0 else f"by signal {-code}"
