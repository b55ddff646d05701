"""Campaigns: create and edit them, and change their state."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import replace

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaign_facts import (
    CampaignCreated,
    CampaignEdited,
    CampaignStateChanged,
    SetupPart,
)
from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup
from thrumsg_tui.domain.compliance import Level, of_level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import require_place
from thrumsg_tui.domain.opened_points import Opened, confirmed_codes
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.bulk_move_job import require_no_job
from thrumsg_tui.store.changes.launch_check import accepted_points, codes_to_confirm, points_of_launch
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.changes.scheduled_messages import Settled, cancel_scheduled, reschedule, tell_threads
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import SettingsLock, content_locks
from thrumsg_tui.store.queries.campaigns import find_campaign, get_campaign
from thrumsg_tui.store.queries.compliance import compliance_points, points_by_edit, setup_points
from thrumsg_tui.store.queries.confirmations import judged_anew, judged_events

_ALLOWED_BEFORE = {
    CampaignState.ACTIVE: {CampaignState.DRAFT, CampaignState.PAUSED},
    CampaignState.PAUSED: {CampaignState.ACTIVE},
    CampaignState.ARCHIVED: {CampaignState.DRAFT, CampaignState.ACTIVE, CampaignState.PAUSED},
}
"""The states from which each state can be reached; archiving is final (`docs/rules.md 6.5`)."""


@change
def create_campaign(db: Database, who: Identity, setup: Setup, *, draft: bool = False) -> Campaign:
    """Create a campaign with its Unassigned. It is active at once, unless `draft` is set.

    If its compliance list refuses the launch, it stays a draft. If it has points that an owner must confirm, it is
    active at once only where an owner creates it, which confirms them; else it stays a draft (`docs/rules.md 10.10`).

    Raises:
        Refused: If the name is taken or blank, the initial script is blank, or the time zone cannot be chosen.
    """
    who.require(Permission.RUN_CAMPAIGN)
    setup = _trimmed(setup)
    require_storable(setup.name, setup.initial_script, setup.description)
    with db.writing() as tx:
        tx.hold(SettingsLock(shared=True))
        _require_fit(tx, setup)
        points = () if draft else setup_points(tx.conn, who, setup, None, tx.now)
        open_points = codes_to_confirm(points)
        may_not_confirm = bool(open_points) and not who.may(Permission.CONFIRM_COMPLIANCE)
        draft = draft or may_not_confirm or bool(of_level(points, Level.REFUSE))
        row = tx.conn.execute(
            """
            INSERT INTO campaign (name, description, initial_script, state, timezone, opens, closes, hours_in, starts,
                                  ends, quicksend, quiet_hours, created_by, created_at, launched_at)
            VALUES (:name, :description, :initial_script, :state, :timezone, :opens, :closes, :hours_in, :starts,
                    :ends, :quicksend, :quiet_hours, :created_by, :created_at, :launched_at)
            RETURNING id
            """,
            {
                **_columns(setup),
                "state": CampaignState.DRAFT if draft else CampaignState.ACTIVE,
                "created_by": who.user.id,
                "created_at": tx.now_ms,
                "launched_at": None if draft else tx.now_ms,
            },
        ).fetchone()
        campaign_id = CampaignId(row["id"])
        tx.conn.execute("INSERT INTO assignment (campaign_id) VALUES (?)", (campaign_id,))
        facts = CampaignCreated(setup.name, confirmed=() if draft else open_points)
        record(tx, who, EventKind.CREATE_CAMPAIGN, facts, campaign_id=campaign_id)
        return get_campaign(tx.conn, campaign_id)


@change
def edit_campaign(
    db: Database,
    who: Identity,
    campaign_id: CampaignId,
    setup: Setup,
    *,
    seen: Setup | None = None,
    confirmed: Container[str] = (),
) -> Campaign:
    """Change the setup of a campaign.

    Its scheduled messages are rescheduled by the new hours and window, or leave at once if they may now. A scheduled
    initial whose window is then over is cancelled, as if it had never been sent (`docs/rules.md 6.4`). Nothing is
    journalled if nothing is different.

    Args:
        db: The database.
        who: The person.
        campaign_id: The campaign.
        setup: Its new setup.
        seen: The setup that the person saw before editing: only the parts that differ from it are changed, so that
            an edit that somebody else made meanwhile stays. None to store all of `setup`.
        confirmed: The codes of the points of compliance that the person has confirmed, should it open some in a
            launched campaign.

    Returns:
        The campaign as it is stored afterwards.

    Raises:
        Refused: If the campaign is archived, as `create_campaign` does, if the merged setup would end before it
            starts, or if it opens a point of compliance in a launched campaign that refuses a launch.
        Unconfirmed: If it opens one that is not confirmed by an owner.
    """
    who.require(Permission.RUN_CAMPAIGN)
    wanted = _trimmed(setup)
    with db.reading() as conn:  # before the transaction: it may read every contact
        looked_at, known = get_campaign(conn, campaign_id), judged_events(conn)
        merged = _merged(looked_at.setup, wanted, seen)
        points = points_by_edit(conn, who, looked_at, merged, db.clock(), db.path)
    with db.writing() as tx:
        tx.hold(*content_locks(campaign_id))
        before = require_not_archived(tx, campaign_id)
        setup = _merged(before.setup, wanted, seen)
        changed = tuple(part for part in SetupPart if getattr(setup, part) != getattr(before.setup, part))
        if not changed:
            return before
        require_storable(*(getattr(setup, name) for name in _TEXTS if name in changed))
        _require_fit(tx, setup, before)
        if before != looked_at or judged_anew(tx.conn, known):
            points = points_by_edit(tx.conn, who, before, setup, tx.now, db.path)
        codes = confirmed_codes(who, [Opened(before.name, points)], confirmed)
        assignments = ", ".join(f"{column} = :{column}" for column in _columns(setup))
        tx.conn.execute(f"UPDATE campaign SET {assignments} WHERE id = :id", {**_columns(setup), "id": campaign_id})
        after = get_campaign(tx.conn, campaign_id)
        settled = reschedule(tx, after) if _TIMES & set(changed) else Settled(0, 0, ())
        facts = CampaignEdited(
            before.name,
            parts=changed,
            new_name=setup.name if SetupPart.NAME in changed else None,
            released=settled.released,
            cancelled=len(settled.cancelled),
            confirmed=codes.get(before.name, ()),
        )
        event_id = record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign_id)
        tell_threads(tx, event_id, settled.cancelled)
        return after


_TEXTS = (SetupPart.NAME, SetupPart.INITIAL_SCRIPT, SetupPart.DESCRIPTION)
"""The parts that are free text."""

_TIMES = {SetupPart.HOURS, SetupPart.HOURS_IN, SetupPart.STARTS, SetupPart.ENDS, SetupPart.QUIET_HOURS}
"""The parts that decide when a scheduled message leaves."""


def _trimmed(setup: Setup) -> Setup:
    return replace(setup, name=setup.name.strip(), description=setup.description.strip())


def _merged(stored: Setup, wanted: Setup, seen: Setup | None) -> Setup:
    """Return the stored setup with the parts in which `wanted` differs from `seen`; `wanted` if `seen` is None."""
    if seen is None:
        return wanted
    changes = {part.value: getattr(wanted, part) for part in SetupPart if getattr(wanted, part) != getattr(seen, part)}
    try:
        return replace(stored, **changes)
    except ValueError as error:
        raise Refused(f"{error} Somebody else changed one of the two meanwhile.", Nothing.CHANGED) from error


def _columns(setup: Setup) -> dict[str, str | int | None]:
    return {
        "name": setup.name,
        "description": setup.description,
        "initial_script": setup.initial_script,
        "timezone": setup.hours.timezone,
        "opens": setup.hours.opens,
        "closes": setup.hours.closes,
        "hours_in": setup.hours_in,
        "starts": setup.starts.isoformat() if setup.starts else None,
        "ends": setup.ends.isoformat() if setup.ends else None,
        "quicksend": int(setup.quicksend),
        "quiet_hours": int(setup.quiet_hours),
    }


def _require_fit(tx: Transaction, setup: Setup, before: Campaign | None = None) -> None:
    if not setup.name or is_blank(setup.initial_script):
        raise Refused("A campaign needs a name and an initial script.", Nothing.CHANGED)
    other = tx.conn.execute("SELECT id FROM campaign WHERE name = ?", (setup.name,)).fetchone()
    if other and (before is None or other["id"] != before.id):
        raise Refused(f"There is a campaign {setup.name!r} already.", Nothing.CHANGED)
    if before is None or before.hours.timezone != setup.hours.timezone:
        try:
            require_place(setup.hours.timezone)
        except ValueError as error:
            raise Refused(f"{error}", Nothing.CHANGED) from None


@change
def change_state(
    db: Database, who: Identity, name: str | CampaignId, to: CampaignState, *, confirmed: Collection[str] = ()
) -> Campaign:
    """Launch, pause, resume or archive a campaign. Archiving cancels its scheduled messages (`docs/rules.md 6.5`).

    Args:
        db: The database.
        who: The person.
        name: The campaign, by name or by id.
        to: Its new state.
        confirmed: The codes of the points of compliance that the person has confirmed; for a launch.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If its state does not allow the new one, for archiving while a job moves its conversations, and for
            a launch that its compliance list refuses, or of which a point is not confirmed by an owner.
    """
    who.require(Permission.RUN_CAMPAIGN)
    checked, points, known = points_of_launch(db, who, name, to)
    with db.writing() as tx:
        campaign_id = find_campaign(tx.conn, name).id
        tx.hold(*content_locks(campaign_id))
        campaign = get_campaign(tx.conn, campaign_id)
        if checked is not None and campaign != checked:
            raise Refused(f"{campaign.name!r} was changed meanwhile: look at it again.", Nothing.CHANGED)
        if checked is not None and judged_anew(tx.conn, known):
            points = compliance_points(tx.conn, who, campaign, tx.now, db.path)
        if to is CampaignState.ARCHIVED:
            require_no_job(tx, campaign.id)
        if campaign.state not in _ALLOWED_BEFORE[to]:
            raise Refused(f"{campaign.name!r} is {campaign.state.said}, so it cannot become {to}.", Nothing.CHANGED)
        tx.conn.execute(
            "UPDATE campaign SET state = ?, launched_at = COALESCE(launched_at, ?) WHERE id = ?",
            (to, tx.now_ms if to is CampaignState.ACTIVE else None, campaign.id),
        )
        cancelled = cancel_scheduled(tx, campaign.id) if to is CampaignState.ARCHIVED else ()
        accepted = accepted_points(who, campaign, points, confirmed)
        facts = CampaignStateChanged(
            campaign.name, to, was=campaign.state, conversations=len(cancelled), confirmed=accepted
        )
        event_id = record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign.id)
        tell_threads(tx, event_id, cancelled)
        return get_campaign(tx.conn, campaign.id)
