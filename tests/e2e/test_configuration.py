"""The app on a configuration file, in a terminal: keys that are moved, presets, mouse, bell and mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import SENDER_ONE, SENDER_TWO, Office
from tests.e2e.messenger import Messenger, open_messenger
from tests.e2e.terminal import Terminal


def configure(office: Office, text: str) -> Path:
    """Write the file of the person."""
    file = office.folder / ".config" / "thrumsg" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def help_of(terminal: Terminal) -> str:
    """What the help of the messenger says, with what it says further down."""
    terminal.press("f1")
    terminal.wait_for("arrows scroll")
    seen = terminal.screen
    while "Redraw" not in seen:
        terminal.press("pagedown")
        terminal.settle()
        seen += f"\n{terminal.screen}"
    terminal.press("escape")
    terminal.wait_gone("arrows scroll")
    return seen


def test_a_key_that_is_moved_works_and_is_named_everywhere(spring: Office) -> None:
    keys = '"messenger.opt_out" = "K"\napp.undo = "Y, ctrl+x"\nmessenger.search = "comma"\nbox.leave = "ctrl+t, F4"\n'
    configure(spring, f'[keys]\n{keys}box.plain = "F3"\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    first = SENDER_ONE[0]
    assert "K opt out" in terminal.lines[-1]
    assert "K Opt Out" in terminal.screen
    shown = help_of(terminal)
    assert re.search(r" Y ctrl\+x +Undo: ", shown)
    assert re.search(r" K +Opt out or in: ", shown)
    terminal.press("o")  # is no key any more
    terminal.press("K")
    terminal.wait_for(f"Opt {first} out")
    terminal.press("y")
    terminal.wait_for("Opt Outs 1")
    terminal.press("z")
    terminal.press("Y")
    terminal.wait_for("Undone", "Opt Outs 0")
    messenger.open_box()
    terminal.wait_for("ctrl+t list", "ctrl+t, then")
    messenger.write("Hello")
    terminal.press("ctrl+t")
    terminal.wait_for("K opt out")
    terminal.press(",")
    terminal.type(SENDER_ONE[3])
    messenger.wait_for_row(SENDER_ONE[3])


def test_the_palette_names_the_moved_key(spring: Office) -> None:
    configure(spring, '[keys]\napp.palette = "f5"\napp.history = "L"\n')
    terminal = spring.open()
    terminal.wait_for("Overview", "Sender Two")
    terminal.send(b"\x1b[15~")
    terminal.wait_for("Commands", "type to search")
    terminal.type("histo")
    terminal.wait_for(re.compile(r" L +History +Show all changes"))
    terminal.press("enter")
    terminal.wait_for("History")


def test_a_menu_and_a_question_take_moved_keys(spring: Office) -> None:
    configure(spring, '[keys]\nmanage.menu = "Q"\nmanage.edit = "B"\nanswer.yes = "J"\nquestion.leave = "N, Esc"\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    terminal.press("o")
    terminal.wait_for("J  Opt out", "N  Leave it")
    terminal.press("J")
    terminal.wait_for("Opt Outs 1")
    terminal.press("q")
    terminal.wait_for("Overview")
    terminal.press("Q")
    terminal.wait_for("  B   Settings of the campaign")
    terminal.press("B")
    terminal.wait_for("Settings of Spring")


def test_keys_of_another_keyboard_stand_for_digits_and_are_drawn_in_their_places(spring: Office) -> None:
    digits = "'&, é, \", apostrophe, (, -, è, _, ç'"
    configure(spring, f'[keys]\n"survey.answer" = {digits}\n"messenger.tab_4" = "\'"\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    terminal.wait_for("' Opt Outs 0")
    terminal.press("e")
    terminal.wait_for("& ( ) Yes", "é ( ) No", '" ( ) Undecided', "& to ç answers")
    terminal.press("2")
    terminal.send("é".encode())
    terminal.wait_for(re.compile(r"\(\S\) No$", re.MULTILINE))
    terminal.press("escape", "'")
    terminal.wait_for("Nobody of these contacts")
    assert spring.thread(SENDER_ONE[0])["answers"] == {"Will you vote?": "No"}


def test_a_key_that_is_taken_away_does_nothing_and_its_command_is_in_the_palette(spring: Office) -> None:
    configure(spring, '[keys]\n"messenger.opt_out" = ""\n"app.undo" = ""\n"messenger.tab_4" = ""\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    terminal.wait_for("Opt Out ", "Opt Outs 0")
    assert "opt out" not in terminal.lines[-1]
    assert "undo" not in terminal.lines[-1]
    assert re.search(r" : by name +Opt out or in: ", help_of(terminal))
    terminal.press("o", "z", ":")
    terminal.wait_for("Commands", "type to search")
    terminal.type("opt out")
    terminal.wait_for("Opt the number out, or in again")
    terminal.press("enter")
    terminal.wait_for(f"Opt {SENDER_ONE[0]} out")
    terminal.press("y")
    terminal.wait_for("Opt Outs 1", ": Undo")


def test_vim_keys(spring: Office) -> None:
    configure(spring, '[keys]\npreset = "vim"\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    terminal.press("j")
    messenger.wait_for_row(SENDER_ONE[1])
    terminal.press("w")
    terminal.wait_for(f"{SENDER_ONE[1]} waits", "w goes on to the next")
    terminal.press("w")
    messenger.wait_for_row(SENDER_ONE[2])
    terminal.press("l")
    messenger.wait_for_tab("Opt Outs", 0)
    terminal.wait_for("Nobody of these contacts")
    terminal.press("h")
    messenger.wait_for_row(SENDER_ONE[0])
    terminal.press("i")
    messenger.wait_for_own_keys()
    messenger.write("uh")  # letters, in the box
    terminal.press("escape")
    terminal.wait_for("u undo")
    terminal.press("V")
    terminal.wait_for("type to search")


def test_emacs_keys(spring: Office) -> None:
    configure(spring, '[keys]\npreset = "emacs"\n')
    messenger = open_messenger(spring, "Sender One", (120, 40))
    terminal = messenger.terminal
    terminal.press("ctrl+n", "ctrl+n")
    messenger.wait_for_row(SENDER_ONE[2])
    terminal.press("ctrl+p")
    messenger.wait_for_row(SENDER_ONE[1])
    messenger.open_box()
    messenger.write("Hi")
    terminal.press("ctrl+g")
    terminal.wait_for("opt out")
    terminal.send(b"\x1bx")
    terminal.wait_for("Commands", "type to search")


def test_what_is_wrong_stands_on_the_first_screen_and_the_rest_is_used(spring: Office) -> None:
    file = configure(spring, '[keys]\napp.lookup = "s"\napp.history = "L"\n[look]\ndatess = "iso"\n')
    terminal = spring.open()
    told = re.compile(rf"{file.name}:2:.*s is\s+also the key of.*1 more", re.DOTALL)
    terminal.wait_for("Overview", "Sender Two", told)
    terminal.press("L")
    terminal.wait_for("History")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[look", b"[keys]\n\x00 = 1", b"a = " + b"[" * 50_000])
def test_a_file_that_cannot_be_used_keeps_nobody_out(spring: Office, content: bytes) -> None:
    file = configure(spring, "")
    file.write_bytes(content)
    terminal = spring.open()
    terminal.wait_for("Overview", "Sender Two", "nothing of the file is used")
    terminal.press("?")
    terminal.wait_for("arrows scroll")


MOUSE = b"\x1b[?1000h"
"""What asks a terminal to report the mouse."""


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_the_mouse_is_reported_only_where_it_is_wanted(spring: Office, on: bool) -> None:
    configure(spring, f"[habits]\nmouse = {str(on).lower()}\n")
    terminal = spring.open()
    terminal.wait_for("Overview", "Sender Two")
    assert (MOUSE in terminal.written) is on


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_the_bell_rings_for_each_message_that_waits_here(spring: Office, on: bool) -> None:
    configure(spring, f"[habits]\nbell = {str(on).lower()}\n")
    messenger = open_messenger(spring, "Sender One", (120, 40))
    assert bells(messenger) == 0
    reply(spring, SENDER_ONE[8])
    messenger.terminal.wait_for("7 need a reply")
    assert bells(messenger) == int(on)
    reply(spring, SENDER_ONE[8], "One more thing")  # waits already
    messenger.terminal.wait_for("One more thing")
    assert bells(messenger) == 2 * on
    reply(spring, SENDER_TWO[0])  # another sender's
    reply(spring, SENDER_ONE[9], "STOP")  # waits for nothing
    messenger.terminal.wait_for("Opt Outs 1")
    assert bells(messenger) == 2 * on


def bells(messenger: Messenger) -> int:
    """How often the terminal was rung; the character also ends a question to the terminal."""
    return re.sub(rb"\x1b\][^\x07]*\x07", b"", messenger.terminal.written).count(b"\x07")


def reply(office: Office, contact: str, words: str = "Hello") -> None:
    """Let a contact write."""
    people = {each["contact"]: each["phone"] for each in office.json("conversations", "Spring")}
    office.run("receive", "--from", people[contact], "--body", words)
