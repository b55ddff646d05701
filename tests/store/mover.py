"""Moves everything to and fro until it is killed: `python -m tests.store.mover DATABASE`.

It says `ready`, begins when it may read a line, then says how many of a move it has moved so far, again and again, and
`done` with the event when the move is stored.
"""

from __future__ import annotations

import sys
from itertools import cycle

from tests.store.worker import Worker, begin, say
from thrumsg_tui.domain.reassignment import FromEveryone, Request, ToAssignments
from thrumsg_tui.store.changes.reassign import apply_plan
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.reassignment import plan


def move_to_and_fro(path: str) -> None:
    """Give everything to Kim, then to Lee, then to Kim."""
    worker = Worker(path)
    ana, campaign = worker.ana, worker.spring
    with worker.db.reading() as conn:
        two = [find_assignment(conn, campaign, login) for login in ("kim", "lee")]
    begin()
    for to in cycle(two):
        with worker.db.reading() as conn:
            planned = plan(conn, Request(campaign.id, FromEveryone(), ToAssignments((to,))), worker.db.clock())
        outcome = apply_plan(worker.db, ana, planned, lambda moved: say("moved", moved))
        if outcome.event is not None:
            say("done", outcome.event)


if __name__ == "__main__":
    move_to_and_fro(sys.argv[1])
