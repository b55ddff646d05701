"""The campaigns screen: open a campaign, make one, manage one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.strip import Strip

from thrumsg_tui.domain.list_times import time_in_list
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.queries.campaigns import CampaignRow, campaign_rows
from thrumsg_tui.tui.commands import Command, Facts, Scope, bindings, command, commands_of, key_of
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.widgets.carrier_line import CarrierLine
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, fit, pad, separated, width_of
from thrumsg_tui.tui.widgets.progress_bar import progress_bar
from thrumsg_tui.tui.widgets.sender_table import NamesList

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import Campaign, CampaignId
    from thrumsg_tui.tui.glyphs import Glyphs

_HOW_TO_BEGIN = (
    "There is no campaign yet.",
    "",
    "  c   makes one: its name, its first message, its hours",
    "  U   adds users, who can then be its senders",
    "  I   imports contacts into it, from a CSV file",
    "  m   shows everything that can be done here",
    "",
    "`thrumsg demo` opens a practice campaign in a database of its own.",
)
_ON_NO_CAMPAIGN = "You are not on any campaign yet: ask {} to add you."


_SLIM = 78
"""Below this width, in cells, progress has its numbers only, and no campaign says since when it is there."""


class CampaignList(NamesList[CampaignRow]):
    """The campaigns with their states and counts."""

    BINDINGS = bindings(commands_of(Scope.LIST), checked=False, priority=True)

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.tell_age: Callable[[datetime], str] = str
        self.beginning: Sequence[str] = _HOW_TO_BEGIN
        """The lines that say how to begin if there is no campaign."""

    def width_of_others(self, width: int) -> int:
        return len("  ") + (36 if width < _SLIM else 62)

    def draw(self, row: CampaignRow, index: int, line: int, width: int) -> Strip:
        totals, slim, spare = row.totals, width < _SLIM, " " * self.spare(width)
        right: list[Part] = [
            (pad(row.campaign.state, 9), "quiet"),
            (pad(f"{totals.texted}/{totals.total}", 11 if slim else 15, right=True) + "  ", ""),
            ("" if slim else progress_bar(totals.texted, totals.total, 10, self._glyphs), "quiet"),
            (f" {totals.needs_reply:>12} ", "strong" if totals.needs_reply else "quiet"),
            (f"{'' if slim else pad(self.tell_age(row.campaign.created_at), 11, right=True) + ' '}{spare}", "quiet"),
        ]
        name = "  " + fit(separated(safe_text(row.campaign.name)), max(width - width_of(right) - 3, 12))
        return self.strip([(name, "")], right, width=width, base=self.cursor_look(index))

    def draw_empty(self, line: int, width: int) -> Strip:
        text = self.beginning[line] if line < len(self.beginning) else ""
        return self.strip([("  " + text, "quiet")], width=width)


class CampaignHeading(LineWidget):
    """The column titles of the list of campaigns."""

    def __init__(self, campaigns: CampaignList, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._list = campaigns

    def render_line(self, y: int) -> Strip:
        """Draw the titles above the columns as they are now: they depend on the width, and on a scrollbar."""
        slim = (self._list.scrollable_content_region.width or self.size.width) < _SLIM
        numbers = f"{'State':<9}{'Sent/total':>{11 if slim else 15}}  "
        right = f"{numbers}{'' if slim else 'Progress  '} {'Needs reply':>12} {'' if slim else '    Created '}"
        self._left, self._right = [("  Campaign", "quiet")], [(right + " " * self._list.beside_rows, "quiet")]
        return super().render_line(y)


class CampaignsScreen(CommandScreen):
    """The list of campaigns, with commands that make, open and manage one."""

    FOREMOST = ("app.help", "app.back")
    BACK_TO = "quit"
    SCOPES = (Scope.CAMPAIGNS, Scope.MANAGE, Scope.ORGANIZATION, Scope.CARRIER)
    BINDINGS = bindings(commands_of(*SCOPES, Scope.EVERYWHERE))

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._list = CampaignList(glyphs, id="campaigns")
        self._carrier = CarrierLine(id="carrier")
        self._heading = CampaignHeading(self._list, id="heading")
        self._wanted: CampaignId | None = None

    @cached_property
    def parts(self) -> Sequence[object]:
        from thrumsg_tui.tui.screens.management_parts import management_parts

        menu = (Scope.CAMPAIGNS, Scope.MANAGE, Scope.ORGANIZATION, Scope.CARRIER)
        return (*super().parts, *management_parts(self, menu))

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self._carrier
        yield self._heading
        yield self._list
        yield self.key_line

    def on_mount(self) -> None:
        self.show_title("Campaigns")
        thrumsg = self.thrumsg
        self._list.tell_age = lambda at: time_in_list(
            at, thrumsg.store.db.clock(), thrumsg.zone, thrumsg.preferences.dates, day_only=True
        )
        if not self.thrumsg.who.may(Permission.VIEW_ALL):
            self._list.beginning = (_ON_NO_CAMPAIGN.format(needed_role(Permission.MANAGE_PEOPLE)),)
        self.key_line.name_keys(self.shown_commands())
        self.set_focus(self._list)
        self.ask_again()

    def shown_commands(self) -> list[Command]:
        facts = self.facts()
        opening = [command("list.choose")] if facts.campaign else []
        return [*opening, *(each for each in super().shown_commands() if each.why_not(facts) is None)]

    def facts(self) -> Facts:
        return replace(super().facts(), campaign=self._list.row.campaign if self._list.row else None)

    async def ask_and_paint(self) -> None:
        thrumsg = self.thrumsg
        rows = await thrumsg.store.query(campaign_rows, thrumsg.who)
        if thrumsg.who.may(Permission.VIEW_ALL):
            self._carrier.show_carrier(thrumsg.carrier, thrumsg.store.db.clock(), thrumsg.zone)
        ids = [each.campaign.id for each in rows]
        keep = self._wanted or (self._list.row.campaign.id if self._list.row else None)
        self._wanted = None
        cursor = ids.index(keep) if keep in ids else self._list.cursor
        if self._list.fit_names(row.campaign.name for row in rows):
            self._heading.refresh()
        self._list.show_all(rows, cursor)
        self._list.repaint_changed()  # rows that are the same as before may have got older
        self.key_line.name_keys(self.shown_commands())

    def on_paged_list_chosen(self) -> None:
        """Open the campaign under the cursor."""
        if row := self._list.row:
            self.run_action_worker(partial(self.thrumsg.open_campaign, row.campaign.id))

    async def created(self, made: Campaign, said: str) -> None:
        """Put the cursor on a new campaign, and say what it needs."""
        self._wanted = made.id
        self.say(f"{said} {key_of('manage.import')} imports its contacts, {key_of('list.choose')} opens it.")
        self.ask_again()
