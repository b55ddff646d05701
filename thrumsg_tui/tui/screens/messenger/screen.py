"""The Admin Messenger: any sender's conversations, worked by keys (`docs/rules.md` 3).

The person's choices are a `MessengerState`. Each key makes a new state or a change in the store, after which the panes
run their queries again. Most commands belong to the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from time import monotonic

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import DescendantBlur, DescendantFocus, Key, Resize
from textual.widget import Widget
from textual.widgets import Input, TextArea

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import Conversation, ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.lookup import FoundConversation
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.commands import Command, Facts, Scope, bindings, command, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.screens.base import ACTION, CommandScreen
from thrumsg_tui.tui.screens.carrier_lists import CarrierLists
from thrumsg_tui.tui.screens.messenger.bell import Bell
from thrumsg_tui.tui.screens.messenger.contact_commands import ContactCommands
from thrumsg_tui.tui.screens.messenger.conversation_list_pane import ConversationListPane
from thrumsg_tui.tui.screens.messenger.conversation_pane import ConversationPane
from thrumsg_tui.tui.screens.messenger.count_prefix import Cursor
from thrumsg_tui.tui.screens.messenger.list_commands import ListCommands
from thrumsg_tui.tui.screens.messenger.list_search import ListSearch
from thrumsg_tui.tui.screens.messenger.message_sender import MessageSender
from thrumsg_tui.tui.screens.messenger.notices import departed, tab_is_hidden
from thrumsg_tui.tui.screens.messenger.number_keys import NumberKeys
from thrumsg_tui.tui.screens.messenger.pane_switcher import PaneSwitcher
from thrumsg_tui.tui.screens.messenger.reassign_commands import ReassignCommands
from thrumsg_tui.tui.screens.messenger.send_all_runner import SendAllRunner
from thrumsg_tui.tui.screens.messenger.state import MessengerState
from thrumsg_tui.tui.screens.messenger.step_back import StepBack
from thrumsg_tui.tui.screens.messenger.view_reader import ViewReader
from thrumsg_tui.tui.widgets.inputs import is_letter
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.pane import Pane
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.sidebar import Sidebar, SidebarTab
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane
from thrumsg_tui.tui.widgets.yellow_bar import YellowBar

OF_PANES = {Scope.TRIAGE, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES}
"""Scopes whose commands the bottom line names only in their pane."""


class MessengerScreen(CommandScreen):
    """The list, conversation and sidebar of one assignment."""

    SCOPES = (
        *(Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.TRIAGE),
        *(Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES, Scope.CARRIER),
    )
    BINDINGS = bindings(commands_of(Scope.TRIAGE, Scope.MESSENGER, Scope.CARRIER, Scope.EVERYWHERE))
    FOREMOST = (
        *("messenger.open", "messenger.next_waiting", "messenger.replies", "messenger.survey", "app.help"),
        *("messenger.reassign", "messenger.opt_out", "app.undo", "messenger.info", "messenger.mark"),
    )

    STYLE_SHEET = "messenger.tcss"

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
        self._wanted_tab: Tab | None = None
        """The tab of the conversation on which it begins, until it is shown."""
        self.key_clock: Callable[[], float] = monotonic
        """The clock, in seconds, that tells quick digits of a count from separate ones."""
        self._glyphs = glyphs
        self._yellow_bar = YellowBar(id="yellow-bar")
        self.list_pane = ConversationListPane(glyphs, id="left")
        self._bell = Bell(self)
        self.conversation = ConversationPane(glyphs, id="middle")
        self.sidebar = Sidebar(glyphs, id="sidebar")
        self.search, self.box = self.list_pane.search, self.conversation.box
        self._reader = ViewReader()
        self._panes = PaneSwitcher(self, self.list_pane, self.conversation, self.sidebar, self._yellow_bar)
        self._search = ListSearch(self, self._panes, self._reader)
        self._back = StepBack(self, self._panes)
        self._numbers = NumberKeys(self, self._panes)
        self._contact = ContactCommands(self)
        self._sender = MessageSender(self)
        self.send_all = SendAllRunner(self)

    @cached_property
    def parts(self) -> Sequence[object]:
        return (
            *super().parts,
            *(self._panes, self._back, self._numbers, ListCommands(self), self._contact, ReassignCommands(self)),
            *(self._sender, self.send_all, CarrierLists(self)),
        )

    def compose(self) -> ComposeResult:
        self.list_pane.make_list(self.thrumsg.zone)
        yield self.title_line
        if self.thrumsg.who.may(Permission.VIEW_ALL):
            yield self._yellow_bar
        yield Horizontal(self.list_pane, self.conversation, self.sidebar, id="panes")
        yield self.key_line

    def on_mount(self) -> None:
        self.list_pane.list.on_move = self._cursor_moved
        self.list_pane.list.count_all = self._search.count_all
        self.key_line.name_keys(self.shown_commands())
        self._panes.focus_list()

    def begin_on(self, tab: Tab, conversation_id: ConversationId) -> None:
        """Put the cursor on a conversation before the screen comes up."""
        self.state = self.state.go_to_tab(tab, Cursor(conversation_id))
        self._wanted_tab = tab

    @property
    def open_contact(self) -> Conversation | None:
        """The conversation in the middle pane."""
        return self.view.open.conversation if self.view and self.view.open else None

    @property
    def _is_opted_out(self) -> bool | None:
        """Whether the contact of the open conversation has opted out; None without one."""
        return self.open_contact.opted_out if self.open_contact else None

    def facts(self) -> Facts:
        return replace(
            super().facts(),
            campaign=self.view.campaign if self.view else None,
            conversation=self.open_contact,
            tab=self.state.tab,
            marked=len(self.state.marks),
        )

    # Queries and painting

    def go(self, state: MessengerState) -> None:
        """Take another state, and query its list."""
        before, self.state = self.state, state
        self.list_pane.show_state(state, before)
        if state.assignment_id != before.assignment_id:
            self.thrumsg.viewing(state.assignment_id)
        self.ask_again()

    @property
    def list_request(self) -> ListRequest:
        """The request for the current list; the rows on screen may still be of an older one."""
        return self.state.list_request(by_phone=self._by_phone)

    @property
    def _by_phone(self) -> bool:
        return not (self.view and self.view.settings.redact_phones)

    async def ask_and_paint(self) -> None:
        asked, pane = self.state, self.conversation
        keep_open = pane.drafts.conversation_id if self._panes.in_sidebar else pane.written_in
        request = asked.view_request(
            self.list_pane.list.window,
            keep_open=keep_open,
            by_phone=self._by_phone,
            with_info=self.sidebar.current is SidebarTab.INFO,
            with_filled=self.sidebar.current is SidebarTab.REPLIES,
            heard_to=self._bell.heard_to,
            landmark=self.list_pane.landmark,
        )
        changes_of_drafts = self.thrumsg.unstored.changes
        view = await self._reader.read(self.thrumsg, request, lambda: not self.state.is_answered_by(asked))
        if view is None:  # the person has moved on
            self.ask_again()
            return
        if not self.conversation.is_attached:  # the screen went while the query ran
            return
        if pane.fills_box(view) and changes_of_drafts != self.thrumsg.unstored.changes:
            await self.ask_and_paint()  # its draft may be the text that was sent meanwhile
            return
        self._paint(view)

    def takes_early(self, key: Key) -> bool:
        """Whether a key does not wait for the rows of a search: it is one more letter of that."""
        return self.search.has_focus and is_letter(key)

    def _paint(self, view: MessengerView) -> None:
        was_opted_out = self._is_opted_out
        self.view, now = view, self.thrumsg.store.db.clock()
        news = safe_text(view.job.sentence) if view.job else ""
        self.show_title(safe_text(view.campaign.name), "Messenger", others_online=view.others_online, news=news)
        self._yellow_bar.show_viewing(view.viewing, self._glyphs, self.size.width)
        self.list_pane.show(view, now)
        self.state = self.state.answered(view.list.tab, self.list_pane.cursor)
        if self._wanted_tab not in {None, view.list.tab}:
            self.say(tab_is_hidden(self._wanted_tab), warning=True)
        self._wanted_tab = None
        self._search.heed(view)
        self._bell.heed(view)
        self.sidebar.show(view, self.thrumsg, now)
        self._panes.fit_sidebar(self.size)
        was_writing = self.box.has_focus
        self.conversation.show(view, narrow=self.has_class("-narrow"))
        if self._is_opted_out is not was_opted_out:
            self.key_line.name_keys(self.shown_commands())
        if was_writing and self.open_contact is None:
            self._panes.focus_list()
        self._note_visit()
        if view.departure:
            phones = view.settings.phone_display(ascii_only=self._glyphs.ascii_only)
            self.say(departed(view.departure, phones), warning=True)

    def on_paged_list_window_wanted(self) -> None:
        """Fetch the rows that came into view."""
        self.ask_again()

    def _cursor_moved(self) -> None:
        self.state = self.state.move_cursor(self.list_pane.cursor)
        self.ask_again()

    # Panes and focus

    @on(MessageBox.Leave)
    def leave_to_list(self) -> None:
        """Store the draft and go back to the list."""
        self._back.to_list()

    @on(Pane.Leave)
    def leave_sidebar(self) -> None:
        """Go back to where the sidebar was opened."""
        self._back.out_of_sidebar()
        if self.focused is self.box:  # where the keys that a notice names are letters
            self.key_line.show_keys(self.shown_commands())

    def on_resize(self, event: Resize) -> None:
        self._panes.fit(event.size)
        self.call_after_refresh(self._panes.keep_focus)
        self.call_after_refresh(self.ask_again)

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        self._panes.follow_focus()
        self._note_visit()
        if self.key_line.asks and not self.box.has_focus:
            self.key_line.show_keys(self.shown_commands())
        self.call_later(self.conversation.tell)

    def _note_visit(self) -> None:
        """Note in which conversation the person is, if they are not in the list."""
        if self.open_contact and not self._panes.in_list:
            self.state = self.state.visit(self.open_contact.id)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.conversation.written_in and not self.box.untouched:
            self.key_line.show_keys(self.shown_commands())

    def shown_commands(self) -> list[Command]:
        if self.box.has_focus:
            sending, *others = commands_of(Scope.MESSAGE_BOX)
            return [sending, *(commands_of(Scope.TRIAGE) if self._numbers.takes_replies else ()), *others]
        back = [command("pane.leave")] if self._panes.in_sidebar else []
        of_list = self._contact.named([each for each in super().shown_commands() if each.scope not in OF_PANES])
        of_pane = commands_of(*self.scopes_here)
        replies = [command("triage.reply")] if self._numbers.takes_replies else []
        return [*of_pane, *replies] if of_pane else [*back, *of_list]

    @property
    def scopes_here(self) -> Sequence[Scope]:
        return self._panes.scopes

    @property
    def to_be_painted(self) -> bool:
        """Whether Enter would be stale until the message box, or a warning in the bottom line, is painted."""
        return self.box.has_focus and (self.box.sight.waiting or self.key_line.to_be_read)

    def was_painted(self) -> None:
        """Note that the message box and the bottom line are painted."""
        self.box.sight.painted()
        self.key_line.sight.painted()

    @property
    def stays_in_sight(self) -> Widget:
        return self.box

    # Numbers

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Esc and a digit that come together to the list, where replies have no numbers."""
        if action == "run_command" and parameters[:1] == ("triage.reply",):
            return self._numbers.takes_replies
        return super().check_action(action, parameters)

    @property
    def count(self) -> int | None:
        """The count typed before the current key, None if there is none."""
        return self._numbers.count

    @property
    def missed_count(self) -> str:
        """The digits typed before the current key that named tabs and may be meant as a count; empty without any."""
        return self._numbers.missed_count

    # Search

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        self._search.typed(event.value)

    @property
    def searched(self) -> str:
        return self.state.search

    @on(Input.Submitted, "#search")
    async def _search_done(self) -> None:
        await self._search.done()

    # Writing

    def action_write(self) -> None:
        """Go to the message box."""
        if self.open_contact:
            self._panes.focus_box()
        else:
            self.say("No conversation is open: this tab is empty.")

    @on(MessageBox.Send)
    def _send(self, pressed: MessageBox.Send) -> None:
        self._sender.send(pressed.pressed_at)

    @on(RepliesPane.Chosen)
    @work(group=ACTION)
    async def _reply_chosen(self, chosen: RepliesPane.Chosen) -> None:
        if self._panes.in_sidebar:
            self.key_line.show_keys(self.shown_commands())  # in place of a notice: the box needs other keys
        if await self._contact.use_reply(chosen.reply.body):
            self._panes.focus_box()

    @on(SurveyPane.Answered)
    async def _answered(self, answered: SurveyPane.Answered) -> None:
        await self._contact.record_answer(answered.question, answered.choice, is_last=answered.is_last)

    # Leaving

    @property
    def open_conversation_id(self) -> ConversationId | None:
        return self.conversation.drafts.conversation_id

    def keep_what_is_written(self) -> None:
        self.conversation.drafts.store_last()

    # Undo

    async def about_to_undo(self) -> None:
        await self.conversation.drafts.keep()

    def undone(self) -> None:
        """Return to the conversation, and the question, of the undone change."""
        self.sidebar.survey.follow_change()
        self.state = self.state.undone()

    async def write_again(self, found: FoundConversation) -> None:
        """Return to the conversation of an undone message, with the focus in its box."""
        state = self.state
        if found.campaign_id != state.campaign_id:
            await super().write_again(found)
            return
        if found.assignment_id != state.assignment_id:
            state = state.view_as(found.assignment_id)
        self._panes.focus_list()
        self.conversation.drafts.turn_to(None)  # its stored draft has changed
        self.go(state.reveal(found.tab, found.id))
        await self.ask_and_paint()
        self.action_write()
