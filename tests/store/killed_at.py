"""Kills a backup or a restore at each of its steps: `python -m tests.store.killed_at ACTION FOLDER`.

A step is whatever Python tells an audit hook: each file that is opened, renamed or removed, and each connection. The
action runs in a forked process that kills itself at the nth step (`kill -9`), for each n until it ends by itself. After
each the files are checked, and a line with n and what was found is printed. FOLDER has `before.db`, the database, and
`backup.db`, an older backup of it with fewer contacts.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.store.arranging import known_as
from tests.store.worker import say
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.backup_file import check_backup
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.restore import openable, restore

STEPS = {"open", "os.rename", "os.remove", "os.truncate", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.scandir"}
STEPS |= {"os.listdir", "sqlite3.connect", "sqlite3.connect/handle"}

TARGET, LIVE = "target.db", "live.db"


def dies(action: Callable[[], object], at: int) -> bool:
    """Run an action in a process of its own, which is killed at a step; whether it had not ended before."""
    return child_dies(lambda: _die_at(at), action)


def child_dies(watch: Callable[[], object], action: Callable[[], object]) -> bool:
    """Run an action in a process of its own, in which `watch` has arranged how it dies; whether it did."""
    child = os.fork()
    if child == 0:
        try:
            watch()
            action()
        except BaseException:  # noqa: BLE001 - it must not go on as a copy of its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the action failed"
    return False


def _die_at(wanted: int) -> None:
    steps = count(1)

    def hook(event: str, _: tuple[object, ...]) -> None:
        if event in STEPS and next(steps) == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


class Backups:
    """A newer backup takes the place of an older one."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._target = folder, folder / TARGET

    def arrange(self) -> None:
        """Put the older backup there."""
        shutil.copyfile(self._folder / "backup.db", self._target)

    def act(self) -> None:
        """Make the newer one."""
        db = Database(self._folder / "before.db")
        backup(db, self._target)
        db.close()

    def found(self) -> int:
        """Return how many contacts the backup has that is there; it is whole."""
        checked = check_backup(self._target)
        assert checked.wrong == ()
        return checked.contacts


class Restores:
    """The database goes back to the backup; where `damaged`, it could not be opened."""

    def __init__(self, folder: Path, *, damaged: bool) -> None:
        self._folder, self._live, self._damaged = folder, folder / LIVE, damaged

    def arrange(self) -> None:
        """Put the newer database there, and nothing beside it."""
        for beside in self._folder.glob("live*"):
            beside.unlink()
        shutil.copyfile(self._folder / "before.db", self._live)
        if self._damaged:
            with self._live.open("r+b") as file:
                file.write(bytes(4096))

    def act(self) -> None:
        """Go back."""
        who = None
        if not self._damaged:
            db = Database(self._live)
            who = known_as(db, "ana")
            db.close()
        restore(self._live, self._folder / "backup.db", "ana", who=who)

    def found(self) -> int:
        """Return how many contacts the database has, which is whole, or -1 if it is damaged as before.

        What was there is in the copy wherever it is in the database no longer, and the backup is as it was.
        """
        check_backup(self._folder / "backup.db")
        if not openable(self._live):
            assert self._damaged
            return -1
        db = Database(self._live)
        assert examine(db) == []
        with db.reading() as conn:
            contacts = int(conn.execute("SELECT COUNT(*) FROM contact").fetchone()[0])
            (opted_out,) = conn.execute("SELECT COUNT(*) FROM opt_out").fetchone()
            (restores,) = conn.execute("SELECT COUNT(*) FROM event WHERE action = 'restore'").fetchone()
        db.close()
        assert opted_out == (0 if self._damaged else 1)
        assert restores <= 1
        if restores:
            assert len(list(self._folder.glob("live-before-restore-*Z.db"))) == 1
        return contacts


def main(name: str, folder: Path) -> None:
    """Kill it at each step."""
    action = Backups(folder) if name == "backup" else Restores(folder, damaged=name == "restore-damaged")
    action.arrange()
    action.act()  # so that everything is imported before the first fork
    for at in count(1):
        action.arrange()
        died = dies(action.act, at)
        say(at, action.found())
        if not died:
            break
    left = [path.name for path in folder.iterdir() if path.name.endswith(".part")]
    assert left == [], left


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
