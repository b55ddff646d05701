"""What is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import sleep

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from benchmarks.measuring import Figure, measure
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.reassignment import FromAssignments, Outcome, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import anything_due
from thrumsg_tui.store.changes.reassign import apply_plan
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import assignments, find_assignment, find_campaign
from thrumsg_tui.store.queries.conversations import ListRequest, ids, next_waiting, page
from thrumsg_tui.store.queries.messenger import MessengerView, ViewRequest, messenger_view
from thrumsg_tui.store.queries.overview import overview
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.store.queries.users import identify

MOVED = 10_000
"""How many conversations the reassignment moves."""

LARGE = 90_000
"""How many a move in steps moves."""

WRITES_EVERY = 0.02
"""Seconds between two changes of others."""


class MessengerReader:
    """Ana at the busy sender's assignment."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.reading() as conn:
            self.who: Identity = identify(conn, OWNER)
            self.of: Campaign = find_campaign(conn, CAMPAIGN)
            self.busy: AssignmentId = find_assignment(conn, self.of, BUSY)
        self.list = ListRequest(self.of.id, self.busy, Tab.RESPONSES)

    def view(self, wanted: ListRequest, at: int = 0, on: ConversationId | None = None) -> MessengerView:
        """Read what the messenger shows with the cursor there."""
        request = ViewRequest(wanted, first=max(0, at - 10), height=30, cursor_id=on, cursor_index=at)
        with self.db.reading() as conn:
            return messenger_view(conn, self.who, request, self.db.clock())

    def all(self, wanted: ListRequest) -> list[ConversationId]:
        """The whole list."""
        with self.db.reading() as conn:
            return ids(conn, wanted)


def reading(path: Path, times: int) -> Iterator[Figure]:
    """What a screen waits for."""

    def opened() -> None:
        with closing(Database(path)) as db:
            reader = MessengerReader(db)
            reader.view(reader.list)

    yield measure("open, first view of the messenger", opened, times)
    with closing(Database(path)) as db:
        reader = MessengerReader(db)
        yield from _views(reader, times)
        yield from _searches(reader, times)
        rows = reader.all(reader.list)
        yield measure("next contact that waits", _in_turn(rows, lambda each: _next(reader, each)), times)
        yield measure("overview", lambda: _overview(reader), times)
        yield measure("anything due? (asked again and again)", lambda: anything_due(db), times)
        yield measure("anything queued? (the same)", lambda: take_queued(db), times)


def _views(reader: MessengerReader, times: int) -> Iterator[Figure]:
    for sort in ConversationSort:
        wanted = replace(reader.list, sort=sort)
        rows = reader.all(wanted)
        moves = count(1)

        def move(wanted: ListRequest = wanted, rows: list[ConversationId] = rows, moves: count[int] = moves) -> None:
            at = next(moves) % len(rows)
            reader.view(wanted, at, rows[at])

        yield measure(f"view after a cursor move, {sort} ({len(rows):,} rows)", move, times)
        last = len(rows) - 1
        yield measure(f"view at the end, {sort}", lambda w=wanted, n=last, r=rows: reader.view(w, n, r[n]), times)  # type: ignore[misc]
    initial = replace(reader.list, tab=Tab.INITIAL)
    waiting = reader.all(initial)

    def last_page() -> None:
        with reader.db.reading() as conn:
            page(conn, initial, len(waiting) - 30, 30)

    yield measure(f"page at the end, Initial ({len(waiting):,} rows)", last_page, times)


def _searches(reader: MessengerReader, times: int) -> Iterator[Figure]:
    for typed in ("an", "zoe moss", "nobody", "415000"):
        wanted = replace(reader.list, search=typed)
        found = reader.view(wanted).total
        yield measure(f"view with the search {typed!r} ({found:,} found)", lambda w=wanted: reader.view(w), times)  # type: ignore[misc]


def _next(reader: MessengerReader, current: ConversationId) -> None:
    with reader.db.reading() as conn:
        next_waiting(conn, reader.busy, current, wrap=True)


def _overview(reader: MessengerReader) -> None:
    with reader.db.reading() as conn:
        overview(conn, reader.who, reader.of.id, reader.db.clock(), "order")


def _in_turn(rows: list[ConversationId], run: Callable[[ConversationId], None]) -> Callable[[], None]:
    left = iter(rows)
    return lambda: run(next(left))


