"""Send All, killed again and again, sends each initial once (docs/rules.md 3.12)."""

from __future__ import annotations

import os
import subprocess
import sys
from getpass import getuser
from pathlib import Path
from random import Random
from time import sleep

from tests.store.arranging import give, known_as, take_in
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.people import Role
from thrumsg_tui.store.changes.campaigns import add_senders, create_campaign
from thrumsg_tui.store.changes.people import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

INITIALS = 2000
KILLS = 20
PATIENCE = 120


def build(path: Path) -> Database:
    """Make a campaign with QuickSend, and give Kim all of its contacts."""
    me = getuser()
    db = Database(path)
    make_first_owner(db, me, "Ana", "Ortiz")
    ana = known_as(db, me)
    add_user(db, ana, "kim", "Kim", "Alvarez", role=Role.SENDER)
    of = create_campaign(db, ana, "Spring", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440), quicksend=True)
    add_senders(db, ana, "Spring", ["kim"])
    give(db, ana, of, "kim", take_in(db, ana, "Spring", [f"P{nth}" for nth in range(INITIALS)]))
    return db


def send_all(path: Path) -> subprocess.Popen[str]:
    """Begin Send All on the command line."""
    words = [sys.executable, "-m", "thrumsg_tui", "--db", str(path), "send-all", "Spring", "--sender", "kim"]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "100"}
    )


def initials(db: Database) -> tuple[int, int]:
    """How many initials there are, and in how many conversations."""
    with db.reading() as conn:
        row = conn.execute(
            "SELECT COUNT(*), COUNT(DISTINCT conversation_id) FROM message WHERE kind = 'initial'"
        ).fetchone()
    return int(row[0]), int(row[1])


def test_send_all_killed_twenty_times_sends_every_initial_once(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db"
    db = build(path)
    chance, cut_short = Random(4), 0
    for _ in range(KILLS):
        before, _ = initials(db)
        process = send_all(path)
        goal = before + chance.randrange(1, INITIALS // KILLS // 2)
        while initials(db)[0] < goal and process.poll() is None:
            sleep(0.002)
        process.kill()
        _, complaint = process.communicate(timeout=PATIENCE)
        assert complaint == ""
        after, conversations = initials(db)
        assert before < after == conversations
        cut_short += after < INITIALS
    assert cut_short == KILLS, "every kill must come while there is something left to send"
    out, complaint = send_all(path).communicate(timeout=PATIENCE)
    assert complaint == ""
    assert out
    assert initials(db) == (INITIALS, INITIALS)
    assert examine(db) == []
