"""What has come due: scheduled messages that may leave now, and expired follow-ups (`docs/rules.md` 6).

Every command and every open app asks for it, and there is hardly ever any: the change itself is imported only then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.store.change import change
from thrumsg_tui.store.queries.due import anything_due, due_campaigns

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.store.database import Database


def let_due(db: Database) -> None:
    """Queue scheduled messages whose time has come (`docs/rules.md 6.4`), and end expired follow-ups.

    Each campaign has a transaction of its own. The journal gets one event for the messages of each campaign and one for
    each follow-up, all without an author.
    """
    for campaign_id in due_campaigns(db) if anything_due(db) else ():
        _let_due_in(db, campaign_id)


@change
def _let_due_in(db: Database, campaign_id: CampaignId) -> None:
    from thrumsg_tui.store.changes.scheduled_messages import expire, release
    from thrumsg_tui.store.locks import CampaignLock

    with db.writing() as tx:
        tx.hold(CampaignLock(campaign_id))
        release(tx, campaign_id)
        expire(tx, campaign_id)
