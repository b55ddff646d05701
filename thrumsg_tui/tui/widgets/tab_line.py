"""The line with the tabs of the messenger (`docs/rules.md 3.1`)."""

from __future__ import annotations

from collections.abc import Mapping

from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.tui.commands import command
from thrumsg_tui.tui.screens.messenger.count_prefix import digit_of
from thrumsg_tui.tui.widgets.line_widgets import FlowingLines, Part


class TabLine(FlowingLines):
    """The tabs, each with its key and its count (`docs/rules.md 3.1`)."""

    def show_tabs(self, tabs: Mapping[Tab, int], current: Tab) -> None:
        """Show tabs with their counts, the current one highlighted."""
        groups: list[list[Part]] = []
        for tab, count in tabs.items():
            look = "accent" if tab is current else ""
            key = command(f"messenger.tab_{digit_of(tab)}").shown_key
            groups.append([(f" {key} ", "quiet"), (tab.label, look), (f" {count} ", look or "quiet")])
        self.show(groups)
