"""The messenger's panes: what they show, how they ask, where the focus is, and the draft being written."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from time import monotonic

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId, whose
from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.people import Action
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.sending import Attempt, Verdict, judge
from thrumsg_tui.domain.words import ConversationSort, MessageKind, Tab
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.messenger import MessengerView, OpenConversation, ViewRequest, messenger_view
from thrumsg_tui.tui.commands import Command, Facts, Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.phones import phone_display
from thrumsg_tui.tui.screens.messenger_words import SORT_TITLES, notice_of, obstacle_of
from thrumsg_tui.tui.screens.reassigning import ReassigningScreen
from thrumsg_tui.tui.widgets.bars import TabLine, YellowBar
from thrumsg_tui.tui.widgets.conversation_list import ConversationList
from thrumsg_tui.tui.widgets.drawn import DrawnLine, Part
from thrumsg_tui.tui.widgets.editing import LineInput
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.sidebar import Sidebar, SidebarTab
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane
from thrumsg_tui.tui.widgets.thread import ShownThread, ThreadPane

_DRAFT_AFTER = 0.2
"""Seconds after the last key until a draft is stored."""

_REST_AFTER = 0.7
"""Seconds after which others are told which conversation is open here."""


class Front(StrEnum):
    """Which pane is in front where not all have room."""

    LIST = "list"
    CONVERSATION = "conversation"
    SIDEBAR = "sidebar"


class MessengerList(ConversationList):
    """The conversation list with the keys of a list."""

    BINDINGS = bindings([each for each in commands_of(Scope.LIST) if each.id != "list.choose"], checked=False)


class MessengerPanes(ReassigningScreen):
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
        self.request = ListRequest(campaign_id, assignment_id, sort=sort)
        self.view: MessengerView | None = None
        self.sent_tab = False
        self.searches: dict[Tab, str] = {}
        self.follow: ConversationId | None = None
        self._glyphs = glyphs
        self.opened: ConversationId | None = None
        self.read_to: MessageId | None = None
        self.box_filled_at = 0.0
        self._draft_timer: Timer | None = None
        self._rest_timer: Timer | None = None
        self._notice = ""
        self.yellow_bar = YellowBar(id="yellow-bar")
        self.tab_line = TabLine(id="tabs")
        self.search = LineInput(placeholder="search", id="search")
        self.sort_line = DrawnLine(id="sort")
        self.head = DrawnLine(id="head")
        self.head_keys = DrawnLine(id="head-keys")
        self.notice = Static(id="notice", markup=False)
        self.box = MessageBox(glyphs, id="box")
        self.sidebar = Sidebar(glyphs, id="sidebar")

    def compose(self) -> ComposeResult:
        zone = self.thrumsg.zone
        self.list = MessengerList(self._glyphs, zone, id="list")
        self.thread = ThreadPane(self._glyphs, id="thread")
        yield self.title_line
        if self.thrumsg.who.may(Action.VIEW_ALL):
            yield self.yellow_bar
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield self.tab_line
                yield Horizontal(DrawnLine(id="slash"), self.search, self.sort_line, id="list-head")
                yield self.list
            with Vertical(id="middle"):
                yield self.head
                yield self.head_keys
                yield self.thread
                yield self.notice
                yield self.box
            yield self.sidebar
        yield self.key_line

    def on_mount(self) -> None:
        self.list.on_move = self._cursor_moved
        self.query_one("#slash", DrawnLine).show([(" / ", "quiet")])
        self.key_line.show_keys(self.shown_commands())
        self.bring_to_front(Front.LIST)

    def begin_on(self, tab: Tab, conversation_id: ConversationId) -> None:
        """Begin on a conversation in a tab."""
        self.request = replace(self.request, tab=tab)
        self.follow = conversation_id
        self.sent_tab = tab is Tab.SENT

    # Asking and painting

    def facts(self) -> Facts:
        view = self.view
        return Facts(
            who=self.thrumsg.who,
            campaign=view.campaign if view else None,
            conversation=view.open.conversation if view and view.open else None,
            tab=self.request.tab,
            marked=len(self.list.marks),
            own_only=not self.thrumsg.who.may(Action.VIEW_ALL),
        )

    async def ask_and_paint(self) -> None:
        db = self.thrumsg.desk.db
        first, height = self.list.window
        writing = self.opened if self.box.has_focus and self.box.draft is not None else None
        request = ViewRequest(
            list=self.wanted_list,
            first=first,
            height=max(height, 1),
            cursor_id=self.follow,
            cursor_index=self.list.cursor,
            keep_open=writing,
            sent_tab=self.sent_tab,
        )
        view = await self.thrumsg.desk.ask(messenger_view, self.thrumsg.who, request, db.clock())
        if self.follow == request.cursor_id and self.list.cursor == request.cursor_index:
            self._paint(view)
        else:  # the cursor moved on meanwhile
            self.ask_again()

    @property
    def wanted_list(self) -> ListRequest:
        """The list that is asked for now, searched as typed; the rows on screen may still be an older one's."""
        return replace(self.request, search=self._search_here, by_phone=self._phones_shown)

    @property
    def _search_here(self) -> str:
        return self.searches.get(self.request.tab, "") if self.request.tab else ""

    @property
    def _phones_shown(self) -> bool:
        return not (self.view and self.view.settings.redact_phones)

    def _paint(self, view: MessengerView) -> None:
        self.view = view
        self.request = view.list
        now = self.thrumsg.desk.db.clock()
        self.show_title(safe_text(view.campaign.name), "Messenger", others_online=view.others_online, news=_news(view))
        self.yellow_bar.show_viewing(view.viewing, self._glyphs, self.size.width)
        tab = view.list.tab or Tab.RESPONSES
        self.tab_line.show_tabs(view.tabs, tab)
        self._paint_list(view)
        self.sidebar.survey.show_survey(view.questions, view.open.conversation.answers if view.open else {})
        self.sidebar.replies.show_replies(view.replies)
        self.sidebar.name_contact(safe_text(view.open.conversation.name) if view.open else "")
        self.sidebar.info.show_info(view.campaign, view.totals, now)
        self._paint_open(view)
        if view.departure:
            self.say(f"{view.departure.name}: {view.departure.sentence}.", warning=True)

    def _paint_list(self, view: MessengerView) -> None:
        self.list.empty_text = "nothing matches" if view.list.search else "nothing here"
        self.list.tell_time(self.thrumsg.desk.db.clock())
        self.list.show(view.total, view.first, view.rows, view.cursor_index)
        self.list.show_drafts(view.drafts)
        self.follow = self.list.row.id if self.list.row else None
        marked = len(self.list.marks)
        parts: list[Part] = [(f"{marked} marked ", "marked")] if marked else []
        parts += [(f"{SORT_TITLES[view.list.order]} {self._glyphs.down} ", "quiet"), (f"{view.total} ", "")]
        self.sort_line.show([], parts)

    def _paint_open(self, view: MessengerView) -> None:
        shown = view.open
        if shown is None:
            self.opened = None
            self.head.show([(" No conversation", "quiet")])
            self.head_keys.show([])
            self.thread.show_thread(None)
            self.box.hold("", "")
        else:
            of = shown.conversation
            self._show_head(view, of)
            gateway = view.settings.practice_seed is not None
            now, zone = self.thrumsg.desk.db.clock(), self.thrumsg.zone
            phones = phone_display(view.settings, self._glyphs)
            self.thread.show_thread(ShownThread(of, view.campaign_here, now, zone, gateway, phones))
            self._paint_box(shown)
        self.tell_box()

    def _show_head(self, view: MessengerView, of: Conversation) -> None:
        """Name, number, who else is here and whose it is now; the keys beside them, or below (`docs/rules.md 3.9`)."""
        phone = phone_display(view.settings, self._glyphs).number(of.phone_national)
        parts: list[Part] = [(f" {safe_text(of.name)}", "strong"), (f"  {safe_text(phone)}", "quiet")]
        if view.open and view.open.others_here:
            parts.append((f"  also open: {safe_text(', '.join(view.open.others_here))}", "warning"))
        if of.assignment_id != view.viewing.id:
            parts.append((f"  now {safe_text(whose(of.sender_name))}", "warning"))
        opt = "o Opt In" if of.opted_out else "o Opt Out"
        keys: list[Part] = [(" r Reassign", "quiet"), (f"  {opt}", "quiet"), ("  p Lookup ", "quiet")]
        self.head.show(parts, keys if self.has_class("-narrow") else ())
        self.head_keys.show(keys)

    def _paint_box(self, shown: OpenConversation) -> None:
        """Fill the box for another conversation; leave a person's own words alone (`docs/rules.md 3.11`)."""
        starting = self.ready_text(shown)
        if self.opened != shown.conversation.id:
            self.store_draft()
            self.opened = shown.conversation.id
            self.box_filled_at = monotonic()
            self.mark_read()
            if self._rest_timer:
                self._rest_timer.stop()
            self._rest_timer = self.set_timer(_REST_AFTER, self.thrumsg.resting_on_a_conversation)
            self.box.hold(starting if shown.draft is None else shown.draft, starting)
        elif self.box.draft is None and self.box.starting_text != starting:
            self.box.hold(starting, starting)

    def mark_read(self) -> None:
        """What is on the screen has been read: the person opened it, or has just written under it."""
        messages = self.view.open.conversation.messages if self.view and self.view.open else ()
        self.read_to = messages[-1].id if messages else None

    def kind_of(self, shown: OpenConversation) -> MessageKind:
        """What the box sends: a follow-up only from its own tab, where it is shown."""
        kind = shown.next_message.kind
        if kind is MessageKind.FOLLOW_UP and self.request.tab is not Tab.FOLLOW_UPS:
            return MessageKind.REPLY
        return kind

    def ready_text(self, shown: OpenConversation) -> str:
        """What the box holds before anybody types."""
        return "" if self.kind_of(shown) is MessageKind.REPLY else shown.next_message.rendered.text

    def verdict(self) -> Verdict | None:
        """Whether what the box holds may be sent now."""
        if (view := self.view) is None or view.open is None:
            return None
        of, who, ready = view.open.conversation, self.thrumsg.who, view.open.next_message.rendered
        attempt = Attempt(
            campaign=view.campaign_here,
            kind=self.kind_of(view.open),
            body=self.box.text,
            filled_in=ready.complete and self.box.text == ready.text,
            role=who.role,
            is_holder=of.sender_id == who.user.id,
            holder_name=of.sender_name,
            opted_out=of.opted_out,
        )
        return judge(attempt, self.thrumsg.desk.db.clock())

    def tell_box(self) -> None:
        """Say at the box whether it can be sent, and above it why not (`docs/rules.md 3.17`, `3.18`)."""
        verdict = self.verdict()
        now = self.thrumsg.desk.db.clock()
        sentence = notice_of(self.view, verdict, now, writing=self.box.has_focus) if self.view and verdict else ""
        if sentence != self._notice:  # it changes the layout, which costs the whole screen
            self._notice = sentence
            self.notice.update(safe_text(sentence))
            self.notice.set_class(bool(sentence), "-shown")
        self.box.tell(safe_text(self.thrumsg.who.user.name), obstacle_of(self.view, verdict, now))

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

    def leave_to_list(self) -> None:
        """Go back to the list."""
        self.store_draft()
        self.bring_to_front(Front.LIST)
        self.ask_again()

    def shown_commands(self) -> list[Command]:
        if self.box.has_focus:
            return [each for each in commands_of(Scope.MESSAGE_BOX) if each.footer]
        if self.sidebar.survey.has_focus:
            return commands_of(Scope.SURVEY, Scope.SIDEBAR)
        if self.sidebar.replies.has_focus:
            return commands_of(Scope.REPLIES, Scope.SIDEBAR)
        shown = super().shown_commands()
        if self.thrumsg.who.may(Action.REASSIGN):
            return shown
        return [each for each in shown if each.id not in {"messenger.mark", "messenger.reassign"}]

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        if not self.key_line.notice:
            self.key_line.show_keys(self.shown_commands())
        self._show_in_front(self._front)
        self.call_later(self.tell_box)

    @property
    def _front(self) -> Front:
        """The pane that has the focus."""
        focused = self.focused
        for front, pane in ((Front.CONVERSATION, "#middle"), (Front.SIDEBAR, "#sidebar")):
            if focused is not None and self.query_one(pane) in focused.ancestors:
                return front
        return Front.LIST

    # Moving, searching

    def _cursor_moved(self) -> None:
        self.follow = self.list.row.id if self.list.row else None
        self.ask_again()

    def on_paged_list_window_wanted(self) -> None:
        """Fetch the rows that came into view."""
        self.ask_again()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        if self.request.tab and self._search_here != event.value:
            self.searches[self.request.tab] = event.value
            self.follow = None
            self.list.cursor = 0
            self.ask_again()

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.bring_to_front(Front.LIST)

    # Drafts

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.tell_box()
        if self.box.has_focus and self.box.draft is not None:
            self.mark_read()
            self.key_line.show_keys(self.shown_commands())
        if self._draft_timer:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(_DRAFT_AFTER, self.store_draft)

    def store_draft(self, *, leaving: bool = False) -> None:
        """Store what is being written, if it is not stored yet."""
        if self._draft_timer is None or self.opened is None:
            return
        self._draft_timer.stop()
        if self.box.read_only and not leaving:  # being sent: it would be stored again after its own message
            self._draft_timer = self.set_timer(_DRAFT_AFTER, self.store_draft)
            return
        self._draft_timer = None
        change = self.thrumsg.desk.do(keep_draft, self.thrumsg.who, self.opened, self.box.draft)
        self.app.run_worker(change, name="draft")  # the app's, since this screen may be left meanwhile

    def on_unmount(self) -> None:
        self.store_draft(leaving=True)

    def forget_draft(self) -> None:
        """The message was sent: there is nothing to store any more, and the box is empty."""
        if self._draft_timer:
            self._draft_timer.stop()
            self._draft_timer = None
        self.opened = None
        self.box.hold("", "")

    def store_draft_last(self) -> None:
        """Store what is being written while the app is ending."""
        if self._draft_timer is not None and self.opened is not None:
            self.thrumsg.desk.do_last(keep_draft, self.thrumsg.who, self.opened, self.box.draft)


def _news(view: MessengerView) -> str:
    """What goes on in the whole campaign: a bulk move in steps."""
    return safe_text(view.job.sentence) if view.job else ""
