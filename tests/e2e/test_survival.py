"""What is left after the worst: killed, hung up on, crashed, too small, or in a terminal that can do little."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.drafts import half_written, stored_draft
from tests.e2e.messenger import Messenger, open_messenger
from tests.e2e.terminal import Terminal, assert_restored

PHONE = re.compile(r"555-?\d{4}|\+1\d{10}")
NO_TERMINAL = "thrumsg: The app needs a terminal; `thrumsg --help` lists what the command line can do without one."


def assert_quiet(office: Office, terminal: Terminal) -> None:
    """Nothing went wrong in the end, and nothing is left running."""
    assert b"Traceback" not in terminal.written
    assert list(office.folder.rglob("*.log")) == []
    assert terminal.leftovers() == []


def test_a_half_written_reply_survives_kill_9(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.wait_until(lambda: stored_draft(spring) == "Your polling place is", "the draft in the database")
    assert terminal.kill(signal.SIGKILL) == -signal.SIGKILL
    messenger = Messenger(spring.open())
    messenger.wait_for_conversation("Abby Stone")
    messenger.wait_for_box("Your polling place is")
    messenger.open_box()
    messenger.write(" the library.")
    messenger.terminal.press("enter")
    messenger.terminal.wait_for("Reply queued for Abby Stone.")
    assert spring.bodies("Abby Stone")[-1] == "Your polling place is the library."


def test_a_confirmed_reply_survives_kill_9_once(spring: Office) -> None:
    terminal = half_written(spring, "Thank you").terminal
    terminal.send(b"\r")
    terminal.wait_for("Reply queued for Abby Stone.")
    terminal.kill(signal.SIGKILL)
    assert spring.bodies("Abby Stone").count("Thank you") == 1
    assert stored_draft(spring) is None
    messenger = Messenger(spring.open())
    messenger.wait_for_conversation("Ben Archer")
    messenger.wait_for_box("")
    messenger.terminal.press("G")
    messenger.wait_for_conversation("Abby Stone")
    messenger.wait_for_box("")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_restores_the_terminal_and_keeps_the_draft(spring: Office, number: signal.Signals) -> None:
    terminal = half_written(spring).terminal
    assert terminal.kill(number) == 0
    assert_restored(terminal)
    assert_quiet(spring, terminal)
    assert stored_draft(spring) == "Your polling place is"


def test_leaving_keeps_the_draft(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert_restored(terminal)
    assert_quiet(spring, terminal)
    assert stored_draft(spring) == "Your polling place is"


def test_interrupted_it_restores_the_terminal(spring: Office) -> None:
    terminal = half_written(spring).terminal
    assert terminal.kill(signal.SIGINT) in {0, 130}
    assert_restored(terminal)
    assert_quiet(spring, terminal)


def test_ctrl_c_is_no_way_to_lose_a_draft(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.press("ctrl+c")
    terminal.type(" the library")
    whole = "Your polling place is the library"
    terminal.wait_until(lambda: stored_draft(spring) == whole, "the whole draft in the database")


def test_ctrl_c_covers_nothing(spring: Office) -> None:
    messenger = half_written(spring)
    messenger.terminal.press("ctrl+c")
    messenger.terminal.settle()
    assert messenger.box == "Your polling place is"


def test_hung_up_on_it_keeps_the_draft_and_ends(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.close()
    assert terminal.wait_exit() in {0, 120}  # 120: Python could not flush to a terminal that is gone
    assert_quiet(spring, terminal)
    assert stored_draft(spring) == "Your polling place is"


def test_who_was_hung_up_on_is_not_online_any_more(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.close()
    terminal.wait_exit()
    assert not any(each["online"] for each in spring.json("overview", "Spring")["senders"])


CRASHES = {
    "asking": ("thrumsg_tui.store.queries.messenger", "messenger_view"),
    "drawing": ("thrumsg_tui.domain.ages", "age"),
    "doing": ("thrumsg_tui.store.changes.answers", "record_answer"),
}
"""Where something goes wrong that should not: while a pane asks, while a row is drawn, while a change is made."""

CRASHING = """
import os, sys
from importlib import import_module

module, name = import_module({module!r}), {name!r}
real = getattr(module, name)

def broken(*args, **kwargs):
    phone = "+14155550100"
    if os.path.exists(os.path.expanduser("~/break")):
        raise RuntimeError(f"no such row: {{phone}}")
    return real(*args, **kwargs)

