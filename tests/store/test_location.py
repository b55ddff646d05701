"""A database is named by a path or by the address of a server (docs/architecture.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.location import ServerAddress, path_of, read_location


@pytest.fixture(autouse=True)
def _no_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def address(text: str) -> ServerAddress:
    found = read_location(text)
    assert isinstance(found, ServerAddress)
    return found


@pytest.mark.parametrize("text", ["thrumsg.db", "/var/lib/thrumsg.db", "postgresql.db", "./postgresql://x"])
def test_what_is_no_address_is_a_file(text: str) -> None:
    assert read_location(text) == Path(text)


@pytest.mark.parametrize(
    ("text", "user", "hosts", "database"),
    [
        ("postgresql://kim@db.example/calls", "kim", ("db.example",), "calls"),
        ("postgres://db1:5433,db2/calls", "", ("db1", "db2"), "calls"),
        ("postgresql://[::1]:5432/calls", "", ("::1",), "calls"),
        ("postgresql://%2Frun%2Fpg/calls", "", ("/run/pg",), "calls"),
        ("postgresql:///calls?host=/run/pg&user=kim", "kim", ("/run/pg",), "calls"),
        ("postgresql://a%40b@h/my%20calls", "a@b", ("h",), "my calls"),
        ("postgresql://?service=calls", "", (), "calls"),
    ],
)
def test_an_address_has_a_user_hosts_and_a_database(
    text: str, user: str, hosts: tuple[str, ...], database: str
) -> None:
    found = address(text)
    assert (found.user, found.hosts, found.database) == (user, hosts, database)
    assert str(found) == text


def test_the_options_are_kept_for_the_driver() -> None:
    found = address("postgresql://h/d?sslmode=verify-full&options=-csearch_path%3Dnorth")
    assert found.options == {"sslmode": "verify-full", "options": "-csearch_path=north"}


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://kim:secret@h/d",
        "postgresql://kim:@h/d",
        "postgres://h/d?password=secret",
        "postgres:///?sslpassword=secret",
        "postgresql://kim:secret/more@h/d",
        "postgresql://kim:1/secret@h/d",
        "postgresql://kim:1?secret@h/d",
        "postgresql://kim:secret@more@h/d",
        "postgresql://kim%3Asecret@h/d",
        "postgresql://h/d?user=kim&PASSWORD=secret",
    ],
)
def test_an_address_with_a_password_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"~/\.pgpass") as refused:
        read_location(text)
    assert "secret" not in f"{refused.value!r} {refused.value}"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://h:port/d",
        "postgresql://h:54 32/d",
        "PostgreSQL://kim:secret@h/d",
        "postgresql+psycopg://kim:secret@h/d",
        "mysql://kim:secret@h/d",
        "postgresql://kim:secret",
        " postgresql://kim:secret@h/d",
        "postgresql:/kim:secret@h/d",
        "host=h user=kim password=secret dbname=d",
        "dbname = d password = secret",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(DatabaseUnusable, match="is not the address of a database") as refused:
        read_location(text)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("postgresql://kim@db.example/calls", "db.example-5432-calls"),
        ("postgresql://db1:5433,db2/calls", "db1+db2-5433-calls"),
        ("postgresql:///calls", "local-5432-calls"),
        ("postgresql://h/calls?options=-csearch_path%3Dnorth", "h-5432-calls-north"),
        ("postgresql://%2F..%2F/%2F..", "_.._-5432-_.."),
        ("postgresql://h/d?port=6432", "h-6432-d"),
    ],
)
def test_a_host_keeps_its_own_files_of_each_database_in_a_folder(text: str, folder: str, tmp_path: Path) -> None:
    assert path_of(address(text)) == tmp_path / "thrumsg" / "servers" / folder / "thrumsg"


def test_the_environment_fills_what_an_address_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOST": "h", "PGPORT": "6432", "PGDATABASE": "d", "PGUSER": "kim"}.items():
        monkeypatch.setenv(name, value)
    found = address("postgresql://")
    assert (found.user, found.hosts, found.database) == ("kim", ("h",), "d")
    assert found.path.parent.name == "h-6432-d"


def test_a_server_is_no_file() -> None:
    with pytest.raises(Refused, match="is on a server"):
        file_engine_for(address("postgresql://h/d"))
