"""Whom follow-ups are for, and what is in a tab."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.conversations import ListRequest, ids
from thrumsg_tui.store.queries.messenger import visible_tabs


def in_tab(db: Database, campaign: Campaign, tab: Tab) -> list[ConversationId]:
    with db.reading() as conn:
        kim = next(each for each in assignments(conn, campaign.id, db.clock()) if each.login == "kim")
        listed = ids(conn, ListRequest(campaign.id, kim.id, tab))
        counted = visible_tabs(kim, campaign, db.clock(), sent=True).get(tab, 0)
    assert counted == len(listed)
    return listed
