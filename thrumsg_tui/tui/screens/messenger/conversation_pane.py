"""The messenger's middle pane: the open conversation and its message box."""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from thrumsg_tui.domain.campaigns import whose
from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind, MessageState, Tab
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.send_rules import Attempt, Verdict, check_send
from thrumsg_tui.store.queries.messenger import MessengerView, OpenConversation
from thrumsg_tui.tui.app_context import AppContext, app_context
from thrumsg_tui.tui.commands import command, key_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.screens.messenger.drafts import DraftKeeper
from thrumsg_tui.tui.screens.messenger.notices import delivery_of, notice_of, obstacle_of
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.replies_pane import ReplySearch
from thrumsg_tui.tui.widgets.thread import ShownThread, ThreadPane


class ConversationPane(Vertical):
    """The head, thread, notice and message box of one conversation."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._view: MessengerView | None = None
        self._narrow = False
        self._notice = ""
        self._rest: TimerHandle | None = None
        """Looks what this conversation should be told of, once the person rests on it."""
        self._cancelled: set[MessageId] = set()
        self._countdown: Timer | None = None
        self.head = LineWidget(id="head")
        self.head_keys = LineWidget(id="head-keys")
        self.thread = ThreadPane(glyphs, id="thread")
        self.notice = Static(id="notice", markup=False)
        self.box = MessageBox(glyphs, id="box")
        self.drafts = DraftKeeper(self.box)
        self.is_behind_sidebar = False
        """Whether the sidebar was opened from here, where leaving it leads back to."""
        self.read_to: MessageId | None = None
        """The last message that the person has seen."""

    def compose(self) -> ComposeResult:
        yield from (self.head, self.head_keys, self.thread, self.notice, self.box)

    def on_unmount(self) -> None:
        if self._rest:
            self._rest.cancel()
        self.drafts.store(leaving=True)

    @property
    def _thrumsg(self) -> AppContext:
        return app_context(self)

    @property
    def _focused(self) -> Widget | None:
        """The widget that gets the keys; None while the screen is taken away."""
        return self.screen.focused if self.is_attached else None

    # Showing

    def show(self, view: MessengerView, *, narrow: bool) -> None:
        """Show the open conversation of a view, with a head of one line if `narrow`."""
        self._view, self._narrow = view, narrow
        self.box.disabled = view.open is None
        if (shown := view.open) is None:
            self.drafts.turn_to(None)
            self.head.show([(" No conversation", "quiet")])
            self.head_keys.show([])
            self.thread.show_thread(None)
            self.box.hold("", "")
        else:
            contact = shown.conversation
            now, zone = self._thrumsg.store.db.clock(), self._thrumsg.zone
            delivery = delivery_of(self._thrumsg)
            phones = view.settings.phone_display(ascii_only=self._glyphs.ascii_only)
            reader, keys = self._thrumsg.who.user.login, self.undo_keys
            self.thread.show_thread(ShownThread(contact, view.campaign_here, now, zone, delivery, phones, reader, keys))
            self._count_down()
            self._fill_box(shown)
        self.tell()

    @property
    def undo_keys(self) -> str:
        """The keys that undo: in the box, `z` is a letter."""
        undo = key_of("app.undo")
        return f"{key_of('box.leave')}, then {undo}," if self._focused is self.box else undo

    def _count_down(self) -> None:
        """Restart the countdown in the thread if a message waits to be sent; else no timer runs."""
        if self._countdown:
            self._countdown.stop()
            self._countdown = None
        if self.thread.counts_down:
            self._countdown = self.set_timer(self._thrumsg.timers.countdown, self._counted)

    def _counted(self) -> None:
        self.thread.count_down(self._thrumsg.store.db.clock(), self.undo_keys)
        self._count_down()

    def mark_read(self) -> None:
        """Note that the person has read the thread: they opened it, or have just written in its box."""
        messages = self._view.open.conversation.messages if self._view and self._view.open else ()
        self.read_to = messages[-1].id if messages else None

    # State

    @property
    def written_in(self) -> ConversationId | None:
        """The conversation in which the person is writing, None if there is none.

        Who has emptied the box is writing, too: what they type next is meant for the same contact.
        """
        is_writing = self.box.has_focus and (self.box.draft is not None or self.drafts.is_edited)
        return self.drafts.conversation_id if is_writing else None

    @property
    def kind(self) -> MessageKind:
        """The kind of message that the box sends: a follow-up only from the tab that shows it."""
        if self._view is None or self._view.open is None:
            return MessageKind.REPLY
        kind = self._view.open.next_message.kind
        if kind is MessageKind.FOLLOW_UP and self._view.list.tab is not Tab.FOLLOW_UPS:
            return MessageKind.REPLY
        return kind

    def verdict(self) -> Verdict | None:
        """Check whether the text in the box may be sent now."""
        if (view := self._view) is None or view.open is None:
            return None
        contact, who, ready = view.open.conversation, self._thrumsg.who, view.open.next_message.rendered
        attempt = Attempt(
            campaign=view.campaign_here,
            kind=self.kind,
            body=self.box.content,
            filled_in=ready.complete and self.box.content == ready.text,
            role=who.role,
            is_holder=contact.sender_id == who.user.id,
            holder_name=contact.sender_shown,
            opted_out=contact.opted_out,
            number_withdrawn=contact.number_withdrawn,
            ahead=contact.ahead,
            field_codes=(*FIXED, *contact.fields),
        )
        return check_send(attempt, self._thrumsg.store.db.clock())

    def tell(self) -> None:
        """Show at the box whether its text can be sent, and above it why not (`docs/rules.md 3.17`, `3.18`)."""
        if self.thread.counts_down:
            self.thread.count_down(self._thrumsg.store.db.clock(), self.undo_keys)
        view, verdict, now = self._view, self.verdict(), self._thrumsg.store.db.clock()
        text, writing = self.box.content, isinstance(self._focused, TextArea | Input)
        sentence = notice_of(view, verdict, now, text=text, writing=writing) if view and verdict else ""
        if sentence != self._notice:  # a new layout repaints the whole screen
            self._notice = sentence
            self.notice.update(safe_text(sentence))
            self.notice.set_class(bool(sentence), "-shown")
        self.box.tell(safe_text(self._thrumsg.who.user.shown_name), obstacle_of(view, verdict, now))
        if view and view.open:
            self._show_head(view, view.open.conversation)

    # Painting

    def _show_head(self, view: MessengerView, contact: Conversation) -> None:
        """Show name, number, others here and a new holder, with the keys beside or below (`docs/rules.md 3.9`)."""
        phone = view.settings.phone_display(ascii_only=self._glyphs.ascii_only).number(contact.phone_national)
        parts: list[Part] = [(f" {safe_text(contact.name)}", "strong"), (f"  {safe_text(phone)}", "quiet")]
        if view.open and view.open.others_here:
            parts.append((f"  also open: {safe_text(', '.join(view.open.others_here))}", "warning"))
        if contact.assignment_id != view.viewing.id:
            parts.append((f"  now {safe_text(whose(contact.sender_shown))}", "warning"))
        who = self._thrumsg.who
        reassign = f" {command('messenger.reassign').shown_key} Reassign " if who.may(Permission.REASSIGN) else ""
        opt = command("messenger.opt_out").shown_key
        may_opt = who.may(Permission.OPT_IN) or not contact.opted_out
        opts = f" {opt} Opt {'In' if contact.opted_out else 'Out'} " if may_opt else ""
        first = f" {', '.join(map(key_of, self._out_of_text))}, then" if self._out_of_text else ""
        lookup = f" {command('app.lookup').shown_key} Lookup "
        keys: list[Part] = [(first, "quiet"), (reassign, "quiet"), (opts, "quiet"), (lookup, "quiet")]
        self.head.show(parts, keys if self._narrow and not first else ())  # without the way out they would be wrong
        self.head_keys.show(keys)

    @property
    def _out_of_text(self) -> Sequence[str]:
        """The commands that lead from a text, where these keys are letters, to the list."""
        focused = self._focused
        if isinstance(focused, ReplySearch):
            return ["pane.leave", "box.leave"] if self.is_behind_sidebar else ["pane.leave"]
        return ["box.leave"] if focused is self.box or isinstance(focused, SearchInput) else []

    def fills_box(self, view: MessengerView) -> bool:
        """Return whether `show` would put another text into the box: a view opens another conversation."""
        return view.open is not None and view.open.conversation.id != self.drafts.conversation_id

    def _fill_box(self, shown: OpenConversation) -> None:
        """Fill the box for another conversation; keep the person's own text (`docs/rules.md 3.11`)."""
        starting = "" if self.kind is MessageKind.REPLY else shown.next_message.rendered.text
        cancelled = {message.id for message in shown.conversation.messages if message.state is MessageState.CANCELLED}
        some_taken_back, self._cancelled = cancelled > self._cancelled, cancelled
        if self.drafts.conversation_id != shown.conversation.id:
            self.drafts.store()
            self.drafts.turn_to(shown.conversation.id)
            self.mark_read()
            if self._rest:
                self._rest.cancel()
            thrumsg = self._thrumsg
            self._rest = get_running_loop().call_later(thrumsg.timers.rest, thrumsg.resting_on_a_conversation)
            draft = self.drafts.newest(shown.conversation.id, shown.draft)
            self.box.hold(starting if draft is None else draft, starting)
            if self.box.has_focus:  # perhaps with the text of the last one
                self.box.must_be_seen()
        elif some_taken_back and shown.draft is not None and self._goes_on_with(shown.draft):
            self.box.hold(shown.draft, starting)
            self.box.must_be_seen()
        elif self.box.draft is None and self.box.starting_text != starting:
            self.box.hold(starting, starting)

    def _goes_on_with(self, draft: str) -> bool:
        """Return whether a draft ends with the box's own text, as when an undone message was put before it."""
        return self.box.draft is None or draft.endswith(f"\n{self.box.draft}")

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.tell()
        if self.written_in:
            self.mark_read()
        self.drafts.typed()
