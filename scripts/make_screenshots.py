"""Draws `screenshots/` from the practice campaign, the same on every day and machine.

    make_screenshots.py [--check] [NAME ...]

`--check` writes nothing; it says which pictures are old and where, and exits with 1 if any is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from itertools import zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.app import App
from textual.pilot import Pilot

from thrumsg_tui.gateway import practice
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import find_user, identify
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.glyphs import UNICODE
from thrumsg_tui.tui.opening_route import Route
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.timers import Timers

FOLDER = Path(__file__).parent.parent / "screenshots"
ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 6, 18, 40, tzinfo=UTC)
LOGIN = "ana"
ONLINE = ("kim", "maya", "priya", "tomas")
SECONDS = 120
"""How long a picture may take before something is wrong."""

DAY = 24 * 60 * 60.0
STOPPED = Timers(watch=DAY, tick=DAY, presence=DAY, practice=DAY, draft=DAY, rest=DAY, countdown=DAY)
"""The app does nothing by itself: how long a scene takes must not be seen in its picture."""

Scene = Callable[[Pilot[None]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: whose assignment is open, the size of the terminal, and what is done first."""

    scene: Scene
    viewing: str | None = "kim"
    size: tuple[int, int] = (120, 36)


async def look(pilot: Pilot[None]) -> None:
    """Just look."""


async def write_reply(pilot: Pilot[None]) -> None:
    """Write to somebody who waits, without sending."""
    await go_to_contact(pilot, "Paul York")
    await pilot.press("enter", *"11 it is! Our driver knows the hall, and has room for Gerald.")


async def choose_sender(pilot: Pilot[None]) -> None:
    """Open the picker, in the order of who has most waiting."""
    await pilot.press("v")
    await quiet(pilot, lambda app: not isinstance(app.screen, CommandScreen))
    await pilot.press("tab", "tab")


async def answer_survey(pilot: Pilot[None]) -> None:
    """Record an answer, and stay in the survey."""
    await go_to_contact(pilot, "Óscar Avilés-Castañeda")
    await pilot.press("e", "1")


async def reassign_some(pilot: Pilot[None]) -> None:
    """Fill the bulk dialog: eight who need a reply, of two marked senders, to everyone else."""
    await pilot.press("j", "j", "j", "space", "space", "R")
    await quiet(pilot, lambda app: not isinstance(app.screen, CommandScreen))
    await pilot.press("s", "space", "8", "tab", "tab", "right")


async def see_history(pilot: Pilot[None]) -> None:
    """Move work, then look at what was done."""
    await pilot.press("r", *"lee", "enter")
    await quiet(pilot)
    await pilot.press("H")


async def look_up(pilot: Pilot[None]) -> None:
    """Look up the number of somebody who has opted out."""
    await pilot.press("4")
    await quiet(pilot)
    await pilot.press("p")


async def find_contact(pilot: Pilot[None]) -> None:
    """Find somebody of whom only a part of the name is known."""
    await pilot.press("P", *"mar")


async def fill_in_a_campaign(pilot: Pilot[None]) -> None:
    """Begin a campaign, with the preview below."""
    await pilot.press("q")
    await quiet(pilot, lambda app: isinstance(app.screen, CampaignsScreen))
    await pilot.press("c")
    await quiet(pilot, lambda app: not isinstance(app.screen, CommandScreen))
    await pilot.press(*"Runoff", "enter")
    await pilot.press(*"Hi %first_name%, it's %sender_first_name% with %organization%. The runoff is on the 28th.")


async def try_an_import(pilot: Pilot[None]) -> None:
    """Look at what a file would do, line by line."""
    file = Path("newcomers.csv")
    file.write_text(NEWCOMERS, encoding="utf-8")
    await pilot.press("I", *str(file))
    await quiet(pilot)
    await pilot.press("ctrl+o")
    await quiet(pilot)
    await pilot.press("ctrl+o")


async def see_results(pilot: Pilot[None]) -> None:
    """Look at what was answered."""
    await pilot.press("e")


async def go_to_contact(pilot: Pilot[None], name: str) -> None:
    """Move down the list to a contact."""
    for _ in range(100):
        await quiet(pilot)
        if open_contact(pilot.app) == name:
            return
        await pilot.press("j")
    raise LookupError(f"{name} is not in the list")


PICTURES = {
    "messenger": Picture(write_reply),
    "viewing-as": Picture(choose_sender),
    "overview": Picture(look, viewing=None),
    "survey": Picture(answer_survey),
    "bulk-reassign": Picture(reassign_some, viewing=None),
    "history": Picture(see_history),
    "phone-lookup": Picture(look_up),
    "find": Picture(find_contact),
    "messenger-80x24": Picture(write_reply, size=(80, 24)),
    "create-campaign": Picture(fill_in_a_campaign, viewing=None),
    "import": Picture(try_an_import, viewing=None),
    "survey-results": Picture(see_results, viewing=None),
}

NEWCOMERS = """Vorname;Nachname;Handy;Polling Location
Zoë;Lindqvist;(510) 555-0171;Net Loft
Bo;;510-555-0172;Tidewater Hall
;Nobody;510-555-0173;Net Loft
Ida;Short;123;Net Loft
Zoë;Again;+1 510 555 0171;Net Loft
"""


def main() -> int:
    """Draw the pictures that were asked for, by default all."""
    parser = argparse.ArgumentParser(description="Draw screenshots/ from the practice campaign.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PICTURES))
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where one is old")
    args = parser.parse_args()
    if unknown := set(args.names) - PICTURES.keys():
        parser.error(f"there is no picture {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    any_is_old = False
    for name, svg in drawn(args.names or list(PICTURES)):
        path = FOLDER / f"{name}.svg"
        kept = path.read_text(encoding="utf-8") if path.is_file() else ""
        if args.check and kept != svg:
            print(f"screenshots/{path.name} is old: {difference(kept, svg)}", file=sys.stderr)
            any_is_old = True
        elif kept != svg:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(svg, encoding="utf-8")
            print(f"drew {path.name}")
    if any_is_old:
        print("Draw them again with `make screenshots`, look at them, and commit them.", file=sys.stderr)
    return int(any_is_old)


def difference(kept: str, shown: str) -> str:
    """Say where a picture first differs from what the app shows now."""
    if not kept:
        return "it was never drawn."
    before, now = lines_of(kept), lines_of(shown)
    for line in sorted(before.keys() | now.keys()):
        for old, new in zip_longest(before.get(line, []), now.get(line, []), fillvalue=""):
            if old != new:
                return f"its line {line + 1} has “{old}”, and the app shows “{new}” there."
    return "its words are right, but not their places or colours."


def lines_of(svg: str) -> dict[int, list[str]]:
    """The words of a picture, by the number of their line from 0, cut where the colour changes."""
    lines: dict[int, list[str]] = {}
    for number, text in _LINE.findall(svg):
        if words := unescape(text).replace("\xa0", " ").strip():
            lines.setdefault(int(number), []).append(words)
    return lines


def drawn(names: list[str]) -> list[tuple[str, str]]:
    """Draw pictures as SVG, each on a practice database of its own."""
    os.environ["TZ"] = ZONE.key
    time.tzset()
    with tempfile.TemporaryDirectory(prefix="thrumsg-") as folder, chdir(folder):
        built = Path(folder) / "practice.db"
        build(built)
        pictures = []
        for name in names:
            path = Path(folder) / f"{name}.db"
            shutil.copyfile(built, path)
            pictures.append((name, asyncio.run(draw(path, PICTURES[name]))))
        return pictures


def build(path: Path) -> None:
    """Make the practice campaign as of `NOW`, with some of its senders online."""
    practice.prepare(path, LOGIN, "Ana", "Ortiz", clock=stopped, zone=ZONE.key).close()
    db = Database(path, clock=stopped)
    with db.reading() as conn:
        campaign = find_campaign(conn, practice.CAMPAIGN)
        online = [find_user(conn, login) for login in ONLINE]
    for user in online:
        show_presence(db, user.login, user.id, campaign.id, None)
    with db.reading() as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def stopped() -> datetime:
    """The moment at which all pictures are taken."""
    return NOW


async def draw(path: Path, picture: Picture) -> str:
    """Open the app, play a scene, and take the picture once nothing is under way."""
    db = Database(path, clock=stopped)
    with db.reading() as conn:
        who = identify(conn, LOGIN)
        campaign = find_campaign(conn, practice.CAMPAIGN)
        viewed = find_assignment(conn, campaign, picture.viewing) if picture.viewing else None
    app = ThrumsgApp(db, who, ZONE, timers=STOPPED)
    app.glyphs = UNICODE
    try:
        async with asyncio.timeout(SECONDS), app.run_test(size=picture.size) as pilot:
            await quiet(pilot, lambda app: isinstance(app.screen, CommandScreen))
            if viewed is not None:
                app.go_to(Route(campaign.id, viewed))
                await quiet(pilot, lambda app: open_contact(app) is not None)
            await picture.scene(pilot)
            await quiet(pilot)
            return plain(app.export_screenshot())
    finally:
        app.store.close()
        db.close()


def open_contact(app: App[None]) -> str | None:
    """The name of the contact whose conversation the messenger has open."""
    screen = app.screen
    if not isinstance(screen, MessengerScreen) or screen.view is None or screen.view.open is None:
        return None
    return screen.view.open.conversation.name


async def quiet(pilot: Pilot[None], reached: Callable[[ThrumsgApp], bool] = lambda _: True) -> None:
    """Wait until a state is reached and two looks in a row at the screen, with nothing under way, are the same."""
    app = pilot.app
    assert isinstance(app, ThrumsgApp)
    before = None
    while True:
        await pilot.pause()
        if not (app.settled and reached(app)):
            before = None
            continue
        now = plain(app.export_screenshot())
        if now == before:
            return
        before = now


_LINE = re.compile(r'clip-path="url\(#t-line-(\d+)\)">([^<]*)</text>')
_ID = re.compile(r"terminal-\d+")
_REMOTE_FONT = re.compile(r"\s*@font-face \{.*?\}(?=\s*(?:@font-face|\.))", re.DOTALL)
FONTS = "ui-monospace, 'DejaVu Sans Mono', 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace"


def plain(svg: str) -> str:
    """Leave out of an SVG what differs from one run to the next, and every font that is fetched from somewhere."""
    svg = _ID.sub("t", svg)
    svg = _REMOTE_FONT.sub("", svg)
    svg = svg.replace("Fira Code, monospace", FONTS).replace("font-family: arial", "font-family: sans-serif")
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
