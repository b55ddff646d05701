"""The terminal that the app runs in: it may go away, and it may take nothing any more."""

from __future__ import annotations

import os
import re
import select
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from time import monotonic
from typing import Any, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from thrumsg_tui.tui.textual_compat import ParseError, XTermParser, end_queue, take_from_queue

_LOOK_EVERY = 0.1
"""Seconds between two looks whether the driver is to stop: what Textual's own has."""

_ANSWERS_WITHIN = 5.0
"""Seconds in which a terminal answers, over the slowest line."""

_CTRL_D = "\x04"
_WHO_ARE_YOU = "\x1b[c"
_ANSWER = re.compile(r"\x1b\[\?[0-9;]*c")
_ANSWER_BEGUN = re.compile(r"\x1b\[\?[0-9;]*\Z")
"""Primary device attributes: every terminal since the VT100 gives them when it is asked."""

_ENOUGH = 8192
"""Characters that are written at once."""


class OnTerminal(Protocol):
    """What the driver tells when there is no terminal any more, from whichever thread has noticed."""

    def terminal_gone(self) -> None:
        """End."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, which ends the app once the terminal cannot be read or written.

    Hang-up signals are sent to the session's leader alone, and one that waits for the app, as make does, passes none
    on. Textual's own reader takes an end of file for a pause, and asks again at once, for ever.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # whatever Textual gives
        self._output = _Output(cast(TextIO, self._file), self._gone)
        self._file = cast(Any, self._output)
        self._is_up = False
        self._is_suspended = False

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._is_up, self._is_suspended = True, False
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def run_input_thread(self) -> None:
        """Read keys until the driver is stopped, or there is nothing to be read from any more."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        silence = _Silence(self.write)
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], _LOOK_EVERY)[0]:
                try:
                    data = os.read(self.fileno, 4096)
                except BlockingIOError:  # somebody else has read it
                    continue
                except OSError:
                    data = b""
                if not data:
                    self._gone()
                    return
                keys = silence.broken_by(decode(data))
                for event in parser.feed(keys) if keys else ():  # to feed nothing is to end it
                    self.process_message(event)
            elif silence.too_long:
                self._gone()
                return
            for event in parser.tick():
                self.process_message(event)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def stop_writing(self) -> None:
        """Drop what is still to be written: a terminal that takes nothing keeps nobody waiting from now on."""
        self._output.over = True
        if self._writer_thread is not None:
            with suppress(Empty):
                while True:
                    take_from_queue(self._writer_thread)

    def close(self) -> None:
        """Write what is left, unless the terminal takes nothing any more."""
        self._is_up = False
        if (writer := self._writer_thread) is None:
            return
        end_queue(writer)
        while writer.is_alive() and not self._output.over:
            writer.join(_LOOK_EVERY)

    # Suspending

    def suspend_to_shell(self) -> None:
        """Give the terminal back, then stop with all that the shell has started together with this, as make."""
        self.suspend_application_mode()
        self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)

    def suspend_application_mode(self) -> None:
        """Give the terminal back."""
        self._is_suspended = True
        super().suspend_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again; where it was not given back, as after SIGSTOP, begin with that."""
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        if self._is_up:
            self.suspend_application_mode()
        if self._is_suspended:
            super()._sigcont_application()

    def _gone(self) -> None:
        self.stop_writing()
        cast(OnTerminal, self._app).terminal_gone()


class _Silence:
    """Tells a terminal that is gone from a key.

    `script` says that it has come to the end of its own terminal by ctrl+d, and keeps ours open. So after each ctrl+d
    the terminal is asked who it is, if it has ever answered that; one that says nothing at all any more is gone.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._answers = False
        self._asked_at: float | None = None
        self._kept = ""
        write(_WHO_ARE_YOU)

    @property
    def too_long(self) -> bool:
        """Whether an answer would have come by now."""
        return self._asked_at is not None and monotonic() - self._asked_at > _ANSWERS_WITHIN

    def broken_by(self, text: str) -> str:
        """Take what has come, and give back what of it are keys."""
        text, answers = _ANSWER.subn("", self._kept + text)
        self._answers |= answers > 0
        self._asked_at = None
        begun = _ANSWER_BEGUN.search(text)
        self._kept = begun[0] if begun else ""
        text = text.removesuffix(self._kept)
        if text.endswith(_CTRL_D) and self._answers:
            self._asked_at = monotonic()
            self._write(_WHO_ARE_YOU)
        return text


class _Output:
    """The terminal as a file to write to. Once it cannot be written it takes everything, and nothing comes of it.

    It writes past Python's own buffers: their locks would be held by a thread that is stuck, and the process could not
    end.
    """

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self.over = False
        self._file = file
        self._gone = gone
        self._pending: list[str] = []

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self._pending.append(text)
        if sum(map(len, self._pending)) > _ENOUGH:
            self.flush()

    def flush(self) -> None:
        text, self._pending = "".join(self._pending), []
        data = text.encode(self._file.encoding, self._file.errors or "replace")
        while data and not self.over:
            try:
                data = data[os.write(self.fileno(), data) :]
            except BlockingIOError:
                select.select([], [self.fileno()], [], _LOOK_EVERY)
            except OSError:
                self.over = True
                self._gone()
