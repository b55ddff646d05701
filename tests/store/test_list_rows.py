"""The rows of a list as records, which the screen compares and draws."""

from __future__ import annotations

import gc

from tests.store.arranging import take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId, ConversationRow
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.conversations import ListRequest, page


def test_a_row_is_the_same_record_until_it_changes(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    """So a list that scrolls neither makes nor draws again what stays in sight."""

    def rows() -> list[ConversationRow]:
        with db.reading() as conn:
            return page(conn, ListRequest(spring.id))

    take_in(db, owner, "Spring", ["Una", "Ian"], first=50)
    before = rows()
    assert len(before) == 3
    assert all(one is other for one, other in zip(before, rows(), strict=True))
    send(db, owner, ann)
    after = {row.id: row for row in rows()}
    assert [row.id for row in before if after[row.id] is not row] == [ann]


def test_a_row_that_is_remembered_keeps_nothing_of_the_query_that_read_it(
    db: Database, spring: Campaign, ann: ConversationId
) -> None:
    """A row of SQLite keeps the names of all columns, 2 KB for each query: 0.5 MB for what a list remembers."""
    with db.reading() as conn:
        [shown] = page(conn, ListRequest(spring.id))
        kind, columns = type(conn.execute("SELECT 1 AS one").fetchone()), len(ConversationRow.__slots__)
    gc.collect()
    assert shown.id == ann
    assert [each for each in gc.get_objects() if type(each) is kind and len(tuple(each)) == columns] == []
