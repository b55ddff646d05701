"""How delivery stands, as the screens of a person say it (`docs/rules.md` 6.6, 10.5)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from thrumsg_tui.domain.carrier_sentences import carrier_line, standstill, standstill_in_short
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.settings import settings

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.domain.carrier import CarrierStatus, Delivery
    from thrumsg_tui.domain.redaction import PhoneDisplay
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.engines.connection import Connection


@dataclass(frozen=True, slots=True)
class CarrierView:
    """How delivery stands, and how numbers are shown."""

    status: CarrierStatus
    phones: PhoneDisplay

    def delivery(self, now: datetime) -> Delivery:
        """Return whether anything delivers."""
        return self.status.delivery(now)

    def banner(self, who: Identity, now: datetime, zone: tzinfo) -> str:
        """Return why delivery stands still, for the top of every screen; senders get the short form."""
        if who.may(Permission.VIEW_ALL):
            return standstill(self.status, now, zone, self.phones)
        return standstill_in_short(self.status, now)

    def line(self, now: datetime, zone: tzinfo, campaign_id: CampaignId | None = None) -> str:
        """Return what waits, at which pace it leaves and until when, for a campaign or for all."""
        return carrier_line(self.status, now, zone, campaign_id)


def read_carrier(conn: Connection, now: datetime, *, ascii_only: bool) -> CarrierView:
    """Read how delivery stands."""
    return CarrierView(carrier_status(conn, now), settings(conn).phone_display(ascii_only=ascii_only))
