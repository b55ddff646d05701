"""The messenger's panes: what they show, how they ask, and which has the focus."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.widget import Widget
from textual.widgets import Input, TextArea

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.people import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.messenger import MessengerView, ViewRequest, messenger_view
from thrumsg_tui.tui.commands import Command, Facts, Scope, bindings, commands_of
from thrumsg_tui.tui.count_prefix import Cursor
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.messenger_state import MessengerState
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.conversation_pane import ConversationPane
from thrumsg_tui.tui.widgets.conversation_list import ConversationList
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.sidebar import Sidebar, SidebarTab
from thrumsg_tui.tui.widgets.status_lines import TabLine, YellowBar
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane


class Front(StrEnum):
    """Which pane is in front where not all have room."""

    LIST = "list"
    CONVERSATION = "conversation"
    SIDEBAR = "sidebar"


class MessengerList(ConversationList):
    """The conversation list with the keys of a list."""

    BINDINGS = bindings([each for each in commands_of(Scope.LIST) if each.id != "list.choose"], checked=False)


class MessengerPanes(CommandScreen):
    """List, thread and sidebar of one assignment, without anything that one does in them."""

    CSS_PATH = "messenger.tcss"

    def __init__(
        self,
        campaign_id: CampaignId,
        assignment_id: AssignmentId,
        glyphs: Glyphs,
        *,
        sort: ConversationSort = ConversationSort.NEEDS_REPLY,
    ) -> None:
        super().__init__()
        self.state = MessengerState(campaign_id, assignment_id, sort)
        self.view: MessengerView | None = None
        self._glyphs = glyphs
        self.yellow_bar = YellowBar(id="yellow-bar")
        self.tab_line = TabLine(id="tabs")
        self.search = LineInput(placeholder="search", id="search")
        self.sort_line = LineWidget(id="sort")
        self.conversation = ConversationPane(glyphs, id="middle")
        self.box = self.conversation.box
        self.sidebar = Sidebar(glyphs, id="sidebar")

    def compose(self) -> ComposeResult:
        self.list = MessengerList(self._glyphs, self.thrumsg.zone, id="list")
        yield self.title_line
        if self.thrumsg.who.may(Permission.VIEW_ALL):
            yield self.yellow_bar
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield self.tab_line
                yield Horizontal(LineWidget(id="slash"), self.search, self.sort_line, id="list-head")
                yield self.list
            yield self.conversation
            yield self.sidebar
        yield self.key_line

    def on_mount(self) -> None:
        self.list.on_move = self._cursor_moved
        self.query_one("#slash", LineWidget).show([(" / ", "quiet")])
        self.key_line.show_keys(self.shown_commands())
        self.bring_to_front(Front.LIST)

    def begin_on(self, tab: Tab, conversation_id: ConversationId) -> None:
        """Begin on a conversation in a tab."""
        self.state = self.state.go_to_tab(tab, Cursor(conversation_id))

    # Asking and painting

    def facts(self) -> Facts:
        view = self.view
        return Facts(
            who=self.thrumsg.who,
            campaign=view.campaign if view else None,
            conversation=view.open.conversation if view and view.open else None,
            tab=self.state.tab,
            marked=len(self.state.marks),
            own_only=not self.thrumsg.who.may(Permission.VIEW_ALL),
        )

    def go(self, state: MessengerState) -> None:
        """Go on to another state: show its cursor, search and marks, and ask for its list."""
        before, self.state = self.state, state
        self.list.cursor = state.cursor.index
        self.list.show_marks(state.marks)
        if state.list_request() != before.list_request():
            self.search.value = state.search
        if state.assignment_id != before.assignment_id:
            self.thrumsg.viewing(state.assignment_id)
        self.ask_again()

    async def ask_and_paint(self) -> None:
        db, asked = self.thrumsg.store.db, self.state
        first, height = self.list.window
        request = ViewRequest(
            list=self.list_request,
            first=first,
            height=max(height, 1),
            cursor_id=asked.cursor.conversation_id,
            cursor_index=asked.cursor.index,
            keep_open=self.conversation.drafts.of if self._front is Front.SIDEBAR else self.conversation.written_in,
            sent_tab=asked.shows_sent,
        )
        view = await self.thrumsg.store.query(messenger_view, self.thrumsg.who, request, db.clock())
        if self.state.is_answered_by(asked):
            self._paint(view)
        else:  # the person went on meanwhile
            self.ask_again()

    @property
    def list_request(self) -> ListRequest:
        """The list that is asked for now, searched as typed; the rows on screen may still be an older one's."""
        return self.state.list_request(by_phone=self._phones_shown)

    @property
    def _phones_shown(self) -> bool:
        return not (self.view and self.view.settings.redact_phones)

    def _paint(self, view: MessengerView) -> None:
        self.view = view
        now = self.thrumsg.store.db.clock()
        self.show_title(safe_text(view.campaign.name), "Messenger", others_online=view.others_online, news=_news(view))
        self.yellow_bar.show_viewing(view.viewing, self._glyphs, self.size.width)
        tab = view.list.tab or Tab.RESPONSES
        self.tab_line.show_tabs(view.tabs, tab)
        self._paint_list(view)
        self.sidebar.survey.show_survey(view.questions, view.open.conversation.answers if view.open else {})
        self.sidebar.replies.show_replies(view.replies)
        self.sidebar.name_contact(safe_text(view.open.conversation.name) if view.open else "")
        self.sidebar.info.show_info(view.campaign, view.totals, now)
        self.conversation.show(view, narrow=self.has_class("-narrow"))
        if view.departure:
            self.say(f"{view.departure.name}: {view.departure.sentence}.", warning=True)

    def _paint_list(self, view: MessengerView) -> None:
        self.list.empty_text = "nothing matches" if view.list.search else "nothing here"
        if (waiting := view.tabs.get(Tab.INITIAL)) and view.list.tab is Tab.RESPONSES and not view.list.search:
            self.list.empty_text += f"; 1 has {pluralize(waiting, 'initial message')}"
        self.list.tell_time(self.thrumsg.store.db.clock())
        self.list.show(view.total, view.first, view.rows, view.cursor_index)
        self.list.show_drafts(view.drafts)
        self.state = self.state.answered(view.list.tab, self._cursor)
        marked = len(self.state.marks)
        parts: list[Part] = [(f"{marked} marked ", "marked")] if marked else []
        parts += [(f"{view.list.order.label} {self._glyphs.down} ", "quiet"), (f"{view.total} ", "")]
        self.sort_line.show([], parts)

    # Panes and focus

    def bring_to_front(self, front: Front, widget: Widget | None = None) -> None:
        """Show a pane and put the focus into it."""
        self._show_in_front(front)
        targets = {Front.LIST: self.list, Front.CONVERSATION: self.box, Front.SIDEBAR: self.sidebar.survey}
        (widget or targets[front]).focus(scroll_visible=False)

    def _show_in_front(self, front: Front) -> None:
        """Where all panes have room there is no front, and nothing to lay out again."""
        crowded = self.size.width < 120
        for each in Front:
            self.set_class(crowded and each is front, f"-front-{each}")

    def on_resize(self, event: Resize) -> None:
        width, height = event.size
        self.set_class(90 <= width < 120, "-medium")
        self.set_class(width < 90, "-narrow")
        self.set_class(height < 30, "-short")
        self._show_in_front(self._front)
        self.call_after_refresh(self.ask_again)

    def turn_sidebar(self, tab: SidebarTab) -> None:
        """Show a pane of the sidebar and put the focus into it."""
        pane = self.sidebar.turn_to(tab)
        self.bring_to_front(Front.SIDEBAR, pane)
        if isinstance(pane, SurveyPane | RepliesPane):
            pane.begin()

    @property
    def undo_keys(self) -> str:
        """What one presses to undo."""
        return self.conversation.undo_keys

    @property
    def to_be_painted(self) -> bool:
        """Whether Enter has to wait until the message box is on the screen as it is."""
        return self.box.has_focus and self.box.sight.waiting

    def was_painted(self) -> None:
        """What the message box shows is on the screen."""
        self.box.sight.painted()

    def leave_to_list(self) -> None:
        """Go back to the list."""
        self.conversation.drafts.store()
        self.bring_to_front(Front.LIST)
        self.ask_again()

    def shown_commands(self) -> list[Command]:
        if self.box.has_focus:
            return [each for each in commands_of(Scope.MESSAGE_BOX) if each.footer]
        return commands_of(*self.scopes_here) or super().shown_commands()

    @property
    def scopes_here(self) -> Sequence[Scope]:
        if self.box.has_focus:
            return [Scope.MESSAGE_BOX]
        if self.sidebar.survey.has_focus:
            return [Scope.SURVEY, Scope.SIDEBAR]
        return [Scope.REPLIES, Scope.SIDEBAR] if self.sidebar.replies.has_focus_within else []

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        if not self.key_line.notice:
            self.key_line.show_keys(self.shown_commands())
        self._show_in_front(self._front)
        self.call_later(self.conversation.tell)

    @property
    def _front(self) -> Front:
        """The pane that has the focus."""
        focused = self.focused
        for front, pane in ((Front.CONVERSATION, self.conversation), (Front.SIDEBAR, self.sidebar)):
            if focused is not None and pane in focused.ancestors:
                return front
        return Front.LIST

    # Moving, searching

    @property
    def _cursor(self) -> Cursor:
        return Cursor(self.list.row.id if self.list.row else None, self.list.cursor)

    def _cursor_moved(self) -> None:
        self.state = self.state.move_cursor(self._cursor)
        self.ask_again()

    def on_paged_list_window_wanted(self) -> None:
        """Fetch the rows that came into view."""
        self.ask_again()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        searched = self.state.search_for(event.value)
        if searched != self.state:
            self.state, self.list.cursor = searched, searched.cursor.index
            self.ask_again()

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.bring_to_front(Front.LIST)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.conversation.written_in and not self.box.untouched:
            self.key_line.show_keys(self.shown_commands())


def _news(view: MessengerView) -> str:
    """What goes on in the whole campaign: a bulk move in steps."""
    return safe_text(view.job.sentence) if view.job else ""
