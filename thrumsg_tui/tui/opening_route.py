"""Routes to screens, and what the app reads before it shows the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries.assignments import assignment_of_user
from thrumsg_tui.store.queries.campaigns import campaigns
from thrumsg_tui.store.queries.settings import restored_at, settings
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.carrier_view import CarrierView, read_carrier

if TYPE_CHECKING:
    from datetime import datetime

    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.engines.connection import Connection

LAST_ROUTE = "last_place"
"""The preference that stores the last screen."""


@dataclass(frozen=True, slots=True)
class Route:
    """The campaigns screen, a campaign's overview, or the messenger on an assignment."""

    campaign_id: CampaignId | None = None
    assignment_id: AssignmentId | None = None

    def __str__(self) -> str:
        return f"{self.campaign_id or 0} {self.assignment_id or 0}"

    @classmethod
    def parse(cls, stored: str | None) -> Route | None:
        """Parse the result of `str()`; return None for anything else."""
        parts = (stored or "").split()
        if len(parts) != 2 or not all(part.isdigit() for part in parts):
            return None
        campaign_id, assignment_id = map(int, parts)
        return cls(CampaignId(campaign_id) if campaign_id else None, AssignmentId(assignment_id) or None)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the app knows before it shows anything.

    Attributes:
        route: The first screen.
        carrier: How delivery stands.
        restored_at: Which backup the database was restored from.
        is_practice: Whether it is a practice database, which the app delivers.
    """

    route: Route
    carrier: CarrierView
    restored_at: str | None
    is_practice: bool


def read_opening(conn: Connection, who: Identity, now: datetime, *, ascii_only: bool) -> Opening:
    """Read what the app has to know before it shows anything."""
    return Opening(
        opening_route(conn, who),
        read_carrier(conn, now, ascii_only=ascii_only),
        restored_at(conn),
        settings(conn).practice_seed is not None,
    )


def opening_route(conn: Connection, who: Identity) -> Route:
    """Return the route on which the app opens.

    That is the last one, unless it is gone or no longer open to this person; else the only campaign, which must be
    active for those who see all campaigns; else the list of campaigns.
    """
    last = Route.parse(preference(conn, who.user.id, LAST_ROUTE))
    if not who.may(Permission.VIEW_ALL):
        return _own_place(conn, who, last)
    known = {each.id: each for each in campaigns(conn)}
    if last and (last.campaign_id is None or last.campaign_id in known):
        return last
    active = [each.id for each in known.values() if each.state is CampaignState.ACTIVE]
    return Route(active[0]) if len(active) == 1 else Route()


def _own_place(conn: Connection, who: Identity, last: Route | None) -> Route:
    own = {
        campaign.id: mine
        for campaign in campaigns(conn)
        if campaign.state is not CampaignState.ARCHIVED and (mine := assignment_of_user(conn, campaign.id, who.user.id))
    }
    if last and last.campaign_id in own:
        return Route(last.campaign_id, own[last.campaign_id])
    if len(own) == 1:
        return Route(*next(iter(own.items())))
    return Route()
