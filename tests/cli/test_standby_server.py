"""A standby server serves those who only read (docs/rules.md 13.3)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.conftest import Shell
from tests.postgres_server import PATIENCE, Cluster
from tests.store.servers.standbys import Standby, cluster_with_standby


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
    await_expiry(standby.address("calls"))
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


def await_expiry(address: str) -> None:
    """Wait until the standby has what its server has confirmed."""
    limit = time.monotonic() + PATIENCE
    with psycopg.connect(address, autocommit=True) as conn:
        while conn.execute("SELECT 1 FROM follow_up WHERE expires_at = 1").fetchone() is None:
            assert time.monotonic() < limit
            time.sleep(0.02)
