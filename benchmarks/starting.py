"""From the command to the first screen, and on to the messenger: time, bytes, paints and memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.answer_rows import answer_rows
from benchmarks.app import WIDE, demo, opened
from benchmarks.floor_app import READY
from benchmarks.pty_program import START_QUIET, PtyProgram
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

FLOOR = "five plain widgets"

DEMO = answer_rows("command to first screen, practice campaign", (551, None), (48_233, 20_000), (4, 1), grows=False)
RATIO = Row("the same, against an app of five plain widgets", Unit.TIMES, before=2.95, target=1.4, grows=False)
OVERVIEW = answer_rows("command to first screen, overview", (None, None), (72_067, 20_000), (4, 1))
MESSENGER = answer_rows("opening the messenger from the overview", (None, None), (104_499, 20_000), (8, 1))
MEMORY = Row("memory of the app with the messenger open, at most", Unit.MB, before=54, target=45)


def floor(setting: Setting) -> PtyProgram:
    """Start the app of five plain widgets."""
    return PtyProgram([sys.executable, "-m", "benchmarks.floor_app"], setting.environment, WIDE)


def _against_the_floor(setting: Setting) -> Iterator[Figure]:
    """Start both in turn; the first time makes the practice campaign and compiles, and does not count."""
    ours, theirs = [], []
    memory: list[float] = []
    for _ in range(setting.scale.few + 1):
        with demo(setting) as app:
            ours.append(app.first_screen("Spring Turnout", "Unassigned"))
        with floor(setting) as app:
            theirs.append(app.first_screen(READY))
            memory += app.peak_memory
    del ours[0], theirs[0]
    yield from DEMO.figures(ours, until_shown=True)
    yield from DEMO.figures(theirs, FLOOR, until_shown=True)
    yield Figure(RATIO, tuple(mine.shown_ms / other.shown_ms for mine, other in zip(ours, theirs, strict=True)))
    if memory:
        yield Figure(MEMORY, tuple(memory), FLOOR)


def _large(setting: Setting) -> Iterator[Figure]:
    starts, openings = [], []
    memory: list[float] = []
    for _ in range(setting.scale.few):
        with opened(setting) as app:
            starts.append(app.first_screen("Overview", "Unassigned"))
            app.press("j")
            openings.append(app.press("enter", shown=partial(app.shows, "Viewing as", " / "), quiet=START_QUIET))
            memory += app.peak_memory
    yield from OVERVIEW.figures(starts, until_shown=True)
    yield from MESSENGER.figures(openings)
    if memory:
        yield Figure(MEMORY, tuple(memory))


STARTING = Family(
    "starting",
    "Starting",
    (
        Part((*DEMO.all, RATIO), _against_the_floor),
        Part((*OVERVIEW.all, *MESSENGER.all, MEMORY), _large),
    ),
)
