"""Preferences of a person, as the order of a list; not journalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.store.change import change

if TYPE_CHECKING:
    from thrumsg_tui.domain.users import UserId
    from thrumsg_tui.store.database import Database


@change
def set_preference(db: Database, user_id: UserId, key: str, value: str) -> None:
    """Store one preference of a person."""
    require_storable(value)
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            INSERT INTO preference (user_id, key, value) VALUES (?, ?, ?)
            ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
            """,
            (user_id, key, value),
        )
