"""The rows of a list as records, which the screen compares and draws."""

from __future__ import annotations

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
