"""Reassignments as whole commands, their undo, and what others wait for meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from statistics import quantiles
from time import perf_counter, sleep
from typing import Any

from benchmarks.app import run, run_json
from benchmarks.large import BUSY, CAMPAIGN
from benchmarks.reading import MessengerReader
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit, timed
from thrumsg_tui.domain.reassignment import FromAssignments, Outcome, Request, ToAssignments
from thrumsg_tui.store.changes.reassign import apply_plan
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.reassignment import plan

WRITES_EVERY = 0.02
"""Seconds between two changes of others."""

THREE = 3
"""How many senders get what is dealt out from Unassigned."""

PREVIEW = Row("preview of the next", Unit.MS)
ONE_PERCENT = Row("reassign 1 % of all, from one sender to all others", Unit.MS, before=1_320, target=600)
ONE_PERCENT_BACK = Row("undo of that", Unit.MS, before=1_290, target=600)
LARGEST = Row("the largest move in one transaction, without the command", Unit.MS)
TEN_PERCENT = Row("reassign 10 % of all, from Unassigned to three", Unit.MS, before=8_200, target=4_000)
TEN_PERCENT_BACK = Row("undo of dealing out 10 %", Unit.MS)
STEPS = Row("reassign 9 % of everybody's in steps, others writing", Unit.MS, before=15_000, target=5_000)
STEPS_WORST = Row("what others wait meanwhile, at most", Unit.MS, before=330)
STEPS_P99 = Row("what others wait meanwhile, 99 of 100", Unit.MS, target=300)
STEPS_BACK = Row("undo of 9 % in steps, others writing", Unit.MS, before=15_000, target=5_000)
STEPS_BACK_WORST = Row("what others wait during the undo, at most", Unit.MS, before=330)
STEPS_BACK_P99 = Row("what others wait during the undo, 99 of 100", Unit.MS, target=300)


def _one_percent(setting: Setting) -> Iterator[Figure]:
    asked = ("reassign", CAMPAIGN, "--from", BUSY, "--count", str(setting.scale.moved), "--to-everyone")
    yield timed(PREVIEW, lambda: run(setting, *asked, "--preview"), setting.scale.few)
    there, back = _there_and_back(setting, asked, setting.scale.few)
    yield Figure(ONE_PERCENT, there)
    yield Figure(ONE_PERCENT_BACK, back)


def _ten_percent(setting: Setting) -> Iterator[Figure]:
    asked = ["reassign", CAMPAIGN, "--from-unassigned", "--count", str(setting.scale.dealt)]
    for nth in range(THREE):
        asked += ["--to", f"s{nth + 3}"]
    there, back = _there_and_back(setting, asked, 1)
    yield Figure(TEN_PERCENT, there)
    yield Figure(TEN_PERCENT_BACK, back)


def _there_and_back(
    setting: Setting, asked: tuple[str, ...] | list[str], times: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Move and undo so many times; how many milliseconds each took."""
    there, back = [], []
    for _ in range(times):
        outcome, took = _timed_command(setting, *asked)
        there.append(took)
        back.append(_timed_command(setting, "undo", str(outcome["event"]))[1])
    return tuple(there), tuple(back)


def _largest(setting: Setting) -> Iterator[Figure]:
    """Move as many as one transaction takes: for so long others wait."""
    with closing(Database(setting.database)) as db:
        reader = MessengerReader(db)
        with db.reading() as conn:
            others = [each.id for each in assignments(conn, reader.of.id, db.clock()) if each.id != reader.busy]
            destinations = ToAssignments(tuple(others[1:3]))
            most = min(db.pacing.most_at_once, setting.scale.moved_in_steps)
            request = Request(reader.of.id, FromAssignments((reader.busy,)), destinations, count=most)
            planned = plan(conn, request, db.clock())
        runs: list[float] = []
        for _ in range(setting.scale.few):
            done: list[Outcome] = []
            runs += timed(LARGEST, lambda: done.append(apply_plan(db, reader.who, planned)), 1).runs  # noqa: B023
            undo(db, reader.who, done[0].event)
        yield Figure(LARGEST, tuple(runs))


def _in_steps(setting: Setting) -> Iterator[Figure]:
    asked = ("reassign", CAMPAIGN, "--from-everyone", "--count", str(setting.scale.moved_in_steps), "--to-unassigned")
    outcome, took, waited = _with_others_writing(setting, *asked)
    yield Figure(STEPS, (took,))
    yield Figure(STEPS_WORST, (max(waited),))
    yield Figure(STEPS_P99, (quantiles(waited, n=100, method="inclusive")[98],))
    _, took, waited = _with_others_writing(setting, "undo", str(outcome["event"]))
    yield Figure(STEPS_BACK, (took,))
    yield Figure(STEPS_BACK_WORST, (max(waited),))
    yield Figure(STEPS_BACK_P99, (quantiles(waited, n=100, method="inclusive")[98],))


def _with_others_writing(setting: Setting, *words: str) -> tuple[Any, float, list[float]]:
    """Run a command, writing again and again meanwhile; what it says, and how many milliseconds each thing took."""
    waited: list[float] = []
    with ThreadPoolExecutor(1) as other, closing(Database(setting.database)) as db:
        command = other.submit(_timed_command, setting, *words)
        for nth in count(1):
            if command.done() and len(waited) > 1:
                break
            start = perf_counter()
            receive(db, None, f"+1{4_150_000_000 + nth}", "ok")
            waited.append((perf_counter() - start) * 1000)
            sleep(WRITES_EVERY)
        return *command.result(), waited


def _timed_command(setting: Setting, *words: str) -> tuple[Any, float]:
    """What a command says in JSON, and how many milliseconds it took."""
    start = perf_counter()
    outcome = run_json(setting, *words)
    return outcome, (perf_counter() - start) * 1000


MOVING = Family(
    "moving",
    "Reassignments",
    (
        Part((PREVIEW, ONE_PERCENT, ONE_PERCENT_BACK), _one_percent),
        Part((LARGEST,), _largest),
        Part((TEN_PERCENT, TEN_PERCENT_BACK), _ten_percent),
        Part((STEPS, STEPS_WORST, STEPS_P99, STEPS_BACK, STEPS_BACK_WORST, STEPS_BACK_P99), _in_steps),
    ),
)
