"""Large moves on the command line, seen by others and killed by `kill -9` (docs/rules.md 4.8)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.store.arranging import give, known_as, take_in
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.people import Role
from thrumsg_tui.store.changes.campaigns import add_senders, create_campaign
from thrumsg_tui.store.changes.people import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.jobs import Job, job_in

ROOT = Path(__file__).parent.parent.parent
ME = getuser()
MANY, ABOVE, STEP = 600, 50, 5
PATIENCE = 60
KILLS = 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Kim has hundreds of conversations, more than one transaction may move here."""
    path = tmp_path / "thrumsg.db"
    db = Database(path)
    make_first_owner(db, ME, "Ana", "Ortiz")
    ana = known_as(db, ME)
    for login in ("kim", "lee"):
        add_user(db, ana, login, login.capitalize(), "", role=Role.SENDER)
    of = create_campaign(db, ana, "Spring", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440))
    add_senders(db, ana, "Spring", ["kim", "lee"])
    give(db, ana, of, "kim", take_in(db, ana, "Spring", [f"P{nth}" for nth in range(MANY)]))
    db.close()
    return path


def thrumsg(path: Path, *words: object, pause: float = 0.0) -> subprocess.Popen[str]:
    """Begin a command, with small moves made in steps."""
    line = [sys.executable, "-m", "tests.cli.in_steps", ABOVE, STEP, pause, "--db", path, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen([str(word) for word in line], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def ended(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    """Wait until a command has ended, and return what it printed."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    return out, err


def shown(path: Path, *words: object) -> Any:
    """What a command shows as JSON."""
    return json.loads(ended(thrumsg(path, *words, "--json"))[0])


def held(path: Path) -> dict[str, int]:
    return {
        each["login"]: each["assigned"] for each in shown(path, "overview", "Spring")["senders"] if each["assigned"]
    }


@contextmanager
def moving(path: Path, *, beyond: int) -> Iterator[subprocess.Popen[str]]:
    """A command that moves all to Lee, and has moved more than so many; it must not be done yet."""
    process = thrumsg(path, "reassign", "Spring", "--from", "kim", "--to", "lee", "--json", pause=0.01)
    try:
        job = None
        while process.poll() is None and (job is None or job.passed <= beyond):
            job = job_now(path)
        assert job, ended(process)
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def job_now(path: Path) -> Job | None:
    db = Database(path)
    try:
        with db.reading() as conn:
            return job_in(conn, find_campaign(conn, "Spring").id)
    finally:
        db.close()


def test_others_see_who_moves_how_many_and_how_far_that_is(path: Path) -> None:
    with moving(path, beyond=0) as process:
        seen = shown(path, "overview", "Spring")
        lines = ended(thrumsg(path, "overview", "Spring"))[0]
        entry = shown(path, "history", "--limit", 1)[0]
        listed = ended(thrumsg(path, "history", "--limit", 1))[0]
        out, err = ended(process)
    assert {key: seen["job"][key] for key in ("event", "by", "total", "skipped")} == {
        "event": entry["id"],
        "by": ME,
        "total": MANY,
        "skipped": 0,
    }
    assert 0 < seen["job"]["done"] < MANY
    assert sum(each["assigned"] for each in seen["senders"]) == MANY
    assert f"{ME} moves " in lines
    assert " of 600 conversations." in lines
    assert (entry["under_way"], entry["undoable"]) == (True, False)
    assert "under way" in listed
    moved = json.loads(out)
    assert (moved["moved"], moved["skipped"], moved["by_sender"]) == (MANY, 0, {"kim": -MANY, "lee": MANY})
    assert err == ""
    assert shown(path, "overview", "Spring")["job"] is None
    assert held(path) == {"lee": MANY}


def test_what_others_must_not_do_meanwhile_is_refused_in_a_sentence(path: Path) -> None:
    with moving(path, beyond=0) as process:
        event = shown(path, "history", "--limit", 1)[0]["id"]
        refusals = [
            ended(thrumsg(path, *words), code=1)[1]
            for words in (
                ("undo", event),
                ("undo",),
                ("campaign", "archive", "Spring", "--yes"),
                ("reassign", "Spring", "--from", "kim", "--to-unassigned"),
            )
            if job_now(path)
        ]
        ended(process)
    assert refusals
    assert all(f"{ME} moves" in refusal for refusal in refusals)
    assert all(refusal.count("\n") == 1 for refusal in refusals)


def test_after_kill_9_anywhere_the_next_command_finishes_the_move(path: Path) -> None:
    chance = Random(7)
    for _ in range(KILLS):
        with moving(path, beyond=chance.randrange(MANY // 2)) as process:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=PATIENCE)
        left = job_now(path)
        assert left
        assert left.passed < MANY
        out, err = ended(thrumsg(path, "overview", "Spring", "--json"))
        overview = json.loads(out)
        assert overview["job"] is None
        assert {each["login"]: each["assigned"] for each in overview["senders"]}["lee"] == MANY
        assert "Finished a move that had been left behind: moved 600 conversations from Kim to Lee." in err
        assert shown(path, "doctor")["healthy"]
        back = shown(path, "undo")
        assert (back["moved"], back["by_sender"]) == (MANY, {"kim": MANY, "lee": -MANY})
        assert held(path) == {"kim": MANY}


def test_who_interrupts_a_move_is_told_what_becomes_of_it(path: Path) -> None:
    with moving(path, beyond=20) as process:
        process.send_signal(signal.SIGINT)
        out, err = ended(process, code=130)
    assert out == ""
    assert err.startswith(f"thrumsg: {ME} moves ")
    assert err.endswith(" of 600; the rest is moved by the next thrumsg that anybody starts.\n")
    assert held(path) == {"lee": MANY}
