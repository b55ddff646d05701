"""The tabs of the messenger with their counts (`docs/rules.md 3.1`)."""

from __future__ import annotations

from collections.abc import Mapping

from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.tui.count_prefix import digit_of
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, Part


class TabLine(FlowingLines):
    """The tabs with their counts (`docs/rules.md 3.1`)."""

    def show_tabs(self, tabs: Mapping[Tab, int], current: Tab) -> None:
        """Show the tabs."""
        groups: list[list[Part]] = []
        for tab, count in tabs.items():
            look = "accent" if tab is current else ""
            groups.append([(f" {digit_of(tab)} ", "quiet"), (tab.label, look), (f" {count} ", look or "quiet")])
        self.show(groups)
