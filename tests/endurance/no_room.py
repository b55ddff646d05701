"""Changes on a disk that becomes full or takes no writes, and on a database that somebody else keeps locked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.cli.damaging import Answer
from tests.endurance.child import Stage
from tests.endurance.contents import contents
from tests.endurance.course import Course, Judge
from tests.endurance.kinds import Kind
from tests.endurance.tally import Tally
from tests.full_disk import SmallDisk
from thrumsg_tui.store.engines import waits

REFUSED, UNUSABLE = 1, 3
PATIENCE = 0
"""Seconds that a command waits for a locked database after it has begun to say that it waits."""

_LOCKS = (
    "import sqlite3, sys\n"
    "conn = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "conn.execute('BEGIN IMMEDIATE')\n"
    "print('locked', flush=True)\n"
    "sys.stdin.read()\n"
)


def fill(judge: Judge, kind: Kind, tries: int, chance: Random, disk: SmallDisk) -> Tally:
    """Make a kind of change on a disk that becomes full at some moment; a hit is a change that had no room."""
    tally = Tally(f"full disk: {kind.name}")
    course = judge.course(kind, tally)
    most = 2 * judge.workshop.bench.good.stat().st_size
    while course and tally.tries < tries:
        tally.tries += 1
        judge.workshop.arrange(kind)
        room = (0, 8192, chance.randrange(65536), chance.randrange(262_144, most))
        disk.fill(free=chance.choice(room) if tally.tries > 1 else 0)
        status = judge.ran(judge.workshop.task(kind))
        disk.empty()
        tally.hits += status == UNUSABLE
        _judge_answer(judge, kind, status, tally)
        found = judge.found(kind, course, tally)
        if status and found == course.states[0]:
            _again(judge, kind, course, tally)
    return tally


def forbid(judge: Judge, kind: Kind, disk: SmallDisk) -> Tally:
    """Make a kind of change on a disk that takes no writes."""
    tally = Tally(f"read-only disk: {kind.name}", tries=1)
    if course := judge.course(kind, tally):
        judge.workshop.arrange(kind)
        with disk.read_only():
            status = judge.ran(judge.workshop.task(kind))
        _judge_refusal(judge, kind, course, status, tally)
    return tally


def lock(judge: Judge, kind: Kind) -> Tally:
    """Make a kind of change while somebody else writes."""
    tally = Tally(f"locked: {kind.name}", tries=1)
    if course := judge.course(kind, tally):
        judge.workshop.arrange(kind)
        with _patience(PATIENCE), _locked(judge):
            status = judge.ran(judge.workshop.task(kind))
        if len(course.states) == 1 and status == 0:  # it only reads, and reading goes on
            tally.hits += 1
            judge.found(kind, course, tally)
        else:
            _judge_refusal(judge, kind, course, status, tally)
    return tally


def _judge_refusal(judge: Judge, kind: Kind, course: Course, status: int, tally: Tally) -> None:
    """See that nothing was done, that this was said, and that it is done later."""
    tally.hits += status == UNUSABLE
    if status != UNUSABLE:
        tally.note(f"exit status {status}: {judge.said.read_text()}", error=True)
    _judge_answer(judge, kind, status, tally)
    if judge.found(kind, course, tally) not in {"", course.states[0]}:
        tally.note("something was changed", broken=True)
    _again(judge, kind, course, tally)


def _judge_answer(judge: Judge, kind: Kind, status: int, tally: Tally) -> None:
    complaint = Answer(kind.words, status, "", judge.said.read_text()).complaint
    if complaint or judge.board.stage is not Stage.ANSWERED:
        tally.note(f"{complaint or 'died'}: {judge.said.read_text()}", error=True)


def _again(judge: Judge, kind: Kind, course: Course, tally: Tally) -> None:
    """See that a change is made whole once nothing is in its way."""
    task = judge.workshop.task(kind)
    status = judge.ran(task)
    if status:
        tally.note(f"exit status {status} the next time: {judge.said.read_text()}", error=True)
    elif contents(task.database) != course.states[-1]:
        tally.note("made otherwise the next time", broken=True)


@contextmanager
def _locked(judge: Judge) -> Iterator[None]:
    """Let another process keep the database locked."""
    pipe = subprocess.PIPE
    words = [sys.executable, "-c", _LOCKS, str(judge.workshop.database)]
    with subprocess.Popen(words, stdin=pipe, stdout=pipe) as other:
        assert other.stdout
        assert other.stdout.readline() == b"locked\n"
        yield
        other.communicate()


@contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """Let the commands that are begun meanwhile be impatient."""
    before, waits.BUSY_SECONDS = waits.BUSY_SECONDS, seconds
    try:
        yield
    finally:
        waits.BUSY_SECONDS = before
