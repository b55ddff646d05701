"""The campaign's settings and counts, beside a conversation (`docs/rules.md 3.16`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign, Totals
from thrumsg_tui.domain.closures import closure
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.pane import Pane


class InfoPane(Pane):
    """The settings and counts of the campaign."""

    SCOPES = (Scope.SCROLLED, Scope.SIDEBAR)
    BINDINGS = bindings(commands_of(Scope.SCROLLED), checked=False, priority=True)

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._entries: Sequence[tuple[str, str]] = ()

    def show_info(self, campaign: Campaign, totals: Totals, now: datetime, our_number: str | None = None) -> None:
        """Show a campaign with its counts, and the number of ours that the open conversation keeps, if it does."""
        closed = closure(campaign, now)
        window, hours = campaign.window, campaign.hours
        quiet = campaign.quiet_hours or campaign.at_contact
        entries = [
            ("Campaign", campaign.name),
            ("Description", campaign.description or "none"),
            ("State", campaign.state + (f": {closed.reason}" if closed else "")),
            ("Created", f"by {campaign.created_by}, {campaign.created_at:%Y-%m-%d}"),
            ("Launched", f"{campaign.launched_at:%Y-%m-%d}" if campaign.launched_at else "not yet"),
            ("Initials", f"{window.starts or 'any day'} to {window.ends or 'any day'}"),
            ("Hours", f"{format_clock(hours.opens)} to {format_clock(hours.closes)}, {campaign.whose_hours}"),
            ("Quiet hours", "21:00 to 08:00 at the contact" if quiet else "off"),
            ("QuickSend", "on" if campaign.quicksend else "off"),
            *([("Our number", our_number)] if our_number else []),
            ("Contacts", str(totals.total)),
            ("Not started", str(totals.not_started)),
            ("Sent, no reply", str(totals.sent)),
            ("Needs reply", str(totals.needs_reply)),
            ("Answered", str(totals.answered)),
            ("Opted out", str(totals.opted_out)),
            ("Reply rate", f"{totals.reply_rate} %"),
        ]
        if entries != self._entries:
            self._entries = entries
            self.remake()

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        for title, text in self._entries:
            if len(title) + len(text) + 3 <= width:
                strips.append(self.strip([(f" {title} ", "quiet")], [(safe_text(text) + " ", "")], width=width))
                continue
            strips.append(self.strip([(f" {title}", "quiet")], width=width))
            strips += [self.strip([(f"   {line}", "")], width=width) for line in self.wrapped(text, width - 4)]
        return strips
