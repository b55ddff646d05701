"""The command line with small moves already made in steps: `python -m tests.cli.in_steps HOW WORD...`, HOW in JSON.

Whatever waits, before a step of its own or to see whether somebody else makes one, may be held there: after the first
`free` times it says `waiting` on the file descriptor `says`, and goes on when it has read a line from standard input.
Once that is closed it goes on by itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from itertools import count
from typing import Any

from thrumsg_tui.cli.main import main
from thrumsg_tui.store.pacing import Pacing


def pacing(above: int, step: int, stalled_after: float, says: int | None = None, free: int = 0) -> Pacing:
    """How moves are made here."""
    waits = count()

    def wait(_: float) -> None:
        if says is not None and next(waits) >= free:
            os.write(says, b"waiting\n")
            sys.stdin.readline()

    return Pacing(most_at_once=above, step=step, hold=0, pause=0, stalled_after=stalled_after, wait=wait)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
    how: dict[str, Any] = json.loads(sys.argv[1])
    sys.exit(main(sys.argv[2:], pacing=pacing(**how)))
