"""ctrl+z stops the app where a shell takes the terminal over, and is refused in words where there is none."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
from getpass import getuser

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import Messenger
from tests.e2e.terminal import Terminal, assert_restored

SH = shutil.which("sh") or "/bin/sh"
BASH = shutil.which("bash") or ""
APP = (sys.executable, "-m", "thrumsg_tui")
WAITS = (SH, "-c", '"$@"; exit $?', "sh", *APP)
MAKES = r"""printf 'app:\n\t@$(WORDS)\n' >~/app.mk; make -s -f ~/app.mk app WORDS="$*" """
JOB_CONTROL = '{}; echo "stopped with $?"; read -r go_on; fg; echo "ended with $?"'
SIGNALLED = """
import os, sys
from pathlib import Path
from textual.drivers._writer_thread import WriterThread

def write(self, text):
    told = Path("~/signal").expanduser()
    if told.exists():
        number = int(told.read_text())
        told.unlink()
        with self._queue.mutex:
            os.kill(os.getpid(), number)
    real(self, text)

real, WriterThread.write = WriterThread.write, write
from thrumsg_tui.cli.main import main
sys.exit(main())
"""
"""The app, to which a signal comes while it hands over what is to be written, and holds the lock for that."""

NO_SHELL = "There is no shell to return to here; ctrl+q ends thrumsg."

needs_bash = pytest.mark.skipif(not BASH, reason="needs a shell with job control")


def under_a_shell(what: str) -> tuple[str, ...]:
    """A shell with job control that starts something."""
    return (BASH, "-mc", JOB_CONTROL.format(what), "bash", *APP)


def opened(office: Office, program: tuple[str, ...], *words: str) -> Terminal:
    """Open the app as somebody starts it."""
    terminal = office.open(*words, program=program)
    terminal.wait_for("Overview", "Sender One")
    return terminal


@pytest.mark.parametrize("program", [APP, WAITS], ids=["first of its session", "a shell that only waits"])
def test_it_is_refused_where_there_is_no_shell(spring: Office, program: tuple[str, ...]) -> None:
    terminal = opened(spring, program)
    terminal.send(b"\x1a")
    terminal.wait_for(NO_SHELL)
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as: Sender One")


@needs_bash
def test_it_is_refused_under_a_forced_command(spring: Office) -> None:
    terminal = opened(spring, under_a_shell('"$@"'), "--forced-login", getuser())
    terminal.send(b"\x1a")
    terminal.wait_for(NO_SHELL)


def test_it_is_refused_in_words_in_a_dialog_too(spring: Office) -> None:
    terminal = opened(spring, APP)
    terminal.press("p")
    terminal.wait_for("Phone Lookup")
    terminal.send(b"\x1a")
    terminal.wait_for(NO_SHELL)


def test_it_takes_no_text_away(spring: Office) -> None:
    terminal = opened(spring, APP)
    terminal.press("j", "enter")
    messenger = Messenger(terminal)
    messenger.wait_for_row("Abby Stone")
    messenger.open_box()
    messenger.write("Your polling place is")
    terminal.send(b"\x1a")
    terminal.wait_for(NO_SHELL)
    assert messenger.box == "Your polling place is"


@needs_bash
@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_what_the_shell_has_started_stops_with_it_and_comes_again(spring: Office) -> None:
    terminal = opened(spring, under_a_shell(MAKES))
    terminal.send(b"\x1a")
    terminal.wait_for(f"stopped with {128 + signal.SIGTSTP}")
    assert_restored(terminal)
    mark = terminal.mark
    terminal.send(b"\n")
    terminal.wait_until(lambda: b"\x1b[?1049h" in terminal.since(mark), "the alternate screen again")
    terminal.wait_for("Sender One")
    # Before it takes the keys, the terminal swallows ctrl+q as the end of a ctrl+s.
    terminal.wait_until(lambda: not terminal.local_modes & termios.ICANON, "the app's own modes of the terminal")
    terminal.press("ctrl+q")
    terminal.wait_for("ended with 0")
    assert_restored(terminal)


@needs_bash
def test_a_stopped_one_ends_with_its_terminal(spring: Office) -> None:
    terminal = opened(spring, under_a_shell('"$@"'))
    terminal.send(b"\x1a")
    terminal.wait_for(f"stopped with {128 + signal.SIGTSTP}")
    terminal.close()
    terminal.wait_exit()
    terminal.wait_until_so(lambda: not terminal.leftovers(), "the end of all")


@pytest.mark.parametrize("number", [signal.SIGCONT, signal.SIGTSTP])
def test_a_signal_in_the_middle_of_a_write_does_no_harm(spring: Office, number: signal.Signals) -> None:
    """A terminal that is closed sends SIGCONT, too."""
    terminal = opened(spring, (sys.executable, "-c", SIGNALLED))
    terminal.press("j", "enter")
    messenger = Messenger(terminal)
    messenger.wait_for_row("Abby Stone")
    told = spring.folder / "signal"
    told.write_text(str(int(number)))
    terminal.send(b"j")
    terminal.wait_until_so(lambda: not told.exists(), "the signal")
    if number is signal.SIGTSTP:
        terminal.wait_until(lambda: terminal.is_stopped, "the stop")
        os.kill(terminal.pid, signal.SIGCONT)
    messenger.wait_for_row("Ben Archer")
    terminal.press("j")
    messenger.wait_for_row("Cora Diaz")
    told.write_text(str(int(signal.SIGCONT)))
    terminal.send(b"j")
    terminal.wait_until_so(lambda: not told.exists(), "the signal")
    terminal.close()
    terminal.wait_exit()
    assert terminal.leftovers() == []
