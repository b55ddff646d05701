"""What the frame buffer writes makes the terminal show the same as if everything had been written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from wcwidth import wcwidth

from thrumsg_tui.tui.frame_buffer import FrameBuffer, PlacedStrip
from thrumsg_tui.tui.glyphs import UNICODE, Glyphs
from thrumsg_tui.tui.rendition import Rendition, rendition_of, terminal_theme

WIDTH, HEIGHT, CUT = 15, 2, 6
SIZE = Size(WIDTH, HEIGHT)

LETTERS = [*"ab  ", "─", "é", "e\u0301", "字", "가", "😀"]
COLORS = [None, "#111315", "#f2c230", "red"]

styles = st.builds(
    Style,
    color=st.sampled_from(COLORS),
    bgcolor=st.sampled_from(COLORS),
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
    strike=st.booleans(),
    link=st.sampled_from([None, "https://example.org"]),
)


@st.composite
def strips(draw: st.DrawFn, width: int) -> Strip:
    """A strip of some width."""
    segments, room = list[Segment](), width
    while room > 0:
        text = "".join(draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=8)))
        while cell_len(text) > room:
            text = text[:-1]
        text = text or " " * room
        segments.append(Segment(text, draw(st.none() | styles)))
        room -= cell_len(text)
    return Strip(segments, width)


def exactly(style: Style | None) -> Rendition:
    """A terminal that shows every style as it is."""
    return rendition_of(style or Style.null())


rows = st.tuples(strips(CUT), strips(WIDTH - CUT))
screens = st.lists(rows, min_size=HEIGHT, max_size=HEIGHT)
Screen = Sequence[tuple[Strip, Strip]]


def placed(screen: Screen) -> Iterator[PlacedStrip]:
    for y, (left, right) in enumerate(screen):
        yield y, 0, left
        yield y, CUT, right


class Terminal:
    """A terminal that shows what it is told."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")  # no wrapping, as in the app

    def write(self, output: str) -> None:
        self._stream.feed(re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", output))

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self._seen(self._screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]

    @staticmethod
    def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
        shows_color = cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough
        return cell if shows_color else cell._replace(fg="", bold=False, italics=False)


def shown_in_full(screen: Screen) -> list[list[pyte.screens.Char]]:
    """What a terminal shows after Textual's own output."""
    terminal = Terminal()
    for y, x, strip in placed(screen):
        terminal.write(f"\x1b[{y + 1};{x + 1}H")
        for text, style, _ in strip:
            terminal.write(style.render(text) if style else text)
    return terminal.cells


@given(st.lists(screens, min_size=1, max_size=4), st.data())
def test_the_terminal_shows_what_was_drawn(each: list[Screen], data: st.DataObject) -> None:
    buffer, terminal = FrameBuffer(), Terminal()
    before: list[PlacedStrip] = []
    for screen in each:
        strips = list(placed(screen))
        left_out = [strip for strip in strips if strip in before and data.draw(st.booleans())]
        terminal.write(buffer.draw(SIZE, [strip for strip in strips if strip not in left_out], exactly))
        assert terminal.cells == shown_in_full(screen)
        assert buffer.draw(SIZE, strips, exactly) == ""
        before = strips
    buffer.forget()
    terminal = Terminal()
    terminal.write(buffer.draw(SIZE, before, exactly))
    assert terminal.cells == shown_in_full(screen)


def line(*texts: tuple[str, str]) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in texts])


def drawn(*updates: tuple[int, Strip]) -> list[str]:
    """What the frame buffer writes for updates of one row, each at a column."""
    buffer = FrameBuffer()
    return [buffer.draw(Size(12, 1), [(0, x, strip)], exactly) for x, strip in updates]


def test_only_the_cells_that_differ_are_written() -> None:
    before, after = line(("Maria Lopez ", "bold")), line(("Maria Gomez ", "bold"))
    assert drawn((0, before), (0, after))[1] == "\x1b[1;7H\x1b[1mGom\x1b[m"


def test_a_short_gap_is_written_again_and_a_long_one_skipped() -> None:
    assert drawn((0, line(("aaaaaaaaaaaa", ""))), (0, line(("baaaabaaaaab", ""))))[1] == "\x1b[1;1Hbaaaab\x1b[5Cb"


def test_the_color_of_a_space_is_no_difference() -> None:
    assert drawn((0, line(("a b", "red on blue"))), (1, line((" ", "green on blue"))))[1] == ""
    assert drawn((0, line(("a b", "red on blue"))), (1, line((" ", "red on green"))))[1] != ""


