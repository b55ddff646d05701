"""The line that says what waits for the carrier, at which pace it leaves, and until when (`docs/rules.md 10.4`)."""

from __future__ import annotations

from datetime import datetime, tzinfo

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.tui.carrier_view import CarrierView
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part


class CarrierLine(LineWidget):
    """A line that is there only while there is something to say."""

    DEFAULT_CSS = "CarrierLine { display: none; } CarrierLine.-shown { display: block; }"

    def show_carrier(
        self, carrier: CarrierView | None, now: datetime, zone: tzinfo, campaign_id: CampaignId | None = None
    ) -> None:
        """Show how delivery stands, for a campaign or for all."""
        line = carrier.line(now, zone, campaign_id) if carrier else ""
        in_doubt = bool(carrier and carrier.status.in_doubt)
        hint: list[Part] = [("D shows what is in doubt ", "accent")] if in_doubt else []
        self.show([(f"  {line}", "warning" if in_doubt else "quiet")] if line else [], hint)
        if self.has_class("-shown") is not bool(line):  # a new layout repaints the whole screen
            self.set_class(bool(line), "-shown")
