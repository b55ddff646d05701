"""What has come due: scheduled messages that may leave now, and expired follow-ups (`docs/rules.md` 6).

Every command and every open app asks for it, and there is hardly ever any: the change itself is imported only then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.store.change import change
from thrumsg_tui.store.queries.due import anything_due

if TYPE_CHECKING:
    from thrumsg_tui.store.database import Database


@change
def let_due(db: Database) -> None:
    """Queue scheduled messages whose time has come (`docs/rules.md 6.4`), and end expired follow-ups.

    The journal gets one event for the messages of each campaign and one for each follow-up, all without an author.
    """
    if not anything_due(db):
        return
    from thrumsg_tui.store.changes.scheduled_messages import expire, release

    with db.writing() as tx:
        release(tx)
        expire(tx)
