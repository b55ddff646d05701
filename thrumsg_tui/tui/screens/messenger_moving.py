"""Moving about in the messenger: marks, tabs, search, order, and from sender to sender (`docs/rules.md` 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import work

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import Conversation, ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.queries.campaigns import assignments
from thrumsg_tui.store.queries.conversations import ids, ids_between, next_waiting, next_waiting_elsewhere
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.tui.count_prefix import CountPrefix, tab_of
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.messenger_panes import Front, MessengerPanes
from thrumsg_tui.tui.screens.sender_picking import SenderPickingScreen
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key

CONVERSATION_SORT = "conversation_sort"
"""The preference that remembers the order of conversation lists."""


class MessengerMoving(MessengerPanes, SenderPickingScreen):
    """The messenger's panes, and all the ways from one conversation to another."""

    counting = CountPrefix()
    _range_start: ConversationId | None = None

    @property
    def open_one(self) -> Conversation | None:
        """The conversation in the middle pane."""
        return self.view.open.conversation if self.view and self.view.open else None

    # Marks

    def action_mark(self) -> None:
        """Mark the conversation under the cursor, or take its mark off, and go down."""
        if row := self.list.row:
            self.list.marks ^= {row.id}
            self.list.repaint_changed()
            self.list.action_move(1)
            self.say(f"{len(self.list.marks)} marked, and one down. r reassigns the marked ones.")
            self.ask_again()

    async def action_mark_range(self) -> None:
        """Begin a range at the cursor, or end it there and mark all of it."""
        here = self.list.row.id if self.list.row else None
        if self._range_start is None or here is None:
            self._range_start = here
            self.say("Range begun: move, then V again marks all between." if here else "There is nothing to mark here.")
            return
        begun, self._range_start = self._range_start, None
        self._mark(await self.thrumsg.store.query(ids_between, self.wanted_list, begun, here))

    async def action_mark_all(self) -> None:
        """Mark all that match the tab and the search."""
        if self.view:
            self._mark(await self.thrumsg.store.query(ids, self.wanted_list))

    def _mark(self, found: Sequence[ConversationId]) -> None:
        self.list.marks |= set(found)
        self.list.repaint_changed()
        self.ask_again()

    def unmark(self) -> None:
        """Take all marks off."""
        self._range_start = None
        if self.list.marks:
            self.list.marks = set()
            self.list.repaint_changed()

    # Tabs, search, sort

    def action_digit(self, digit: int) -> None:
        """Go to a tab by its number, always the same; digits that are none, or more than one, are a count for `r`."""
        here = (self.request.tab or Tab.RESPONSES, self.list.cursor, self.follow)
        self.counting = self.counting.then(digit, self.thrumsg.keys_pressed, here)
        if self.counting.names_no_tab:
            self._back_to_where_counting_began()
            self.say(f"{self.counting.digits} from here down: r reassigns them")
            return
        if (tab := tab_of(digit)) is None:
            return
        if self.view and tab in self.view.tabs:
            self.go_to_tab(tab)
        else:
            self.say(f"There is no tab {tab.label} here now.", warning=True)

    def _back_to_where_counting_began(self) -> ConversationId | None:
        """Leave the tab that the first digits seemed to mean; tell on which conversation the cursor was."""
        if self.counting.came_from is None:
            return None
        tab, cursor, follow = self.counting.came_from
        if tab is not self.request.tab:
            self.go_to_tab(tab, follow, cursor)
        return follow

    def action_tab_step(self, step: int) -> None:
        """Go to the tab beside."""
        tabs = list(self.view.tabs) if self.view else []
        if self.request.tab in tabs:
            self.go_to_tab(tabs[(tabs.index(self.request.tab) + step) % len(tabs)])

    def go_to_tab(self, tab: Tab, conversation_id: ConversationId | None = None, cursor: int = 0) -> None:
        """Show a tab from its first row, or with the cursor on a conversation."""
        self.request = replace(self.request, tab=tab)
        self.follow = conversation_id
        self.list.cursor = cursor
        self.search.value = self.searches.get(tab, "")
        self.ask_again()

    def action_sent_tab(self) -> None:
        """Show or hide the Sent tab."""
        self.sent_tab = not self.sent_tab
        if self.sent_tab:
            self.go_to_tab(Tab.SENT)
        else:
            self.ask_again()

    def action_search(self) -> None:
        """Search in this tab."""
        self.bring_to_front(Front.LIST, self.search)

    async def action_sort(self) -> None:
        """Go to the next order."""
        if self.request.always_by_name:
            self.say("This tab is always in order of name.", warning=True)
            return
        orders = list(ConversationSort)
        sort = orders[(orders.index(self.request.sort) + 1) % len(orders)]
        self.request = replace(self.request, sort=sort)
        self.follow, self.list.cursor = None, 0
        self.ask_again()
        await self.make(set_preference, self.thrumsg.who.user.id, CONVERSATION_SORT, sort)

    def action_escape(self) -> None:
        """Out of a count, then out of the search, then out of the marks, then back (`q` from the list)."""
        if self.counting.names_no_tab and self.counting.before(self.thrumsg.keys_pressed) is not None:
            self.say("No count any more.")
        elif self.search.has_focus or self.search.value:
            self.search.value = ""
            self.bring_to_front(Front.LIST)
        elif self.list.marks:
            self.unmark()
            self.ask_again()
        elif not self.list.has_focus:
            self.leave_to_list()
        else:
            self.action_back()

    # Senders

    def view_as(self, assignment_id: AssignmentId, conversation_id: ConversationId | None = None) -> None:
        """Show another assignment, with the cursor on a conversation if one is given."""
        self.unmark()
        self.searches.clear()
        tab = Tab.RESPONSES if conversation_id else self.request.tab
        self.request = replace(self.request, assignment_id=assignment_id, search="")
        self.thrumsg.viewing(assignment_id)
        self.go_to_tab(tab or Tab.RESPONSES, conversation_id)

    async def action_next_sender(self, step: int) -> None:
        """Go to the next sender in the remembered order, wrapping, Unassigned included (`docs/rules.md 3.8`)."""
        store, campaign_id = self.thrumsg.store, self.request.campaign_id
        stored = await store.query(preference, self.thrumsg.who.user.id, preference_key(campaign_id))
        rows = SenderOrder.parse(stored).sorted(await store.query(assignments, campaign_id, store.db.clock()))
        found = [each.id for each in rows]
        here = found.index(self.request.assignment_id) if self.request.assignment_id in found else 0
        self.view_as(found[(here + step) % len(found)])

    @work(group=ACTION)
    async def action_viewing_as(self) -> None:
        """Choose whose assignment to look at."""
        campaign_id, here = self.request.campaign_id, self.request.assignment_id
        if chosen := await self.pick_sender(campaign_id, "Viewing as", here):
            self.view_as(chosen.id)

    async def action_next_waiting(self) -> None:
        """Go to the next contact that waits, this sender's first, then others'."""
        store, here = self.thrumsg.store, self.request.assignment_id
        if here is None:
            return
        current = self.open_one.id if self.open_one else None
        found = await store.query(next_waiting, here, current)
        if found is None and not self.facts().own_only:
            elsewhere = await store.query(next_waiting_elsewhere, self.request.campaign_id, here)
            if elsewhere is not None:
                self.view_as(*elsewhere)
                return
        found = found or await store.query(next_waiting, here, current, wrap=True)
        if found is None:
            self.say("Nobody else waits for a reply.")
            return
        self.searches.pop(Tab.RESPONSES, None)
        self.go_to_tab(Tab.RESPONSES, found)
