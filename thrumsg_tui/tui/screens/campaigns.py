"""All campaigns: choose one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.queries.campaigns import CampaignRow, campaign_rows
from thrumsg_tui.tui.commands import Command, Scope, bindings, command, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.widgets.drawn import DrawnLine, Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.sender_table import progress_bar

_HOW_TO_BEGIN = (
    "There is no campaign yet. Make one on the command line:",
    "",
    "  thrumsg campaign create NAME --initial TEXT",
    "  thrumsg user add LOGIN --first-name F --last-name L",
    "  thrumsg campaign add-sender NAME LOGIN",
    "  thrumsg import contacts FILE --campaign NAME",
    "",
    "It will appear here by itself. `thrumsg demo` opens a practice campaign.",
)


class CampaignList(PagedList[CampaignRow]):
    """Campaigns with state and counts."""

    BINDINGS = bindings(commands_of(Scope.LIST), checked=False)

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs

    def draw(self, row: CampaignRow, index: int, line: int, width: int) -> Strip:
        totals = row.totals
        right: list[Part] = [
            (pad(row.campaign.state, 9), "quiet"),
            (pad(f"{totals.texted}/{totals.total}", 15, right=True) + "  ", ""),
            (progress_bar(totals.texted, totals.total, 10, self._glyphs), "quiet"),
            (f" {totals.needs_reply:>12} ", "strong" if totals.needs_reply else "quiet"),
        ]
        name = "  " + safe_text(row.campaign.name)
        return self.strip([(name, "")], right, width=width, base=self.cursor_look(index))

    def draw_empty(self, line: int, width: int) -> Strip:
        text = _HOW_TO_BEGIN[line] if line < len(_HOW_TO_BEGIN) else ""
        return self.strip([("  " + text, "quiet")], width=width)


class CampaignsScreen(CommandScreen):
    """Choose a campaign."""

    CSS_PATH = "campaigns.tcss"
    SCOPES = (Scope.CAMPAIGNS,)
    BINDINGS = bindings(commands_of(Scope.EVERYWHERE))

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._list = CampaignList(glyphs, id="campaigns")
        self._heading = DrawnLine(id="heading")

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self._heading
        yield self._list
        yield self.key_line

    def on_mount(self) -> None:
        self.show_title("Campaigns")
        right = f"{'state':<9}{'sent/total':>15}  {'progress':<10} {'needs reply':>12} "
        self._heading.show([("  Campaign", "quiet")], [(right, "quiet")])
        self.key_line.show_keys(self.shown_commands())
        self._list.focus()
        self.ask_again()

    def shown_commands(self) -> list[Command]:
        return [command("list.choose"), *super().shown_commands()]

    async def ask_and_paint(self) -> None:
        rows = await self.thrumsg.desk.ask(campaign_rows, self.thrumsg.who)
        self._list.show(len(rows), 0, rows, max(0, min(self._list.cursor, len(rows) - 1)))

    @property
    def _chosen(self) -> Campaign | None:
        return self._list.row.campaign if self._list.row else None

    async def on_paged_list_chosen(self) -> None:
        """Open the campaign under the cursor."""
        if self._chosen:
            await self.thrumsg.open_campaign(self._chosen.id)
