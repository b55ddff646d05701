"""Records the newcomer's tour from the real app in a terminal, the same on every day and machine.

    record_walkthrough.py [--check]

It writes `screenshots/walkthrough.cast`, for asciinema, and `screenshots/walkthrough.svg`, an animated picture.
`--check` writes nothing; it says what is old and where, and exits with 1 if anything is.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]  # for `scripts` and `tests`, however this file is called

from scripts.terminal_frames import Frame, Line, line_of  # noqa: E402
from scripts.walkthrough_cast import cast_of  # noqa: E402
from scripts.walkthrough_picture import picture_of  # noqa: E402
from tests.e2e.terminal import Terminal, bytes_of  # noqa: E402
from thrumsg_tui.gateway import practice  # noqa: E402
from thrumsg_tui.gateway.practice_delivery import deliver_practice  # noqa: E402
from thrumsg_tui.store.database import Database  # noqa: E402
from thrumsg_tui.store.queries.users import identify  # noqa: E402
from thrumsg_tui.tui.timers import Timers  # noqa: E402

FOLDER = ROOT / "screenshots"
NAME = "walkthrough"
TITLE = "thrumsg demo --tour"
SIZE = (80, 24)
LOGIN = "ana"
ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 6, 18, 40, tzinfo=UTC)
DAY = 24 * 60 * 60.0

QUIET = 0.5
"""Seconds of silence after which the app has nothing more to say."""

_LETTER = 0.09
"""Seconds from one letter to the next."""


_WORDS = re.compile(r"[^ ]+ ?")


@dataclass(frozen=True, slots=True)
class Act:
    """What the person does next: presses a key or types a text, or waits while time passes.

    Attributes:
        keys: The keys, in order.
        shown: What is on the screen then.
        seconds: For how long it is looked at.
        called: The keys as people call them.
        passes: How many seconds pass for the contacts.
        typed: A text that is typed before the keys, word by word.
        marker: What begins with it.
    """

    keys: Sequence[str] = ()
    shown: str = ""
    seconds: float = 2.0
    called: str = ""
    passes: int = 0
    typed: str = ""
    marker: str = ""


ACTS = (
    Act(shown="1 failed in 24 h", seconds=4, marker="The overview"),
    Act(["enter"], "Tour 2/12", 3, "Enter", marker="Viewing as"),
    Act(["v"], "Type maya", 2, "v"),
    Act(typed="maya", seconds=1.5),
    Act(["enter"], "Tour 3/12", 3.5, "Enter", marker="Reading"),
    Act(["enter"], "Tour 4/12", 4, "Enter", marker="A reply"),
    Act(typed="Of course, bring them along!", seconds=1.5),
    Act(["enter"], "Tour 5/12", 3.5, "Enter", marker="A recommended reply"),
    Act(["ctrl+r"], "Tour 6/12", 3, "ctrl+r"),
    Act(["6"], "See you at Gull Point", 3, "6"),
    Act(["enter"], "Tour 7/12", 3.5, "Enter", marker="An opt-out"),
    Act(["escape", "o"], "They are told", 3, "Esc o"),
    Act(["y"], "Tour 8/12", 2, "y"),
    Act(passes=6, shown="✓ You: That's great", seconds=1.5),
    Act(passes=7, shown="haha fair enough", seconds=3.5, marker="A contact answers"),
    Act(["e"], "records the first answer", 2.5, "e", marker="A survey answer"),
    Act(["1"], "Tour 9/12", 2, "1"),
    Act(["escape"], "mark two", 2, "Esc", marker="Reassigning"),
    Act(["space"], "1 marked", 1, "Space"),
    Act(["space"], "Tour 10/12", 2.5, "Space"),
    Act(["r"], "Type lee", 1.5, "r"),
    Act(typed="lee", seconds=1.2),
    Act(["enter"], "This is the preview", 4, "Enter"),
    Act(["y"], "Tour 11/12", 3, "y", marker="Undo"),
    Act(["z"], "Take it back", 3, "z"),
    Act(["y"], "Tour 12/12", 6, "y"),
)


def main() -> int:
    """Record, or check what is recorded."""
    parser = argparse.ArgumentParser(description="Record the newcomer's tour from the real app.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where one is old")
    parser.add_argument("--app", nargs=2, metavar=("DATABASE", "CLOCK"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.app:
        return run_app(*map(Path, args.app))
    made = made_now()
    if args.check and made != kept():
        made = made_now()  # a machine that halts for seconds shows a notice that has ended meanwhile
    is_old = False
    for kind, text in made.items():
        path, before = FOLDER / f"{NAME}.{kind}", kept()[kind]
        if before != text and args.check:
            print(f"screenshots/{path.name} is old: {difference(before, text)}", file=sys.stderr)
            is_old = True
        elif before != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.name}, {len(text.encode()) // 1000} KB")
    if is_old:
        print("Record them again with `make walkthrough`, look at them, and commit them.", file=sys.stderr)
    return int(is_old)


def made_now() -> dict[str, str]:
    """Record; return the text of each file by its suffix."""
    frames = recorded()
    return {"cast": cast_of(frames, SIZE, TITLE), "svg": picture_of(frames, SIZE, TITLE)}


def kept() -> dict[str, str]:
    """Return the text of each file that is kept, empty where there is none."""
    paths = {kind: FOLDER / f"{NAME}.{kind}" for kind in ("cast", "svg")}
    return {kind: path.read_text(encoding="utf-8") if path.is_file() else "" for kind, path in paths.items()}


def difference(before: str, now: str) -> str:
    """Say where a recording first differs from one that is made now."""
    old, new = before.splitlines(), now.splitlines()
    number = next((place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(old))
    return f"it differs from line {number + 1} on."


def recorded() -> list[Frame]:
    """Play all acts to the app in a terminal; return what it shows after each."""
    with tempfile.TemporaryDirectory(prefix="thrumsg-") as folder:
        database, clock = Path(folder) / "practice.db", Path(folder) / "clock"
        clock.write_text("60", encoding="utf-8")  # after a minute all that was under way has arrived, or failed
        seed = practice.TOUR_SEED
        with closing(practice.prepare(database, LOGIN, "Ana", "Ortiz", seed=seed, clock=began, zone=ZONE.key)) as db:
            deliver_practice(db)
        command = [sys.executable, str(Path(__file__)), "--app", str(database), str(clock)]
        environment = {
            "HOME": folder,
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TZ": ZONE.key,
        }
        frames: list[Frame] = []
        with Terminal(command, environment=environment, size=SIZE) as terminal:
            for act in ACTS:
                frames += play(terminal, clock, act)
            terminal.send(bytes_of("ctrl+q"))
            terminal.wait_exit()
    return frames


def began() -> datetime:
    """Return the moment at which the campaign begins."""
    return NOW


def play(terminal: Terminal, clock: Path, act: Act) -> list[Frame]:
    """Do what an act says; return what is seen of it."""
    frames = []
    for word in _WORDS.findall(act.typed):
        terminal.send(word.encode())
        terminal.settle(quiet=QUIET)
        frames.append(Frame(seen(terminal), _LETTER * len(word)))
    for key in act.keys:
        terminal.send(bytes_of(key))
        terminal.settle(quiet=QUIET)
    if act.passes:
        clock.write_text(str(int(clock.read_text(encoding="utf-8")) + act.passes), encoding="utf-8")
    if act.shown:
        terminal.wait_for(act.shown)
    lines = still(terminal)
    if act.typed:
        return [*frames[:-1], Frame(lines, act.seconds)]
    return [Frame(lines, act.seconds, act.called, act.marker)]


def still(terminal: Terminal) -> tuple[Line, ...]:
    """Wait until the screen stays as it is."""
    before: tuple[Line, ...] = ()
    while (now := seen(terminal)) != before:
        before = now
        terminal.settle(quiet=QUIET, first=QUIET)
    return now


def seen(terminal: Terminal) -> tuple[Line, ...]:
    """Return the lines of the screen."""
    columns, rows = SIZE
    return tuple(line_of([terminal.cell(row, column) for column in range(columns)]) for row in range(rows))


def run_app(database: Path, clock: Path) -> int:
    """Be the app that is recorded: that of `thrumsg demo --tour`, at a time that `clock` tells."""
    from thrumsg_tui.tui.demo_app import DemoApp

    time.tzset()
    db = Database(database, clock=lambda: NOW + timedelta(seconds=int(clock.read_text(encoding="utf-8") or "0")))
    with db.reading() as conn:
        who = identify(conn, LOGIN)
    timers = Timers(tick=DAY, presence=DAY)
    app = DemoApp(db, who, ZONE, tour="newcomer", timers=timers)
    try:
        app.run()
    finally:
        app.stop_delivering()
        app.store.close()
        db.close()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
