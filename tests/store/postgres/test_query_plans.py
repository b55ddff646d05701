"""On a server no change that a key waits for, and nothing asked every second, reads a whole table that grows.

That no query of a screen does is in `tests/store/test_growth.py`, which runs on both engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from benchmarks.large import cached
from tests.server_databases import POOL, rows_of_file
from tests.store.arranging import look_at
from tests.store.filled import open_filled
from tests.store.query_plans import SMALL
from tests.store.screen_queries import Filled
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.due import anything_due

CONVERSATIONS = 8_000
FEW = 1_000
"""A table that has no more rows yet is read whole wherever that is faster."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with POOL.lasting():
        location = POOL.filled(rows_of_file(cached(tmp_path_factory.mktemp("large"), CONVERSATIONS, 4)))
    of = open_filled(location)
    yield of
    of.db.close()
    POOL.give_back(location)


def read_whole(db: Database) -> Mapping[str, int]:
    """How many rows of each table that grows were read by going through all of it, since the database was made."""
    with db.writing() as tx:
        tx.conn.execute("SELECT pg_stat_force_next_flush()").fetchall()
    with db.reading() as conn:
        rows = conn.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables").fetchall()
    return {name: read for name, read in rows if name not in SMALL and name != "thrumsg_format"}


def whole_tables(db: Database, change: Callable[[], object]) -> list[str]:
    """Which tables that grow a change goes through as a whole."""
    before = read_whole(db)
    change()
    after = read_whole(db)
    return [name for name, read in after.items() if read > before[name] + FEW]


def _phone(of: Filled, nth: int) -> str:
    return look_at(of.db, of.people[nth]).phone


def _opt_out_and_in(of: Filled, phone: str) -> None:
    opt_out_number(of.db, of.who, phone)
    opt_in_number(of.db, of.who, phone)


CHANGES: Mapping[str, Callable[[Filled], object]] = {
    "send": lambda of: send(of.db, of.who, of.people[0], body="Hello"),
    "undo": lambda of: undo(of.db, of.who),
    "receive": lambda of: receive(of.db, None, _phone(of, 1), "yes", provider_id="SM1"),
    "receive STOP": lambda of: receive(of.db, None, _phone(of, 2), "STOP", provider_id="SM2"),
    "opt out": lambda of: opt_out_number(of.db, of.who, _phone(of, 3)),
    "opt in": lambda of: _opt_out_and_in(of, _phone(of, 9)),
    "draft": lambda of: keep_draft(of.db, of.who, of.people[4], "Dear"),
    "presence": lambda of: show_presence(of.db, "here", of.who.user.id, of.of.id, of.people[4]),
    "reassign": lambda of: reassign(
        of.db, of.who, Request(of.of.id, FromConversations(tuple(of.people[5:8])), ToAssignments((of.nobodys,)))
    ),
    "anything due": lambda of: anything_due(of.db),
    "what is due": lambda of: let_due(of.db),
    "claim": lambda of: take_queued(of.db),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_goes_through_no_whole_table_that_grows(large: Filled, name: str) -> None:
    assert whole_tables(large.db, lambda: CHANGES[name](large)) == []


def test_the_measure_sees_what_goes_through_a_whole_table(large: Filled) -> None:
    def change() -> None:
        with large.db.writing() as tx:
            tx.conn.execute("UPDATE message SET media = '' WHERE body = 'nobody said this'")

    assert whole_tables(large.db, change) == ["message"]
