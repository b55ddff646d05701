"""Kannel on this machine: bearerbox, smsbox and a fake SMS centre, with `docs/examples/kannel.conf` on free ports."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from tests.free_ports import free_ports

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
FAKE_CENTRE = Path("/usr/lib/kannel/test/fakesmsc")
PASSWORD = "only-for-tests"
WAIT = 20.0
A_TURN = 0.05
_TEXTED = "sent message"


def is_installed() -> bool:
    """Whether Debian's packages kannel and kannel-extras are."""
    return bool(_box("bearerbox") and _box("smsbox")) and FAKE_CENTRE.exists()


def _box(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


class Kannel:
    """A running Kannel whose SMS centre takes what is sent, and into which a test may write what contacts text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = ExitStack()
        self._boxes: dict[str, subprocess.Popen[bytes]] = {}
        documented = (EXAMPLES / "kannel.conf").read_text(encoding="utf-8")
        names = ("10000", "13000", "13001", "13013", "8438")
        self._ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
        conf = re.sub("|".join(self._ports), lambda found: self._ports[found[0]], documented)
        (folder / "kannel.conf").write_text(conf.replace("change-me", PASSWORD), encoding="utf-8")
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD, encoding="utf-8")
        try:
            self._start("bearerbox", [str(_box("bearerbox")), "-v", "1", "kannel.conf"], "13001")
            self._start("smsbox", [str(_box("smsbox")), "-v", "1", "kannel.conf"], "13013")
            self._centre = self._start("fakesmsc", [str(FAKE_CENTRE), "-i", "0.02", "-r", self._ports["10000"]], None)
            self._await_line("bearerbox", "Fakesmsc client connected")
        except BaseException:
            self.stop()
            raise

    @property
    def argv(self) -> list[str]:
        """The documented program for this Kannel."""
        url = f"http://127.0.0.1:{self._ports['13013']}/cgi-bin/sendsms"
        return [sys.executable, str(EXAMPLES / "kannel_carrier.py"), url, self._ports["8438"], str(self.password_file)]

    def text(self, sender: str, to: str, body: str) -> None:
        """Let a contact text one of our numbers."""
        assert self._centre.stdin
        before = self._log("fakesmsc").count(_TEXTED)
        self._centre.stdin.write(f"{sender} {to} text {body}\n".encode())
        self._centre.stdin.flush()
        self._await(lambda: self._log("fakesmsc").count(_TEXTED) > before, "fakesmsc")  # it loses one of two at once

    def taken(self) -> list[str]:
        """What the SMS centre got: lines of `from to coding text`."""
        return re.findall(r"Got message \d+: <(.*)>", self._log("fakesmsc"))

    def stop_smsbox(self) -> None:
        """End the half that speaks HTTP."""
        self._boxes["smsbox"].kill()
        self._boxes["smsbox"].wait()

    def stop(self) -> None:
        """End it all."""
        self._running.close()

    def _start(self, name: str, argv: Sequence[str], port: str | None) -> subprocess.Popen[bytes]:
        log = self._running.enter_context((self.folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(argv, cwd=self.folder, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self._boxes[name] = process
        self._running.callback(_end, process)
        if port:
            self._await(lambda: _answers(int(self._ports[port])), name)
        return process

    def _await_line(self, name: str, words: str) -> None:
        self._await(lambda: words in self._log(name), name)

    def _log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _await(self, done: Callable[[], bool], name: str) -> None:
        ends_at = time.monotonic() + WAIT
        while not done():
            assert self._boxes[name].poll() is None, self._log(name)
            assert time.monotonic() < ends_at, self._log(name)
            time.sleep(A_TURN)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.kill()  # bearerbox would wait for its boxes
    process.wait()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
