"""Whose file it is, found out without disturbing anybody (the design, 3)."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.sqlite.file_header import is_thrumsg
from thrumsg_tui.store.imports.table import read_text

pytestmark = pytest.mark.only_sqlite("a file is recognised by its beginning")

_PAGES_IN_HEADER = slice(28, 32)  # https://www.sqlite.org/fileformat2.html#the_database_header


def test_a_file_whose_checkpoint_was_killed_half_way_opens(tmp_path: Path) -> None:
    """A checkpoint writes the first page first, which then tells of pages that are only in the log yet."""
    db = Database(tmp_path / "thrumsg.db")
    make_first_owner(db, "ana", "Ana", "Ortiz")
    ana = known_as(db, "ana")
    create_campaign(db, ana, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440)))
    take_in(db, ana, "Spring", [f"P{nth}" for nth in range(400)])
    with db.reading() as conn:
        pages = int(conn.execute("PRAGMA page_count").fetchone()[0])
    left = tmp_path / "left.db"
    content = bytearray(db.path.read_bytes())
    assert int.from_bytes(content[_PAGES_IN_HEADER]) < pages, "the log must hold more than the file"
    content[_PAGES_IN_HEADER] = pages.to_bytes(4)
    left.write_bytes(content)
    shutil.copy(f"{db.path}-wal", f"{left}-wal")
    db.close()

    again = Database(left)
    assert examine(again) == []
    again.close()


def test_a_stranger_s_database_in_use_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    theirs = sqlite3.connect(path, isolation_level=None)
    theirs.execute("PRAGMA journal_mode = WAL")
    theirs.execute("CREATE TABLE recipe (name)")
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    with pytest.raises(DatabaseUnusable, match="is not a thrumsg database"):
        Database(path)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
    theirs.close()


def test_a_stranger_s_file_in_the_place_of_one_that_was_opened_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db"
    Database(path).close()
    theirs = sqlite3.connect(tmp_path / "theirs.db")
    theirs.execute("CREATE TABLE recipe (name)")
    theirs.close()
    content = (tmp_path / "theirs.db").read_bytes()
    path.write_bytes(content)  # the same file to the system, with other contents
    with pytest.raises(DatabaseUnusable, match="is not a thrumsg database"):
        Database(path)
    assert path.read_bytes() == content


def test_a_file_is_told_by_what_it_holds_although_it_has_the_inode_of_a_database_that_is_closed(tmp_path: Path) -> None:
    """The object may outlive its connections: a system gives the number of a file that is gone to the next one."""
    path = tmp_path / "thrumsg.db"
    closed = Database(path)
    closed.close()
    path.write_text("first name,phone\nAnn,+14155550100\n", encoding="utf-8")
    assert not is_thrumsg(closed.path)


def test_a_database_that_a_thread_still_uses_is_not_looked_at_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "thrumsg.db"
    used = Database(path)
    other = Database(path)
    other.close()
    monkeypatch.setattr(Path, "open", None)
    assert is_thrumsg(path)
    monkeypatch.undo()
    used.close()


def test_a_database_is_not_imported(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db"
    Database(path).close()
    with pytest.raises(Refused, match="is a thrumsg database, not a CSV file"):
        read_text(path)
