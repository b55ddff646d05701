"""Running a campaign, the same from the list of campaigns and from an overview (`docs/rules.md` 6, 8.1).

The screens that it opens are imported when they are wanted, since most visits want none.
"""

from __future__ import annotations

from typing import ClassVar

from textual import work

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.tui.commands import Scope, commands_of
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screens.base import ACTION, CommandScreen

_LAUNCH = Choice("l", "Launch", CampaignState.ACTIVE)
_PAUSE = Choice("p", "Pause", CampaignState.PAUSED)
_RESUME = Choice("r", "Resume", CampaignState.ACTIVE)
_ARCHIVE = Choice("a", "Archive", CampaignState.ARCHIVED)

_WAYS: dict[CampaignState, tuple[Choice[CampaignState], ...]] = {
    CampaignState.DRAFT: (_LAUNCH, _ARCHIVE),
    CampaignState.ACTIVE: (_PAUSE, _ARCHIVE),
    CampaignState.PAUSED: (_RESUME, _ARCHIVE),
    CampaignState.ARCHIVED: (),
}
"""Where a campaign can go from each state (`docs/rules.md 6.5`)."""

_DOES = {
    "Launch": "From now on messages can be sent, within its hours and window.",
    "Pause": "Nothing is sent until it is resumed; answers still come in, and can be reassigned.",
    "Resume": "Messages can be sent again; what is held leaves when its hours allow.",
    "Archive": "For good: nothing is sent or taken in any more, and nothing can be reassigned.",
}


class CampaignManagementScreen(CommandScreen):
    """A screen on which a campaign is chosen, and which can do to it what an admin may."""

    MENU_SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.MANAGE,)
    """What the menu offers."""

    @property
    def managed(self) -> Campaign | None:
        """The campaign that is chosen."""
        return self.facts().campaign

    @work(group=ACTION)
    async def action_menu(self) -> None:
        """Offer everything that can be done here."""
        from thrumsg_tui.tui.dialogs.command_menu import CommandMenu, Entry

        facts = self.facts()
        offered = [each for each in commands_of(*self.MENU_SCOPES) if each.help and each.id != "manage.menu"]
        entries = [Entry(each, each.why_not(facts)) for each in offered]
        title = facts.campaign.name if facts.campaign else "Manage"
        if chosen := await self.app.push_screen_wait(CommandMenu(title, entries)):
            await self.action_run_command(chosen)

    @work(group=ACTION)
    async def action_edit(self) -> None:
        """Change the campaign's settings."""
        from thrumsg_tui.tui.dialogs.campaign_form import campaign_form

        if of := self.managed:
            form = await campaign_form(self.thrumsg.store, self.thrumsg.who, self.thrumsg.glyphs, of)
            if edited := await self.app.push_screen_wait(form):
                self.say(f"{edited.name} is saved." if edited != of else "Nothing was changed.")
                self.ask_again()

    @work(group=ACTION)
    async def action_state(self) -> None:
        """Launch, pause, resume or archive, after saying what that does; archiving asks twice."""
        if (of := self.managed) is None:
            return
        ways = _WAYS[of.state]
        text = "\n".join([f"It is {of.state}.", "", *(f"{each.title}: {_DOES[each.title]}" for each in ways)])
        choices: list[Choice[CampaignState | None]] = [*ways, Choice("n", "Leave it", None)]  # type: ignore[list-item]
        dialog: ChoiceDialog[CampaignState | None] = ChoiceDialog(
            of.name, text, choices, left=f"{of.name} stays {of.state}.", must_be_seen=True
        )
        if (to := await self.app.push_screen_wait(dialog)) is None:
            return
        if to is CampaignState.ARCHIVED:
            question = f"Archive {of.name} for good? This cannot be undone."
            sure = confirmation("Archive", question, "Archive it", left=f"{of.name} was not archived")
            if not await self.app.push_screen_wait(sure):
                return
        try:
            changed = await self.thrumsg.store.execute(change_state, self.thrumsg.who, of.id, to)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        self.say(f"{changed.name} is {changed.state} now.")
        self.ask_again()

    def action_survey(self) -> None:
        """Show the survey's questions with their results."""
        from thrumsg_tui.tui.screens.survey import SurveyScreen

        if of := self.managed:
            self.thrumsg.show_over(SurveyScreen(of.id))

    def action_replies(self) -> None:
        """Show the recommended replies."""
        from thrumsg_tui.tui.screens.replies import RepliesScreen

        if of := self.managed:
            self.thrumsg.show_over(RepliesScreen(of.id))

    def action_follow_ups(self) -> None:
        """Show the follow-ups."""
        from thrumsg_tui.tui.screens.follow_ups import FollowUpsScreen

        if of := self.managed:
            self.thrumsg.show_over(FollowUpsScreen(of.id))

    def action_import(self) -> None:
        """Import a file."""
        from thrumsg_tui.tui.screens.imports import ImportScreen

        self.thrumsg.show_over(ImportScreen(self.managed))

    @work(group=ACTION)
    async def action_export(self) -> None:
        """Write an export."""
        from thrumsg_tui.tui.dialogs.export import export_form

        thrumsg = self.thrumsg
        form = export_form(self.managed, thrumsg.store, thrumsg.who, thrumsg.glyphs)
        if written := await self.app.push_screen_wait(form):
            self.say(written)

    @work(group=ACTION)
    async def action_organization(self) -> None:
        """Change the organization's settings."""
        from thrumsg_tui.tui.dialogs.organization_form import organization_form

        form = await organization_form(self.thrumsg.store, self.thrumsg.who, self.thrumsg.glyphs)
        changed = await self.app.push_screen_wait(form)
        if changed is not None:
            self.say(f"Saved: {', '.join(changed)}." if changed else "Nothing was changed.")

    def action_users(self) -> None:
        """Show the users and their roles."""
        from thrumsg_tui.tui.screens.users import UsersScreen

        self.thrumsg.show_over(UsersScreen())

    def action_opt_outs(self) -> None:
        """Show the numbers that are opted out."""
        from thrumsg_tui.tui.screens.opt_outs import OptOutsScreen

        self.thrumsg.show_over(OptOutsScreen())

    def action_unmatched(self) -> None:
        """Show the messages that are in no conversation."""
        from thrumsg_tui.tui.screens.unmatched import UnmatchedScreen

        self.thrumsg.show_over(UnmatchedScreen())
