"""No query of a screen reads a whole table that grows, or sorts what it has read."""

from __future__ import annotations

import ast
import importlib
import inspect
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

import thrumsg_tui.tui
from tests.store.arranging import assignment_of, give, number, take_in
from tests.store.query_plans import Statements, objections
from tests.store.screen_queries import ASKED, Filled
from tests.store.shared_sql import refusals
from tests.store.strict_engine import StrictConnection
from tests.store.world import World
from thrumsg_tui.domain.campaigns import Target
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import remove_sender
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.scheduled_messages import cancel_scheduled, reschedule
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.sqlite import connections
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.queries.due import anything_due

pytestmark = pytest.mark.only_sqlite("plans are the engine's; those of a server are in its own suite")


class Recording(connections.Connection):
    """A connection that remembers each statement with its parameters still apart, as they are planned."""

    statements: Statements

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            self.statements[sql] = parameters
        return super().execute(sql, parameters)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A campaign in which all has happened that can."""
    folder = tmp_path_factory.mktemp("filled")
    world = World(folder)
    db, ana, spring = world.db, world.who["ana"], world.spring
    people = take_in(db, ana, "Spring", [f"P{nth} Q{nth % 5}" for nth in range(30)])
    (folder / "replies.csv").write_text("title,body\nHello,Hi\n")
    import_replies(db, ana, folder / "replies.csv", "Spring")
    for each in people[5:]:
        send(db, ana, each)
    for nth in range(10, 25):
        world.clock.now += timedelta(minutes=1)
        receive(db, None, number(nth), "ok")
    for each in people[20:25]:
        send(db, ana, each, body="thanks")
        record_answer(db, ana, each, "Vote?", "Yes")
    for nth in (3, 9, 14):
        opt_out_number(db, ana, number(nth))
    create_follow_up(db, ana, "Spring", "Reminder", "Vote!")
    give(db, ana, spring, "kim", people[::2])
    give(db, ana, spring, "lee", people[1::4])
    removed = remove_sender(db, ana, "Spring", "lee")
    show_presence(db, "here", ana.user.id, spring.id, people[0])
    assert removed.event is not None
    kims, nobodys = (assignment_of(db, spring, login) for login in ("kim", None))
    yield Filled(db, ana, spring, kims, nobodys, people, removed.event)
    db.close()


@pytest.fixture
def recorded(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Database, Statements]]:
    """The filled database, opened once more, with all statements that are made on it."""
    statements: Statements = {}

    def recording(path: Path, busy_seconds: float, mark: int) -> Recording:
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, factory=Recording)
        conn.statements = statements
        return conn

    monkeypatch.setattr("thrumsg_tui.store.engines.sqlite.engine.connect", recording)
    again = Database(filled.db.location, clock=filled.db.clock)
    yield again, statements
    again.close()


@pytest.mark.parametrize("name", ASKED)
def test_a_query_of_a_screen_reads_and_sorts_no_more_than_it_shows(
    filled: Filled, recorded: tuple[Database, Statements], name: str
) -> None:
    again, statements = recorded
    with again.reading() as conn:
        statements.clear()
        ASKED[name][1](StrictConnection(cast(sqlite3.Connection, conn)), filled)
    assert statements
    assert [refusal for sql in statements for refusal in refusals(sql)] == []
    assert objections(filled.db.path, statements) == []


@pytest.mark.parametrize("change", [anything_due, take_queued])
def test_what_is_asked_every_second_reads_no_more_than_is_due(
    filled: Filled, recorded: tuple[Database, Statements], change: Callable[[Database], object]
) -> None:
    change(recorded[0])
    assert objections(filled.db.path, recorded[1]) == []


def test_a_change_reads_no_whole_table_that_grows(filled: Filled, recorded: tuple[Database, Statements]) -> None:
    again, statements = recorded
    ana, phone = filled.who, number(28)
    send(again, ana, filled.people[1])
    receive(again, None, phone, "STOP", provider_id="SM1")
    opt_in_number(again, ana, phone)
    undo(again, ana)
    record_answer(again, ana, filled.people[1], "Vote?", "No")
    made = create_follow_up(again, ana, "Spring", "Last", "Vote!", target=Target(replied=False))
    edit_follow_up(again, ana, made.id, "Last call", "Vote now!", None)
    receive(again, None, number(27), "I did")
    end_follow_up(again, ana, made.id)
    keep_draft(again, ana, filled.people[1], "Dear")
    show_presence(again, "there", ana.user.id, filled.of.id, filled.people[1])
    picked = Request(filled.of.id, FromConversations(tuple(filled.people[:1])), ToAssignments((filled.nobodys,)))
    undo(again, ana, reassign(again, ana, picked).event)
    assert [each for each in objections(again.path, statements) if each.startswith("SCAN")] == []


def test_holding_messages_anew_reads_only_those_that_are_held(
    filled: Filled, recorded: tuple[Database, Statements]
) -> None:
    again, statements = recorded
    with again.writing() as tx:
        statements.clear()
        reschedule(tx, filled.of)
        cancel_scheduled(tx, filled.of.id)
    assert objections(filled.db.path, statements) == []


def test_no_screen_asks_a_query_that_is_not_planned_here() -> None:
    asked = {function.__qualname__ for function, _ in ASKED.values()}
    assert {name for name in _imported_queries() if name not in asked} == set()


def _imported_queries() -> set[str]:
    """The names of the query functions that the screens import: those whose first parameter is a connection."""
    names = set()
    for path in Path(thrumsg_tui.tui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("thrumsg_tui.store.queries"):
                module = importlib.import_module(str(node.module))
                for alias in node.names:
                    known = getattr(module, alias.name)
                    if inspect.isfunction(known) and "conn" in inspect.signature(known).parameters:
                        names.add(alias.name)
    return names
