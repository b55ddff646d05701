"""Whether a campaign may be launched, by its compliance list, and who opens a point of it (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from shlex import quote

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup
from thrumsg_tui.domain.compliance import Level, Point, of_level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.compliance import compliance_points, setup_points


def codes_to_confirm(points: Sequence[Point]) -> tuple[str, ...]:
    """Return the codes of the points that an owner must confirm."""
    return tuple(point.code for point in of_level(points, Level.CONFIRM))


def points_by_setup(
    conn: Connection, who: Identity, before: Campaign | None, setup: Setup, now: datetime
) -> tuple[Point, ...]:
    """Return the points to confirm that a launched campaign gets by another setup, or a new one by its setup."""
    if before is not None and before.state is CampaignState.DRAFT:
        return ()
    had = codes_to_confirm(setup_points(conn, who, before.setup, before.id, now)) if before else ()
    points = setup_points(conn, who, setup, before.id if before else None, now)
    return tuple(point for point in of_level(points, Level.CONFIRM) if point.code not in had)


def opened_points(tx: Transaction, who: Identity, before: Campaign, setup: Setup) -> tuple[str, ...]:
    """Return the codes of the points that a launched campaign gets by another setup; only an owner may open them."""
    points = points_by_setup(tx.conn, who, before, setup, tx.now)
    if points and not who.may(Permission.CONFIRM_COMPLIANCE):
        reasons = " ".join(point.sentence for point in points)
        raise Refused(
            f"{before.name!r} was launched, and this needs {needed_role(Permission.CONFIRM_COMPLIANCE)}: {reasons}",
            Nothing.CHANGED,
        )
    return codes_to_confirm(points)


def points_of_launch(
    db: Database, who: Identity, name: str | CampaignId, to: CampaignState
) -> tuple[Campaign | None, tuple[Point, ...]]:
    """Return a draft that is to be launched, with its compliance list; read before the transaction: it takes time."""
    with db.reading() as conn:
        campaign = find_campaign(conn, name)
        if to is not CampaignState.ACTIVE or campaign.state is not CampaignState.DRAFT:
            return None, ()
        return campaign, compliance_points(conn, who, campaign, db.clock(), db.path)


def accepted_points(
    who: Identity, campaign: Campaign, points: Sequence[Point], confirmed: Collection[str]
) -> tuple[str, ...]:
    """Return the confirmed points of a launch; refuse one that may not be, or whose points are not all confirmed."""
    look = f"`thrumsg compliance {quote(campaign.name)}` shows what to do."
    if refused := of_level(points, Level.REFUSE):
        reasons = " ".join(point.sentence for point in refused)
        raise Refused(f"{campaign.name!r} cannot be launched: {reasons}", Nothing.CHANGED, advice=look)
    to_confirm = of_level(points, Level.CONFIRM)
    if missing := [point for point in to_confirm if point.code not in confirmed]:
        reasons = " ".join(point.sentence for point in missing)
        owner = needed_role(Permission.CONFIRM_COMPLIANCE)
        how = f"{look} `thrumsg campaign launch {quote(campaign.name)} --confirm` confirms it all."
        raise Refused(
            f"{campaign.name!r} is not launched before {owner} confirms: {reasons}", Nothing.CHANGED, advice=how
        )
    if to_confirm:
        who.require(Permission.CONFIRM_COMPLIANCE)
    return codes_to_confirm(points)
