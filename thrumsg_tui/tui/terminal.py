"""The terminal driver, which notices a terminal that is gone or takes no output."""

from __future__ import annotations

import os
import re
import select
import signal
from asyncio import get_running_loop
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain
from queue import Empty
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from thrumsg_tui.tui.key_parser import KeyParser
from thrumsg_tui.tui.textual_compat import ParseError, end_queue, take_esc_after, take_from_queue

if TYPE_CHECKING:
    from textual.message import Message

_LOOK_EVERY = 0.1
"""Seconds between two checks whether the driver must stop, as in Textual's own driver."""

_ESC_ALONE_AFTER = 0.05
"""Seconds after which an escape character that nothing follows is the key Esc.

A terminal sends the sequence of a key at once, but a line that loses packets may part it, and the letters of an arrow
are commands here. So it is as long as editors wait, and longer than a byte takes on any line.
"""

_ANSWERS_WITHIN = 5.0
"""Seconds in which a terminal answers, even over the slowest line."""

_CTRL_D = "\x04"
_WHO_ARE_YOU = "\x1b[c"
_ANSWER = r"\x1b\[\?[0-9;]*c"
_ANSWER_BEGUN = r"\x1b\[\?[0-9;]*\Z"
"""Primary device attributes: every terminal since the VT100 reports them on request."""

_ENOUGH = 8192
"""Number of buffered characters above which they are written."""


_WHICH_BACKGROUND = "\x1b]11;?\x1b\\"
_BACKGROUND = r"(?i)\x1b\]11;rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})[^\x07\x1b]*(?:\x07|\x1b\\)"
_BACKGROUND_BEGUN = r"\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]*\x1b?)?)?)?)?\Z"
"""The colour behind texts: terminals with windows report it on request, others say nothing."""

_SET_YELLOW, _RESET_PALETTE = "\x1b]P3f1c230\x1b\\", "\x1b]R\x1b\\"
"""The yellow of the console of Linux is a brown, on which dark text is hard to read."""


