"""What an answer to a waiting contact costs in keys and time, on the shortest way and through the list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.app import NARROW, opened, run, run_json
from benchmarks.large import CAMPAIGN
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

REPLY = "The Oak School, from 7 to 8."

SHORT = ("ctrl+e", "2", "alt+1")
"""Survey answer and recommended reply, from within the message box."""

THROUGH_THE_LIST = ("escape", "e", "2", "a", "1")
"""The same, by the keys of the list."""

KEYS = Row("a waiting contact answered, with survey answer and recommended reply", Unit.KEYS, before=6, target=4)
TIME = Row("a waiting contact answered, until the next one is shown", Unit.MS)
LIST_KEYS = Row("a waiting contact answered by the keys of the list", Unit.KEYS)
LIST_TIME = Row("a waiting contact answered by the keys of the list, until the next one is shown", Unit.MS)


def _answered(setting: Setting, keys: tuple[str, ...], count: Row, time: Row) -> Iterator[Figure]:
    """Answer contacts one after the other, each Enter as soon as the reply is in the box."""
    if not run_json(setting, "campaign", "show", CAMPAIGN)["replies"]:
        run(setting, "reply", "add", "Where", "--body", REPLY, "--campaign", CAMPAIGN)
        run(setting, "survey", "add", CAMPAIGN, "--question", "Will you vote?", "--choice", "Yes", "--choice", "No")
    times, pressed = [], []
    with opened(setting, NARROW, messenger=True) as app:
        app.first_screen("Viewing as", " / ")
        app.press("enter", shown=partial(app.shows, "0/160"))
        for _ in range(setting.scale.times):
            chosen = app.press(*keys, shown=partial(_is_in_the_box, app), quiet=0.0)
            sent = app.press("enter", shown=partial(_is_empty, app))
            times.append(chosen.shown_ms + sent.shown_ms)
            pressed.append(float(len((*keys, "enter"))))
    yield Figure(count, tuple(pressed))
    yield Figure(time, tuple(times))


def _from_the_box(setting: Setting) -> Iterator[Figure]:
    yield from _answered(setting, SHORT, KEYS, TIME)


def _through_the_list(setting: Setting) -> Iterator[Figure]:
    yield from _answered(setting, THROUGH_THE_LIST, LIST_KEYS, LIST_TIME)


def _is_in_the_box(app: PtyProgram) -> bool:
    return any(REPLY in line and line.startswith("│") for line in app.lines) and app.shows("Send")


def _is_empty(app: PtyProgram) -> bool:
    return app.shows("0/160")


TRIAGE = Family(
    "triage",
    "Triage",
    (
        Part((KEYS, TIME), _from_the_box),
        Part((LIST_KEYS, LIST_TIME), _through_the_list),
    ),
)
