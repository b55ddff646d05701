"""The store needs no more of an engine than its protocols say (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.arranging import known_as
from tests.store.strict_engine import StrictConnection, StrictEngine
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.gateway.practice import prepare
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.export_rows import count_rows, export_rows
from thrumsg_tui.store.queries.campaigns import campaign_rows
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.opt_outs import opt_out_rows
from thrumsg_tui.store.restore import restore

pytestmark = pytest.mark.only_sqlite("it is about SQLite's engine")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The practice campaign: imports, sends, replies, answers, opt-outs and moves, made by the product itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("thrumsg_tui.store.database.engine_for", StrictEngine)
        for module in ("backup", "database", "restore", "restore_files"):
            patched.setattr(f"thrumsg_tui.store.{module}.file_engine_for", StrictEngine)
        db = prepare(tmp_path_factory.mktemp("strict") / "practice.db", "ana", "Ana", "Ortiz", zone="UTC")
        yield db
        db.close()


@pytest.fixture
def ana(practice: Database) -> Identity:
    return known_as(practice, "ana")


def test_it_has_only_what_the_protocol_has(practice: Database) -> None:
    with practice.reading() as conn:
        assert isinstance(conn, StrictConnection)
        assert not hasattr(conn.execute("SELECT 1"), "lastrowid")


def test_what_is_shown_is_read(practice: Database, ana: Identity) -> None:
    with practice.reading() as conn:
        assert campaign_rows(conn, ana)
        assert history(conn)
        assert opt_out_rows(conn)
        for what in ExportKind:
            assert sum(1 for _ in export_rows(conn, what, None)) == count_rows(conn, what, None) + 1


def test_it_is_examined_and_repaired(practice: Database, ana: Identity) -> None:
    with practice.writing() as tx:
        tx.conn.execute("UPDATE assignment SET texted = texted + 1")
    assert examine(practice)
    assert repair(practice, ana)
    assert examine(practice) == []


def test_it_is_changed_copied_and_restored(practice: Database, ana: Identity, tmp_path: Path) -> None:
    assert backup(practice, tmp_path / "copy.db") == 0
    with practice.reading() as conn:
        wanted = next(each for each in history(conn) if each.undoable)
    undone = undo(practice, ana, wanted.id)
    assert undone.event is not None
    assert restore(practice.path, tmp_path / "copy.db", "ana", who=ana).kept is not None
    with practice.reading() as conn:
        assert undone.event not in {each.id for each in history(conn)[1:]}
    assert examine(practice) == []


def test_what_one_connection_has_seen_says_nothing_to_another(tmp_path: Path) -> None:
    """Each connection of SQLite counts by itself how often others have committed."""
    seen = set()
    for _ in range(3):
        db = Database(tmp_path / "some.db")
        with db.reading() as conn:
            seen.add(conn.ask_version()())
        db.close()
    assert len(seen) == 3
