"""The line that says what waits for the carrier, at which pace it leaves, and until when (`docs/rules.md 10.4`)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.strip import Strip

from thrumsg_tui.domain.wording import capitalized
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, width_of

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.tui.carrier_view import CarrierView


class CarrierLine(LineWidget):
    """A line that is there only while there is something to say."""

    DEFAULT_CSS = "CarrierLine { display: none; } CarrierLine.-shown { display: block; }"

    def show_carrier(
        self, carrier: CarrierView | None, now: datetime, zone: tzinfo, campaign_id: CampaignId | None = None
    ) -> None:
        """Show how delivery stands, for a campaign or for all."""
        line = carrier.line(now, zone, campaign_id) if carrier else ""
        in_doubt = bool(carrier and carrier.status.in_doubt)
        failed = bool(carrier and carrier.status.failed)
        shows = ["D doubts"] if in_doubt else []
        shows += ["F failures"] if failed else []
        hint: list[Part] = [(f" {', '.join(shows).replace(' ', ' shows ', 1)} ", "accent")] if line and shows else []
        self.show([(f"  {capitalized(line)}", "warning" if in_doubt else "quiet")] if line else [], hint)
        if self.has_class("-shown") is not bool(line):  # a new layout repaints the whole screen
            self.set_class(bool(line), "-shown")

    def render_line(self, y: int) -> Strip:
        """Leave out whole parts where there is no room: the pace, then the hint, then from the end."""
        width, left, right = self.size.width, list(self._left), self._right
        if y == 0 and left and width_of([*left, *right]) > width:
            text, look = left[0]
            parts = text.split(", ")
            kept = [part for part in parts if not part.endswith((" a second", " a minute"))]
            if width_of([(", ".join(kept), ""), *right]) > width:
                right = []
            while len(kept) > 1 and width_of([(", ".join(kept), "")]) > width:
                kept.pop()
            return self.strip([(", ".join(kept), look)], right, width=width, base=self.base)
        return super().render_line(y)
