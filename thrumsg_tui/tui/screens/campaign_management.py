"""Commands that manage a campaign, from the list of campaigns or an overview (`docs/rules.md` 6, 8.1).

The screens that they open are imported when they are needed, since most visits need none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.tui.commands import Scope, commands_of
from thrumsg_tui.tui.commands.questions import ARCHIVE, LAUNCH, LEAVE, PAUSE, RESUME
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screen_context import ScreenContext, action_worker
from thrumsg_tui.tui.screens.campaign_senders import choose_new_senders


class _StateChange(NamedTuple):
    """A change of a campaign's state: its choice in the dialog, and its effect in words."""

    choice: Choice[CampaignState | None]
    effect: str


_LAUNCH = _StateChange(
    Choice(LAUNCH, "Launch", CampaignState.ACTIVE), "From now on messages can be sent, within its hours and window."
)
_PAUSE = _StateChange(
    Choice(PAUSE, "Pause", CampaignState.PAUSED),
    "Nothing is sent until it is resumed; answers still come in, and can be reassigned.",
)
_RESUME = _StateChange(
    Choice(RESUME, "Resume", CampaignState.ACTIVE),
    "Messages can be sent again; scheduled messages leave when its hours allow.",
)
_ARCHIVE = _StateChange(
    Choice(ARCHIVE, "Archive", CampaignState.ARCHIVED),
    "For good: nothing is sent or taken in any more, and nothing can be reassigned.",
)

_STATE_CHANGES: dict[CampaignState, tuple[_StateChange, ...]] = {
    CampaignState.DRAFT: (_LAUNCH, _ARCHIVE),
    CampaignState.ACTIVE: (_PAUSE, _ARCHIVE),
    CampaignState.PAUSED: (_RESUME, _ARCHIVE),
    CampaignState.ARCHIVED: (),
}
"""The state changes possible from each state (`docs/rules.md 6.5`)."""


