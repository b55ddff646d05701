"""The app suits the terminal: its colours, its own background, and what it cannot show (docs/terminals.md)."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import Office
from tests.e2e.terminal import Terminal
from thrumsg_tui.tui.terminal import Background

TRUE_COLORS = {"COLORTERM": "truecolor"}
DARK, LIGHT = "111315", "fbfbfa"
"""What the themes of dark and of light terminals show behind texts."""


def opened(office: Office, *, background: str | None = None, **environment: str) -> Terminal:
    """The overview of the campaign."""
    terminal = office.open(background=background, **environment)  # type: ignore[arg-type]  # no environment is a size
    terminal.wait_for("Overview", "Sender Two")
    return terminal


def wait_for_ground(terminal: Terminal, color: str) -> None:
    """Wait until the corners of the screen have a colour behind them."""
    corners = [(0, 0), (terminal.rows - 1, terminal.columns - 1)]
    terminal.wait_until(
        lambda: all(terminal.background(row, column) == color for row, column in corners), f"the ground {color}"
    )


def test_a_light_terminal_gets_light_colors(spring: Office) -> None:
    terminal = opened(spring, background="#ffffff", **TRUE_COLORS)
    wait_for_ground(terminal, LIGHT)
    terminal.press("enter")
    terminal.wait_for("Viewing as")
    wait_for_ground(terminal, LIGHT)
    assert terminal.background(terminal.row_of("Viewing as"), 1) == "f1c230"


@pytest.mark.parametrize("background", ["#1d1f21", None], ids=["dark", "silent"])
def test_a_dark_or_silent_terminal_gets_dark_colors(spring: Office, background: str | None) -> None:
    terminal = opened(spring, background=background, **TRUE_COLORS)
    terminal.settle()
    wait_for_ground(terminal, DARK)


def test_the_environment_says_it_before_the_terminal_does(spring: Office) -> None:
    terminal = opened(spring, COLORFGBG="0;15", **TRUE_COLORS)
    assert DARK not in {terminal.background(row, 0) for row in range(terminal.rows)}
    wait_for_ground(terminal, LIGHT)


ANSWER = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


@pytest.mark.parametrize("end", [b"\x1b\\", b"\x07"], ids=["ST", "BEL"])
def test_a_late_answer_repaints_and_takes_no_key(spring: Office, end: bytes) -> None:
    terminal = opened(spring, **TRUE_COLORS)
    terminal.settle()
    terminal.send(b"/" + ANSWER.removesuffix(b"\x1b\\") + end + b"tw")
    wait_for_ground(terminal, LIGHT)
    terminal.wait_for("/ tw")
    assert "ffff" not in terminal.screen
    terminal.wait_gone("Sender One")


@pytest.mark.parametrize("split", range(1, len(ANSWER)))
def test_an_answer_in_two_pieces_is_no_key(split: int) -> None:
    told: list[tuple[float, float, float]] = []
    background = Background(lambda _: None, lambda *color: told.append(color), asks=True)
    assert background.taken_from("a" + ANSWER[:split].decode()) == "a"
    assert background.taken_from(ANSWER[split:].decode() + "b") == "b"
    assert told == [(1.0, 1.0, 1.0)]


@pytest.mark.parametrize("key", ["\x1b", "\x1b]", "\x1b]1"])
def test_keys_that_begin_like_an_answer_come_when_nothing_follows(key: str) -> None:
    background = Background(lambda _: None, lambda *_: None, asks=True)
    assert background.taken_from(f"a{key}") == "a"
    assert background.given_up() == key
    assert background.given_up() == ""
    assert background.taken_from("\x1b[?62;22c" + key) == "\x1b[?62;22c" + key  # it has answered all that it answers


COLORS = re.compile(rb"\x1b\[(?:\d*;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d*)*m")


def test_no_color_is_written_where_none_is_wanted(spring: Office) -> None:
    terminal = opened(spring, NO_COLOR="1", **TRUE_COLORS)
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as")
    terminal.press("j", "v")
    terminal.wait_for("type to search")
    assert COLORS.findall(bytes(terminal.written)) == []
    row = terminal.row_of("Viewing as")
    terminal.press("escape")
    terminal.wait_until(lambda: terminal.cell(row, 1).reverse, "the bar without a picker over it")


@pytest.mark.parametrize(
    ("environment", "unwanted"),
    [
        ({"TERM": "screen"}, rb"[34]8;|9\d|10\d"),
        ({"TERM": "linux"}, rb"[34]8;|9\d|10\d"),
        ({"TERM": "tmux-256color"}, rb"[34]8;2;"),
    ],
    ids=["screen", "linux", "tmux"],
)
def test_a_terminal_is_sent_only_the_colors_that_it_has(
    spring: Office, environment: dict[str, str], unwanted: bytes
) -> None:
    terminal = opened(spring, **environment)
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as")
    terminal.settle()
    assert re.findall(rb"\x1b\[(?:\d*;)*(?:" + unwanted + rb")[\d;]*m", bytes(terminal.written)) == []
    assert COLORS.findall(bytes(terminal.written))


def test_the_console_of_linux_gets_a_yellow_and_its_palette_back(spring: Office) -> None:
    terminal = opened(spring, TERM="linux")
    assert terminal.written.count(b"\x1b]P3f1c230") == 1
    assert b"\x1b]11;" not in terminal.written
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert terminal.written.rindex(b"\x1b]R") > terminal.written.rindex(b"\x1b]P3")


def test_the_configuration_chooses_whatever_the_terminal_says(spring: Office) -> None:
    file = spring.folder / ".config" / "thrumsg" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[look]\ntheme = "light"\nascii = "on"\n', encoding="utf-8")
    terminal = opened(spring, background="#000000", **TRUE_COLORS)
    wait_for_ground(terminal, LIGHT)
    assert b"\x1b]11;" not in terminal.written
    assert terminal.screen.isascii()
