"""The messenger's commands that reassign conversations (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import FromAssignments, FromConversations, Plan, Request, ToAssignments, by_status
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.list_places import ids_from
from thrumsg_tui.store.queries.reassignment import holders, plan
from thrumsg_tui.store.queries.thread import get_conversation_head
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.screen_context import action_worker
from thrumsg_tui.tui.screens.bulk_reassignment import apply_plan, reassign_in_bulk
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.number_keys import counted
from thrumsg_tui.tui.screens.pick_sender import pick_sender


class ReassignCommands:
    """Reassigns the counted, marked or open conversations, or all of a sender."""

    def __init__(self, screen: MessengerContext) -> None:
        self.screen = screen

    def action_reassign(self) -> None:
        """Reassign the counted, marked or open conversations."""
        self._reassign(self.screen.count, self.screen.missed_count)

    @action_worker
    async def action_reassign_sender(self) -> None:
        """Reassign this sender's conversations in bulk."""
        if view := self.screen.view:
            source = FromAssignments((view.viewing.id,))
            await reassign_in_bulk(self.screen, view.viewing.shown_name, view.campaign.id, source)

    @action_worker
    async def _reassign(self, count: int | None, missed: str) -> None:
        screen = self.screen
        if screen.view is None or not (chosen := await self._chosen(count)):
            return
        there = pluralize(len(chosen), "is there", "are there")
        fewer = f"{count} asked, {there}" if count and len(chosen) < count else ""
        if (planned := await self._plan(chosen, fewer, missed)) is None:
            if missed:  # they named a tab, where the count would begin at another contact
                screen.go(screen.state.return_to_count_start())
        else:
            screen.state = screen.state.changed(chosen[0] if len(chosen) == 1 else None)
            if await apply_plan(screen, planned):
                screen.go(screen.state.unmark())

    async def _chosen(self, count: int | None) -> Sequence[ConversationId]:
        """Return `count` conversations from the cursor down; without a count the marked ones, else the open one."""
        screen = self.screen
        if count is None:
            return sorted(screen.state.marks) or ([screen.open_contact.id] if screen.open_contact else [])
        start = screen.state.count.start
        first = start.cursor.conversation_id if start else None
        screen.go(screen.state.return_to_count_start())
        store, found = screen.thrumsg.store, list[ConversationId]()
        if first and count:
            found = await store.query(ids_from, screen.list_request, first, count)
        if not found:
            screen.say("No conversations to count from here.", warning=True)
        return found

    async def _plan(self, chosen: Sequence[ConversationId], fewer: str, missed: str) -> Plan | None:
        """Ask for the destination, and for a confirmation if there are several moves.

        Args:
            chosen: The conversations.
            fewer: What is said where they are fewer than were asked for; empty if they are not.
            missed: The digits that may be meant as their number, but named tabs; empty without any.

        Returns:
            The plan to apply; None if the person left, or if it was refused, which is shown.
        """
        screen, store, campaign_id = self.screen, self.screen.thrumsg.store, self.screen.state.campaign_id
        what = pluralize(len(chosen), "conversation")
        if len(chosen) == 1:
            what = (await store.query(get_conversation_head, chosen[0])).name
        holding = await store.query(holders, campaign_id, chosen)
        has_all = holding if len(holding) == 1 else frozenset()
        note, alone = "", ""
        if missed and int(missed) != len(chosen):
            note = f"This moves {pluralize(len(chosen), 'contact')}: {counted(missed)} would move {missed}."
            alone = " alone" if len(chosen) == 1 else ""
        title = f"Reassign {what} ({fewer}) to" if fewer else f"Reassign {what}{alone} to"
        picked = await pick_sender(screen, campaign_id, title, without=has_all, note=note)
        if picked is None:
            return None
        try:
            request = Request(campaign_id, FromConversations(tuple(chosen)), ToAssignments((picked.id,)))
            planned = await store.query(plan, request, store.db.clock())
        except ThrumsgError as refusal:
            screen.say(str(refusal), warning=True)
            return None
        if len(planned.moves) > 1:
            question = _question(planned, planned.names[picked.id], [f"{fewer}." if fewer else "", note])
            if not await screen.show_dialog(confirmation("Reassign", question, "Move them", left="Nothing was moved")):
                return None
        return planned


def _question(planned: Plan, destination: str, remarks: Sequence[str]) -> str:
    """Ask whether to move several, with their statuses, remarks, and what is at the destination already."""
    sources = sorted({planned.names[move.source] for move in planned.moves})
    there = pluralize(len(planned.already_there), "more is", "more are") if planned.already_there else ""
    said = [f"{by_status(planned.moves)}.", *remarks, f"{there} there already." if there else ""]
    question = f"Move {len(planned.moves)} conversations of {', '.join(sources)} to {destination}?"
    return f"{question}\n\n{' '.join(filter(None, said))}"
