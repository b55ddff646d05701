"""Send All, killed again and again, sends each initial once (docs/rules.md 3.12)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from getpass import getuser
from pathlib import Path
from random import Random

from tests.new_database import ON_SERVER, no_database
from tests.store.arranging import give, known_as, take_in
from tests.store.processes import ROOT
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import Location

INITIALS = 2000
KILLS = 8 if ON_SERVER else 20
"""On a server each takes several times as long, and what is asked is the same."""

CALLS = 9000
"""Python calls within which a batch is killed: about as many as it makes."""

PATIENCE = 300
"""Seconds after which a command hangs: what is sent in the end may be all of it, on a busy machine."""


def build(location: Location) -> Database:
    """Make a campaign with QuickSend, and give Kim all of its contacts."""
    me = getuser()
    db = Database(location)
    make_first_owner(db, me, "Ana", "Ortiz")
    ana = known_as(db, me)
    add_user(db, ana, "kim", "Kim", "Alvarez", role=Role.SENDER)
    campaign = create_campaign(
        db, ana, Setup("Spring", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440), quicksend=True)
    )
    add_senders(db, ana, "Spring", ["kim"])
    give(db, ana, campaign, "kim", take_in(db, ana, "Spring", [f"P{nth}" for nth in range(INITIALS)]))
    return db


def send_all(location: Location, *program: object) -> subprocess.CompletedProcess[str]:
    """Run Send All on the command line."""
    words = [*(program or ["thrumsg_tui"]), "--db", location, "send-all", "Spring", "--sender", "kim"]
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=os.environ | {"COLUMNS": "100"},
    )


def initials(db: Database) -> tuple[int, int]:
    """How many initials there are, and in how many conversations."""
    with db.reading() as conn:
        row = conn.execute(
            "SELECT COUNT(*), COUNT(DISTINCT conversation_id) FROM message WHERE kind = 'initial'"
        ).fetchone()
    return int(row[0]), int(row[1])


def test_send_all_killed_again_and_again_sends_every_initial_once(tmp_path: Path) -> None:
    location = no_database(tmp_path / "thrumsg.db")
    db = build(location)
    chance, cut_short = Random(4), 0
    for _ in range(KILLS):
        before, _ = initials(db)
        batches, calls = chance.randrange(1, 3), chance.randrange(1, CALLS)
        killed = send_all(location, "tests.cli.mortal", "send_batch", batches + 1, calls)
        assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, "")
        after, conversations = initials(db)
        assert before < after == conversations
        cut_short += after < INITIALS
    assert cut_short == KILLS, "every kill must come while there is something left to send"
    last = send_all(location)
    assert (last.returncode, last.stderr) == (0, "")
    assert initials(db) == (INITIALS, INITIALS)
    assert examine(db) == []
