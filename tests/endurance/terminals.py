"""Terminals that are dragged to any size, stopped, closed and killed while somebody writes in the app."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

from tests.e2e.conftest import Office, make_campaign
from tests.e2e.drafts import stored_draft
from tests.e2e.messenger import Messenger, open_messenger
from tests.e2e.terminal import NeverCame, Terminal
from tests.endurance.tally import Tally
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

CONTACT = "Abby Stone"
USUAL = (120, 40)
WORDS = ("Your", "polling", "place", "is", "the", "library", "on", "Oak", "Street,", "open", "at", "seven.")

BASH = shutil.which("bash")
APP = (sys.executable, "-m", "thrumsg_tui")
AGAIN_AND_AGAIN = """
go_on() { if [ "$1" -eq 148 ]; then echo stopped; read -r line; fg; go_on "$?"; else echo "ended with $1"; fi; }
"$@"; go_on "$?"
"""
"""A shell that continues what it has started whenever it is told so; bash ends a loop in which something stops."""

_AGES = re.compile(r" *\b(?:\d+ (?:s|min|h)|now)\b")
"""Ages with the spaces before them: a list has them at the right, so a longer one has fewer."""


class Desk:
    """A campaign from which each try begins anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        made = Office(folder, folder / "made.db")
        make_campaign(made)
        self._made = made.database
        self._opened = 0

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Give an office of its own to a try, and end what is left of it."""
        self._opened += 1
        folder = self._folder / str(self._opened)
        folder.mkdir()
        office = Office(folder, folder / "thrumsg.db")
        shutil.copy(self._made, office.database)
        try:
            yield office
        finally:
            office.close()


def drag(desk: Desk, tries: int, chance: Random) -> Tally:
    """Drag a window to any sizes while keys are pressed, and see that the usual size looks as before."""
    tally = Tally("the window takes any size")
    with desk.office() as office:
        terminal = open_messenger(office, "Sender One").terminal
        before = _without_ages(terminal)
        while tally.tries < tries:
            tally.tries += 1
            for _ in range(chance.randrange(1, 8)):
                terminal.drag(*(chance.choice((1, chance.randrange(2, most))) for most in (300, 90)))
                terminal.send(chance.choice((b"", b"j", b"k")))
                if chance.random() < 0.5:
                    terminal.settle(0.01, 0.02)
            terminal.resize(*USUAL)
            terminal.press("g")
            if not _holds(lambda: _without_ages(terminal) == before, terminal, "the screen as before", tally):
                break
            tally.hits += 1
        _judge(office, terminal, tally)
    return tally


def stop(desk: Desk, tries: int, chance: Random) -> Tally:
    """Stop the app by ctrl+z under a shell while somebody writes, and continue it; a hit is a stop."""
    tally = Tally("SIGTSTP and SIGCONT while somebody writes")
    if BASH is None:
        tally.skipped = "there is no shell with job control"
        return tally
    with desk.office() as office:
        terminal = office.open(program=(BASH, "-mc", AGAIN_AND_AGAIN, "bash", *APP))
        messenger, written = _at_the_box(terminal), ""
        while tally.tries < tries:
            tally.tries += 1
            written = _with_more(terminal, written, chance)
            if chance.random() < 0.5:
                terminal.settle(0.01, 0.02)
            mark = terminal.mark
            terminal.send(b"\x1a")
            if not _writes(terminal, mark, b"stopped", tally):
                break
            mark = terminal.mark
            terminal.send(b"\n")
            _writes(terminal, mark, b"\x1b[?1049h", tally)
            _holds(lambda: not terminal.local_modes & termios.ICANON, terminal, "the app's modes", tally)
            if not _box_holds(messenger, written, tally):
                break
            tally.hits += 1
            written = _cleared(terminal, messenger, written)
        _judge(office, terminal, tally)
    return tally


def halt(desk: Desk, tries: int, chance: Random) -> Tally:
    """Halt the app by SIGSTOP between two words, and continue it: what it shows is kept, and more can be written.

    What is typed before it has the terminal again may be gone: Textual drops what was not read when it takes it over.
    """
    tally = Tally("SIGSTOP and SIGCONT between words")
    with desk.office() as office:
        messenger = open_messenger(office, "Sender One")
        terminal, written = messenger.terminal, ""
        messenger.open_box()
        while tally.tries < tries:
            tally.tries += 1
            written = _with_more(terminal, written, chance)
            if not _box_holds(messenger, written, tally):
                break
            mark = terminal.mark
            os.kill(terminal.pid, signal.SIGSTOP)
            os.kill(terminal.pid, signal.SIGCONT)
            if not _writes(terminal, mark, b"\x1b[?1049h", tally) or not _box_holds(messenger, written, tally):
                break
            tally.hits += 1
            written = _cleared(terminal, messenger, written)
        _judge(office, terminal, tally)
    return tally


def hang_up(desk: Desk, tries: int, chance: Random) -> Tally:
    """Close the terminal at any moment while somebody writes: what was shown is kept as a draft, and the app ends."""
    tally = Tally("the terminal is closed while somebody writes")
    for _ in range(tries):
        tally.tries += 1
        with desk.office() as office:
            messenger = open_messenger(office, "Sender One")
            terminal = messenger.terminal
            messenger.open_box()
            written = _with_more(terminal, "", chance)
            terminal.settle(0.005, chance.random() / 10)
            shown = messenger.box or ""
            terminal.close()
            status = terminal.wait_exit()
            tally.hits += 1
            if status not in {0, 120}:  # 120: Python could not flush to a terminal that is gone
                tally.note(f"exit status {status}", error=True)
            draft = stored_draft(office, CONTACT) or ""
            if not (draft.startswith(shown.strip()) and written.startswith(draft)):
                tally.note(f"{written!r} was written, {shown!r} shown, and {draft!r} kept", lost=True)
            if terminal.leftovers():
                tally.note("is still there", error=True)
            _judge(office, None, tally)
    return tally


def kill(desk: Desk, tries: int, chance: Random) -> Tally:
    """Kill the app at any moment around the key that sends: the message is there once, or the draft that was stored."""
    tally = Tally("kill -9 of the app while it sends")
    for _ in range(tries):
        tally.tries += 1
        with desk.office() as office:
            messenger = open_messenger(office, "Sender One")
            terminal = messenger.terminal
            messenger.open_box()
            text = _with_more(terminal, "", chance).strip()
            _await_draft(office, terminal, text)
            terminal.send(b"\r")
            terminal.settle(0.005, chance.random() / 5)
            acknowledged = terminal.shows(f"Reply queued for {CONTACT}.")
            terminal.kill(signal.SIGKILL)
            tally.hits += 1
            sent, draft = office.bodies(CONTACT).count(text), stored_draft(office, CONTACT)
            tally.midway += sent == 1 and not acknowledged
            if (sent, draft) not in {(1, None), (0, text)} or (acknowledged and not sent):
                tally.note(f"sent {sent} times, shown as sent: {acknowledged}, the draft is {draft!r}", lost=True)
            _judge(office, None, tally)
    return tally


def _at_the_box(terminal: Terminal) -> Messenger:
    """Go to the message box of the first conversation, from the overview."""
    messenger = Messenger(terminal)
    terminal.wait_for("Overview", "Sender One")
    terminal.press("j", "enter")
    messenger.wait_for_row(CONTACT)
    messenger.open_box()
    return messenger


def _with_more(terminal: Terminal, written: str, chance: Random) -> str:
    """Write some words more, in one go."""
    more = " ".join(chance.choices(WORDS, k=chance.randint(1, 3)))
    text = f" {more}" if written else more
    terminal.send(text.encode())
    return written + text


def _await_draft(office: Office, terminal: Terminal, text: str) -> None:
    terminal.wait_until(lambda: stored_draft(office, CONTACT) == text, "the stored draft")


def _cleared(terminal: Terminal, messenger: Messenger, written: str) -> str:
    """Delete what was written, if it would soon fill its line."""
    if len(written) < 20:
        return written
    terminal.send(b"\x7f" * len(written))
    terminal.wait_until(lambda: messenger.box == "", "an empty box")
    return ""


def _writes(terminal: Terminal, mark: int, wanted: bytes, tally: Tally) -> bool:
    return _holds(lambda: wanted in terminal.since(mark), terminal, repr(wanted), tally)


def _box_holds(messenger: Messenger, text: str, tally: Tally) -> bool:
    return _holds(lambda: messenger.box == text, messenger.terminal, f"{text!r} in the box", tally)


def _without_ages(terminal: Terminal) -> list[str]:
    """The lines that say something; how many empty ones are between them depends on the bottom line's height."""
    return [_AGES.sub("", line) for line in terminal.lines if line.strip(" │▂")]


def _holds(so: Callable[[], bool], terminal: Terminal, what: str, tally: Tally) -> bool:
    """Wait until something is so; note if it never is."""
    try:
        terminal.wait_until(so, what)
    except NeverCame as never:
        tally.note(str(never), broken=True)
        return False
    return True


def _judge(office: Office, terminal: Terminal | None, tally: Tally) -> None:
    """See that no error was written or logged, and that `doctor` finds nothing."""
    if terminal and b"Traceback" in terminal.written:
        tally.note(f"a traceback: {terminal.screen}", error=True)
    for log in office.folder.rglob("*.log"):
        tally.note(f"{log.name}: {log.read_text()[-2000:]}", error=True)
    db = Database(office.database)
    for problem in examine(db):
        tally.note(f"doctor: {problem.subject} {problem.sentence}", broken=True)
    db.close()
    if terminal is None:
        with closing(sqlite3.connect(office.database)) as conn:
            conn.execute("PRAGMA integrity_check")
