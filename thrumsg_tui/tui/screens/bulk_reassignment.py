"""Bulk reassignment, from the overview or the yellow bar (`docs/rules.md 4.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import Plan, Request, Sources, ToAssignments
from thrumsg_tui.domain.wording import capitalized
from thrumsg_tui.store.changes.reassign import begin_plan
from thrumsg_tui.store.queries.assignments import assignments, unassigned
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.bulk_choices import BulkAction
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.commands.questions import LEAVE, REASSIGN_ALL, REASSIGN_SOME, UNASSIGN_ALL
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key


async def reassign_in_bulk(screen: ScreenContext, whose: str, campaign_id: CampaignId, sources: Sources) -> None:
    """Ask for the action, show the form with its preview, and apply the plan; `whose` names the sources in titles."""
    from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign  # rarely needed: start-up stays fast

    choices: list[Choice[BulkAction | None]] = [
        Choice(UNASSIGN_ALL, BulkAction.UNASSIGN_ALL, BulkAction.UNASSIGN_ALL),
        Choice(REASSIGN_SOME, BulkAction.REASSIGN_SOME, BulkAction.REASSIGN_SOME),
        Choice(REASSIGN_ALL, BulkAction.REASSIGN_ALL, BulkAction.REASSIGN_ALL),
        Choice(LEAVE, "Leave it", None),
    ]
    dialog: ChoiceDialog[BulkAction | None] = ChoiceDialog(
        "Reassign", f"Conversations of {whose}", choices, left="Nothing was moved."
    )
    if (action := await screen.show_dialog(dialog)) is None:
        return
    store = screen.thrumsg.store
    stored = await store.query(preference, screen.thrumsg.who.user.id, preference_key(campaign_id))
    order = SenderOrder.parse(stored)
    rows = await store.query(assignments, campaign_id, store.db.clock(), order.sort, reverse=order.reverse)
    unassigns = action is BulkAction.UNASSIGN_ALL
    chosen = ToAssignments((await store.query(unassigned, campaign_id),) if unassigns else ())
    base = Request(campaign_id, sources, chosen, sort=order.sort, reverse=order.reverse)
    form = BulkReassign(whose, base, action, list(rows), store, screen.thrumsg.glyphs)
    if (planned := await screen.show_dialog(form)) is None:
        screen.say("Nothing was moved.")
        return
    await apply_plan(screen, planned)


async def apply_plan(screen: ScreenContext, planned: Plan) -> bool:
    """Apply a plan, or begin it if it is large, and show the outcome; return False if it is refused."""
    try:
        outcome = await screen.thrumsg.store.execute(begin_plan, screen.thrumsg.who, planned)
    except ThrumsgError as refusal:
        screen.say(str(refusal), warning=True)
        return False
    sentence = capitalized(outcome.sentence)
    if outcome.under_way:
        screen.say(f"{sentence}.")
        screen.thrumsg.finish_later(outcome)
    else:
        skipped = f" ({await _why_skipped(screen, planned)})" if outcome.skipped else ""
        undo = f"; {key_of('app.undo')} undoes it" if outcome.event else ""
        screen.say(f"{sentence}{skipped}{undo}.")
    screen.ask_again()
    return True


async def _why_skipped(screen: ScreenContext, planned: Plan) -> str:
    """Return the reason why some moves of a plan were skipped."""
    store = screen.thrumsg.store
    there = {row.id for row in await store.query(assignments, planned.campaign_id, store.db.clock())}
    gone = {planned.names[move.destination] for move in planned.moves if move.destination not in there}
    return f"{', '.join(sorted(gone))} left the campaign" if gone else "moved by somebody else meanwhile"
