"""From the command to the first screen, and on to the messenger: time, bytes, paints and memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.app import WIDE, demo, opened
from benchmarks.floor_app import READY
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

FLOOR = "five plain widgets"

DEMO = Row("command to first screen, practice campaign", Unit.MS, before=551, grows=False)
RATIO = Row("the same, against an app of five plain widgets", Unit.TIMES, before=2.95, target=1.4, grows=False)
DEMO_BYTES = Row("bytes until it is whole", Unit.BYTES, before=38_000, target=20_000, grows=False)
DEMO_PAINTS = Row("paints until it is whole", Unit.PAINTS, before=4, target=1, grows=False)
LARGE = Row("command to first screen, overview of the large campaign", Unit.MS)
LARGE_BYTES = Row("bytes until the overview is whole", Unit.BYTES, before=59_000, target=20_000)
LARGE_PAINTS = Row("paints until the overview is whole", Unit.PAINTS, before=4, target=1)
MESSENGER = Row("opening the messenger from the overview", Unit.MS)
MESSENGER_BYTES = Row("bytes of opening the messenger", Unit.BYTES, before=21_000, target=20_000)
MESSENGER_PAINTS = Row("paints of opening the messenger", Unit.PAINTS, before=2, target=1)
MEMORY = Row("memory of the app with the messenger open, at most", Unit.MB, before=54, target=45)


def floor(setting: Setting) -> PtyProgram:
    """Start the app of five plain widgets."""
    return PtyProgram([sys.executable, "-m", "benchmarks.floor_app"], setting.environment, WIDE)


def _against_the_floor(setting: Setting) -> Iterator[Figure]:
    """Start both in turn; the first time makes the practice campaign and compiles, and does not count."""
    ours, theirs = [], []
    memory = 0.0
    for _ in range(setting.scale.few + 1):
        with demo(setting) as app:
            ours.append(app.first_screen("Spring Turnout", "Unassigned"))
        with floor(setting) as app:
            theirs.append(app.first_screen(READY))
            memory = app.peak_memory
    del ours[0], theirs[0]
    yield Figure(DEMO, tuple(each.shown_ms for each in ours))
    yield Figure(DEMO, tuple(each.shown_ms for each in theirs), FLOOR)
    yield Figure(RATIO, tuple(mine.shown_ms / other.shown_ms for mine, other in zip(ours, theirs, strict=True)))
    yield Figure(DEMO_BYTES, tuple(each.size for each in ours))
    yield Figure(DEMO_BYTES, tuple(each.size for each in theirs), FLOOR)
    yield Figure(DEMO_PAINTS, tuple(each.frames for each in ours))
    yield Figure(DEMO_PAINTS, tuple(each.frames for each in theirs), FLOOR)
    yield Figure(MEMORY, (memory,), FLOOR)


def _large(setting: Setting) -> Iterator[Figure]:
    starts, openings, memory = [], [], []
    for _ in range(setting.scale.few):
        with opened(setting) as app:
            starts.append(app.first_screen("Overview", "Unassigned"))
            app.press("j")
            openings.append(app.press("enter", shown=lambda app=app: "Viewing as" in app.text and " / " in app.text))  # type: ignore[misc]
            memory.append(app.peak_memory)
    yield Figure(LARGE, tuple(each.shown_ms for each in starts))
    yield Figure(LARGE_BYTES, tuple(each.size for each in starts))
    yield Figure(LARGE_PAINTS, tuple(each.frames for each in starts))
    yield Figure(MESSENGER, tuple(each.ms for each in openings))
    yield Figure(MESSENGER_BYTES, tuple(each.size for each in openings))
    yield Figure(MESSENGER_PAINTS, tuple(each.frames for each in openings))
    yield Figure(MEMORY, tuple(memory))


STARTING = Family(
    "starting",
    "Starting",
    (
        Part((DEMO, RATIO, DEMO_BYTES, DEMO_PAINTS), _against_the_floor),
        Part((LARGE, LARGE_BYTES, LARGE_PAINTS, MESSENGER, MESSENGER_BYTES, MESSENGER_PAINTS, MEMORY), _large),
    ),
)
