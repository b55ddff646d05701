"""The command line with small moves already made in steps: `python -m tests.cli.in_steps HOW WORD...`, HOW in JSON.

A mover may be held: from `hold` conversations on it says so before each step, on the file descriptor `says`, and goes
on when it has read a line from standard input; once that is closed it goes on by itself. One that looks whether
somebody else's move gets any further says that there, if it may look for so many seconds as `looks_for`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from time import sleep
from typing import Any

from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.store.changes import bulk_move_job
from thrumsg_tui.store.database import Database

_step = bulk_move_job.step


def small_steps(how: Mapping[str, Any]) -> None:
    """Let even small moves be made in steps, and be held."""
    patched = vars(bulk_move_job)
    patched.update(PACED_ABOVE=how["above"], STEP=how["step"], PAUSE=0)

    def held(db: Database, begun: Outcome) -> Outcome:
        if begun.moved >= how["hold"]:
            os.write(how["says"], b"held\n")
            sys.stdin.readline()
        return _step(db, begun)

    def looking(seconds: float) -> None:
        os.write(how["says"], b"looking\n")
        sleep(seconds or 0.01)

    if "hold" in how:
        patched.update(step=held)
    elif "looks_for" in how:
        patched.update(STANDS_STILL=how["looks_for"], sleep=looking)
    elif how.get("leaves_moves_alone"):
        patched.update(finish_left_behind=lambda _: [])


if __name__ == "__main__":
    small_steps(json.loads(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
