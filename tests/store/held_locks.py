"""Watches on SQLite that each change holds the locks of what it writes, and takes them in order.

There nobody needs the locks, so a missing one would show only on a server, and seldom. What a test writes by itself is
not watched.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from tests.new_database import ON_SERVER
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine
from thrumsg_tui.store.locks import (
    CampaignLock,
    ContactLock,
    ContactsLock,
    ConversationLock,
    EventLock,
    EverythingLock,
    Lock,
    NumberLock,
    OurNumbersLock,
    SettingsLock,
    UsersLock,
    in_order,
    rank,
)
from thrumsg_tui.store.schema import APPLICATION_ID

_PRODUCT = str(Path(__file__).parent.parent.parent / "thrumsg_tui")

_CONVERSATION = "(SELECT campaign_id FROM conversation WHERE id = {row}.conversation_id), {row}.conversation_id"

_CONTENT = "{row}.campaign_id, NULL"
_ALONE = "NULL, NULL"

_WATCHED = (
    (
        "conversation",
        "UPDATE OF assignment_id, status, opted_out, flagged, texted, replied, follow_up_id ON conversation",
        "{row}.campaign_id, {row}.id",
    ),
    ("our number", "UPDATE OF our_number ON conversation", "{row}.campaign_id, {row}.id"),
    ("message", "INSERT ON message", _CONVERSATION),
    ("message", "UPDATE OF state, body ON message", _CONVERSATION),
    ("answer", "INSERT ON answer", _CONVERSATION),
    ("target", "INSERT ON follow_up_target", _CONVERSATION),
    ("campaign", "UPDATE ON campaign", "{row}.id, NULL"),
    ("follow-up", "INSERT ON follow_up", _CONTENT),
    ("follow-up", "UPDATE ON follow_up", _CONTENT),
    ("question", "INSERT ON question", _CONTENT),
    ("question", "UPDATE ON question", _CONTENT),
    ("reply", "INSERT ON recommended_reply", _CONTENT),
    ("reply", "UPDATE ON recommended_reply", _CONTENT),
    ("reply", "DELETE ON recommended_reply", _CONTENT),
    ("assignment", "UPDATE OF active ON assignment", "{row}.campaign_id, NULL"),
    ("opt-out", "INSERT ON opt_out", "{row}.phone, NULL"),
    ("opt-out", "UPDATE ON opt_out", "{row}.phone, NULL"),
    ("opt-out", "DELETE ON opt_out", "{row}.phone, NULL"),
    ("user", "INSERT ON users", _ALONE),
    ("user", "UPDATE ON users", _ALONE),
    ("setting", "INSERT ON setting", _ALONE),
    ("setting", "UPDATE ON setting", _ALONE),
    ("contact", "INSERT ON contact", _ALONE),
    ("contact", "UPDATE ON contact", _ALONE),
    ("our number", "UPDATE OF state, kind, mps ON gateway_number", _ALONE),
    ("undone", "UPDATE OF undone_by ON event", "{row}.campaign_id, {row}.id"),
)
"""What is written, where that is seen, and by what its lock is found."""


_WHOLE: dict[str, Lock] = {"user": UsersLock(), "setting": SettingsLock(), "contact": ContactsLock()}
"""What one lock protects as a whole."""


class Order:
    """The locks of the transactions of one connection, which they take in order."""

    def __init__(self) -> None:
        self.locks: dict[Lock, None] = {}
        self.watches = False

    def begin(self) -> None:
        """Begin a transaction; one of the test itself is not watched."""
        self.locks.clear()
        self.watches = _by_the_product()

    def hold(self, locks: tuple[Lock, ...]) -> None:
        """Hold locks; none that comes before those that are held, nor one alone that it shares already."""
        new = [lock for lock in in_order(locks) if lock not in self.locks]
        if new and self.locks and self.watches:
            highest = max(self.locks, key=rank)
            assert rank(new[0]) >= rank(highest), f"{new[0]} is held after {highest}"
            shared = [
                lock for lock in new if isinstance(lock, CampaignLock) and replace(lock, shared=True) in self.locks
            ]
            assert not shared, f"{shared} was shared before"
        self.locks |= dict.fromkeys(new)


class Held(Order):
    """The locks of a transaction of SQLite, and what it wrote without one."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        super().__init__()
        self._conn = conn
        self.bare: list[str] = []
        self.installed = False
        conn.create_function("written", 3, self._written)

    def install(self) -> None:
        """Make the triggers, unless they are there: a connection that several tests share has them of the first."""
        if self.installed:
            return
        self.installed = True
        for number, (subject, what, found_by) in enumerate(_WATCHED):
            found = found_by.format(row="OLD" if what.startswith("DELETE") else "NEW")
            self._conn.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS watched_{number} AFTER {what.replace(' ON ', ' ON main.')} "
                f"BEGIN SELECT written('{subject}', {found}); END"
            )

    def begin(self) -> None:
        """Begin a transaction that has written nothing."""
        super().begin()
        self.bare.clear()

    def _written(self, subject: str, key: Any, row: Any) -> None:
        if self.watches and EverythingLock() not in self.locks and not self._is_held(subject, key, row):
            self.bare.append(f"{subject} ({key}, {row}) was written, and only {list(self.locks)} were held")

    def _is_held(self, subject: str, key: Any, row: Any) -> bool:
        if subject in _WHOLE:
            return _WHOLE[subject] in self.locks
        if subject == "opt-out":
            return NumberLock(key) in self.locks
        if subject == "our number" and OurNumbersLock(shared=True) not in self.locks:
            return OurNumbersLock() in self.locks
        if subject == "undone" and EventLock(EventId(row)) in self.locks:
            return True
        if key is None:
            return subject == "reply" and SettingsLock() in self.locks
        if CampaignLock(CampaignId(key)) in self.locks:
            return True
        if subject == "assignment":
            return CampaignLock(CampaignId(key), shared=True) in self.locks
        return row is not None and self._holds(ConversationId(row))

    def _holds(self, conversation_id: ConversationId) -> bool:
        if ConversationLock(conversation_id) in self.locks:
            return True
        query = "SELECT phone FROM contact WHERE id = (SELECT contact_id FROM conversation WHERE id = ?)"
        return ContactLock(self._conn.execute(query, (conversation_id,)).fetchone()[0]) in self.locks


