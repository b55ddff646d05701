"""Moving about in the messenger: marks, tabs, search, order, and from sender to sender (`docs/rules.md` 3)."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from textual import work

from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.queries.campaigns import assignments
from thrumsg_tui.store.queries.conversations import ids, ids_between, next_waiting, next_waiting_elsewhere
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.tui.count_prefix import tab_of
from thrumsg_tui.tui.cursors import next_in_cycle
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.messenger_panes import Front, MessengerPanes
from thrumsg_tui.tui.screens.pick_sender import pick_sender
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key

CONVERSATION_SORT = "conversation_sort"
"""The preference that remembers the order of conversation lists."""


class MessengerMoving(MessengerPanes):
    """The messenger's panes, and all the ways from one conversation to another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_clock: Callable[[], float] = monotonic
        """Seconds by which digits that follow each other quickly are a count."""

    @property
    def open_one(self) -> Conversation | None:
        """The conversation in the middle pane."""
        return self.view.open.conversation if self.view and self.view.open else None

    # Marks

    def action_mark(self) -> None:
        """Mark the conversation under the cursor, or take its mark off, and go down."""
        if row := self.list.row:
            self.go(self.state.toggle_mark(row.id))
            self.list.action_move(1)
            self.say(f"{len(self.state.marks)} marked, and one down. r reassigns the marked ones.")

    async def action_mark_range(self) -> None:
        """Begin a range at the cursor, or end it there and mark all of it."""
        begun, here = self.state.range_start, self.list.row.id if self.list.row else None
        if begun is None or here is None:
            self.state = self.state.begin_range()
            self.say("Range begun: move, then V again marks all between." if here else "There is nothing to mark here.")
            return
        self.state = self.state.end_range()
        found = await self.thrumsg.store.query(ids_between, self.list_request, begun, here)
        self.go(self.state.mark(found))

    async def action_mark_all(self) -> None:
        """Mark all that match the tab and the search."""
        if self.view:
            found = await self.thrumsg.store.query(ids, self.list_request)
            self.go(self.state.mark(found))

    # Tabs, search, sort

    def action_digit(self, digit: int) -> None:
        """Go to a tab by its number, always the same; digits that are none, or more than one, are a count for `r`."""
        state = self.state.type_digit(digit, key=self.thrumsg.keys_pressed, at=self.key_clock())
        if state.count.names_no_tab:
            self.go(state)
            self.say(f"{state.count.digits} from here down: r reassigns them")
            return
        if (tab := tab_of(digit)) is None:
            return
        if self.view and tab in self.view.tabs:
            self.go(state.go_to_tab(tab))
        else:
            self.state = state
            self.say(f"There is no tab {tab.label} here now.", warning=True)

    @property
    def count(self) -> int | None:
        """The count that was typed before the present key."""
        return self.state.count.count_at(self.thrumsg.keys_pressed, self.key_clock())

    def action_tab_step(self, step: int) -> None:
        """Go to the tab beside."""
        if self.view:
            self.go(self.state.step_tab(list(self.view.tabs), step))

    def action_sent_tab(self) -> None:
        """Show or hide the Sent tab."""
        self.go(self.state.toggle_sent_tab())

    def action_search(self) -> None:
        """Search in this tab."""
        self.bring_to_front(Front.LIST, self.search)

    async def action_sort(self) -> None:
        """Go to the next order."""
        if self.list_request.always_by_name:
            self.say("This tab is always in order of name.", warning=True)
            return
        self.go(self.state.next_sort())
        await self.make(set_preference, self.thrumsg.who.user.id, CONVERSATION_SORT, self.state.sort)

    def action_escape(self) -> None:
        """Out of a count, then out of the search, then out of the marks, then back (`q` from the list)."""
        if self.state.count.names_no_tab and self.count is not None:
            self.say("No count any more.")
        elif self.search.has_focus or self.search.value:
            self.search.value = ""
            self.go(self.state.search_for(""))
            self.bring_to_front(Front.LIST)
        elif self.state.marks:
            self.go(self.state.unmark())
        elif not self.list.has_focus:
            self.leave_to_list()
        else:
            self.action_back()

    # Senders

    async def action_next_sender(self, step: int) -> None:
        """Go to the next sender in the remembered order, wrapping, Unassigned included (`docs/rules.md 3.8`)."""
        store, campaign_id = self.thrumsg.store, self.state.campaign_id
        stored = await store.query(preference, self.thrumsg.who.user.id, preference_key(campaign_id))
        rows = SenderOrder.parse(stored).sorted(await store.query(assignments, campaign_id, store.db.clock()))
        found = [row.id for row in rows]
        viewed = self.state.assignment_id if self.state.assignment_id in found else found[0]
        self.go(self.state.view_as(next_in_cycle(found, viewed, step)))

    @work(group=ACTION)
    async def action_viewing_as(self) -> None:
        """Choose whose assignment to look at."""
        state = self.state
        if chosen := await pick_sender(self, state.campaign_id, "Viewing as", state.assignment_id):
            self.go(self.state.view_as(chosen.id))

    async def action_next_waiting(self) -> None:
        """Go to the next contact that waits, this sender's first, then others'."""
        store, here = self.thrumsg.store, self.state.assignment_id
        current = self.open_one.id if self.open_one else None
        found = await store.query(next_waiting, here, current)
        if found is None and not self.facts().own_only:
            elsewhere = await store.query(next_waiting_elsewhere, self.state.campaign_id, here)
            if elsewhere is not None:
                self.go(self.state.view_as(*elsewhere))
                return
        found = found or await store.query(next_waiting, here, current, wrap=True)
        if found is None:
            self.say("Nobody else waits for a reply.")
            return
        self.go(self.state.reveal(Tab.RESPONSES, found))
