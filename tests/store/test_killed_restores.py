"""A restore that is killed, again and again, has happened whole or not at all (docs/rules.md 11.4)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.store.arranging import take_in
from tests.store.processes import Process
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")

KILLS = 15
FEW, MANY = 500, 3000


@pytest.fixture
def backups(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> dict[int, Path]:
    """Two backups, by how many contacts are in them."""
    made = {FEW: tmp_path / "few.db", MANY: tmp_path / "many.db"}
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(FEW)])
    backup(db, made[FEW])
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(MANY)])
    backup(db, made[MANY])
    return made


def contacts(db: Database) -> int:
    with db.reading() as conn:
        return int(conn.execute("SELECT COUNT(*) FROM contact").fetchone()[0])


def test_a_restore_that_is_killed_is_all_or_nothing_each_time(db: Database, backups: dict[int, Path]) -> None:
    chance, seen = Random(11), set()
    names = {path.name: number for number, path in backups.items()}
    for _ in range(KILLS):
        before = contacts(db)
        restorer = Process("tests.store.restorer", db.path, *backups.values())
        try:
            restorer.await_ready()
            restorer.start()
            said = [restorer.hear() for _ in range(chance.randrange(3))]
            sum(range(chance.randrange(3_000_000)))  # a moment that nobody can foresee
            said += restorer.kill()
        finally:
            restorer.stop()
        done = [names[line.split()[1]] for line in said]
        stands = contacts(db)
        following = {FEW: MANY, MANY: FEW}[done[-1]] if done else FEW
        assert stands in {done[-1] if done else before, following}
        assert examine(db) == []
        seen.add(stands)
    assert seen == {FEW, MANY}
    assert {path.stat().st_size > 0 for path in backups.values()} == {True}
