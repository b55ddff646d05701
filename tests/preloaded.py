"""Programs that start at once: an interpreter loads the libraries of others, and a fork of it becomes the program.

Starting the app takes half a second of processor time, of which what others wrote is the larger part. What is ours is
loaded by each program itself, as ever, and in the order in which it asks for it. The start itself is tested by those
that start a program of their own (`program=` in `tests/e2e`). Of a program of the tests (`tests/forked.py`), which is
no start of ours, everything is loaded beforehand.

The interpreter is `python -m tests.preloaded DESCRIPTOR`; it ends with whoever has the other end of that socket.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import Any

ROOT = Path(__file__).parent.parent
LARGEST = 1 << 16
"""Bytes of a request; it comes in one piece with its descriptors."""

MOST = 8
"""How many descriptors may come with a request."""

FREE = 1 << 10
"""A number above those of all descriptors of a program."""

AT_IMPORT = ("ESCDELAY", "LANG", "LC_", "PYTHON", "TERM_PROGRAM", "TEXTUAL_")
"""How variables begin which an interpreter or a library reads once and for all."""


class Program:
    """A program that was started so, as far as it is like a `subprocess.Popen`."""

    def __init__(self, interpreter: Interpreter, pid: int) -> None:
        self._interpreter, self.pid = interpreter, pid
        self.returncode: int | None = None
        """Its exit status, negative for a signal; None as far as it is known to run."""

    def poll(self) -> int | None:
        """Ask for its exit status."""
        self._interpreter.listen(0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        limit = monotonic() + timeout
        while (status := self.poll()) is None:
            if monotonic() > limit:
                raise subprocess.TimeoutExpired("thrumsg", timeout)
            self._interpreter.listen(limit - monotonic())
        return status


class Interpreter:
    """The other end of an interpreter that has everything loaded."""

    def __init__(self, environment: Mapping[str, str], *options: str) -> None:
        self._socket, theirs = socket.socketpair()
        self._begun: list[Program] = []
        self._running: dict[int, Program] = {}
        self._heard = b""
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *options, "-m", "tests.preloaded", str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._socket.close()
        self._process.wait()

    def start(self, words: Sequence[str], environment: Mapping[str, str], terminal: int) -> Program:
        """Start `thrumsg` with some words in a terminal, which becomes its own."""
        request = {"words": words, "environment": dict(environment), "folder": str(Path.cwd())}
        return self._start(request, [terminal])

    def start_module(
        self, module: str, words: Sequence[str], environment: Mapping[str, str], descriptors: Mapping[int, int]
    ) -> Program:
        """Start a module of the tests, all of which is loaded; it gets descriptors under the numbers given."""
        request = {"module": module, "words": words, "environment": dict(environment), "folder": str(ROOT)}
        return self._start(request | {"numbers": list(descriptors)}, list(descriptors.values()))

    def _start(self, request: Mapping[str, object], descriptors: Sequence[int]) -> Program:
        socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)
        while not self._begun:
            self.listen(None)
        return self._begun.pop()

    def listen(self, wait: float | None) -> None:
        """Hear what is said within a time: a number is a program that has begun, two are one that has ended."""
        if not select.select([self._socket], [], [], wait)[0]:
            return
        heard = self._socket.recv(LARGEST)
        assert heard, "the interpreter has ended"
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for pid, *status in (map(int, line.split()) for line in lines):
            if status:  # of a later program that is given the same number nothing is known
                self._running.pop(pid).returncode = os.waitstatus_to_exitcode(*status)
            else:
                self._running[pid] = Program(self, pid)
                self._begun.append(self._running[pid])


def interpreter_for(environment: Mapping[str, str], *options: str) -> Interpreter:
    """Return the interpreter for an environment; programs may differ in what is read when they ask for it."""
    return _interpreter(tuple(sorted(each for each in environment.items() if each[0].startswith(AT_IMPORT))), options)


@cache
def _interpreter(read_at_import: tuple[tuple[str, str], ...], options: tuple[str, ...]) -> Interpreter:
    return Interpreter(dict(read_at_import), *options)


def main(descriptor: int) -> None:
    """Become one program after the other, until nobody is there who wants one."""
    becomes = None
    with socket.socket(fileno=descriptor) as control, suppress(ConnectionError):  # there is nobody to be told
        becomes = _fork_each(control, descriptor)
    if becomes:
        _become(*becomes)


def _fork_each(control: socket.socket, descriptor: int) -> tuple[dict[str, Any], list[int]] | None:
    """Fork for each request; return in a fork what it is to become, and here None once nobody asks any more."""
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    while True:
        ready, _, _ = select.select([descriptor, woken], [], [])
        if woken in ready:
            os.read(woken, LARGEST)
            _tell_of_ends(control)
        if descriptor not in ready:
            continue
        received, descriptors, _, _ = socket.recv_fds(control, LARGEST, MOST)
        if not received:
            return None
        request = json.loads(received)
        _load(request.get("module"))
        child = os.fork()
        if not child:
            control.detach()
            return request, descriptors
        for each in descriptors:
            os.close(each)
        control.sendall(b"%d\n" % child)


@cache
def _load(module: str | None) -> None:
    """Load what each fork has: all of a module of the tests, or of the app what others wrote."""
    for name in [module] if module else _what_others_wrote():
        import_module(name)


def _what_others_wrote() -> list[str]:
    """Name the modules that the app loads and that are not ours, in the order in which they were complete."""
    told, tells = os.pipe()
    if not os.fork():
        import_module("thrumsg_tui.cli.main")
        import_module("thrumsg_tui.tui.app")
        import_module("thrumsg_tui.tui.screens.messenger.screen")
        import_module("thrumsg_tui.tui.screens.overview")
        names = [name for name in sys.modules if name.partition(".")[0] not in {"__main__", "tests", "thrumsg_tui"}]
        os.write(tells, "\n".join(names).encode())
        os._exit(0)
    os.close(tells)
    with os.fdopen(told) as pipe:
        found = pipe.read().splitlines()
    os.wait()
    return found


def _tell_of_ends(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        control.sendall(b"%d %d\n" % (pid, status))


def _become(request: dict[str, Any], descriptors: Sequence[int]) -> None:
    """Be `python -m thrumsg_tui`, as a shell would have started it in a terminal, or a module of the tests."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if "module" not in request:
        os.setsid()
        fcntl.ioctl(descriptors[0], termios.TIOCSCTTY, 0)
        descriptors = [*descriptors] * 3
    _have(dict(zip(request.get("numbers", range(3)), descriptors, strict=True)))
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    assert isinstance(sys.stdout, TextIOWrapper)
    sys.stdout.reconfigure(line_buffering="module" not in request)
    sys.argv[1:] = request["words"]
    name = request.get("module", "thrumsg_tui")
    sys.modules.pop(name, None)  # it runs anew, as `__main__`
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _have(wanted: Mapping[int, int]) -> None:
    """Have these descriptors under their new numbers, and no others."""
    kept = {number: fcntl.fcntl(each, fcntl.F_DUPFD, FREE) for number, each in wanted.items()}
    os.closerange(3, FREE)
    for number, each in kept.items():
        os.dup2(each, number)
    os.closerange(FREE, os.sysconf("SC_OPEN_MAX") if sys.platform == "darwin" else 1 << 16)


if __name__ == "__main__":
    main(int(sys.argv[1]))
