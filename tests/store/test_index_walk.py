"""A walk through an index in slices meets every conversation once and in order, whatever names there are."""

from __future__ import annotations

import pytest

from tests.store.arranging import give, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.index_walk import IndexWalk

NAMES = ["Ann", *["Zoe"] * 7, "Al", "Bo", *["Kai"] * 3, "Al", "Al"]
BY_NAME = ("first_key", "last_key", "id")


@pytest.fixture
def people(db: Database, owner: Identity, spring: Campaign) -> Campaign:
    """Several of one name, half of them Kim's and the others Unassigned's."""
    ids = take_in(db, owner, "Spring", [f"{name} {'Moss' if nth % 2 else 'Ng'}" for nth, name in enumerate(NAMES)])
    give(db, owner, spring, "kim", ids[::2])
    return spring


@pytest.mark.parametrize("entries", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("after", [None, *range(0, len(NAMES), 3)])
@pytest.mark.parametrize("whose", ["kim", "all"])
def test_every_conversation_behind_a_place_is_met_once_in_order(
    db: Database, people: Campaign, entries: int, after: int | None, whose: str
) -> None:
    columns = BY_NAME if whose == "kim" else ("assignment_id", *BY_NAME)
    with db.reading() as conn:
        kims = find_assignment(conn, people, "kim")
        where = "tab = 'initial' AND assignment_id = :kims" if whose == "kim" else "tab = 'initial'"
        order = ", ".join(columns)
        every = [
            tuple(row)
            for row in conn.execute(f"SELECT {order} FROM conversation WHERE {where} ORDER BY {order}", {"kims": kims})
        ]
        place = every[after] if after is not None and after < len(every) else ()
        walk = IndexWalk(where, {"kims": kims}, columns, entries, place, least=None if whose == "kim" else 0)
        met, sizes = [], []
        while not walk.is_done:
            some = walk.next(conn)
            rows = conn.execute(f"SELECT id FROM conversation WHERE {some.condition} ORDER BY {order}", some.parameters)
            found = [row["id"] for row in rows]
            met += found
            sizes.append(len(found))
    assert met == [row[-1] for row in every if row > place]
    assert max(sizes) <= entries
