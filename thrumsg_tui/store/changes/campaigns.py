"""Campaigns: creating them, their life, and who is on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, CampaignId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.reassignment import Outcome, Request
from thrumsg_tui.domain.words import CampaignState
from thrumsg_tui.store.changes.reassign import move
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import campaign, find_assignment, find_campaign, unassigned
from thrumsg_tui.store.queries.people import find_user
from thrumsg_tui.store.queries.reassignment import plan

_ALLOWED_BEFORE = {
    CampaignState.ACTIVE: {CampaignState.DRAFT, CampaignState.PAUSED},
    CampaignState.PAUSED: {CampaignState.ACTIVE},
    CampaignState.ARCHIVED: {CampaignState.DRAFT, CampaignState.ACTIVE, CampaignState.PAUSED},
}
"""From which states each state can be reached; archiving is final (`docs/rules.md 6.5`)."""


def create_campaign(
    db: Database,
    who: Identity,
    name: str,
    initial_script: str,
    *,
    hours: DailyHours,
    starts: date | None = None,
    ends: date | None = None,
    description: str = "",
    quicksend: bool = False,
    draft: bool = False,
) -> Campaign:
    """Create a campaign with its Unassigned, active at once unless a draft.

    Raises `Refused` if the name is taken or blank, or the initial script is blank.
    """
    who.require(Action.RUN_CAMPAIGN)
    name = name.strip()
    if not name or not initial_script.strip():
        raise Refused("A campaign needs a name and an initial script. Nothing was changed.")
    window = InitialWindow(hours.timezone, starts, ends)
    with db.writing() as tx:
        if tx.conn.execute("SELECT 1 FROM campaign WHERE name = ?", (name,)).fetchone():
            raise Refused(f"There is a campaign {name!r} already; nothing was changed.")
        row = tx.conn.execute(
            """
            INSERT INTO campaign (name, description, initial_script, state, timezone, opens, closes, starts, ends,
                                  quicksend, created_by, created_at, launched_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                name,
                description.strip(),
                initial_script,
                CampaignState.DRAFT if draft else CampaignState.ACTIVE,
                hours.timezone,
                hours.opens,
                hours.closes,
                window.starts.isoformat() if window.starts else None,
                window.ends.isoformat() if window.ends else None,
                int(quicksend),
                who.user.id,
                tx.now_ms,
                None if draft else tx.now_ms,
            ),
        ).fetchone()
        campaign_id = CampaignId(row["id"])
        tx.conn.execute("INSERT INTO assignment (campaign_id) VALUES (?)", (campaign_id,))
        record(tx, who, Deed.CREATE_CAMPAIGN, f"created {name!r}", campaign_id=campaign_id)
        return campaign(tx.conn, campaign_id)


def change_state(db: Database, who: Identity, name: str, to: CampaignState) -> Campaign:
    """Launch, pause, resume or archive a campaign; `Refused` where its state does not allow that."""
    who.require(Action.RUN_CAMPAIGN)
    with db.writing() as tx:
        of = find_campaign(tx.conn, name)
        if of.state not in _ALLOWED_BEFORE[to]:
            raise Refused(f"{of.name!r} is {of.state}, so it cannot become {to}. Nothing was changed.")
        tx.conn.execute(
            "UPDATE campaign SET state = ?, launched_at = COALESCE(launched_at, ?) WHERE id = ?",
            (to, tx.now_ms if to is CampaignState.ACTIVE else None, of.id),
        )
        summary = f"{of.name!r} is {to}, was {of.state}"
        record(tx, who, Deed.CHANGE_CAMPAIGN, summary, campaign_id=of.id)
        return campaign(tx.conn, of.id)


def add_senders(db: Database, who: Identity, name: str, logins: Sequence[str]) -> list[str]:
    """Put users on a campaign as senders, all or none; return those who were not on it yet."""
    who.require(Action.MANAGE_PEOPLE)
    with db.writing() as tx:
        of = find_campaign(tx.conn, name)
        if of.state is CampaignState.ARCHIVED:
            raise Refused(f"{of.name!r} is archived: nobody can be added any more.")
        added = []
        for user in [find_user(tx.conn, login) for login in dict.fromkeys(logins)]:
            row = tx.conn.execute(
                """
                INSERT INTO assignment (campaign_id, user_id) VALUES (?, ?)
                ON CONFLICT (campaign_id, user_id) DO UPDATE SET active = 1 WHERE assignment.active = 0
                RETURNING id
                """,
                (of.id, user.id),
            ).fetchone()
            if row:
                added.append(user.login)
        if added:
            record(tx, who, Deed.ADD_SENDER, f"added {', '.join(added)} to {of.name!r}", campaign_id=of.id)
        return added


def remove_sender(
    db: Database,
    who: Identity,
    name: str,
    login: str,
    *,
    destinations: Sequence[str] = (),
    to_everyone: bool = False,
) -> Outcome:
    """Take a sender off a campaign, their conversations going to Unassigned unless said (`docs/rules.md 4.12`)."""
    who.require(Action.MANAGE_PEOPLE)
    with db.writing() as tx:
        of = find_campaign(tx.conn, name)
        leaving = find_assignment(tx.conn, of, login)
        to: tuple[AssignmentId, ...] = ()
        if not to_everyone:
            to = tuple(find_assignment(tx.conn, of, each) for each in destinations) or (unassigned(tx.conn, of.id),)
        request = Request(of.id, sources=(leaving,), destinations=to, to_everyone=to_everyone)
        planned = plan(tx.conn, request, tx.now)
        tx.conn.execute("UPDATE assignment SET active = 0 WHERE id = ?", (leaving,))
        return move(tx, who, planned, deed=Deed.REMOVE_SENDER, removed=leaving)
