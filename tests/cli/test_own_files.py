"""The database and what lies beside it are named for nothing else, under whatever name (docs/rules.md 11.2)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.input_files import read_file
from thrumsg_tui.store.own_files import refuse_own_file
from thrumsg_tui.store.spool import Spool, SpooledRequest

pytestmark = pytest.mark.only_sqlite("it is about the files of SQLite")

ENDINGS = ("", "-wal", "-shm", "-journal", ".spool", ".spool-wal", ".spool-shm", ".spool-journal", ".deliver.lock")

COMMANDS = (
    "export messages --out {}",
    "report opt-outs --out {}",
    "import contacts contacts.csv --campaign Spring --rejects {}",
    "reassign Spring --from-unassigned --to kim --preview --save-plan {}",
    "purge Old --yes --carrier-ids {}",
    "media 1 --out {}",
    "import users {}",
    "opt-out-list {}",
    "reassign --plan {}",
    "backup {}",
)


@pytest.fixture
def busy(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A database that is open, delivered and listened for, so that all files lie beside it."""
    monkeypatch.chdir(spring.database.parent)
    with closing(Database(spring.location)) as db, closing(Spool(spring.database)) as spool:
        with db.reading() as conn:
            conn.execute("SELECT 1 FROM message")
        spool.write([SpooledRequest("twilio", "SM1", "/twilio/message", "", b"Body=hi", datetime.now(UTC))])
        with DeliveryLock(spring.database):
            yield spring


def test_all_of_them_are_known(busy: Shell) -> None:
    """What lies beside the database is in the list: nothing that was forgotten."""
    beside = {path.name.removeprefix("thrumsg.db") for path in busy.database.parent.glob("thrumsg.db*")}
    assert {"-wal", "-shm", ".spool", ".spool-wal", ".deliver.lock"} <= beside <= {*ENDINGS}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("way", ["plain", "symlink", "hard link", "roundabout"])
def test_no_command_reads_or_writes_one(busy: Shell, ending: str, way: str) -> None:
    own = busy.database.with_name(busy.database.name + ending)
    named = Path("other.csv")
    match way:
        case "symlink":
            named.symlink_to(own)
        case "hard link":
            if not own.exists():
                pytest.skip("it is not there now")
            named.hardlink_to(own)
        case "roundabout":
            Path("sub").mkdir()
            named = Path("sub") / ".." / own.name
        case _:
            named = own
    before = own.read_bytes() if own.exists() else None
    for command in COMMANDS:
        said = busy.refused(*command.format(named).split())
        assert "database" in said, (command, said)
    assert (own.read_bytes() if own.exists() else None) == before


def test_the_check_is_what_refuses_it(busy: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it an export replaces the lock of the deliverer, which is then no lock any more."""
    lock = busy.database.with_name("thrumsg.db.deliver.lock")
    before = lock.stat().st_ino
    monkeypatch.setattr("thrumsg_tui.store.own_files.refuse_own_file", lambda *_: None)
    busy.done("export", "messages", "--out", lock)
    assert lock.stat().st_ino != before


def test_a_neighbour_of_the_database_is_no_part_of_it(busy: Shell) -> None:
    for name in ("thrumsg.db.csv", "thrumsg.db-old", "messages.csv"):
        refuse_own_file(busy.database, Path(name))
        busy.done("export", "messages", "--out", name)
    busy.done("backup", "thrumsg.db.bak")


def test_the_lock_is_not_replaced_by_a_backup(busy: Shell) -> None:
    with closing(Database(busy.database)) as db, pytest.raises(Refused):
        backup(db, busy.database.with_name("thrumsg.db.deliver.lock"))


def test_what_the_system_makes_up_is_not_read(spring: Shell) -> None:
    for made_up in ("/proc/self/environ", "/proc/self/status"):
        if Path(made_up).exists():
            assert "not an ordinary file" in spring.refused("import", "users", made_up)


def test_standard_input_has_the_same_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = BytesIO(b"x" * 1001)

    monkeypatch.setattr("thrumsg_tui.store.input_files.MOST", 1000)
    monkeypatch.setattr(sys, "stdin", Piped())
    with pytest.raises(Refused, match="standard input is larger than"):
        read_file(Path("-"))