class CampaignManagement:
    """The commands of `Scope.MANAGE`, for the current campaign of a screen."""

    def __init__(self, screen: ScreenContext, menu: Sequence[Scope]) -> None:
        """Take the screen, and the scopes that its menu offers."""
        self.screen = screen
        self._menu = menu

    @property
    def _campaign(self) -> Campaign | None:
        return self.screen.facts().campaign

    @action_worker
    async def action_menu(self) -> None:
        """Show a menu of the commands, and run the chosen one."""
        from thrumsg_tui.tui.dialogs.command_menu import CommandMenu, Entry

        facts = self.screen.facts()
        offered = [each for each in commands_of(*self._menu) if each.help and each.id != "manage.menu"]
        entries = [Entry(each, each.why_not(facts)) for each in offered]
        title = facts.campaign.name if facts.campaign else "Manage"
        if chosen := await self.screen.show_dialog(CommandMenu(title, entries)):
            await self.screen.action_run_command(chosen[0].command.id)

    @action_worker
    async def action_edit(self) -> None:
        """Change the campaign's settings."""
        from thrumsg_tui.tui.dialogs.campaign_form import campaign_form

        if campaign := self._campaign:
            thrumsg = self.screen.thrumsg
            form = await campaign_form(thrumsg.store, thrumsg.who, thrumsg.glyphs, campaign)
            if edited := await self.screen.show_dialog(form):
                self.screen.say(f"{edited.name} is saved." if edited != campaign else "Nothing was changed.")
                self.screen.ask_again()

    @action_worker
    async def action_add_senders(self) -> None:
        """Choose users and add them as senders."""
        if campaign := self._campaign:
            await choose_new_senders(self.screen, campaign)

    @action_worker
    async def action_state(self) -> None:
        """Launch, pause, resume or archive after a dialog that explains it; archiving asks twice."""
        if (campaign := self._campaign) is None:
            return
        changes = _STATE_CHANGES[campaign.state]
        effects = [f"{change.choice.title}: {change.effect}" for change in changes]
        text = "\n".join([f"It is {campaign.state}.", "", *effects])
        leave: Choice[CampaignState | None] = Choice(LEAVE, "Leave it", None)
        choices = [*(change.choice for change in changes), leave]
        dialog = ChoiceDialog(
            campaign.name, text, choices, left=f"{campaign.name} stays {campaign.state}.", must_be_seen=True
        )
        if (to := await self.screen.show_dialog(dialog)) is None:
            return
        if to is CampaignState.ARCHIVED:
            question = f"Archive {campaign.name} for good? This cannot be undone."
            sure = confirmation("Archive", question, "Archive it", left=f"{campaign.name} was not archived")
            if not await self.screen.show_dialog(sure):
                return
        confirmed: tuple[str, ...] = ()
        if campaign.state is CampaignState.DRAFT and to is CampaignState.ACTIVE:
            if (seen := await self._confirm_points(campaign)) is None:
                return
            confirmed = seen
        try:
            thrumsg = self.screen.thrumsg
            changed = await thrumsg.store.execute(change_state, thrumsg.who, campaign.id, to, confirmed=confirmed)
        except ThrumsgError as refusal:
            self.screen.say(str(refusal), warning=True)
            return
        self.screen.say(f"{changed.name} is {changed.state} now.")
        self.screen.ask_again()

    async def _confirm_points(self, campaign: Campaign) -> tuple[str, ...] | None:
        """Show what an owner must confirm before a launch; return the codes, or None if it was not confirmed.

        What refuses the launch, and a role that may not confirm, is left to the change, which says so.
        """
        from thrumsg_tui.domain.compliance import Level, of_level
        from thrumsg_tui.tui.dialogs.confirm_points import read_points
        from thrumsg_tui.tui.store_client import Progress

        thrumsg = self.screen.thrumsg
        points = await thrumsg.store.run_long(read_points, Progress(), thrumsg.who, campaign)
        to_confirm = of_level(points, Level.CONFIRM)
        if not to_confirm or of_level(points, Level.REFUSE) or not thrumsg.who.may(Permission.CONFIRM_COMPLIANCE):
            return ()
        text = "\n".join(["Before it is launched, confirm:", "", *(f"- {each.sentence}" for each in to_confirm)])
        sure = confirmation(
            campaign.name, text, "Confirm and launch", left=f"{campaign.name} stays a draft", must_be_seen=True
        )
        return tuple(each.code for each in to_confirm) if await self.screen.show_dialog(sure) else None

    def action_survey(self) -> None:
        """Show the survey's questions and results."""
        from thrumsg_tui.tui.screens.survey import SurveyScreen

        if campaign := self._campaign:
            self.screen.thrumsg.show_over(SurveyScreen(campaign.id))

    def action_replies(self) -> None:
        """Show the recommended replies."""
        from thrumsg_tui.tui.screens.replies import RepliesScreen

        if campaign := self._campaign:
            self.screen.thrumsg.show_over(RepliesScreen(campaign.id))

    def action_follow_ups(self) -> None:
        """Show the follow-ups."""
        from thrumsg_tui.tui.screens.follow_ups import FollowUpsScreen

        if campaign := self._campaign:
            self.screen.thrumsg.show_over(FollowUpsScreen(campaign.id))

    def action_import(self) -> None:
        """Import a file."""
        from thrumsg_tui.tui.screens.imports import ImportScreen

        self.screen.thrumsg.show_over(ImportScreen(self._campaign))

    @action_worker
    async def action_export(self) -> None:
        """Export to a file."""
        from thrumsg_tui.tui.dialogs.export import export_form
        from thrumsg_tui.tui.named_files import named_files

        thrumsg = self.screen.thrumsg
        form = export_form(self._campaign, thrumsg.store, thrumsg.who, named_files(thrumsg), thrumsg.glyphs)
        if written := await self.screen.show_dialog(form):
            self.screen.say(written)
