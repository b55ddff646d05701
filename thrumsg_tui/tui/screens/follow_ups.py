"""The follow-ups screen of a campaign: targets and progress (`docs/rules.md 3.1`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, FollowUp
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.follow_ups import end_follow_up
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.follow_ups import follow_ups
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.tui.commands import Facts, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.content_forms import follow_up_change_form, follow_up_form, reached_words
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, OverlayList
from thrumsg_tui.tui.widgets.line_widgets import Part
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.progress_bar import progress_bar


class FollowUpList(OverlayList[FollowUp]):
    """Follow-ups in two lines each: title and progress, then text and target."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.row_height = 2
        self.zone = ZoneInfo("UTC")
        self._glyphs = glyphs

    def draw(self, row: FollowUp, index: int, line: int, width: int) -> Strip:
        base = self.cursor_look(index)
        if line == 1:
            whom: list[Part] = [(f"  {safe_text(row.whom)} ", "quiet")]
            return self.strip([(f"      {safe_text(row.text)}", "quiet")], whom, width=width, base=base)
        total = row.pending + row.sent + row.skipped
        skipped = f"{row.skipped} skipped  " if row.skipped else ""
        right: list[Part] = [
            (self._until(row.expires_at) if row.active else "ended  ", "quiet"),
            (f"{skipped}{row.sent}/{total} sent  ", ""),
            (progress_bar(row.sent + row.skipped, total, 10, self._glyphs) + " ", "quiet"),
        ]
        return self.strip([(f"  {safe_text(row.title)}", "strong")], right, width=width, base=base)

    def _until(self, expires_at: datetime | None) -> str:
        return f"until {expires_at.astimezone(self.zone):%d %b %H:%M}  " if expires_at else ""


class FollowUpsScreen(ListingScreen[FollowUp]):
    """The list of follow-ups, with commands that make, change and end them."""

    SCOPES = (Scope.FOLLOW_UPS, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.FOLLOW_UPS))
    list: FollowUpList

    def __init__(self, campaign_id: CampaignId) -> None:
        super().__init__()
        self._campaign_id = campaign_id
        self._campaign: Campaign | None = None

    def make_list(self) -> FollowUpList:
        return FollowUpList(self.thrumsg.glyphs, id="follow-ups")

    def facts(self) -> Facts:
        return Facts(self.thrumsg.who, campaign=self._campaign)

    def moved(self) -> None:
        """Do nothing: all rows are in memory."""

    async def ask_and_paint(self) -> None:
        campaign, rows = await self.thrumsg.store.query(_read, self._campaign_id)
        self._campaign = campaign
        self.show_title(safe_text(campaign.name), "Follow-ups")
        self.list.empty_text = (
            f"No follow-ups yet. {key_of('follow_ups.add')} writes one: a later message to all, or to some."
        )
        self.list.zone = ZoneInfo(campaign.hours.timezone)
        self.list.show_all(rows, self.list.cursor)
        active = sum(each.active for each in rows)
        self.summary.show([(f"  {active} active, {len(rows) - active} ended. They are sent from their tab.", "quiet")])

    @work(group=ACTION)
    async def action_add(self) -> None:
        """Make a follow-up."""
        if (campaign := self._campaign) is None:
            return
        thrumsg = self.thrumsg
        asked = await thrumsg.store.query(questions, campaign.id)
        form = follow_up_form(thrumsg.store, thrumsg.who, thrumsg.glyphs, campaign, asked)
        if made := await self.app.push_screen_wait(form):
            self.say(f"It reaches {reached_words(made.reach)}.")
            self.ask_again()

    @on(PagedList.Chosen)
    async def _chosen(self) -> None:
        await self.action_run_command("follow_ups.change")

    @work(group=ACTION)
    async def action_change(self) -> None:
        """Change the follow-up under the cursor."""
        if (campaign := self._campaign) is None or (row := self.list.row) is None:
            return
        if row.obstacle:
            self.say(row.obstacle, warning=True)
            return
        thrumsg = self.thrumsg
        form = follow_up_change_form(thrumsg.store, thrumsg.who, thrumsg.glyphs, campaign, row)
        changed = await self.app.push_screen_wait(form)
        if changed is not None:
            self.say("It is saved; open messengers show it at once." if changed else "Nothing was different.")
            self.ask_again()

    @work(group=ACTION)
    async def action_end(self) -> None:
        """End the follow-up under the cursor."""
        if (row := self.list.row) is None:
            return
        if not row.active:
            self.say("It has ended already.", warning=True)
            return
        question = f"End {row.title!r}? {pluralize(row.pending, 'contact')} will not get it."
        dialog = confirmation("End the follow-up", question, "End it", left=f"{row.title!r} was not ended")
        if await self.app.push_screen_wait(dialog) and await self.make(end_follow_up, self.thrumsg.who, row.id):
            self.say(f"{row.title} has ended.")


def _read(conn: Connection, campaign_id: CampaignId) -> tuple[Campaign, tuple[FollowUp, ...]]:
    return get_campaign(conn, campaign_id), follow_ups(conn, campaign_id)