def test_half_a_wide_character_takes_the_other_half_with_it() -> None:
    wide, narrow = line(("字字", "")), line(("x", ""))
    assert drawn((0, wide), (1, narrow), (0, wide))[1:] == ["\x1b[1;2Hx", "\x1b[1;1H字"]
    assert drawn((0, wide), (2, narrow), (0, wide))[1:] == ["\x1b[1;3Hx", "\x1b[1;3H字"]


def test_a_wide_character_moves_the_cursor_by_two() -> None:
    assert drawn((0, line(("字aaaaaaaaa", ""))), (0, line(("가aaaaaaaab", ""))))[1] == "\x1b[1;1H가\x1b[8Cb"


def test_a_combining_character_belongs_to_the_one_before_whatever_its_style() -> None:
    assert drawn((0, line(("e", ""), ("\u0301b", "bold"))))[0].startswith("\x1b[1;1He\u0301")
    assert drawn((0, line(("字", ""), ("\u0301b", "bold"))))[0].startswith("\x1b[1;1H字\u0301")


@pytest.mark.parametrize("picture", ["👍🏽", "❤\ufe0f", "e\u0301", "😀", "❤", "☎", "⌚", "▶", "©"])
def test_the_place_is_given_again_after_what_terminals_measure_differently(picture: str) -> None:
    next_column = 1 + cell_len(picture)
    assert drawn((0, line((f"{picture}a", ""))))[0].endswith(f"{picture}\x1b[{next_column}Ga")
    before, after = line(("aaaaaaaaaaa", "")), line((f"{picture}{'a' * (11 - cell_len(picture))}b", ""))
    cleared = "  \x1b[1G" if cell_len(picture) == 2 else ""
    assert drawn((0, before), (0, after))[1] == f"\x1b[1;1H{cleared}{picture}\x1b[1;12Hb"


def test_both_letters_of_a_flag_are_written_together() -> None:
    assert drawn((0, line(("a🇩🇪🇫🇷b", ""))))[0] == "\x1b[1;1Ha  \x1b[2G🇩🇪\x1b[4G  \x1b[4G🇫🇷\x1b[6Gb"
    assert drawn((0, line(("🇩🇪🇫 b", ""))))[0].endswith("🇩🇪\x1b[3G🇫\x1b[4G b")


def test_what_the_app_itself_draws_is_as_wide_everywhere() -> None:
    for text in {*"".join(str(getattr(UNICODE, name)) for name in Glyphs.__slots__), *"│╭╮╰╯“”’…"}:
        assert not drawn((0, line((f"{text}a", ""))))[0].endswith("Ga"), text


@pytest.mark.parametrize("measured", [1, 2])
def test_a_terminal_with_other_widths_shows_all_that_stands_beside(
    measured: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it draws a picture in one cell or in two, nothing is moved, and nothing of before is left."""
    monkeypatch.setattr("pyte.screens.wcwidth", lambda text: measured if text in "😀❤" else wcwidth(text))
    buffer, terminal = FrameBuffer(), Terminal()
    for strip in (line(("zzzzzzzzzzzzzzz", "")), line(("a😀b❤c│", "red"), (" d─e|   ", ""))):
        terminal.write(buffer.draw(Size(WIDTH, HEIGHT), [(0, 0, strip)], exactly))
    shown = "".join(cell.data for cell in terminal.cells[0])
    assert "z" not in shown
    for column, text in enumerate("a  b c│ d─e|"):
        assert text == " " or terminal.cells[0][column].data == text, shown


def test_a_terminal_with_few_colors_is_sent_only_these() -> None:
    buffer = FrameBuffer()
    assert "38;2;" not in buffer.draw(
        Size(3, 1), [(0, 0, line(("abc", "#f2c230")))], terminal_theme("dark-256").rendition
    )


def test_the_same_line_is_written_anew_in_another_theme_and_elsewhere() -> None:
    buffer, size, strip = FrameBuffer(), Size(3, 2), line(("a b", "#f2c230"))
    dark, light = terminal_theme("dark").rendition, terminal_theme("light").rendition
    assert buffer.draw(size, [(0, 0, strip)], dark) == FrameBuffer().draw(size, [(0, 0, strip)], dark)
    assert buffer.draw(size, [(1, 0, strip)], dark) == FrameBuffer().draw(size, [(1, 0, strip)], dark)
    assert buffer.draw(size, [(0, 0, strip)], light) == FrameBuffer().draw(size, [(0, 0, strip)], light)


def test_a_thousand_lines_are_written_as_they_are() -> None:
    buffer, size = FrameBuffer(), Size(9, 1)
    for nth in range(1000):
        strip = line((f"line {nth:04}", ""))
        buffer.forget()
        assert buffer.draw(size, [(0, 0, strip)], exactly) == f"\x1b[1;1Hline {nth:04}"
