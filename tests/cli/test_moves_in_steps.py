"""Large moves on the command line, seen by others and killed by `kill -9` (docs/rules.md 4.8)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from getpass import getuser
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.store.arranging import give, known_as, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_in
from thrumsg_tui.store.queries.campaigns import find_campaign

ROOT = Path(__file__).parent.parent.parent
ME = getuser()
MANY, ABOVE, STEP = 120, 20, 5
PATIENCE = 120
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
    campaign = create_campaign(db, ana, Setup("Spring", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440)))
    add_senders(db, ana, "Spring", ["kim", "lee"])
    give(db, ana, campaign, "kim", take_in(db, ana, "Spring", [f"P{nth}" for nth in range(MANY)]))
    db.close()
    return path


def thrumsg(
    path: Path, *words: object, says: int | None = None, free: int = 0, stalled_after: float = PATIENCE
) -> subprocess.Popen[str]:
    """Begin a command, with small moves made in steps."""
    how = {"above": ABOVE, "step": STEP, "stalled_after": stalled_after, "says": says, "free": free}
    line = [sys.executable, "-m", "tests.cli.in_steps", json.dumps(how), "--db", path, *words]
    pipe, passed = subprocess.PIPE, () if says is None else (says,)
    return subprocess.Popen(
        [str(word) for word in line], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True, pass_fds=passed
    )


def ended(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str]:
    """Let a command go on by itself, wait until it has ended, and return what it printed."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    return out, err


def seen(path: Path, mover: Said, *words: object, code: int = 0) -> tuple[str, str]:
    """What a command prints that looks on while a mover makes one more step."""
    with saying(path, *words) as other:
        mover.step()
        other.go_on()
        return ended(other.process, code)


def shown(path: Path, *words: object) -> Any:
    """What a command shows as JSON."""
    return json.loads(ended(thrumsg(path, *words, "--json"))[0])


def held(path: Path) -> dict[str, int]:
    return {
        each["login"]: each["assigned"] for each in shown(path, "overview", "Spring")["senders"] if each["assigned"]
    }


class Said:
    """What a command says while it runs, line by line."""

    def __init__(self, path: Path, *words: object, free: int = 0) -> None:
        reading, writing = os.pipe()
        self.process = thrumsg(path, *words, says=writing, free=free)
        os.close(writing)
        self._lines = os.fdopen(reading)

    def held(self) -> None:
        """Wait until it waits."""
        assert self._lines.readline() == "waiting\n", ended(self.process)

    def go_on(self) -> None:
        """Let it go on."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def step(self) -> None:
        """Let it make one step."""
        self.go_on()
        self.held()

    def end(self) -> None:
        """End it, however it is."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)
        self._lines.close()


@contextmanager
def saying(path: Path, *words: object, free: int = 0) -> Iterator[Said]:
    """A command that is held where it waits, after the first times that are free."""
    process = Said(path, *words, free=free)
    try:
        process.held()
        yield process
    finally:
        process.end()


def moving(path: Path, *, beyond: int) -> AbstractContextManager[Said]:
    """A command that moves all to Lee, and is held when it has moved so many."""
    return saying(path, "reassign", "Spring", "--from", "kim", "--to", "lee", "--json", free=beyond // STEP)


def job_now(path: Path) -> Job | None:
    db = Database(path)
    try:
        with db.reading() as conn:
            return job_in(conn, find_campaign(conn, "Spring").id)
    finally:
        db.close()


def test_others_see_who_moves_how_many_and_how_far_that_is(path: Path) -> None:
    with moving(path, beyond=STEP) as mover:
        overview = json.loads(seen(path, mover, "overview", "Spring", "--json")[0])
        lines = seen(path, mover, "overview", "Spring")[0]
        entry = json.loads(seen(path, mover, "history", "--limit", 1, "--json")[0])[0]
        listed = seen(path, mover, "history", "--limit", 1)[0]
        out, err = ended(mover.process)
    assert {key: overview["job"][key] for key in ("event", "by", "total", "done", "skipped")} == {
        "event": entry["id"],
        "by": ME,
        "total": MANY,
        "done": 2 * STEP,
        "skipped": 0,
    }
    assert sum(each["assigned"] for each in overview["senders"]) == MANY
    assert f"{ME} moves {3 * STEP} of {MANY} conversations." in lines
    assert (entry["under_way"], entry["undoable"]) == (True, False)
    assert "under way" in listed
    moved = json.loads(out)
    assert (moved["moved"], moved["skipped"], moved["by_sender"]) == (MANY, 0, {"kim": -MANY, "lee": MANY})
    assert err == ""
    assert shown(path, "overview", "Spring")["job"] is None
    assert held(path) == {"lee": MANY}


def test_others_leave_a_move_alone_that_gets_further(path: Path) -> None:
    with moving(path, beyond=STEP) as mover:
        out, err = seen(path, mover, "overview", "Spring", "--json")
        assert json.loads(out)["job"]["done"] == 2 * STEP
        assert err == ""
        ended(mover.process)
    assert held(path) == {"lee": MANY}


@pytest.mark.parametrize(
    "words",
    [
        ("undo",),
        ("campaign", "archive", "Spring", "--yes"),
        ("reassign", "Spring", "--from", "kim", "--to-unassigned"),
        ("undo", "EVENT"),
    ],
)
def test_what_others_must_not_do_meanwhile_is_refused_in_a_sentence(path: Path, words: tuple[str, ...]) -> None:
    with moving(path, beyond=STEP) as mover:
        job = job_now(path)
        assert job
        refusal = seen(path, mover, *(job.event_id if word == "EVENT" else word for word in words), code=1)[1]
        ended(mover.process)
    assert f"{ME} moves {2 * STEP} of {MANY}" in refusal
    assert refusal.count("\n") == 1


def test_after_kill_9_anywhere_the_next_command_finishes_the_move(path: Path) -> None:
    chance = Random(7)
    for _ in range(KILLS):
        beyond = STEP * chance.randrange(MANY // STEP)
        with moving(path, beyond=beyond) as mover:
            mover.process.send_signal(signal.SIGKILL)
            mover.process.communicate(timeout=PATIENCE)
        left = job_now(path)
        assert left
        assert left.passed == beyond
        out, err = ended(thrumsg(path, "overview", "Spring", "--json", stalled_after=0))
        overview = json.loads(out)
        assert overview["job"] is None
        assert {each["login"]: each["assigned"] for each in overview["senders"]}["lee"] == MANY
        assert f"Finished a move that had been left behind: moved {MANY} conversations from Kim to Lee." in err
        assert shown(path, "doctor")["healthy"]
        back = shown(path, "undo")
        assert (back["moved"], back["by_sender"]) == (MANY, {"kim": MANY, "lee": -MANY})
        assert held(path) == {"kim": MANY}


def test_who_interrupts_a_move_is_told_what_becomes_of_it(path: Path) -> None:
    with moving(path, beyond=20) as mover:
        mover.process.send_signal(signal.SIGINT)
        assert mover.process.stdin
        out, err = ended(mover.process, code=130)
    assert out == ""
    assert err == f"thrumsg: {ME} moves 20 of {MANY}; the rest is moved by the next thrumsg that anybody starts.\n"
    assert held(path) == {"lee": MANY}
