"""Commands that show messages in doubt and messages that have failed, from any screen of a campaign.

The screens that they open are imported when they are needed, since most visits need none.
"""

from __future__ import annotations

from thrumsg_tui.tui.screen_context import ScreenContext


class CarrierLists:
    """The commands of `Scope.CARRIER`."""

    def __init__(self, screen: ScreenContext) -> None:
        self.screen = screen

    def action_doubts(self) -> None:
        """Show the messages in doubt."""
        from thrumsg_tui.tui.screens.doubts import DoubtsScreen

        self.screen.thrumsg.show_over(DoubtsScreen())

    def action_failures(self) -> None:
        """Show the messages that have failed."""
        from thrumsg_tui.tui.screens.failures import FailuresScreen

        self.screen.thrumsg.show_over(FailuresScreen())
