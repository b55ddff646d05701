"""What a transaction writes to the disk before it is committed, keeps in memory, and forces to the disk."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from thrumsg_tui.store.database import Database

pytestmark = pytest.mark.only_sqlite("it looks at SQLite's settings")

ROWS = 1500
"""They fill 3 MB: more than SQLite keeps in memory without `bulk`."""


COUNTERS = Path("/proc/self/io")


def written() -> int:
    """How many bytes this process has written so far, into files of any kind."""
    return int(re.findall(r"wchar: (\d+)", COUNTERS.read_text(encoding="ascii"))[0])


def written_before_commit(path: Path, *, bulk: bool) -> int:
    """Change each row three times in one transaction; return how many bytes are written before it is committed."""
    with closing(Database(path)) as db, db.writing(bulk=bulk) as tx:
        before = written()
        rows = ((f"key {nth * 607 % ROWS}", "x" * 2000) for nth in range(ROWS))
        tx.conn.executemany("INSERT INTO setting (key, value) VALUES (?, ?)", rows)
        for letter in "yz":
            tx.conn.execute("UPDATE setting SET value = ? WHERE key LIKE 'key %'", (letter * 2000,))
        return written() - before


@pytest.mark.skipif(not COUNTERS.exists(), reason="only Linux counts what a process writes")
def test_a_bulk_transaction_writes_no_page_before_it_is_committed(tmp_path: Path) -> None:
    assert written_before_commit(tmp_path / "bulk.db", bulk=True) < 1000
    assert written_before_commit(tmp_path / "small.db", bulk=False) > 2000 * ROWS


@pytest.mark.parametrize("fails", [False, True])
def test_the_memory_of_a_bulk_transaction_is_for_that_transaction_only(db: Database, *, fails: bool) -> None:
    def kept() -> list[int]:
        with db.writing() as tx:
            return [tx.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("cache_size", "temp_store")]

    before = kept()
    with pytest.raises(KeyError) if fails else db.reading(), db.writing(bulk=True) as tx:
        assert tx.conn.execute("PRAGMA cache_size").fetchone()[0] < before[0]
        if fails:
            raise KeyError
    assert kept() == before


@pytest.mark.parametrize("fails", [False, True])
def test_references_are_looked_up_again_after_a_transaction_that_keeps_them_itself(
    db: Database, *, fails: bool
) -> None:
    def look(**how: bool) -> None:
        with db.writing(**how) as tx:
            looks = tx.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1
            seen.append(looks)
            if fails and "keeps_references" in how:
                raise KeyError

    seen: list[bool] = []
    look(bulk=True)
    with pytest.raises(KeyError) if fails else db.reading():
        look(bulk=True, keeps_references=True)
    look()
    assert seen == [True, False, True]


def test_each_transaction_is_as_durable_as_it_asks_whatever_the_one_before_was(tmp_path: Path) -> None:
    db = Database(tmp_path / "thrumsg.db")

    def safety(*, durable: bool) -> int:
        with db.writing(durable=durable) as tx:
            return int(tx.conn.execute("PRAGMA synchronous").fetchone()[0])

    normal, full = 1, 2
    asked = (True, False, False, True, True, False)
    assert [safety(durable=durable) for durable in asked] == [full if durable else normal for durable in asked]
    db.close()
