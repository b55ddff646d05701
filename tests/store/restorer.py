"""Goes back to two backups in turn until it is killed: `python -m tests.store.restorer DATABASE ONE OTHER`.

It says `ready`, begins when it may read a line, and says `done` after each.
"""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path

from tests.store.arranging import known_as
from tests.store.worker import begin, say
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.restore import restore


def go_back_and_forth(path: Path, *backups: Path) -> None:
    """Restore one, then the other, then the one."""
    db = Database(path)
    ana = known_as(db, "ana")
    db.close()
    begin()
    for each in cycle(backups):
        done = restore(path, each, "ana", who=ana)
        if done.kept:
            done.kept.unlink()
        say("done", each.name)


if __name__ == "__main__":
    go_back_and_forth(*map(Path, sys.argv[1:]))
