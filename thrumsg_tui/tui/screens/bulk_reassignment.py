"""Bulk reassignment, the same from the overview and from the yellow bar (`docs/rules.md 4.1`)."""

from __future__ import annotations

from textual import work

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import Plan, Request, Sources, ToAssignments
from thrumsg_tui.store.changes.reassign import begin_plan
from thrumsg_tui.store.queries.campaigns import assignments, unassigned
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.tui.bulk_choices import BulkAction
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.screens.base import ACTION, CommandScreen
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key


class BulkReassignmentScreen(CommandScreen):
    """A screen from which work is moved in bulk."""

    @work(group=ACTION)
    async def reassign_in_bulk(self, whose: str, campaign_id: CampaignId, sources: Sources) -> None:
        """Choose the action, fill the form, look at the preview, apply it; `whose` names the sources in a title."""
        choices: list[Choice[BulkAction | None]] = [
            Choice("u", BulkAction.UNASSIGN_ALL, BulkAction.UNASSIGN_ALL),
            Choice("s", BulkAction.REASSIGN_SOME, BulkAction.REASSIGN_SOME),
            Choice("a", BulkAction.REASSIGN_ALL, BulkAction.REASSIGN_ALL),
            Choice("n", "Leave it", None),
        ]
        dialog: ChoiceDialog[BulkAction | None] = ChoiceDialog(
            "Reassign", f"Conversations of {whose}", choices, left="Nothing was moved."
        )
        if (action := await self.app.push_screen_wait(dialog)) is None:
            return
        store = self.thrumsg.store
        stored = await store.query(preference, self.thrumsg.who.user.id, preference_key(campaign_id))
        order = SenderOrder.parse(stored)
        rows = order.sorted(await store.query(assignments, campaign_id, store.db.clock()))
        unassigns = action is BulkAction.UNASSIGN_ALL
        chosen = ToAssignments((await store.query(unassigned, campaign_id),) if unassigns else ())
        base = Request(campaign_id, sources, chosen, sort=order.sort, reverse=order.reverse)
        form = BulkReassign(whose, base, action, rows, store, self.thrumsg.glyphs)
        if (planned := await self.app.push_screen_wait(form)) is None:
            self.say("Nothing was moved.")
            return
        await self.apply(planned)

    async def apply(self, planned: Plan) -> bool:
        """Apply a plan, or begin with it where it is large, and say what was done and what undoes it; False if not."""
        try:
            outcome = await self.thrumsg.store.execute(begin_plan, self.thrumsg.who, planned)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return False
        sentence = outcome.sentence[:1].upper() + outcome.sentence[1:]
        if outcome.under_way:
            self.say(f"{sentence}.")
            self.thrumsg.finish_later(outcome)
        else:
            skipped = f" ({await self._why_skipped(planned)})" if outcome.skipped else ""
            self.say(f"{sentence}{skipped}{'; z undoes it.' if outcome.event else '.'}")
        self.ask_again()
        return True

    async def _why_skipped(self, planned: Plan) -> str:
        """Say why not all of a plan was done."""
        store = self.thrumsg.store
        there = {each.id for each in await store.query(assignments, planned.campaign_id, store.db.clock())}
        gone = {planned.names[move.destination] for move in planned.moves if move.destination not in there}
        return f"{', '.join(sorted(gone))} left the campaign" if gone else "moved by somebody else meanwhile"
