"""A standby server serves those who only read (docs/rules.md 13.3)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import psycopg
import pytest

from tests.cli.conftest import Shell
from tests.postgres_server import PATIENCE, Cluster
from tests.store.servers.standbys import Standby, cluster_with_standby
from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Cluster, Standby]]:
    """They are there before anybody sits down as somebody else."""
    with cluster_with_standby() as pair:
        yield pair


def test_a_standby_is_read_and_takes_no_changes(servers: tuple[Cluster, Standby], shell: Shell) -> None:
    """Also where something has come due, which the server that takes changes releases."""
    primary, standby = servers
    with psycopg.connect(primary.address("postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE calls")
    main = ("--db", primary.address("calls"))
    shell.done(*main, "campaign", "create", "Spring", "--initial", "Hi")
    shell.done(*main, "follow-up", "create", "Spring", "--title", "Again", "--text", "Hi", "--expires", "2035-01-01")
    with psycopg.connect(primary.address("calls"), autocommit=True) as conn:
        conn.execute("UPDATE follow_up SET expires_at = 1")
    await_row(standby.address("calls"), "SELECT 1 FROM follow_up WHERE expires_at = 1")
    copy = ("--db", standby.address("calls"))
    assert shell.json(*copy, "overview", "Spring") == shell.json(*copy, "overview", "Spring")
    assert shell.done(*copy, "export", "messages").startswith("timestamp,")
    assert shell.done(*copy, "doctor").splitlines()[1:] == ["All is well."]
    refused = shell.run(*copy, "campaign", "pause", "Spring")
    assert refused.code == 3
    assert "takes no changes: it is a standby, or" in refused.err
    shell.sit_at_terminal()
    assert "can only be read" in shell.refused(*copy)
    shell.done(*main, "campaign", "list")
    with psycopg.connect(primary.address("calls"), autocommit=True) as conn:
        assert conn.execute("SELECT active FROM follow_up").fetchone() == (0,)


def test_what_a_standby_gives_up_is_said(servers: tuple[Cluster, Standby]) -> None:
    """Its server has removed what a long export still reads."""
    primary, standby = servers
    with ExitStack() as stack:
        conn, there = (
            stack.enter_context(psycopg.connect(each.address("postgres"), autocommit=True)) for each in servers
        )
        conn.execute("CREATE DATABASE given_up")
        there.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0")
        there.execute("SELECT pg_reload_conf()")
        db = stack.enter_context(closing(Database(primary.address("given_up"))))
        make_first_owner(db, "ana", "Ana", "Ortiz")
        await_row(standby.address("given_up"), "SELECT 1 FROM users")
        copy = stack.enter_context(closing(Database(standby.address("given_up"))))
        here = stack.enter_context(psycopg.connect(primary.address("given_up"), autocommit=True))

        def read_on() -> None:
            limit = time.monotonic() + PATIENCE
            with copy.reading() as reader:
                while time.monotonic() < limit:
                    reader.execute("SELECT COUNT(*) FROM users").fetchall()
                    here.execute("UPDATE users SET email = email || 'x'")
                    here.execute("VACUUM users")

        with pytest.raises(DatabaseBusy, match=r"is a standby\. .*hot_standby_feedback = on"):
            read_on()


def await_row(address: str, query: str) -> None:
    """Wait until the standby has what its server has confirmed."""
    limit = time.monotonic() + PATIENCE
    while True:
        with suppress(psycopg.Error), psycopg.connect(address, autocommit=True) as conn:
            if conn.execute(query.encode()).fetchone():
                return
        assert time.monotonic() < limit
        time.sleep(0.02)
