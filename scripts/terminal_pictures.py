"""Plays the app in terminals of all kinds and sizes, and draws what each of them would show.

    terminal_pictures.py [--terminal NAME ...] [--size COLUMNSxROWS ...] [--scene NAME ...] FOLDER
    terminal_pictures.py --kept [--check]

Each picture is made from the bytes that the app writes into a pty, in the colours of the terminal's own palette.
`--kept` draws the few in `screenshots/terminals/`; with `--check` nothing is written, and an old one is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len

from scripts.make_screenshots import FOLDER, FONTS, LOGIN, STOPPED, ZONE, build, stopped
from tests.e2e.terminal import Cell, Terminal
from tests.palettes import LINUX, XTERM
from thrumsg_tui.gateway import practice
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route

DARK, LIGHT = ("#000000", "#e5e5e5"), ("#ffffff", "#000000")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of terminal: its environment, its palette, its own background and text, and whether it tells that."""

    environment: dict[str, str]
    own: tuple[str, str] = DARK
    palette: Sequence[str] = XTERM
    tells: bool = False


TRUE_COLORS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
KINDS = {
    "true-colors": Kind(TRUE_COLORS, tells=True),
    "true-colors-light": Kind(TRUE_COLORS, LIGHT, tells=True),
    "256-colors": Kind({"TERM": "tmux-256color"}),
    "256-colors-light": Kind({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, LIGHT),
    "16-colors": Kind({"TERM": "screen"}),
    "16-colors-light": Kind({"TERM": "xterm"}, LIGHT, tells=True),
    "linux": Kind({"TERM": "linux"}, ("#000000", "#aaaaaa"), (*LINUX[:3], "f1c230", *LINUX[4:])),
    "no-colors": Kind({"TERM": "xterm-256color", "NO_COLOR": "1"}),
    "ascii": Kind({"TERM": "xterm-256color", "LC_ALL": "C"}),
}
SIZES = {"60x18": (60, 18), "80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}

SCENES: dict[str, Sequence[str]] = {
    "messenger": ("j",),
    "box": ("enter", *"11 it is! Our driver knows the hall."),
    "survey": ("e",),
    "replies": ("a",),
    "info": ("i",),
    "initial": ("1",),
    "opt-outs": ("4",),
    "marked": ("space", "space"),
    "reassign": ("r",),
    "opt-out": ("o",),
    "viewing-as": ("v",),
    "lookup": ("p",),
    "search": ("/", *"an"),
    "palette": (":",),
    "help": ("?",),
    "history": ("H",),
    "overview": ("q", "j"),
    "bulk": ("q", "j", "space", "R", "s"),
    "campaigns": ("q", "q"),
    "form": ("q", "q", "c", *"Runoff"),
}
"""The keys that lead to each scene, from the messenger on Kim's responses."""

KEPT = (
    *("true-colors-light-120x40-box", "256-colors-80x24-messenger", "16-colors-80x24-messenger"),
    *("linux-80x24-box", "no-colors-80x24-messenger", "ascii-80x24-overview", "true-colors-60x18-messenger"),
)
"""The pictures in `screenshots/terminals/`, as `docs/terminals.md` shows them."""

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
"""What pyte calls the first eight colours."""

_AT_ONCE = 4
"""The number of terminals that are played at once."""

_QUIET = 0.2
"""Seconds of silence after which a picture is complete, if the app has nothing to do either."""

WIDE, HIGH = 8, 17
"""The size of a cell in the pictures."""

PLAY = "from scripts.terminal_pictures import play; play()"
ROOT = Path(__file__).parent.parent


def main() -> int:
    """Draw the pictures that were asked for, by default all."""
    parser = argparse.ArgumentParser(description="Draw what terminals of all kinds and sizes show.")
    parser.add_argument("folder", type=Path, nargs="?", help="where to put the pictures")
    parser.add_argument("--terminal", action="append", choices=KINDS)
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--scene", action="append", choices=SCENES)
    parser.add_argument("--kept", action="store_true", help="draw those in screenshots/terminals/")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where one of them is old")
    args = parser.parse_args()
    if args.kept == bool(args.folder):
        parser.error("name a folder, or say --kept")
    chosen = list(KEPT) if args.kept else list(_names(args.terminal or KINDS, args.size or SIZES, args.scene or SCENES))
    folder = FOLDER / "terminals" if args.kept else args.folder
    folder.mkdir(parents=True, exist_ok=True)
    old = 0
    for name, svg in drawn(chosen):
        path = folder / f"{name}.svg"
        if path.is_file() and path.read_text(encoding="utf-8") == svg:
            continue
        if args.check:
            print(f"{path.name} is old: draw it again with `make screenshots`, and look at it.", file=sys.stderr)
            old += 1
        else:
            path.write_text(svg, encoding="utf-8")
            print(f"drew {path.name}")
    return int(old > 0)


def _names(kinds: Iterable[str], sizes: Iterable[str], scenes: Iterable[str]) -> Iterator[str]:
    return (f"{kind}-{size}-{scene}" for kind in kinds for size in sizes for scene in scenes)


def drawn(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pictures with their names: terminal, size and scene. Some are played at once: they mostly wait."""
    parts = {f"{k}-{size}-{scene}": (k, size, scene) for k in KINDS for size in SIZES for scene in SCENES}
    with tempfile.TemporaryDirectory(prefix="thrumsg-") as folder, ThreadPoolExecutor(_AT_ONCE) as players:
        built = Path(folder) / "practice.db"
        build(built)
        _begin_at_messenger(built)

        def draw(name: str) -> tuple[str, str]:
            kind, size, scene = parts[name]
            home = Path(folder) / name
            home.mkdir()
            svg = _played(KINDS[kind], SIZES[size], SCENES[scene], Path(shutil.copyfile(built, home / "played.db")))
            shutil.rmtree(home)
            return name, svg

        yield from players.map(draw, names)


def _begin_at_messenger(path: Path) -> None:
    db = Database(path, clock=stopped)
    with db.reading() as conn:
        who, campaign = identify(conn, LOGIN), find_campaign(conn, practice.CAMPAIGN)
        route = Route(campaign.id, find_assignment(conn, campaign, "kim"))
    set_preference(db, who.user.id, LAST_ROUTE, str(route))
    with db.reading() as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _played(kind: Kind, size: tuple[int, int], keys: Sequence[str], database: Path) -> str:
    """Play a scene in a terminal, and draw it."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(database.parent), "LC_ALL": "C.UTF-8", "TZ": ZONE.key}
    environment |= {"PYTHONPATH": str(ROOT)} | kind.environment
    command = [sys.executable, "-c", PLAY, str(database)]
    background = kind.own[0] if kind.tells else None
    with Terminal(command, environment=environment, size=size, background=background) as terminal:
        terminal.wait_for("Kim")
        terminal.settle()
        terminal.press(*keys)
        terminal.settle(quiet=_QUIET)
        while _is_busy(terminal.pid):
            terminal.settle(quiet=_QUIET, first=_QUIET)
        drawn = picture(terminal, kind)
        terminal.press("ctrl+q")
        terminal.wait_exit()
        return drawn


def _is_busy(pid: int) -> bool:
    """Whether a thread of a program runs, or would if others let it: on a busy machine silence alone says little."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # the thread has ended
            if (task / "stat").read_text().rpartition(")")[2].split()[0] in {"R", "D"}:
                return True
    return False


def play() -> None:
    """Run the app on the database that the command line names, at the moment of all pictures."""
    db = Database(Path(sys.argv[1]), clock=stopped)
    with db.reading() as conn:
        who = identify(conn, LOGIN)
    ThrumsgApp(db, who, ZONE, timers=STOPPED).run()


def picture(terminal: Terminal, kind: Kind) -> str:
    """Draw what a terminal shows, as SVG."""
    width, height = terminal.columns * WIDE, terminal.rows * HIGH
    drawing = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONTS}" font-size="13">',
        f'<rect width="100%" height="100%" fill="{kind.own[0]}"/>',
    ]
    for row in range(terminal.rows):
        cells = [terminal.cell(row, column) for column in range(terminal.columns)]
        drawing += _row(cells, row * HIGH, kind)
    return "\n".join([*drawing, "</svg>"]) + "\n"


def _row(cells: Sequence[Cell], top: int, kind: Kind) -> Iterator[str]:
    """Draw the grounds of a row, then its texts."""
    looks = [(*_colors(cell, kind), cell.bold, cell.underscore) for cell in cells]
    spans = [list(span) for _, span in groupby(range(len(cells)), key=lambda column: looks[column])]
    for ground, places in groupby(range(len(cells)), key=lambda column: looks[column][1]):
        if ground != kind.own[0]:
            first, *rest = places
            width = (1 + len(rest)) * WIDE
            yield f'<rect x="{first * WIDE}" y="{top}" width="{width}" height="{HIGH}" fill="{ground}"/>'
    for span in spans:
        text, _, bold, underscore = looks[span[0]]
        weight, decoration = "bold" if bold else "normal", "underline" if underscore else "none"
        style = f'fill="{text}" font-weight="{weight}" text-decoration="{decoration}"'
        for column, words in _runs([(column, cells[column].data) for column in span]):
            if words.strip() or underscore:
                yield (
                    f'<text x="{column * WIDE}" y="{top + 13}" {style} xml:space="preserve" '
                    f'textLength="{cell_len(words) * WIDE}" lengthAdjust="spacingAndGlyphs">{escape(words)}</text>'
                )


def _runs(cells: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Join what is ASCII to runs; anything else stands alone, where the terminal would have it."""
    for is_plain, run in groupby(cells, key=lambda cell: cell[1].isascii() and cell[1] != ""):
        places = list(run)
        if is_plain:
            yield places[0][0], "".join(data for _, data in places)
        else:
            yield from ((column, data) for column, data in places if data)


def _colors(cell: Cell, kind: Kind) -> tuple[str, str]:
    """Return the colours of a cell's text and ground. Bold ones of the first eight are bright, as in xterm."""
    text = _color(cell.fg, kind, kind.own[1], bright=cell.bold)
    ground = _color(cell.bg, kind, kind.own[0])
    return (ground, text) if cell.reverse else (text, ground)


def _color(name: str, kind: Kind, default: str, *, bright: bool = False) -> str:
    if name == "default":
        return default
    if name in NAMES:
        return f"#{kind.palette[NAMES.index(name) + 8 * bright]}"
    return f"#{name}"


if __name__ == "__main__":
    sys.exit(main())
