"""The recommended replies screen: a campaign's replies, and those of all campaigns (`docs/rules.md 3.15`)."""

from __future__ import annotations

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, RecommendedReply
from thrumsg_tui.domain.names import search_rows
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.changes.replies import move_reply, remove_reply
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.tui.commands import Facts, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.content_forms import reply_form
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, OverlayList
from thrumsg_tui.tui.widgets.line_widgets import Part
from thrumsg_tui.tui.widgets.paged_list import PagedList


class ReplyList(OverlayList[RecommendedReply]):
    """Replies in two lines each: title, then text."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.row_height = 2

    def draw(self, row: RecommendedReply, index: int, line: int, width: int) -> Strip:
        base = self.cursor_look(index)
        if line == 1:
            return self.strip([(f"      {safe_text(row.body)}", "quiet")], width=width, base=base)
        whose: list[Part] = [("all campaigns ", "quiet")] if row.is_global else []
        return self.strip([(f"  {safe_text(row.title)}", "strong")], whose, width=width, base=base)


class RepliesScreen(ListingScreen[RecommendedReply]):
    """The list of replies, with commands that add, change, order and remove them."""

    SCOPES = (Scope.REPLY_EDITOR, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.REPLY_EDITOR))
    searches_for = "title or words"
    list: ReplyList

    def __init__(self, campaign_id: CampaignId) -> None:
        super().__init__()
        self._campaign_id = campaign_id
        self._campaign: Campaign | None = None
        self._all: tuple[RecommendedReply, ...] = ()
        self._follow: int | None = None

    def make_list(self) -> ReplyList:
        return ReplyList(id="replies")

    def facts(self) -> Facts:
        return Facts(self.thrumsg.who, campaign=self._campaign)

    def moved(self) -> None:
        """Do nothing: all rows are in memory."""

    async def ask_and_paint(self) -> None:
        campaign, self._all = await self.thrumsg.store.query(_read, self._campaign_id)
        self._campaign = campaign
        self.show_title(safe_text(campaign.name), "Recommended replies")
        rows = search_rows(self._all, self.search.value, lambda reply: f"{reply.title} {reply.body}")
        ids = [each.id for each in rows]
        cursor = ids.index(self._follow) if self._follow in ids else self.list.cursor
        self._follow = None
        adds = f"No recommended replies yet. {key_of('reply_editor.add')} writes one, for answers that come often."
        clears = f"No reply matches: {key_of('overlay.escape')} clears the search."
        self.list.empty_text = clears if self.search.value else adds
        self.list.show_all(rows, cursor)
        own = sum(not each.is_global for each in self._all)
        self.summary.show([(f"  {own} of this campaign, {len(self._all) - own} of all campaigns", "quiet")])

    @work(group=ACTION)
    async def action_add(self) -> None:
        """Add a reply."""
        await self._edit(None)

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_change(self) -> None:
        """Change the reply under the cursor."""
        if not self.thrumsg.who.may(Permission.EDIT_CONTENT):
            self.say(f"Changing replies needs {needed_role(Permission.EDIT_CONTENT)}.", warning=True)
        elif row := self.list.row:
            await self._edit(row)

    async def _edit(self, reply: RecommendedReply | None) -> None:
        thrumsg = self.thrumsg
        if self._campaign is None:
            return
        form = reply_form(thrumsg.store, thrumsg.who, thrumsg.glyphs, self._campaign, reply)
        if (title := await self.app.push_screen_wait(form)) is not None:
            self.say(f"{title} is saved.")
            self.ask_again()

    async def action_move_reply(self, step: int) -> None:
        """Move the reply under the cursor up or down among those of its kind."""
        if (row := self.list.row) is None:
            return
        kind = [each.id for each in self._all if each.is_global is row.is_global]
        self._follow = row.id
        await self.make(move_reply, self.thrumsg.who, row.id, max(kind.index(row.id) + 1 + step, 1))

    @work(group=ACTION)
    async def action_remove(self) -> None:
        """Remove the reply under the cursor."""
        if (row := self.list.row) is None:
            return
        everywhere = " It is one of all campaigns." if row.is_global else ""
        question = f"Remove {row.title!r}?{everywhere} Messages sent with it stay."
        dialog = confirmation("Remove the reply", question, "Remove it", left=f"{row.title!r} was not removed")
        if await self.app.push_screen_wait(dialog) and await self.make(remove_reply, self.thrumsg.who, row.id):
            self.say(f"{row.title} is removed.")


def _read(conn: Connection, campaign_id: CampaignId) -> tuple[Campaign, tuple[RecommendedReply, ...]]:
    return get_campaign(conn, campaign_id), recommended_replies(conn, campaign_id)
