"""Guard that refuses changes to an archived campaign (`docs/rules.md 6.5`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.queries.campaigns import get_campaign


def require_not_archived(tx: Transaction, campaign_id: CampaignId) -> Campaign:
    """Return a campaign that may be changed.

    Raises:
        Refused: If it is archived.
        NotFound: If there is no such campaign.
    """
    campaign = get_campaign(tx.conn, campaign_id)
    if campaign.state is CampaignState.ARCHIVED:
        raise Refused(f"{campaign.name!r} is archived: nothing in it changes any more.")
    return campaign
