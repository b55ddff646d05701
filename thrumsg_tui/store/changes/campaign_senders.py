"""The senders of a campaign: add them, and remove one (`docs/rules.md 4.12`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaign_facts import (
    SendersAdded,
)
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Destinations, FromAssignments, Outcome, Request, ToAllOthers, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.reassign import move
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock
from thrumsg_tui.store.queries.assignments import find_assignment, find_destination, unassigned
from thrumsg_tui.store.queries.campaigns import find_campaign, get_campaign
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.store.queries.users import find_user


@change
def add_senders(db: Database, who: Identity, name: str | CampaignId, logins: Sequence[str]) -> list[str]:
    """Add users to a campaign as senders, all or none.

    Args:
        db: The database.
        who: The person.
        name: The campaign, by name or by id.
        logins: The users.

    Returns:
        The logins of those who were not on it yet. Nothing is journalled if there are none.

    Raises:
        NotFound: If there is no such campaign or user.
        Refused: If the campaign is archived.
    """
    who.require(Permission.MANAGE_PEOPLE)
    with db.writing() as tx:
        campaign_id = find_campaign(tx.conn, name).id
        tx.hold(CampaignLock(campaign_id, shared=True))
        campaign = get_campaign(tx.conn, campaign_id)
        if campaign.state is CampaignState.ARCHIVED:
            raise Refused(f"{campaign.name!r} is archived: nobody can be added any more.")
        added = []
        for user in [find_user(tx.conn, login) for login in dict.fromkeys(logins)]:
            row = tx.conn.execute(
                """
                INSERT INTO assignment (campaign_id, user_id) VALUES (?, ?)
                ON CONFLICT (campaign_id, user_id) DO UPDATE SET active = 1 WHERE assignment.active = 0
                RETURNING id
                """,
                (campaign.id, user.id),
            ).fetchone()
            if row:
                added.append(user.login)
        if added:
            record(tx, who, EventKind.ADD_SENDER, SendersAdded(tuple(added), campaign.name), campaign_id=campaign.id)
        return added


@change
def remove_sender(
    db: Database,
    who: Identity,
    name: str | CampaignId,
    login: str,
    to: Sequence[str] | ToAllOthers = (),
) -> Outcome:
    """Remove a sender from a campaign, and move all their conversations to others (`docs/rules.md 4.12`).

    One transaction, whatever they hold. It can be undone.

    Args:
        db: The database.
        who: The person.
        name: The campaign, by name or by id.
        login: The sender.
        to: The logins that share the conversations, or all other senders; with no logins they go to Unassigned.

    Raises:
        NotFound: If there is no such campaign, or `login` or one of `to` is no sender of it.
        Refused: In the cases of `docs/rules.md 4.6`, and if the campaign is archived.
    """
    who.require(Permission.MANAGE_PEOPLE)
    with db.writing(bulk=True, keeps_references=True) as tx:
        campaign = find_campaign(tx.conn, name)
        tx.hold(CampaignLock(campaign.id))
        leaving = find_assignment(tx.conn, campaign, login)
        destinations: Destinations
        if isinstance(to, ToAllOthers):
            destinations = to
        else:
            named = tuple(find_destination(tx.conn, campaign, other) for other in to)
            destinations = ToAssignments(named or (unassigned(tx.conn, campaign.id),))
        planned = plan(tx.conn, Request(campaign.id, FromAssignments((leaving,)), destinations), tx.now)
        tx.conn.execute("UPDATE assignment SET active = 0 WHERE id = ?", (leaving,))
        return move(tx, who, planned, kind=EventKind.REMOVE_SENDER, removed=leaving)
