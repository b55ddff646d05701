"""Letting a sender be chosen, in the order that the person likes (`docs/rules.md 2.3`, `3.8`)."""

from __future__ import annotations

from collections.abc import Collection

from thrumsg_tui.domain.ages import age
from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, CampaignId
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.queries.campaigns import assignments
from thrumsg_tui.store.queries.overview import longest_waiting
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key


class SenderPickingScreen(CommandScreen):
    """A screen that asks for a sender."""

    async def pick_sender(
        self,
        campaign_id: CampaignId,
        title: str,
        current: AssignmentId | None = None,
        without: Collection[AssignmentId] = (),
    ) -> Assignment | None:
        """Let a sender of a campaign be chosen, Unassigned included; those in `without` are not offered.

        The cursor starts on `current`; without it on no row.
        """
        store, user = self.thrumsg.store, self.thrumsg.who.user
        key = preference_key(campaign_id)
        rows = [
            each for each in await store.query(assignments, campaign_id, store.db.clock()) if each.id not in without
        ]
        if not rows:
            self.say("There is nobody else on this campaign; + in its overview adds senders.", warning=True)
            return None
        order = SenderOrder.parse(await store.query(preference, user.id, key))

        def remember(changed: SenderOrder) -> None:
            self.run_worker(store.execute(set_preference, user.id, key, str(changed)))

        waiting = await store.query(longest_waiting, campaign_id)
        ages = {each: age(since, store.db.clock(), self.thrumsg.zone) for each, since in waiting.items()}
        picker = SenderPicker(title, rows, current, order, self.thrumsg.glyphs, ages=ages, on_order=remember)
        chosen = await self.app.push_screen_wait(picker)
        return next((each for each in rows if each.id == chosen), None)
