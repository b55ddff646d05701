"""The command that makes a campaign, from the list of campaigns or an overview (`docs/rules.md 6.5`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.screen_context import ScreenContext, action_worker

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import Campaign


class CreatingScreen(ScreenContext, Protocol):
    """A screen on which a campaign is made."""

    async def created(self, made: Campaign, said: str) -> None:
        """Show a new campaign, and say what it needs."""


class CampaignCreation:
    """The command of `Scope.CAMPAIGNS`."""

    def __init__(self, screen: CreatingScreen) -> None:
        self.screen = screen

    @action_worker
    async def action_create(self) -> None:
        """Make a campaign, and choose its senders."""
        from thrumsg_tui.tui.dialogs.campaign_form import campaign_form
        from thrumsg_tui.tui.screens.campaign_senders import choose_new_senders

        screen, thrumsg = self.screen, self.screen.thrumsg
        form = await campaign_form(thrumsg.store, thrumsg.who, thrumsg.glyphs)
        if made := await screen.show_dialog(form):
            await choose_new_senders(screen, made)
            held = await self._held(made) if made.state is CampaignState.DRAFT else ""
            await screen.created(made, f"Created {made.name} ({made.state}).{held}")

    async def _held(self, made: Campaign) -> str:
        """Say why a new campaign is a draft, if something else than a wish for one may be the reason."""
        from thrumsg_tui.domain.compliance import Level, of_level
        from thrumsg_tui.store.queries.compliance import setup_points

        thrumsg = self.screen.thrumsg
        points = await thrumsg.store.query(setup_points, thrumsg.who, made.setup, made.id, thrumsg.store.db.clock())
        refused = " ".join(point.sentence for point in of_level(points, Level.REFUSE))
        if refused:
            return f" It cannot be launched yet: {refused}"
        if thrumsg.who.may(Permission.CONFIRM_COMPLIANCE):
            return f" {key_of('manage.state')} launches it."
        return f" {needed_role(Permission.CONFIRM_COMPLIANCE).capitalize()} may have to launch it."
