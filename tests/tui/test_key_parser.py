"""Keys as a terminal sends them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from textual import constants
from textual.events import Key, Paste

from thrumsg_tui.tui.key_parser import KeyParser
from thrumsg_tui.tui.key_queue import without_alt


def keys(sent: str) -> list[tuple[str, str | None]]:
    """Return the keys that are read from what a terminal sends at once, with their characters."""
    parser = KeyParser()
    events = [event for text in (sent, "") for event in parser.feed(text) if isinstance(event, Key)]
    typed = [key for event in events for key in without_alt(event) or [event]]
    return [(key.key, key.character) for key in typed]


@pytest.mark.parametrize(
    ("character", "name"),
    [
        *((digit, digit) for digit in "0123456789"),
        *((letter, letter) for letter in "ajkzANVGR"),
        ("/", "slash"),
        ("?", "question_mark"),
        (" ", "space"),
        ("-", "minus"),
        ("=", "equals_sign"),
        ("]", "right_square_bracket"),
        ("§", "section_sign"),
    ],
)
def test_escape_and_a_character_that_come_together_are_two_keys(character: str, name: str) -> None:
    assert keys(f"\x1b{character}") == [("escape", "\x1b"), (name, character)]
    assert keys(f"\x1b{character}x") == [("escape", "\x1b"), (name, character), ("x", "x")]
    assert keys(f"\x1b{character}\x1b{character}") == [("escape", "\x1b"), (name, character)] * 2


def test_alt_and_a_character_is_one_key_to_a_command_that_has_it() -> None:
    parser = KeyParser()
    events = [event for text in ("\x1b3\x1b/", "") for event in parser.feed(text) if isinstance(event, Key)]
    assert [(event.key, event.character) for event in events] == [("alt+3", "3"), ("alt+slash", "/")]


@pytest.mark.parametrize("pieces", [("\x1b", "1"), ("x\x1b", "1\r"), ("\x1b", "1", "\r")])
def test_escape_and_a_digit_that_come_apart_are_no_alt_however_soon(pieces: tuple[str, ...]) -> None:
    """docs/rules.md 12.2: who goes to a tab and presses Enter there must not send the reply with its number."""
    parser = KeyParser()
    events = [event for text in (*pieces, "") for event in parser.feed(text) if isinstance(event, Key)]
    assert [event.key for event in events if event.key != "x"][:2] == ["escape", "1"]


def test_a_sequence_that_comes_in_pieces_is_one_key() -> None:
    parser = KeyParser()
    events = [event for text in ("\x1b", "[", "A", "\x1b", "O", "P", "") for event in parser.feed(text)]
    assert [event.key for event in events if isinstance(event, Key)] == ["up", "f1"]


def test_an_escape_character_that_nothing_follows_is_waited_for_no_longer_than_it_has_to() -> None:
    parser = KeyParser()
    assert parser.longest_wait(60) == 60
    assert list(parser.feed("x\x1b"))
    assert 0 <= parser.longest_wait(60) <= constants.ESCAPE_DELAY
    assert parser.longest_wait(0) == 0
    assert list(parser.feed("[A"))
    assert parser.longest_wait(60) == 60


def test_a_lone_escape_is_a_key_after_the_apps_delay_or_that_of_the_environment() -> None:
    program = """
from textual import constants
from thrumsg_tui.tui.textual_compat import take_esc_after
take_esc_after(0.025)
print(constants.ESCAPE_DELAY)
"""
    for variable, delay in ({}, "0.025"), ({"ESCDELAY": "400"}, "0.4"):
        environment = {name: value for name, value in os.environ.items() if name != "ESCDELAY"} | variable
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == delay


def test_escape_and_a_control_character_are_two_keys() -> None:
    assert keys("\x1b\x05") == [("escape", "\x1b"), ("ctrl+e", "\x05")]


def test_alt_and_enter_is_never_enter() -> None:
    assert keys("\x1b\r") == [("alt+enter", None)]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("\x1b", "escape"),
        ("\x1b[A", "up"),
        ("\x1bOA", "up"),
        ("\x1b[1;5C", "ctrl+right"),
        ("\x1bf", "ctrl+right"),
        ("\x1b\x7f", "ctrl+w"),
        ("\x1b\t", "shift+tab"),
        ("\x1b[Z", "shift+tab"),
        ("£", "pound_sign"),
    ],
)
def test_other_keys_are_what_they_were(sent: str, name: str) -> None:
    assert [key for key, _ in keys(sent)] == [name]


def pastes(*pieces: str) -> list[str]:
    """Return what is read from pieces of input: the text of each paste in quotes, and the names of keys."""
    parser = KeyParser()
    events = [event for text in pieces for event in parser.feed(text)]
    return [repr(each.text) if isinstance(each, Paste) else getattr(each, "key", "?") for each in events]


BEGIN, END = "\x1b[200~", "\x1b[201~"


def test_a_paste_is_one_text_whatever_it_holds() -> None:
    hostile = "a\x1b[31mb\x1b]52;c;eA==\x07\x1b\x1b[Ac\x1b[20"
    assert pastes(f"x{BEGIN}{hostile}{END}y") == ["x", repr(hostile), "y"]
    assert pastes(f"{BEGIN}one{END}{BEGIN}two{END}z") == ["'one'", "'two'", "z"]
    assert pastes(f"{BEGIN}{END}") == ["''"]


def test_a_paste_may_come_in_any_pieces() -> None:
    whole = f"{BEGIN}one\x1b[31m two{END}z"
    for cut in range(1, len(whole)):
        assert pastes(whole[:cut], whole[cut:]) == ["'one\\x1b[31m two'", "z"], cut
    assert pastes(*whole.partition("one")) == ["'one\\x1b[31m two'", "z"]


def test_a_paste_whose_beginning_comes_in_two_pieces_presses_no_key() -> None:
    for cut in range(1, len(BEGIN)):
        pieces = f"x{BEGIN[:cut]}", f"{BEGIN[cut:]}one\x1b[A\rtwo\r{END}y"
        assert pastes(*pieces) == ["x", "'one\\x1b[A\\rtwo\\r'", "y"], cut
    assert pastes(*f"{BEGIN}a\x1b[Ab{END}{BEGIN}c\x1b[Ad{END}z") == ["'a\\x1b[Ab'", "'c\\x1b[Ad'", "z"]
