"""Commands that manage a campaign, from the list of campaigns or an overview (`docs/rules.md` 6, 8.1).

The screens and dialogs that they open are imported when they are needed, since most visits need none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thrumsg_tui.tui.commands import Scope, commands_of
from thrumsg_tui.tui.screen_context import ScreenContext, action_worker

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import Campaign


class CampaignManagement:
    """The commands of `Scope.MANAGE`, for the current campaign of a screen."""

    def __init__(self, screen: ScreenContext, menu: Sequence[Scope]) -> None:
        """Take the screen, and the scopes that its menu offers, in their order."""
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
        here = [each for scope in self._menu for each in commands_of(scope)]
        offered = [each for each in here if each.help and each.id != "manage.menu"]
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
        from thrumsg_tui.tui.screens.campaign_senders import choose_new_senders

        if campaign := self._campaign:
            await choose_new_senders(self.screen, campaign)

    @action_worker
    async def action_state(self) -> None:
        """Launch, pause, resume or archive."""
        from thrumsg_tui.tui.screens.campaign_state import choose_state

        if campaign := self._campaign:
            await choose_state(self.screen, campaign)

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