def writing(path: Path, times: int) -> Iterator[Figure]:
    """What a change takes, each safe on the disk."""
    with closing(Database(path)) as db:
        reader = MessengerReader(db)
        rows = reader.all(reader.list)
        numbers = count(1)

        def answer(conversation_id: ConversationId) -> None:
            send(db, reader.who, conversation_id, body="Thank you!")

        yield measure("one send", _in_turn(rows, answer), times)
        yield measure("one receive", lambda: receive(db, None, f"+1{4_150_000_000 + next(numbers)}", "ok"), times)


def commands(path: Path, times: int) -> Iterator[Figure]:
    """Whole command lines, interpreter and imports included."""
    yield measure("thrumsg --version", lambda: _thrumsg(path, "--version"), times)
    yield measure("thrumsg overview --json", lambda: _thrumsg(path, "overview", CAMPAIGN, "--json"), times)
    asked = ("reassign", CAMPAIGN, "--from", BUSY, "--count", str(MOVED), "--to-everyone")
    yield measure(f"thrumsg reassign --preview, {MOVED:,}", lambda: _thrumsg(path, *asked, "--preview"), times)
    there: list[float] = []
    back: list[float] = []
    moved = 0
    for _ in range(times):
        outcome, took = _timed(path, *asked, "--json")
        there.append(took)
        back.append(_timed(path, "undo", str(outcome["event"]), "--json")[1])
        moved = outcome["moved"]
    yield Figure(f"thrumsg reassign to everyone, {moved:,} moved", tuple(there))
    yield Figure("thrumsg undo of that", tuple(back))


def moving(path: Path, times: int) -> Iterator[Figure]:
    """What one transaction keeps others waiting for at most, and a move in steps with others writing meanwhile."""
    with closing(Database(path)) as db:
        reader = MessengerReader(db)
        with db.reading() as conn:
            others = [each.id for each in assignments(conn, reader.of.id, db.clock()) if each.id != reader.busy]
            largest = db.pacing.most_at_once
            request = Request(
                reader.of.id, FromAssignments((reader.busy,)), ToAssignments(tuple(others[1:3])), count=largest
            )
            planned = plan(conn, request, db.clock())
        there: list[float] = []
        for _ in range(times):
            done: list[Outcome] = []
            there += measure("", lambda: done.append(apply_plan(db, reader.who, planned)), 1).runs  # noqa: B023
            undo(db, reader.who, done[0].event)
        yield Figure(f"one transaction of {len(planned.moves):,} moves, the largest", tuple(there))
    asked = ("reassign", CAMPAIGN, "--from-everyone", "--count", str(LARGE), "--to-unassigned", "--json")
    outcome, took, waited = _with_others_writing(path, *asked)
    yield Figure(f"thrumsg reassign in steps, {outcome['moved']:,} moved", (took,))
    yield Figure("one receive by others meanwhile", waited)
    outcome, took, waited = _with_others_writing(path, "undo", str(outcome["event"]), "--json")
    yield Figure(f"thrumsg undo in steps, {outcome['moved']:,} moved", (took,))
    yield Figure("one receive by others meanwhile", waited)


def _with_others_writing(path: Path, *words: str) -> tuple[dict[str, int], float, tuple[float, ...]]:
    """Run a command, writing again and again meanwhile; what it says, and how many milliseconds each thing took."""
    waited: list[float] = []
    with ThreadPoolExecutor(1) as other, closing(Database(path)) as db:
        command = other.submit(_timed, path, *words)
        for nth in count(1):
            if command.done():
                break
            waited += measure("", lambda: receive(db, None, f"+1{4_150_000_000 + nth}", "ok"), 1).runs  # noqa: B023
            sleep(WRITES_EVERY)
        return *command.result(), tuple(waited)


def _timed(path: Path, *words: str) -> tuple[dict[str, int], float]:
    """What a command says in JSON, and how many milliseconds it took."""
    said: list[str] = []
    figure = measure("", lambda: said.append(_thrumsg(path, *words)), 1)
    outcome: dict[str, int] = json.loads(said[0])
    return outcome, figure.runs[0]


def _thrumsg(path: Path, *words: str) -> str:
    line = [sys.executable, "-m", "thrumsg_tui", "--db", str(path), "--forced-login", OWNER, *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout
