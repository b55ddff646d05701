"""The app and its commands, as they are measured: in programs of their own, on a database of the benchmark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Setting
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key

WIDE = (120, 40)
"""A terminal in which the messenger shows the list, the thread and the sidebar."""

NARROW = (80, 24)
"""A terminal in which the messenger shows the list alone."""

SCRIPT = (
    "Hi %first_name% %last_name%, this is %sender_first_name% with Harbor Votes. The election is on the 14th, and your "
    "polling place, the Oak School, is open from 7 to 8. Can we count on your vote? Reply STOP to opt out."
)
"""An initial message of several lines, as campaigns have them; no two contacts get the same."""

_PROGRAM: tuple[str | Path, ...] = (sys.executable, "-m", "thrumsg_tui")


def environment(home: Path) -> dict[str, str]:
    """Return the environment of what is measured: nothing of the person's own, and a terminal with all colours."""
    return {
        "COLORTERM": "truecolor",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }


def run(setting: Setting, *words: str, given: str | None = None) -> str:
    """Run a command that must succeed, with something as its standard input, and return what it prints."""
    line = [*_PROGRAM, "--db", str(setting.database), "--forced-login", OWNER, *words]
    done = subprocess.run(line, check=False, capture_output=True, text=True, input=given, env=dict(setting.environment))
    if done.returncode:
        raise RuntimeError(f"thrumsg {' '.join(words)}: exit status {done.returncode}. {done.stderr.strip()}")
    return done.stdout


def run_json(setting: Setting, *words: str, given: str | None = None) -> Any:
    """Run a command that must succeed, with something as its standard input, and return its JSON."""
    return json.loads(run(setting, *words, "--json", given=given))


def open_at(setting: Setting, *, messenger: bool) -> list[str | Path]:
    """Store on which screen the app opens next, and return its command.

    The messenger opens on the busy sender; in the overview this sender is the first.
    """
    with closing(Database(setting.database)) as db:
        with db.reading() as conn:
            who = identify(conn, OWNER)
            campaign = find_campaign(conn, CAMPAIGN)
            assignment = find_assignment(conn, campaign, BUSY) if messenger else None
        set_preference(db, who.user.id, LAST_ROUTE, str(Route(campaign.id, assignment)))
        set_preference(db, who.user.id, preference_key(campaign.id), str(SenderOrder(SenderSort.PROGRESS)))
    return ["thrumsg_tui", "--db", setting.database, "--forced-login", OWNER]


def opened(setting: Setting, size: tuple[int, int] = WIDE, *, messenger: bool = False) -> PtyProgram:
    """Start the app on the campaign's overview, or on the messenger of the busy sender."""
    return PtyProgram([sys.executable, "-m", *open_at(setting, messenger=messenger)], setting.environment, size)


def demo(setting: Setting) -> PtyProgram:
    """Start the app on the practice campaign."""
    line = [*_PROGRAM, "demo", "--db", setting.folder / "practice.db"]
    return PtyProgram(line, setting.environment, WIDE)
