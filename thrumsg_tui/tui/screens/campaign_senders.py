"""Who is on a campaign: adding senders, and taking one off (`docs/rules.md 4.12`)."""

from __future__ import annotations

from textual import work

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.changes.campaigns import add_senders, remove_sender
from thrumsg_tui.store.queries.campaigns import assignments
from thrumsg_tui.store.queries.people import users
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.campaign_management import CampaignManagementScreen
from thrumsg_tui.tui.screens.sender_picking import SenderPickingScreen


class CampaignSendersScreen(CampaignManagementScreen, SenderPickingScreen):
    """A screen on which senders are put on a campaign, and one under the cursor is taken off."""

    @work(group=ACTION)
    async def action_add_senders(self) -> None:
        """Put users on the campaign."""
        if of := self.managed:
            await self.add_senders_to(of)

    async def add_senders_to(self, of: Campaign) -> None:
        """Let users be chosen, and put them on a campaign."""
        from thrumsg_tui.tui.dialogs.user_picker import UserPicker

        store, who = self.thrumsg.store, self.thrumsg.who
        on_it = {each.user.id for each in await store.query(assignments, of.id, store.db.clock()) if each.user}
        others = [each for each in await store.query(users) if each.id not in on_it]
        if not others:
            self.say("Every user is on this campaign already; U on the campaigns screen adds users.", warning=True)
            return
        chosen = await self.app.push_screen_wait(UserPicker(f"Add senders to {of.name}", others, self.thrumsg.glyphs))
        if not chosen:
            return
        try:
            added = await store.execute(add_senders, who, of.id, [each.login for each in chosen])
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        names = ", ".join(each.name for each in chosen if each.login in added)
        self.say(f"{names} can work on {of.name} now; R in its overview gives them conversations.")
        self.ask_again()

    @work(group=ACTION)
    async def action_remove_sender(self) -> None:
        """Take the sender under the cursor off, after asking where their conversations go."""
        facts = self.facts()
        of, leaving = facts.campaign, facts.sender
        if of is None or leaving is None or leaving.login is None:
            return
        question = f"Take {leaving.name} off {of.name}?"
        choices = [Choice("y", "Take off", "unassigned"), Choice("n", "Leave it", "")]
        if leaving.assigned:
            noun = "conversation" if leaving.assigned == 1 else "conversations"
            question += f" Where do their {leaving.assigned} {noun} go?"
            choices = [
                Choice("u", "To Unassigned", "unassigned"),
                Choice("e", "Shared by all others", "everyone"),
                Choice("o", "To one sender", "one"),
                Choice("n", "Leave it", ""),
            ]
        stays = f"{leaving.name} stays on {of.name}: nobody was taken off, nothing was moved."
        to = await self.app.push_screen_wait(ChoiceDialog("Remove sender", question, choices, left=stays))
        destinations: list[str] = []
        if to == "one":
            chosen = await self.pick_sender(of.id, f"{leaving.name}'s conversations go to", without={leaving.id})
            if chosen is None:
                self.say(stays)
                return
            destinations = [chosen.login] if chosen.login else []
        if not to:
            return
        try:
            outcome = await self.thrumsg.store.execute(
                remove_sender,
                self.thrumsg.who,
                of.id,
                leaving.login,
                destinations=destinations,
                to_everyone=to == "everyone",
            )
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        self.say(f"{outcome.sentence[:1].upper()}{outcome.sentence[1:]}; z undoes it.")
        self.ask_again()
