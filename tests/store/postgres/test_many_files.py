"""A program with more than 1,024 open files, such as a busy `listen`, works on a server as any other does."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import closing

import pytest

from thrumsg_tui.domain.errors import DatabaseUnreachable
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress

FILES = 1_100
"""`select` takes no file whose number is 1,024 or above."""


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * FILES:
        pytest.skip(f"this account may open {hard} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * FILES), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(FILES)]
    yield
    for each in opened:
        os.close(each)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_it_reads_writes_and_notices_that_a_connection_has_ended(empty: ServerAddress) -> None:
    with closing(Database(empty)) as db:
        assert db.engine.open("reader").inside.fileno() > 1_024
        for nth in range(3):
            with db.writing() as tx:
                store_setting(tx, "key", str(nth))
            with db.reading() as conn:
                [(pid, value)] = conn.execute("SELECT pg_backend_pid(), value FROM setting").fetchall()
            assert value == str(nth)
        with closing(Database(empty)) as other, other.reading() as conn:
            assert conn.execute("SELECT pg_terminate_backend(?, 10000)", (pid,)).fetchone()[0] == 1
        with pytest.raises(DatabaseUnreachable, match="Nothing was changed"), db.writing() as tx:
            store_setting(tx, "key", "lost")
