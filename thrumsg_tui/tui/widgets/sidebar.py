"""The sidebar of a conversation: Survey, Replies and Info (`docs/rules.md 3.14` to `3.16`)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import command
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.info_pane import InfoPane
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane

_TITLES = 28
"""The width of the titles with their keys."""


class SidebarTab(StrEnum):
    """The panes of the sidebar."""

    SURVEY = "Survey"
    REPLIES = "Replies"
    INFO = "Info"


class Sidebar(Vertical):
    """The three panes, of which one is shown, below the line with their titles."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.survey = SurveyPane(glyphs, id="survey")
        self.replies = RepliesPane(glyphs, id="replies")
        self.info = InfoPane(glyphs, id="info")
        self._titles = LineWidget()
        self.current = SidebarTab.SURVEY
        self._letters_shown = True
        self._known: tuple[MessengerView, datetime, tzinfo] | None = None
        """What the info shows once it is in front."""

    def compose(self) -> ComposeResult:
        yield self._titles
        yield self.survey
        yield self.replies
        yield self.info

    def on_mount(self) -> None:
        self.turn_to(SidebarTab.SURVEY)

    @property
    def wanted_width(self) -> int:
        """The width, with the line at its left, in which titles and choices need one line each."""
        return 1 + max(_TITLES, self.survey.wanted_width)

    def turn_to(self, tab: SidebarTab) -> Widget:
        """Show the pane of a tab, and return what takes its keys."""
        self.current = tab
        panes: dict[SidebarTab, Widget] = {
            SidebarTab.SURVEY: self.survey,
            SidebarTab.REPLIES: self.replies,
            SidebarTab.INFO: self.info,
        }
        for pane_tab, pane in panes.items():
            pane.display = pane_tab is tab
        self._show_info()
        self._name_tabs()
        return self.replies.search if tab is SidebarTab.REPLIES else panes[tab]

    def show(self, view: MessengerView, thrumsg: AppContext, now: datetime) -> None:
        """Show survey, replies, and what is known of contact and campaign."""
        contact = view.open.conversation if view.open else None
        self.survey.show_survey(view.questions, contact.answers if contact else {})
        self.replies.show_replies(view.replies, view.filled)
        self._known = view, now, thrumsg.zone
        self._show_info()

    def _show_info(self) -> None:
        if self._known and self.current is SidebarTab.INFO:
            self.info.show_info(*self._known)

    def show_letters(self, *, shown: bool) -> None:
        """Show the keys of the panes beside their titles, or hide them where they would be typed into a text."""
        if shown != self._letters_shown:
            self._letters_shown = shown
            self._name_tabs()

    def _name_tabs(self) -> None:
        parts: list[Part] = []
        for tab in SidebarTab:
            key = command(f"messenger.{tab.lower()}").shown_key if self._letters_shown else ""
            parts += [(f" {key} ", "quiet"), (tab, "accent" if tab is self.current else "")]
        self._titles.show(parts)
