"""The overview of a campaign: its counters and its senders (`docs/rules.md` 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal

from thrumsg_tui.domain.ages import waiting_age
from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, Campaign, CampaignId
from thrumsg_tui.domain.closures import closure, format_moment
from thrumsg_tui.domain.enums import HoursIn, SenderSort
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.queries.assignments import longest_waiting
from thrumsg_tui.store.queries.overview import Overview, overview
from thrumsg_tui.tui.commands import Facts, Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.screens.base import ACTION, CommandScreen
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key
from thrumsg_tui.tui.widgets.carrier_line import CarrierLine
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, LineWidget, Part
from thrumsg_tui.tui.widgets.sender_table import NOBODY, SenderHeading, SenderTable

if TYPE_CHECKING:
    from datetime import datetime

    from thrumsg_tui.tui.glyphs import Glyphs


class OverviewTable(SenderTable):
    """The senders table, with the keys of a list."""

    BINDINGS = bindings(commands_of(Scope.LIST), checked=False, priority=True)


class OverviewScreen(CommandScreen):
    """The counters of a campaign above its senders; Enter opens the messenger on a sender."""

    SCOPES = (Scope.OVERVIEW, Scope.CAMPAIGNS, Scope.STAFF, Scope.MANAGE, Scope.ORGANIZATION, Scope.CARRIER)
    BINDINGS = bindings(commands_of(*SCOPES, Scope.EVERYWHERE))
    FOREMOST = (
        *("list.choose", "senders.reassign", "senders.reassign_bulk", "manage.menu", "app.help", "app.back"),
        *("app.lookup", "app.history", "app.undo", "senders.sort", "senders.search"),
    )
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    DEFAULT_CLASSES = "-tall"
    """What most windows are: another class than at first styles all widgets again."""

    BACK_TO = "back"

    def __init__(self, campaign_id: CampaignId, glyphs: Glyphs, cursor_on: AssignmentId | None = None) -> None:
        super().__init__()
        self.campaign_id = campaign_id
        self._cursor_on = cursor_on
        self._counters = FlowingLines(id="counters")
        self._carrier = CarrierLine(id="carrier")
        self._state = FlowingLines(indent="  ", id="state")
        self._replies = LineWidget(id="replies")
        self._search = SearchInput(placeholder="sender or contact", id="search")
        self._found = LineWidget(id="found")
        self._heading = SenderHeading(id="heading")
        self._conservation = LineWidget(id="conservation")
        self.table = OverviewTable(glyphs, id="senders")
        self._order = SenderOrder()
        self._shown: Overview | None = None
        self._waiting: Mapping[AssignmentId, datetime] = {}
        self.idle_only = False

    @cached_property
    def parts(self) -> Sequence[object]:
        from thrumsg_tui.tui.screens.management_parts import management_parts

        menu = (Scope.MANAGE, Scope.STAFF, Scope.ORGANIZATION, Scope.CARRIER, Scope.CAMPAIGNS)
        return (*super().parts, *management_parts(self, menu))

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self._state
        yield self._carrier
        yield self._counters
        yield self._replies
        yield Horizontal(LineWidget(id="search-label"), self._search, self._found, id="search-row")
        yield self._heading
        yield self.table
        yield self._conservation
        yield self.key_line

    def on_mount(self) -> None:
        self.query_one("#search-label", LineWidget).show([("/ ", "quiet")])
        self.key_line.name_keys(self.shown_commands())
        self.table.on_move = self.on_paged_list_window_wanted
        self.set_focus(self.table)

    def let_go(self) -> None:
        self._shown, self._waiting = None, {}
        self.table.let_go()

    async def ask_and_paint(self) -> None:
        store, who = self.thrumsg.store, self.thrumsg.who
        shown = await store.query(overview, who, self.campaign_id, store.db.clock(), preference_key(self.campaign_id))
        order = SenderOrder.parse(shown.order)
        orders_by_wait = order.sort is SenderSort.WAITING
        waiting = await store.query(longest_waiting, self.campaign_id) if orders_by_wait else {}
        self._shown, self._order, self._waiting = shown, order, waiting
        self.table.fit_names(shown.senders.names)
        self._paint()
        among = None if orders_by_wait else self.table.nearby  # to ask it for thousands takes as long as all else
        if among is not None:
            self._waiting = await store.query(longest_waiting, self.campaign_id, among)
        age = partial(waiting_age, now=store.db.clock(), zone=self.thrumsg.zone)
        self.table.show_waiting(self._waiting, age, among)

    def on_paged_list_window_wanted(self) -> None:
        """Ask how long contacts wait with the senders that came into sight."""
        if self.table.lacks_waiting:
            self.ask_again()

    def _paint(self) -> None:
        if (shown := self._shown) is None:
            return
        me = self.thrumsg.who.user.id
        self.show_title(safe_text(shown.campaign.name), "Overview", others_online=shown.senders.others_online(me))
        totals = shown.totals
        now = self.thrumsg.store.db.clock()
        closed = closure(shown.campaign, now)
        hours = shown.campaign.hours
        its_own = shown.campaign.hours_in is HoursIn.CAMPAIGN
        daily = f" from {format_clock(hours.opens)} to {format_clock(hours.closes)} in each contact's time zone"
        opened = "" if its_own else daily
        state = closed.sentence if closed else f"Campaign is open{opened}."
        if closed and closed.opens_at:
            between = f"{format_clock(hours.opens)}–{format_clock(hours.closes)} {shown.campaign.whose_hours}"
            until = format_moment(shown.campaign, closed.opens_at, now)
            state = f"Campaign is currently closed until {until}; its hours are {between}."
        look = "warning" if closed else "quiet"
        moving = [[(f"  {safe_text(shown.job.sentence)}", "marked")]] if shown.job else []
        self._state.show([*([(f" {word}", look)] for word in f" {state}".split(" ")), *moving])
        self._counters.show(
            [
                _counter("Total", totals.total),
                _counter("Not started", totals.not_started),
                _counter("Needs reply", totals.needs_reply),
                _counter("Sent", totals.sent),
                _counter("Answered", totals.answered),
                _counter("Opted out", totals.opted_out),
                _counter("Replies", totals.replied),
                _counter("Reply rate", f"{totals.reply_rate} %"),
            ]
        )
        held = shown.senders.assigned
        unassigned = shown.senders[0].assigned
        self._conservation.show(
            [
                (
                    f"  {held - unassigned} assigned + {unassigned} Unassigned = {pluralize(totals.total, 'contact')}",
                    "quiet",
                )
            ],
            [(f"{pluralize(len(self.table.marks), 'sender')} marked ", "marked")] if self.table.marks else _hint(shown),
        )
        spark = sparkline(shown.replies_by_hour, self.thrumsg.glyphs)
        self._replies.show(
            [
                ("  Replies, last 24 h ", "quiet"),
                (spark, "recorded"),
                (f"  {pluralize(sum(shown.replies_by_hour), 'message')}", "quiet"),
            ]
        )
        now = self.thrumsg.store.db.clock()
        self._carrier.show_carrier(self.thrumsg.carrier, now, self.thrumsg.zone, self.campaign_id)
        self._paint_table()

    def facts(self) -> Facts:
        campaign = self._shown.campaign if self._shown else None
        sender = self.table.row if self.table.row and self.table.row.user else None
        return replace(super().facts(), campaign=campaign, sender=sender)

    def _paint_table(self) -> None:
        if self._shown is None:
            return
        senders = self._shown.senders.idle if self.idle_only else self._shown.senders
        rows = self._order.sorted(senders.matching(self._search.value), self._waiting)
        keep = self._cursor_on or (self.table.row.id if self.table.row else None)
        self._cursor_on = None
        only_idle = self.idle_only and not self._search.value
        self.table.empty_text = "Every sender has started." if only_idle else NOBODY
        at = rows.place_of(keep)
        self.table.show_all(rows, self.table.cursor if at is None else at)
        self._heading.show_sort(self._order.sort, self.table, reverse=self._order.reverse, glyphs=self.thrumsg.glyphs)

    @property
    def searched(self) -> str:
        return self._search.value

    def action_search(self) -> None:
        """Go to the search for a sender."""
        self._search.focus()

    def on_input_changed(self) -> None:
        """Filter the table, and count the contacts that match, too."""
        self._paint_table()
        self._count_contacts(self.searched)

    @work(exclusive=True, group="count contacts")
    async def _count_contacts(self, text: str) -> None:
        """Say beside the search how many contacts it finds in all campaigns."""
        from thrumsg_tui.tui.search_everywhere import search_everywhere

        search = await search_everywhere(self.thrumsg, text)
        found = pluralize(len(search), "contact") + (" or more" if search.is_cut else "")
        key = key_of("search.find" if self.table.total else "search.done")
        self._found.show([(f"  {found}: {key} lists them", "accent")] if len(search) else [])

    async def on_input_submitted(self) -> None:
        """Go to the filtered table; if there is no sender in it, find contacts."""
        if self.searched and not self.table.total:
            await self.action_run_command("app.find")
        else:
            self.table.focus()

    def action_escape(self) -> None:
        """Clear search and filter; in the table without a search, the marks, too."""
        if self.table.has_focus and not self._search.value and self.table.marks:
            self.table.marks = set()
            self.table.repaint_changed()
            self._paint()
        self._search.value = ""
        self.idle_only = False
        self._paint()
        self.table.focus()

    def action_remind(self) -> None:
        """Switch between the senders who have not started and all."""
        if self._shown is None:
            return
        self.idle_only = not self.idle_only
        self._paint()
        idle = len(self._shown.senders.idle)
        idlers = pluralize(idle, "sender has", "senders have")
        told = f"{idlers} not started yet: {key_of('senders.remind')} shows all again."
        self.say(told if self.idle_only else "All senders.")

    async def action_sort(self) -> None:
        """Take the next sort order."""
        await self._reorder(self._order.next())

    async def action_reverse(self) -> None:
        """Reverse the order."""
        await self._reorder(self._order.flipped())

    async def _reorder(self, order: SenderOrder) -> None:
        self._order = order
        if order.sort is not SenderSort.WAITING:  # of which all times have to be known
            self.hold(self.thrumsg.timers.frame)
            self._paint_table()
        user = self.thrumsg.who.user
        await self.thrumsg.store.execute(set_preference, user.id, preference_key(self.campaign_id), str(order))
        self.ask_again()

    def on_paged_list_chosen(self) -> None:
        """Open the messenger on the row under the cursor."""
        if row := self.table.row:
            self.thrumsg.open_messenger(self.campaign_id, row.id)

    async def created(self, made: Campaign, said: str) -> None:
        """Open the overview of a new campaign, which says what it needs."""
        await self.thrumsg.open_campaign(made.id, said)

    def action_mark(self) -> None:
        """Mark or unmark the sender under the cursor, and go down."""
        if row := self.table.row:
            self.table.marks ^= {row.id}
            self.table.repaint_changed()
            self.table.action_move(1)
            self._paint()

    @work(group=ACTION)
    async def action_reassign(self) -> None:
        """Reassign the conversations of the marked senders, or of the one under the cursor if none is marked."""
        if rows := self._marked or ([self.table.row] if self.table.row else []):
            await self._reassign(rows)

    @work(group=ACTION)
    async def action_reassign_bulk(self) -> None:
        """Reassign the conversations of the marked senders, or of everyone if none is marked."""
        if self._shown:
            await self._reassign(self._marked or None)

    @property
    def _marked(self) -> list[Assignment]:
        """The marked senders, in the order of the table."""
        if self._shown is None:
            return []
        return list(self._order.sorted(self._shown.senders.among(self.table.marks), self._waiting))

    async def _reassign(self, rows: Sequence[Assignment] | None) -> None:
        """Reassign the conversations of some rows, or with None of everyone."""
        from thrumsg_tui.domain.reassignment import FromAssignments, FromEveryone
        from thrumsg_tui.tui.screens.bulk_reassignment import reassign_in_bulk

        whose = "everyone" if rows is None else rows[0].shown_name if len(rows) == 1 else f"{len(rows)} marked senders"
        sources = FromEveryone() if rows is None else FromAssignments(tuple(row.id for row in rows))
        await reassign_in_bulk(self, whose, self.campaign_id, sources)

    @work(group=ACTION)
    async def action_remove_sender(self) -> None:
        """Remove the sender under the cursor, after asking where their conversations go."""
        from thrumsg_tui.tui.screens.campaign_senders import take_sender_off

        if self._shown and self.table.row:
            await take_sender_off(self, self._shown.campaign, self.table.row)


def _hint(shown: Overview) -> list[Part]:
    """Return a hint at the next step of setting up a campaign."""
    if shown.totals.total == 0:
        return [(f"{key_of('manage.import')} imports contacts ", "accent")]
    if len(shown.senders) == 1:
        return [(f"{key_of('senders.add')} adds senders ", "accent")]
    dealt = shown.senders[0].assigned < shown.totals.total
    return [] if dealt else [(f"{key_of('senders.reassign_bulk')} deals them out to the senders ", "accent")]


def sparkline(counts: Sequence[int], glyphs: Glyphs) -> str:
    """Draw counts as a row of bars, rounded up: only a count of 0 is drawn empty."""
    most = max(counts, default=0)
    steps = glyphs.bars
    return "".join(steps[-(-count * (len(steps) - 1) // most) if most else 0] for count in counts)


def _counter(title: str, value: object) -> list[Part]:
    return [(f"  {title} ", "quiet"), (f"{value}", "strong")]
