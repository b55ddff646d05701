"""A dialog that chooses a sender, in the stored order (`docs/rules.md 2.3`, `3.8`)."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from thrumsg_tui.domain.ages import waiting_age
from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, CampaignId
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.queries.assignments import assignments, longest_waiting
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key


async def pick_sender(
    screen: ScreenContext,
    campaign_id: CampaignId,
    title: str,
    current: AssignmentId | None = None,
    without: Collection[AssignmentId] = (),
    note: str = "",
) -> Assignment | None:
    """Ask for a sender of a campaign, Unassigned included.

    Args:
        screen: The screen that asks; call this from a worker.
        campaign_id: The campaign.
        title: The title of the dialog.
        current: The assignment under the cursor at first; without it, no row is.
        without: Assignments that have the conversations now, and are not offered.
        note: What is said below the senders, as a warning.

    Returns:
        The sender, None if nobody was chosen or there is nobody to choose.
    """
    from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker  # rarely needed: start-up stays fast

    thrumsg = screen.thrumsg
    store, user = thrumsg.store, thrumsg.who.user
    key = preference_key(campaign_id)
    everybody = await store.query(assignments, campaign_id, store.db.clock())
    rows = everybody.without(without)
    if not rows:
        add = key_of("senders.add")
        screen.say(f"There is nobody else on this campaign; {add} in its overview adds senders.", warning=True)
        return None
    order = SenderOrder.parse(await store.query(preference, user.id, key))

    def remember(changed: SenderOrder) -> None:
        screen.run_worker(store.execute(set_preference, user.id, key, str(changed)))

    waiting = await store.query(longest_waiting, campaign_id)
    age = partial(waiting_age, now=store.db.clock(), zone=thrumsg.zone)
    have_them = everybody.among(without)
    picker = SenderPicker(
        title,
        rows,
        current,
        order,
        thrumsg.glyphs,
        waiting=waiting,
        age=age,
        have_them=have_them,
        note=note,
        on_order=remember,
    )
    chosen = await screen.show_dialog(picker)
    return chosen[0] if chosen else None
