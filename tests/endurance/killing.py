"""Kills a change at any moment (`kill -9`), and looks whether it has happened whole or not at all."""

from __future__ import annotations

import os
import signal
import time
from random import Random

from tests.endurance.child import Stage, Task, begin_child
from tests.endurance.contents import contents
from tests.endurance.course import Course, Judge
from tests.endurance.kinds import Kind
from tests.endurance.tally import Tally

TRIES = 6
"""Times the wanted kills after which a change counts as too short to be hit."""


def kill(judge: Judge, kind: Kind, kills: int, chance: Random) -> Tally:
    """Kill a kind of change at so many moments while it is under way."""
    tally = Tally(f"kill -9: {kind.name}")
    course = judge.course(kind, tally)
    while course and tally.hits < kills and tally.tries < TRIES * kills:
        tally.tries += 1
        judge.workshop.arrange(kind)
        task = judge.workshop.task(kind)
        tally.hits += _struck(judge, task, chance.random() * course.nanoseconds) is Stage.UNDER_WAY
        found = judge.found(kind, course, tally)
        if kind.in_steps and found:
            _finish(judge, task, course, found, tally)
    return tally


def _struck(judge: Judge, task: Task, after: float) -> Stage:
    """Kill a change so many nanoseconds after its first write, and return how far it was."""
    board = judge.board
    child = begin_child(task, board, judge.said)
    while board.stage is Stage.BEFORE:
        if os.waitpid(child, os.WNOHANG)[0]:
            return board.stage
    until = board.begun + int(after)
    while (left := until - time.monotonic_ns()) > 0:
        time.sleep(0 if left < 2_000_000 else left / 4e9)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return board.stage


def _finish(judge: Judge, task: Task, course: Course, found: str, tally: Tally) -> None:
    """See that the next command finishes what was begun, and leaves what was not."""
    status = judge.ran(Task(task.database, ("campaign", "list"), task.out, task.pacing))
    wanted = course.states[0] if found == course.states[0] else course.states[-1]
    if status:
        tally.note(f"exit status {status} afterwards: {judge.said.read_text()}", error=True)
    elif contents(task.database) != wanted:
        tally.note("left half done by the next command", broken=True)
