"""Text from right to left moves nothing else in a terminal that reorders its rows (docs/terminals.md)."""

from __future__ import annotations

import re

import pytest
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from tests.tui.office import Office
from thrumsg_tui.tui.directions import MARK, draws_marks, kept_apart, place_of_mark
from thrumsg_tui.tui.frame_buffer import FrameBuffer
from thrumsg_tui.tui.rendition import terminal_theme

HEBREW, ARABIC = "שרה כהן", "نعم"

_LETTER, _BETWEEN = "[\u0590-\u08ff]", f"[^A-Za-z{MARK}\u0590-\u08ff]*"
MOVED = re.compile(f"{_LETTER}{_BETWEEN}(?:[0-9]|(?:  |│){_BETWEEN}{_LETTER})")
"""A letter of theirs, and a number or another column that would be reordered with it."""


@pytest.mark.parametrize(
    ("texts", "apart"),
    [
        (["Maria", "  ", "9 min"], ["Maria", "  ", "9 min"]),
        ([HEBREW, "  ", " 9 min"], [HEBREW, f" {MARK} ", " 9 min"]),
        ([f"{HEBREW}  ", "9 min"], [f"{HEBREW} {MARK} ", "9 min"]),
        ([HEBREW, "", " 9 min"], [HEBREW, "", f" {MARK}9 min"]),
        ([HEBREW, "9 min"], [HEBREW, f"{MARK}9 min"]),
        ([f" {ARABIC}", " ", HEBREW, " 9"], [f" {ARABIC}", f" {MARK}", HEBREW, f" {MARK}9"]),
        ([ARABIC, HEBREW, "…"], [ARABIC, f"{MARK}{HEBREW}", f"{MARK}…"]),
    ],
)
def test_each_text_from_right_to_left_ends_in_a_mark_where_possible_on_a_space(
    texts: list[str], apart: list[str]
) -> None:
    assert list(kept_apart(texts)) == apart


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ("Maria   ", None),
        (f"│ {HEBREW}   │", 9),
        (f"│ {HEBREW} 12  │", 12),
        (f"{HEBREW} and more  ", None),
        (f"{HEBREW}…", 7),
        (f"{ARABIC}", 2),
    ],
)
def test_a_line_that_ends_from_right_to_left_gets_a_mark_behind_its_last_word(cells: str, place: int | None) -> None:
    assert place_of_mark(list(cells)) == place


def test_a_line_that_has_a_mark_gets_no_other() -> None:
    assert place_of_mark([*ARABIC, f" {MARK}", " "]) is None


async def test_names_and_messages_from_right_to_left_leave_columns_and_panes_in_their_places(office: Office) -> None:
    for name in (HEBREW, f"{ARABIC} {ARABIC}", "Maria Lopez"):
        office.contact(name, wrote=f"{ARABIC} {HEBREW}")
    office.person("sara", HEBREW, office.identity("kim").user.role)
    office.clock.forward(minutes=12)
    for size in ((120, 40), (80, 24)):
        async with office.messenger(size=size) as person:
            strips = person.app.screen._compositor.render_strips()
            rows = ["".join(segment.text for segment in strip) for strip in strips]
            assert sum(ARABIC in row for row in rows) > 2
            assert [found[0] for row in rows if (found := MOVED.search(row))] == []


def test_what_is_typed_from_right_to_left_leaves_the_frame_in_its_place() -> None:
    strip = Strip([Segment(f"│ {HEBREW}    │")])
    written = FrameBuffer().draw(Size(14, 1), [(0, 0, strip)], terminal_theme("dark").rendition)
    assert f"{HEBREW} {MARK}" in re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", written)


@pytest.mark.parametrize(
    ("environment", "draws"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "alacritty"}, True),
        ({"TERM": "xterm-256color", "ALACRITTY_WINDOW_ID": "7"}, True),
    ],
)
def test_a_terminal_that_would_draw_the_mark_gets_none(environment: dict[str, str], draws: bool) -> None:
    assert draws_marks(environment) is draws
