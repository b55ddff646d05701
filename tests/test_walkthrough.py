"""The recording of the tour (scripts/record_walkthrough.py): its formats, and what a player shows of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pyte
import pytest

from scripts.record_walkthrough import FOLDER, NAME, SIZE, difference
from scripts.terminal_frames import BACKGROUND, FOREGROUND, PLAIN, Frame, Line, Look, Run, line_of
from scripts.walkthrough_cast import cast_of
from scripts.walkthrough_picture import picture_of

KEPT = FOLDER / f"{NAME}.cast"
YELLOW = Look("f1c230", "23303a", bold=True)


def line(*texts: tuple[int, str, Look]) -> Line:
    return tuple(Run(*each) for each in texts)


FRAMES = [
    Frame((line((1, "Tour", YELLOW)), line((0, "plain", PLAIN)), ()), 1.5, marker="Begin"),
    Frame((line((1, "Tour", YELLOW)), (), line((2, "谢", PLAIN), (4, "谢", PLAIN), (6, " <&>", PLAIN))), 2, "Enter"),
]


def replayed(cast: str) -> list[tuple[float, pyte.Screen]]:
    """Play a cast as its format says; the terminal after each output, each a new one."""
    header, *events = [json.loads(each) for each in cast.splitlines()]
    shown, written = [], ""
    for at, code, data in events:
        if code == "o":
            written += data
            screen = pyte.Screen(header["width"], header["height"])
            pyte.Stream(screen).feed(written)
            shown.append((at, screen))
    return shown


def lines_on(screen: pyte.Screen) -> tuple[Line, ...]:
    rows = [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(screen.lines)]
    return tuple(line_of(cells) for cells in rows)  # type: ignore[arg-type]  # named tuples are cells, too


# The cast


@pytest.mark.parametrize("cast", [cast_of(FRAMES, (20, 3), "A tour"), KEPT.read_text("utf-8")], ids=["made", "kept"])
def test_a_cast_has_the_published_format(cast: str) -> None:
    """As asciicast v2: a header with its required members, then events of three parts in the order of their times."""
    header, *events = [json.loads(each) for each in cast.splitlines()]
    assert header["version"] == 2
    assert isinstance(header["width"], int)
    assert isinstance(header["height"], int)
    assert all(isinstance(value, str) for value in header["env"].values())
    assert all(len(each) == 3 for each in events)
    assert {code for _, code, _ in events} == {"o", "m"}
    assert all(isinstance(at, float | int) and isinstance(data, str) for at, _, data in events)
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert times[0] == 0


def test_a_player_shows_the_frames_at_their_times() -> None:
    shown = replayed(cast_of(FRAMES, (20, 3), "A tour"))
    assert [at for at, _ in shown] == [0, 1.5, 3.5]
    assert [lines_on(screen) for _, screen in shown[:2]] == [frame.lines for frame in FRAMES]


def test_the_kept_cast_goes_from_the_overview_to_a_move_that_is_undone() -> None:
    screens = ["\n".join(screen.display) for _, screen in replayed(KEPT.read_text("utf-8"))]
    assert "Tour 1/12" in screens[0]
    assert "Move 2 conversations of Maya Lindqvist to Lee Okafor?" in "".join(screens)
    assert "Tour 12/12" in screens[-1]
    assert "Undone: moved 2 conversations" in screens[-1]


# The picture


@pytest.mark.parametrize(
    "picture",
    [picture_of(FRAMES, (20, 3), "A tour"), (FOLDER / f"{NAME}.svg").read_text("utf-8")],
    ids=["made", "kept"],
)
def test_a_picture_is_svg_that_moves_by_itself(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    names = {each.get("id") for each in root.iter() if each.get("id")}
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', picture)
    assert used
    assert set(used) <= names
    assert "<script" not in picture
    assert re.search(r"\.film\{animation:film [\d.]+s step-end infinite\}", picture)
    steps = [float(each) for each in re.findall(r"([\d.]+)%\{transform", picture.partition("@keyframes keys")[0])]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] < 100


def test_a_line_that_stays_is_drawn_once() -> None:
    picture = picture_of(FRAMES, (20, 3), "A tour")
    assert picture.count(">Tour</text>") == 1
    assert picture.count('<use href="#l0"') == 2
    assert "&lt;&amp;&gt;" in picture


def test_what_is_kept_is_small() -> None:
    sizes = {path.suffix: path.stat().st_size for path in Path(FOLDER).glob(f"{NAME}.*")}
    assert sizes.keys() == {".cast", ".svg"}
    assert max(sizes.values()) < 300_000


# Lines


def test_a_blank_takes_the_look_of_what_is_before_it() -> None:
    """Its own is what was there before, which differs from run to run and is never seen."""
    screen = pyte.Screen(*SIZE)
    pyte.Stream(screen).feed("\x1b[1;31mab \x1b[32mc\x1b[0m\x1b[2;1H\x1b[38;2;1;2;3m \x1b[0mx")
    first, second = lines_on(screen)[:2]
    assert [(run.column, run.text) for run in first] == [(0, "ab "), (3, "c")]
    assert [(run.text.strip(), run.look.color) for run in second] == [("x", FOREGROUND)]


def test_what_is_wider_than_a_cell_stands_alone() -> None:
    screen = pyte.Screen(10, 1)
    pyte.Stream(screen).feed("a谢b")
    assert [(run.column, run.text.strip(), run.width) for run in lines_on(screen)[0]] == [
        (0, "a", 1),
        (1, "谢", 2),
        (3, "b", 1),
    ]


def test_an_empty_line_is_none() -> None:
    assert lines_on(pyte.Screen(10, 1)) == ((),)
    assert Look(FOREGROUND, BACKGROUND, bold=False) == PLAIN


def test_of_an_old_recording_it_is_said_where_it_differs() -> None:
    assert difference("a\nb\nc", "a\nx\nc") == "it differs from line 2 on."
    assert difference("", "a") == "it differs from line 1 on."
