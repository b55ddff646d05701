"""Commands of the conversation list: marks, tabs, order and senders (`docs/rules.md` 3)."""

from __future__ import annotations

from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.queries.conversations import ids
from thrumsg_tui.store.queries.list_places import ids_between
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.screen_context import action_worker
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.navigation import next_sender, next_waiting_contact
from thrumsg_tui.tui.screens.messenger.state import CONVERSATION_SORT, MessengerState
from thrumsg_tui.tui.screens.pick_sender import pick_sender


class ListCommands:
    """The messenger's commands that change the listed and the marked conversations."""

    def __init__(self, screen: MessengerContext) -> None:
        self.screen = screen

    # Marks

    def action_mark(self) -> None:
        """Mark or unmark the conversation under the cursor, and go down."""
        rows = self.screen.list_pane.list
        if row := rows.row:
            self.screen.go(self.screen.state.toggle_mark(row.id))
            rows.action_move(1)
            marked = len(self.screen.state.marks)
            self.screen.say(f"{marked} marked. {key_of('messenger.reassign')} reassigns the marked ones.")

    async def action_mark_range(self) -> None:
        """Begin a range at the cursor, or mark the whole range that ends there."""
        screen = self.screen
        begun, here = screen.state.range_start, screen.list_pane.cursor.conversation_id
        if begun is None or here is None:
            screen.state = screen.state.begin_range()
            begins = f"Range begun: move, then {key_of('messenger.mark_range')} again marks all between."
            told = begins if here else "There is nothing to mark here."
            screen.say(told)
            return
        screen.state = screen.state.end_range()
        found = await screen.thrumsg.store.query(ids_between, screen.list_request, begun, here)
        screen.go(screen.state.mark(found))

    async def action_mark_all(self) -> None:
        """Mark all conversations of the tab that match the search."""
        screen = self.screen
        if screen.view:
            found = await screen.thrumsg.store.query(ids, screen.list_request)
            screen.go(screen.state.mark(found))

    # Tabs and order

    def action_tab_step(self, step: int) -> None:
        """Go `step` tabs further."""
        if view := self.screen.view:
            self.screen.go(self.screen.state.step_tab(list(view.tabs), step))

    def action_sent_tab(self) -> None:
        """Show or hide the Sent tab."""
        self.screen.go(self.screen.state.toggle_sent_tab())

    async def action_sort(self) -> None:
        """Take the next sort order, and store it."""
        screen = self.screen
        if screen.list_request.always_by_name:
            screen.say("This tab is always in order of name.", warning=True)
            return
        screen.go(screen.state.next_sort())
        await screen.make(set_preference, screen.thrumsg.who.user.id, CONVERSATION_SORT, screen.state.sort)

    # Senders

    async def action_next_sender(self, step: int) -> None:
        """Go `step` senders further."""
        self._go_on_to(await next_sender(self.screen.thrumsg, self.screen.state, step))

    @action_worker
    async def action_viewing_as(self) -> None:
        """Choose the sender whose assignment is shown."""
        state = self.screen.state
        if chosen := await pick_sender(self.screen, state.campaign_id, "Viewing as", state.assignment_id):
            self._go_on_to(self.screen.state.view_as(chosen.id))

    async def action_next_waiting(self) -> None:
        """Go to the next waiting contact, this sender's first, then others'; say so where that is no move."""
        screen = self.screen
        if state := await self._next_waiting():
            here = screen.open_contact
            if here is not None and state.visited == here.id:
                opens, following = key_of("messenger.open"), key_of("messenger.next_waiting")
                screen.say(f"{here.name} waits: {opens} opens the conversation, {following} goes on to the next.")
            self._go_on_to(state)

    async def action_write_to_next(self) -> None:
        """Go to the message box of the next waiting contact."""
        if state := await self._next_waiting():
            self._go_on_to(state)
            await self.screen.ask_and_paint()
            await self.screen.action_run_command("messenger.open")

    def _go_on_to(self, state: MessengerState) -> None:
        """Go to another contact, and leave the one who stays open while somebody writes or is in the sidebar."""
        drafts = self.screen.conversation.drafts
        drafts.store()
        drafts.turn_to(None)
        self.screen.go(state)

    async def _next_waiting(self) -> MessengerState | None:
        """Return the state on the next waiting contact; say so if nobody else waits."""
        screen = self.screen
        own_only = screen.facts().own_only
        state = await next_waiting_contact(screen.thrumsg, screen.state, screen.open_contact, own_only=own_only)
        if state is None:
            screen.say("Nobody else waits for a reply.")
        return state
