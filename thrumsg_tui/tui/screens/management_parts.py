"""The parts of screens from which a campaign and the organization are managed."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.tui.commands import Scope
from thrumsg_tui.tui.screens.campaign_creation import CampaignCreation, CreatingScreen
from thrumsg_tui.tui.screens.campaign_management import CampaignManagement
from thrumsg_tui.tui.screens.carrier_lists import CarrierLists
from thrumsg_tui.tui.screens.organization_management import OrganizationManagement


def management_parts(screen: CreatingScreen, menu: Sequence[Scope]) -> tuple[object, ...]:
    """Return them for a screen, whose menu offers some scopes in their order."""
    return (
        CampaignManagement(screen, menu),
        CampaignCreation(screen),
        OrganizationManagement(screen),
        CarrierLists(screen),
    )