setattr(module, name, broken)
from thrumsg_tui.cli.main import main
sys.exit(main())
"""


@pytest.mark.parametrize("place", CRASHES)
def test_a_crash_says_one_line_and_no_number(spring: Office, place: str) -> None:
    terminal = crashed(spring, place)
    assert terminal.wait_exit() != 0
    assert_restored(terminal)
    assert terminal.leftovers() == []
    _, _, said = bytes(terminal.written).decode().rpartition("\x1b[?1049l")
    words = " ".join(re.sub(r"\x1b\[[0-9;?<>]*[a-zA-Z]", "", said).split())
    log = log_of(spring)
    assert re.fullmatch(r"Something went wrong that should not have \(\w+\)\. Please send .*", words)
    assert str(log) in "".join(words.split()).replace("Pleasesend", " ")
    assert not PHONE.search(words)
    assert b"Traceback" not in terminal.written
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["asking", "drawing", "doing"])
def test_the_log_of_a_crash_says_where_it_was(spring: Office, place: str) -> None:
    crashed(spring, place).wait_exit()
    assert "in broken" in log_of(spring).read_text()


def crashed(office: Office, place: str) -> Terminal:
    """Let the app run into something that should not be."""
    module, name = CRASHES[place]
    script = office.folder / "crashing.py"
    script.write_text(CRASHING.format(module=module, name=name))
    terminal = office.open(program=(sys.executable, str(script)), PYTHONPATH=str(Path.cwd()))
    terminal.wait_for("Overview", "Sender One")
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as: Sender One")
    (office.folder / "break").touch()
    terminal.press("e")
    terminal.press("1")
    return terminal


def log_of(office: Office) -> Path:
    """The file that what went wrong was kept in."""
    (found,) = office.folder.rglob("*.log")
    return found


# Terminals that can do little


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_a_dumb_terminal_is_told_so_and_nothing_is_made(empty: Office, words: list[str]) -> None:
    terminal = empty.open(*words, TERM="dumb")
    assert terminal.wait_exit() == 2
    assert terminal.written.decode().splitlines() == [NO_TERMINAL]
    assert list(empty.folder.iterdir()) == []


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_without_a_terminal_nothing_is_made(empty: Office, words: list[str]) -> None:
    command = [sys.executable, "-m", "thrumsg_tui", *words, "--db", str(empty.database)]
    done = subprocess.run(
        command, env=empty.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (2, "", [NO_TERMINAL])
    assert list(empty.folder.iterdir()) == []


KINDS = {
    "NO_COLOR": {"NO_COLOR": "1"},
    "linux": {"TERM": "linux"},
    "screen": {"TERM": "screen"},
    "LANG=C": {"LANG": "C", "LC_ALL": "C"},
    "truecolor": {"COLORTERM": "truecolor"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_legible_in(spring: Office, kind: str) -> None:
    messenger = open_messenger(spring, "Sender One", **KINDS[kind])  # type: ignore[arg-type]  # environment variables, and nothing else
    terminal = messenger.terminal
    messenger.wait_for_row("Abby Stone")
    terminal.wait_for("Initial Messages", "Responses", "6 need a reply", "This is Abby, yes?", "Will you vote?")
    terminal.press("e", "1")
    terminal.wait_for("Answer recorded")
    terminal.press("escape", "enter")
    terminal.wait_for("Enter send")
    terminal.type("Thank you")
    terminal.wait_for("Thank you", "1 segment", "GSM-7")
    terminal.press("enter")
    terminal.wait_for("Reply queued for Abby Stone.")
    for row in range(terminal.rows):
        for column in range(terminal.columns):
            cell = terminal.cell(row, column)
            hidden = cell.fg == cell.bg != "default"  # the terminal's own two differ
            assert cell.data in {" ", ""} or not hidden, terminal.screen


def test_without_colours_none_is_written(spring: Office) -> None:
    terminal = open_messenger(spring, "Sender One", NO_COLOR="1").terminal
    colours = set(re.findall(rb"\x1b\[[0-9;]*?(?:3|4)8;[0-9;]*m", bytes(terminal.written)))
    grey = {code for code in colours if not _is_grey(code)}
    assert grey == set()


def _is_grey(code: bytes) -> bool:
    numbers = [int(number) for number in re.findall(rb"\d+", code)]
    while numbers:
        head = numbers.pop(0)
        if head in {38, 48} and numbers:
            if numbers.pop(0) == 5:
                colour = numbers.pop(0)
                if not (colour in {0, 7, 8, 15, 16, 231} or 232 <= colour <= 255 or _cube_grey(colour)):
                    return False
            else:
                red, green, blue, *numbers = numbers
                if not red == green == blue:
                    return False
    return True


def _cube_grey(colour: int) -> bool:
    red, rest = divmod(colour - 16, 36)
    return 16 <= colour <= 231 and red == rest // 6 == rest % 6


def test_where_only_ascii_can_be_shown_only_ascii_is_written(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    terminal = messenger.terminal
    messenger.wait_for_row("Abby Stone")
    assert " * Abby Stone" in terminal.screen
    terminal.press("e", "1", "escape", "?")
    terminal.wait_for("Keys")
    terminal.press("escape", "o")
    terminal.wait_for("Opt Abby Stone out")
    terminal.press("escape", "v")
    terminal.wait_for("type to search", "Right order, Left reverse")  # `<` and `>` would be typed
    assert "Reassign  " in terminal.screen  # without a `v` beside it, which is a key
    strange = sorted({character for character in terminal.written.decode() if ord(character) > 126})
    assert strange == []


@pytest.mark.parametrize("size", [(60, 16), (20, 5)])
def test_a_small_window_does_no_harm(spring: Office, size: tuple[int, int]) -> None:
    terminal = spring.open(size=size)
    terminal.wait_until(lambda: bool(terminal.screen.strip()), "anything")
    terminal.settle()
    terminal.press("j", "enter")
    terminal.press("enter", "escape", "e", "escape", "a", "escape", "i", "escape", "?", "escape", "v", "escape", "o")
    terminal.press("escape", "1", "s", "space", "r", "escape", "escape", "ctrl+q")
    assert terminal.wait_exit() == 0
    assert_quiet(spring, terminal)


def test_sixty_by_sixteen_is_still_usable(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One", (60, 16))
    messenger.wait_for_row("Abby Stone")
    messenger.open_box()
    messenger.wait_for_conversation("Abby Stone")
    messenger.write("Thank you")
    messenger.terminal.press("enter")
    messenger.terminal.wait_for("Reply queued for Abby Stone.")


def test_another_size_while_it_runs(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    terminal = messenger.terminal
    terminal.press("j", "j")
    messenger.wait_for_row("Cora Diaz")
    for size in ((80, 24), (100, 30), (60, 16), (160, 50), (30, 8), (120, 40)):
        terminal.resize(*size)
        terminal.wait_until(lambda: terminal.lines[0].startswith(" Spring"), "the screen drawn again")
    messenger.wait_for_row("Cora Diaz")
    messenger.wait_for_conversation("Cora Diaz")
    terminal.wait_for("Will you vote?")
    terminal.press("j")
    messenger.wait_for_row("Dan Evans")


def test_another_size_while_one_writes_loses_nothing(spring: Office) -> None:
    messenger = half_written(spring)
    for size in ((80, 24), (60, 16), (120, 40)):
        messenger.terminal.resize(*size)
        messenger.wait_for_box("Your polling place is")
    messenger.write(" the library.")
    messenger.terminal.press("enter")
    messenger.terminal.wait_for("Reply queued for Abby Stone.")
    assert spring.bodies("Abby Stone")[-1] == "Your polling place is the library."


BASH = shutil.which("bash") or ""
JOB_CONTROL = '"$@"; echo "stopped with $?"; read -r go_on; fg; echo "ended with $?"'


@pytest.mark.skipif(not BASH, reason="needs a shell with job control")
def test_suspended_it_gives_the_terminal_back_and_comes_again(spring: Office) -> None:
    shell = (BASH, "-mc", JOB_CONTROL, "bash", sys.executable, "-m", "thrumsg_tui")
    terminal = spring.open(program=shell)
    messenger = Messenger(terminal)
    terminal.wait_for("Overview", "Sender One")
    terminal.press("j", "enter")
    messenger.wait_for_row("Abby Stone")
    terminal.send(b"\x1a")
    terminal.wait_for(f"stopped with {128 + signal.SIGTSTP}")
    assert_restored(terminal)
    mark = terminal.mark
    terminal.send(b"\n")
    terminal.wait_until(lambda: b"\x1b[?1049h" in terminal.since(mark), "the alternate screen again")
    terminal.press("j")
    messenger.wait_for_row("Ben Archer")
    terminal.press("ctrl+q")
    terminal.wait_for("ended with 0")
    assert_restored(terminal)
