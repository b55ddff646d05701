"""A server that is not this host proves who it is, unless the address says otherwise (docs/rules.md 13.6)."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.certificates import made_certificate
from tests.outside_tools import require_tool
from tests.postgres_server import USER, own_cluster
from thrumsg_tui.domain.errors import DatabaseUnreachable, DatabaseUnusable
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.postgres.tls import ssl_options
from thrumsg_tui.store.location import ServerAddress

ELSEWHERE = "127.1"
"""A name of this host by which nobody can tell that it is this one."""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "postgresql:///d",
        "postgresql://localhost/d",
        "postgresql://127.0.0.1,127.8.8.8/d",
        "postgresql://[::1]/d",
        "postgresql:///d?host=/run/postgresql",
        "postgresql://db.example/d?hostaddr=127.0.0.1",
        "postgresql://db.example/d?sslmode=require",
        "postgresql://db.example/d?sslmode=disable",
    ],
)
def test_this_host_proves_nothing_and_an_address_may_ask_for_less(text: str) -> None:
    assert ssl_options(ServerAddress(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db.example/d",
        "postgresql://10.0.0.7/d",
        "postgresql://localhost,db.example/d",
        "postgresql://localhost/d?hostaddr=10.0.0.7",
        "postgresql://localhost.example/d",
        "postgresql:///d?service=calls",
    ],
)
def test_any_other_host_proves_who_it_is(text: str) -> None:
    assert ssl_options(ServerAddress(text)) == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PGHOST", "db.example"), ("PGHOSTADDR", "10.0.0.7"), ("PGSERVICE", "calls")],
)
def test_a_variable_that_leads_elsewhere_is_seen(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert ssl_options(ServerAddress("postgresql:///d")) == {"sslmode": "verify-full"}


# With a server that has a certificate


class Secured:
    """A cluster that speaks TLS."""

    def __init__(self, port: int, authority: Path) -> None:
        self.port, self.authority = port, authority

    def address(self, options: str = "", host: str = ELSEWHERE) -> str:
        return f"postgresql://{USER}@{host}:{self.port}/postgres?{options}"

    def trusted(self, host: str = ELSEWHERE) -> str:
        return self.address(f"sslrootcert={self.authority}", host)


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    require_tool("postgresql", is_there=shutil.which("openssl") is not None)
    with TemporaryDirectory(dir="/tmp", prefix="thrumsg-tls-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        free.close()
        made = made_certificate(folder, "db.example", "127.0.0.1")
        settings = {"listen_addresses": "127.0.0.1,127.0.0.2", "port": str(port), **made.settings}
        with own_cluster(settings):
            yield Secured(port, made.authority)


def is_encrypted(address: str) -> bool:
    engine = engine_for(ServerAddress(address))
    conn = engine.open("reader")
    try:
        return bool(conn.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()[0])
    finally:
        engine.close(conn)


def refusal(address: str) -> str:
    with pytest.raises(DatabaseUnusable) as refused:
        Database(address)
    return str(refused.value)


def test_a_server_whose_authority_is_known_is_used(secured: Secured) -> None:
    assert is_encrypted(secured.trusted())


def test_a_server_of_an_unknown_authority_is_not_used(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(secured.address())
    assert "does not prove who it is" in said
    assert "~/.postgresql/root.crt" in said
    assert "sslmode=require in the address" in said
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert "does not prove who it is" in refusal(secured.address())


def test_a_server_with_the_certificate_of_another_name_is_not_used(secured: Secured) -> None:
    assert "does not prove who it is" in refusal(secured.trusted("127.2"))


def test_less_is_enough_where_the_address_says_so(secured: Secured) -> None:
    assert is_encrypted(secured.address("sslmode=require"))
    assert not is_encrypted(secured.address("sslmode=disable"))


def test_a_connection_that_breaks_off_is_called_lost(secured: Secured) -> None:
    """Else nobody would try again what needs nothing but another connection."""
    engine = engine_for(ServerAddress(secured.trusted()))
    conn = engine.open("writer")
    with socket.socket(fileno=os.dup(conn.inside.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)
    with pytest.raises(psycopg.Error) as broken:
        conn.execute("SELECT 1")
    engine.close(conn)
    assert engine.failure(broken.value) is Failure.DISCONNECTED
    assert isinstance(engine.explained(broken.value), DatabaseUnreachable)