class _Bulk:
    """A connection that is told all that a bulk change tells it, but not where to keep what is temporary.

    SQLite would drop the triggers, and read its schema anew: a tenth of the time of these tests.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def execute(self, sql: str) -> sqlite3.Cursor:
        return self._conn.execute(sql.partition("=")[0] if "temp_store" in sql else sql)


def _by_the_product() -> bool:
    """Whether a transaction is begun by the code that is tested, and not by a test or a benchmark."""
    frame = sys._getframe(1)
    while frame.f_back and not (frame.f_code.co_name == "writing" and frame.f_code.co_filename.endswith("database.py")):
        frame = frame.f_back
    while frame.f_back and frame.f_code.co_filename.endswith(("contextlib.py", "database.py", "import_run.py")):
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(_PRODUCT)


def watch(patched: pytest.MonkeyPatch) -> None:
    """Watch all writers that begin a transaction from now on."""
    if ON_SERVER:
        _watch_order(patched)
    _watch_writes(patched)


def _watch_writes(patched: pytest.MonkeyPatch) -> None:
    held: WeakKeyDictionary[sqlite3.Connection, Held] = WeakKeyDictionary()
    begin_write, hold, commit, bulk = (
        SqliteEngine.begin_write,
        SqliteEngine.hold,
        SqliteEngine.commit,
        SqliteEngine.bulk,
    )

    def begin_watched(self: SqliteEngine, conn: sqlite3.Connection, **how: Any) -> str | None:
        if self.mark != APPLICATION_ID:  # a spool, which has no such tables
            return begin_write(self, conn, **how)
        if conn not in held:
            held[conn] = Held(conn)
        held[conn].install()
        key = begin_write(self, conn, **how)
        held[conn].begin()
        return key

    def hold_watched(self: SqliteEngine, conn: sqlite3.Connection, locks: tuple[Lock, ...]) -> None:
        held[conn].hold(locks)
        hold(self, conn, locks)

    @contextmanager
    def bulk_watched(self: SqliteEngine, conn: sqlite3.Connection, **how: Any) -> Iterator[None]:
        if conn in held:
            with bulk(self, _Bulk(conn), **how):  # type: ignore[arg-type]  # it calls nothing else
                yield
            return
        try:
            with bulk(self, conn, **how):
                yield
        finally:
            held.pop(conn, None)

    def commit_watched(self: SqliteEngine, conn: sqlite3.Connection) -> None:
        if conn in held:
            assert not held[conn].bare, held[conn].bare
            looks_up = conn.execute("PRAGMA foreign_keys").fetchone()[0]
            broken = [] if looks_up else conn.execute("PRAGMA main.foreign_key_check").fetchall()
            assert not broken, f"a change refers to what does not exist: {list(map(tuple, broken))}"
        commit(self, conn)

    patched.setattr(SqliteEngine, "begin_write", begin_watched)
    patched.setattr(SqliteEngine, "hold", hold_watched)
    patched.setattr(SqliteEngine, "commit", commit_watched)
    patched.setattr(SqliteEngine, "bulk", bulk_watched)


def _watch_order(patched: pytest.MonkeyPatch) -> None:
    from thrumsg_tui.store.engines.postgres.engine import PostgresEngine

    orders: WeakKeyDictionary[object, Order] = WeakKeyDictionary()
    begin_write, hold = PostgresEngine.begin_write, PostgresEngine.hold

    def begin_watched(self: PostgresEngine, conn: Any, **how: Any) -> str:
        key = begin_write(self, conn, **how)
        orders.setdefault(conn, Order()).begin()
        return key

    def hold_watched(self: PostgresEngine, conn: Any, locks: tuple[Lock, ...]) -> None:
        orders[conn].hold(locks)
        hold(self, conn, locks)

    patched.setattr(PostgresEngine, "begin_write", begin_watched)
    patched.setattr(PostgresEngine, "hold", hold_watched)
