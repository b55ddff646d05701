"""Commands that manage the organization, from the list of campaigns or an overview (`docs/rules.md` 5, 8).

The screens that they open are imported when they are needed, since most visits need none.
"""

from __future__ import annotations

from thrumsg_tui.tui.screen_context import ScreenContext, action_worker


class OrganizationManagement:
    """The commands of `Scope.ORGANIZATION`."""

    def __init__(self, screen: ScreenContext) -> None:
        self.screen = screen

    @action_worker
    async def action_organization(self) -> None:
        """Change the organization's settings."""
        from thrumsg_tui.tui.dialogs.organization_form import organization_form

        thrumsg = self.screen.thrumsg
        form = await organization_form(thrumsg.store, thrumsg.who, thrumsg.glyphs)
        changed = await self.screen.show_dialog(form)
        if changed is not None:
            self.screen.say(f"Saved: {', '.join(changed)}." if changed else "Nothing was changed.")

    def action_users(self) -> None:
        """Show the users and their roles."""
        from thrumsg_tui.tui.screens.users import UsersScreen

        self.screen.thrumsg.show_over(UsersScreen())

    def action_opt_outs(self) -> None:
        """Show the opted-out numbers."""
        from thrumsg_tui.tui.screens.opt_outs import OptOutsScreen

        self.screen.thrumsg.show_over(OptOutsScreen())

    def action_unmatched(self) -> None:
        """Show the messages without a conversation."""
        from thrumsg_tui.tui.screens.unmatched import UnmatchedScreen

        self.screen.thrumsg.show_over(UnmatchedScreen())
