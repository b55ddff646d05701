"""Navigation in a campaign: the next sender, and the next waiting contact."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.conversations import next_waiting, next_waiting_elsewhere
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.screens.messenger.state import MessengerState
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key


async def next_sender(thrumsg: AppContext, state: MessengerState, step: int) -> MessengerState:
    """Return the state `step` senders further in the stored order, wrapping, with Unassigned (`docs/rules.md 3.8`)."""
    store = thrumsg.store
    stored = await store.query(preference, thrumsg.who.user.id, preference_key(state.campaign_id))
    order, now = SenderOrder.parse(stored), store.db.clock()
    senders = await store.query(assignments, state.campaign_id, now, order.sort, reverse=order.reverse)
    after = senders.after(state.assignment_id, step)
    return state if after is None else state.view_as(after)  # None: the database went back to before the campaign


async def next_waiting_contact(
    thrumsg: AppContext, state: MessengerState, current: Conversation | None, *, own_only: bool
) -> MessengerState | None:
    """Return the state on the next waiting contact, this sender's first, then others'; None if nobody else waits.

    It is the one under the cursor if they wait and the person has not been there (`docs/rules.md 3.19`).

    Args:
        thrumsg: The app.
        state: The current state.
        current: The conversation after which to search.
        own_only: Whether the person sees no other senders.
    """
    if current is not None and current.waiting and state.visited != current.id:
        stays = state.tab is Tab.RESPONSES
        return (state if stays else state.reveal(Tab.RESPONSES, current.id)).visit(current.id)
    store, after = thrumsg.store, current.id if current else None
    found = await store.query(next_waiting, state.assignment_id, after)
    if found is None and not own_only:
        elsewhere = await store.query(next_waiting_elsewhere, state.campaign_id, state.assignment_id)
        if elsewhere is not None:
            return state.view_as(*elsewhere).visit(elsewhere[1])
    found = found or await store.query(next_waiting, state.assignment_id, after, wrap=True)
    return None if found is None else state.reveal(Tab.RESPONSES, found).visit(found)
