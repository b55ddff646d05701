"""On a server several write at the same time: whoever comes first, nothing is done twice, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.new_database import ON_SERVER
from tests.store.races.processes import at_once
from tests.store.races.races import RACES, Race
from tests.store.times import backward
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

pytestmark = pytest.mark.skipif(
    not ON_SERVER, reason="several write at a time only on a server: THRUMSG_TEST_ENGINE=postgresql"
)


@pytest.fixture
def db(empty_on_server: str) -> Iterator[Database]:
    made = Database(empty_on_server)
    yield made
    made.close()


def run(db: Database, race: Race, processes: int, *, locks: bool = True) -> list[str]:
    """Run a race, and return what went wrong."""
    arguments = race.arrange(db, processes)
    said = at_once(str(db.location), processes, race.act, arguments, locks=locks)
    figures = [f"{each.subject}: {each.sentence}" for each in examine(db)]
    return said.failures or [*race.judge(db, said.words), *figures, *backward(db)]


@pytest.mark.parametrize("processes", [6, 16])
@pytest.mark.parametrize("name", RACES)
def test_all_goes_well(db: Database, name: str, processes: int) -> None:
    assert run(db, RACES[name], processes) == []


@pytest.mark.parametrize("name", [name for name, race in RACES.items() if race.is_lost])
def test_something_goes_wrong_without_locks(db: Database, name: str) -> None:
    assert run(db, RACES[name], 6, locks=False)
