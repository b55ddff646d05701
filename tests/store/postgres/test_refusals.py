"""What keeps a server from being used is said in a sentence (docs/rules.md 11.5)."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres_server import Cluster, own_cluster, shared_cluster
from tests.store.servers.standbys import address_of_both, cluster_with_standby
from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnreachable, DatabaseUnusable
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.postgres.errors import failure
from thrumsg_tui.store.location import ServerAddress

_SECRET = "correct-horse"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Cluster]:
    """A server that wants passwords, has four connections and listens on a port of its own."""
    settings = {"max_connections": "4", "superuser_reserved_connections": "0"}
    with own_cluster(settings) as cluster:
        with psycopg.connect(cluster.address("postgres"), autocommit=True) as conn:
            conn.execute(f"ALTER ROLE thrumsg PASSWORD '{_SECRET}'".encode())
            conn.execute("CREATE ROLE kim LOGIN PASSWORD 'k'")
            conn.execute("CREATE DATABASE calls")
            [(hba,)] = conn.execute("SHOW hba_file").fetchall()
            Path(hba).write_text("local postgres thrumsg trust\nlocal all all scram-sha-256\n")
            conn.execute("SELECT pg_reload_conf()")
        yield cluster


@pytest.fixture
def sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Open a database that cannot be opened, and return what is said."""
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))

    def said(address: str, kind: type[DatabaseUnusable] = DatabaseUnusable) -> str:
        with pytest.raises(DatabaseUnusable) as refused:
            Database(address)
        assert type(refused.value) is kind
        text = str(refused.value)
        assert address in text
        assert _SECRET not in text
        assert "\n" not in text
        return text

    return said


def test_where_nothing_listens_there_is_no_server(sentence: Any) -> None:
    said = sentence("postgresql://kim@127.0.0.1:1/calls", DatabaseUnreachable)
    assert "does not answer (Connection refused). Nothing was changed. Try again when it does" in said


def test_a_host_that_nobody_knows(sentence: Any) -> None:
    said = sentence("postgresql://kim@there-is-no.invalid/calls", DatabaseUnreachable)
    assert "does not answer" in said
    assert "there-is-no.invalid" in said


def test_a_database_that_is_not_there(sentence: Any) -> None:
    said = sentence(shared_cluster().address("absent"))
    assert 'has no such database (database "absent" does not exist). Nothing was changed. Whoever runs it' in said


def test_a_role_that_is_not_there(sentence: Any) -> None:
    said = sentence(shared_cluster().address("postgres").replace("thrumsg@", "nobody_here@"))
    assert 'does not permit this (role "nobody_here" does not exist). Nothing was changed. Ask whoever runs it.' in said


def test_no_password_and_a_wrong_one(guarded: Cluster, sentence: Any, tmp_path: Path) -> None:
    address = guarded.address("calls")
    said = sentence(address)
    assert "let you in (no password supplied). Nothing was changed. A password belongs into ~/.pgpass" in said
    (tmp_path / "pgpass").write_text(f"*:*:*:thrumsg:not-{_SECRET[::-1]}\n")
    (tmp_path / "pgpass").chmod(0o600)
    assert "does not let you in (password authentication failed for user" in sentence(address)
    (tmp_path / "pgpass").write_text(f"*:*:*:thrumsg:{_SECRET}\n")
    Database(address).close()


def test_all_connections_taken(guarded: Cluster, sentence: Any) -> None:
    taken = [psycopg.connect(guarded.address("postgres")) for _ in range(4)]
    try:
        said = sentence(guarded.address("postgres"), DatabaseUnreachable)
    finally:
        for each in taken:
            each.close()
    assert "are taken. Nothing was changed. Try again in a moment." in said
    assert "max_connections" in said


def test_a_standby_takes_no_changes(empty: ServerAddress, sentence: Any) -> None:
    only_reads = f"{empty}&options=-cdefault_transaction_read_only%3Don"
    assert "takes no changes: it is a standby, or" in sentence(f"{only_reads}&target_session_attrs=read-write")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("colour=red", 'invalid URI query parameter: "colour"'),
        ("connect_timeout=x", "bad value for connect_timeout: 'x'"),
        ("application_name=%00", 'forbidden value %00 in percent-encoded value: "%00"'),
    ],
)
def test_an_option_that_cannot_be_used(sentence: Any, option: str, said: str) -> None:
    assert f"cannot be used ({said})." in sentence(f"postgresql://h/d?{option}")


def test_a_server_that_is_set_to_read_only_is_not_called_a_standby_for_sure(
    empty: ServerAddress, sentence: Any
) -> None:
    said = sentence(f"{empty}&options=-cdefault_transaction_read_only%3Don")
    assert "takes no changes: it is a standby, or is set to be read only. Nothing was changed." in said


def test_text_is_utf_8_whatever_the_address_says(empty: ServerAddress) -> None:
    db = Database(f"{empty}&client_encoding=LATIN1")
    with db.reading() as conn:
        assert conn.execute("SELECT CAST(? AS TEXT)", ("😀",)).fetchone()[0] == "😀"
    db.close()


def test_a_service_that_no_file_defines(sentence: Any) -> None:
    assert 'definition of service "absent" not found' in sentence("postgresql://?service=absent")


def test_who_waits_too_long_for_a_lock_is_told(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.05)
    with psycopg.connect(str(db.location)) as other:
        other.execute("LOCK TABLE setting")
        busy = pytest.raises(DatabaseBusy, match=r"locked for 0\.05 seconds\. Nothing was changed\. Try again")
        with busy, db.writing() as tx:
            tx.conn.execute("INSERT INTO setting (key, value) VALUES ('a', 'b')")


def test_who_asks_for_what_the_server_cannot_do_is_told(db: Database) -> None:
    cannot = pytest.raises(DatabaseUnusable, match=r"cannot do this \(temporary file size .*\)\.$")
    limited = Database(f"{db.location}&options=-ctemp_file_limit%3D0%20-cwork_mem%3D64")
    with closing(limited), cannot, limited.reading() as conn:
        conn.execute("SELECT number FROM generate_series(1, 99999) AS number ORDER BY number DESC").fetchall()


def test_without_the_driver_there_are_only_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if "psycopg" in name or "engines.postgres" in name]:
        monkeypatch.delitem(sys.modules, name)
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DatabaseUnusable, match=r"needs psycopg, .*pip install 'thrumsg\[postgres\]'"):
        Database("postgresql://h/d")


@pytest.mark.parametrize(
    "lost",
    [
        "consuming input failed: SSL connection has been closed unexpectedly",
        "consuming input failed: SSL SYSCALL error: EOF detected",
        "SSL error: unexpected eof while reading",
        "the connection is lost",
    ],
)
def test_a_connection_that_is_lost_over_tls_is_a_lost_connection(lost: str) -> None:
    assert failure(psycopg.OperationalError(lost)) is Failure.DISCONNECTED


def test_a_certificate_that_is_not_trusted_is_no_lost_connection() -> None:
    said = "connection failed: SSL error: certificate verify failed"
    assert failure(psycopg.OperationalError(said)) is Failure.NO_ACCESS


def test_of_several_servers_one_may_take_changes_soon(sentence: Any) -> None:
    with cluster_with_standby() as (primary, standby):
        both = address_of_both(primary, standby, "postgres")  # which is there before anything is replayed
        primary.stop("immediate")
        said = sentence(both, DatabaseUnreachable)
    assert "None of the servers of" in said
    assert "takes changes now (session is read-only). Nothing was changed. Try again when one does." in said