class OnTerminal(Protocol):
    """The app as the driver sees it."""

    @property
    def is_colored(self) -> bool:
        """Whether the terminal shall show colours."""

    @property
    def asks_for_background(self) -> bool:
        """Whether the theme depends on the background of the terminal."""

    def background_told(self, red: float, green: float, blue: float) -> None:
        """Take the background of the terminal, in parts from 0 to 1."""

    def terminal_gone(self) -> None:
        """End the app because its terminal is gone; called from any thread."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, extended to end the app once the terminal cannot be read or written.

    SIGHUP is sent to the session's leader alone, and a leader that waits for the app, as make does, does not pass it
    on. Textual's own reader takes an end of file for a pause, and reads again at once, for ever.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on unchanged
        self._output = _Output(cast(TextIO, self._file), self._gone)
        self._file = cast(Any, self._output)
        self._events = get_running_loop()
        self._is_up = False
        self._is_suspended = False
        self._user = cast(OnTerminal, self._app)
        self._sets_yellow = os.environ.get("TERM") == "linux" and self._user.is_colored

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self._is_up, self._is_suspended = True, False
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._tell_sizes_in_turn()
        if self._sets_yellow:
            self.write(_SET_YELLOW)

    def _tell_sizes_in_turn(self) -> None:
        """Let the event loop call Textual's handler of a new size, whose signal could interrupt it on a busy machine.

        The app would be told the newer size before the older one, and keep the older one.
        """
        tell = cast(Callable[..., object], signal.getsignal(signal.SIGWINCH))
        signal.signal(signal.SIGWINCH, lambda *received: self._soon(lambda: tell(*received)))

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if self._sets_yellow:
            self.write(_RESET_PALETTE)
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read keys until the driver is stopped or the terminal is gone."""
        take_esc_after(_ESC_ALONE_AFTER)
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        background = Background(self.write, self._background_told, asks=self._user.asks_for_background)
        silence = _Silence(self.write)
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], parser.longest_wait(_LOOK_EVERY))[0]:
                try:
                    data = os.read(self.fileno, 4096)
                except BlockingIOError:  # another process has read it
                    continue
                except OSError:
                    data = b""
                if not data:
                    self._gone()
                    return
                keys = silence.broken_by(background.taken_from(decode(data)))
            elif silence.too_long:
                self._gone()
                return
            else:
                keys = background.given_up()
            for event in chain(parser.feed(keys) if keys else (), parser.tick()):  # an empty text would end the parser
                self.process_message(event)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def send_message(self, message: Message) -> None:
        """Let the event loop give a key, or what else was read, to the app; Textual runs a task for each."""
        self._soon(partial(self._app.post_message, message))

    def stop_writing(self) -> None:
        """Drop pending output, so that a terminal that takes none blocks nobody."""
        self._output.over = True
        if self._writer_thread is not None:
            with suppress(Empty):
                while True:
                    take_from_queue(self._writer_thread)

    def close(self) -> None:
        """Write pending output, unless the terminal is gone or takes none."""
        if (writer := self._writer_thread) is not None:
            end_queue(writer)
            while writer.is_alive() and not self._output.over:
                writer.join(_LOOK_EVERY)
        self._is_up = False

    # Suspending

    def suspend_to_shell(self) -> None:
        """Restore the terminal, then stop the whole process group, which may include make."""
        self.suspend_application_mode()
        self._must_signal_resume = True
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)

    def suspend_application_mode(self) -> None:
        """Restore the terminal."""
        super().suspend_application_mode()
        self._is_suspended = True

    def _sigtstp_application(self, *_: object) -> None:
        self._soon(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        if self._is_up:
            self._soon(self._continue)
        else:  # nothing else writes, and nothing may be painted before
            self._continue()

    def _soon(self, handle: Callable[[], object]) -> None:
        """Handle a signal in the event loop: its handler may have interrupted a write, whose lock it would wait for."""
        with suppress(RuntimeError):  # the loop is closed: the app has ended
            self._events.call_soon_threadsafe(handle)

    def _continue(self) -> None:
        """Take over the terminal again; after SIGSTOP, which did not restore it, restore it first."""
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        if self._is_up:
            self.suspend_application_mode()
        if self._is_suspended:
            super()._sigcont_application()

    def _gone(self) -> None:
        self.stop_writing()
        self._user.terminal_gone()

    def _background_told(self, red: float, green: float, blue: float) -> None:
        self._soon(partial(self._user.background_told, red, green, blue))


class Background:
    """Asks the terminal for its background, and takes the answer out of the input, at whatever time it comes.

    A terminal that answers does so before it answers the request for its device attributes, which follows. Until then a
    begun answer is kept until its rest is there, or until nothing has followed: then it was keys.
    """

    def __init__(
        self, write: Callable[[str], None], told: Callable[[float, float, float], None], *, asks: bool
    ) -> None:
        self._told = told
        self._is_awaited = asks
        self._kept = ""
        if asks:
            write(_WHICH_BACKGROUND)

    def taken_from(self, text: str) -> str:
        """Take input, and return it without the answer."""
        text, self._kept = self._kept + text, ""
        answer = re.search(_BACKGROUND, text) if "\x1b]11;" in text else None
        if answer:
            self._told(*(int(part, 16) / (16 ** len(part) - 1) for part in answer.groups()))
            text = text[: answer.start()] + text[answer.end() :]
        if answer or re.search(_ANSWER, text):
            self._is_awaited = False
        elif self._is_awaited and (begun := re.search(_BACKGROUND_BEGUN, text)):
            self._kept = begun[0]
            text = text[: begun.start()]
        return text

    def given_up(self) -> str:
        """Return what was kept, because nothing has followed."""
        kept, self._kept = self._kept, ""
        return kept


class _Silence:
    """Distinguishes a terminal that is gone from the key ctrl+d.

    `script` sends ctrl+d when its own terminal ends, and keeps ours open. So each ctrl+d is followed by a request for
    the device attributes, if the terminal has ever answered one; a terminal that then sends nothing at all is gone.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._answers = False
        self._asked_at: float | None = None
        self._kept = ""
        write(_WHO_ARE_YOU)

    @property
    def too_long(self) -> bool:
        """Whether an answer is overdue."""
        return self._asked_at is not None and monotonic() - self._asked_at > _ANSWERS_WITHIN

    def broken_by(self, text: str) -> str:
        """Take input, and return its keys without the terminal's answers."""
        text, answers = re.subn(_ANSWER, "", self._kept + text)
        self._answers |= answers > 0
        self._asked_at = None
        begun = re.search(_ANSWER_BEGUN, text)
        self._kept = begun[0] if begun else ""
        text = text.removesuffix(self._kept)
        if text.endswith(_CTRL_D) and self._answers:
            self._asked_at = monotonic()
            self._write(_WHO_ARE_YOU)
        return text


class _Output:
    """The terminal as a file to write to. Once that fails, all output is discarded.

    It bypasses Python's own buffers: a blocked thread would hold their locks, and the process could not end.
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
        data = text.encode(self._file.encoding, "replace")  # of the same width; Python would write out what it lacks
        while data and not self.over:
            try:
                data = data[os.write(self.fileno(), data) :]
            except BlockingIOError:
                select.select([], [self.fileno()], [], _LOOK_EVERY)
            except OSError:
                self.over = True
                self._gone()
