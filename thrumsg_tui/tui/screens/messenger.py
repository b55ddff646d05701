"""The Admin Messenger: any sender's conversations, worked by keys (`docs/rules.md` 3).

Each action is one change, after which the panes ask again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.reactive import var

from thrumsg_tui.domain.ages import age
from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.errors import MovedOn, ThrumsgError
from thrumsg_tui.domain.fields import Rendered
from thrumsg_tui.domain.reassignment import Request
from thrumsg_tui.domain.words import ConversationSort, MessageKind, Tab
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.sending import Sent, send
from thrumsg_tui.store.changes.surveys import record_answer
from thrumsg_tui.store.queries.campaigns import assignments
from thrumsg_tui.store.queries.composing import fill_in
from thrumsg_tui.store.queries.conversations import ids, next_waiting, next_waiting_elsewhere
from thrumsg_tui.store.queries.messenger import OpenConversation
from thrumsg_tui.store.queries.overview import longest_waiting
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.tui.commands import Scope, bindings, command, commands_of
from thrumsg_tui.tui.counting import Counting
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.messenger_panes import Front, MessengerPanes
from thrumsg_tui.tui.sender_order import SenderOrder, preference_key
from thrumsg_tui.tui.widgets.bars import TAB_TITLES
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.sidebar import Pane, RepliesPane, SidebarTab, SurveyPane

AFTER_REPLY = "after_reply"
"""The preference that says where the cursor goes after a reply: `next` or `stay` (`docs/rules.md 3.19`)."""

CONVERSATION_SORT = "conversation_sort"
"""The preference that remembers the order of conversation lists."""


class MessengerScreen(MessengerPanes):
    """The messenger with all that one does in it."""

    SCOPES = (Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES)
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(commands_of(Scope.MESSENGER, Scope.EVERYWHERE)),
        *(Binding(key, f"digit({key})", show=False) for key in command("messenger.count").keys.split()),
    ]

    sending_all = var(False, init=False)
    """Whether Send All is under way; setting it to False stops it."""

    _range_start: int | None = None
    _counting = Counting()
    _worked_on: ConversationId | None = None

    @property
    def _open(self) -> Conversation | None:
        return self.view.open.conversation if self.view and self.view.open else None

    # Writing

    def action_write(self) -> None:
        """Go to the message box."""
        if self._open:
            self.bring_to_front(Front.CONVERSATION)

    @on(MessageBox.Leave)
    @on(Pane.Leave)
    def _leave(self) -> None:
        self.leave_to_list()

    @on(MessageBox.Send)
    def _send(self, pressed: MessageBox.Send) -> None:
        if self.view is None or self.view.open is None or self.box.read_only:
            return
        unseen = pressed.pressed_at < self.box_filled_at
        if unseen and self.kind_of(self.view.open) is MessageKind.REPLY:
            return  # an Enter too many, from before this draft was on the screen
        verdict = self.verdict()
        if verdict and verdict.refusal:
            self.say(verdict.refusal.sentence, warning=True)
            return
        self.box.read_only = True  # until the next one is in the box, Enter must not send this one again
        self._send_what_is_shown(self.view.open)

    @work(group=ACTION)
    async def _send_what_is_shown(self, shown: OpenConversation) -> None:
        desk, of, kind = self.thrumsg.desk, shown.conversation, self.kind_of(shown)
        read_to = self.read_to
        following = await desk.ask(next_waiting, of.assignment_id, of.id, wrap=True)
        try:
            sent = await self._sent(of, kind, read_to)
            if sent:
                self.forget_draft()
                await self._go_on_after(sent, of, following)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
        finally:
            await self.ask_and_paint()
            self.box.read_only = False

    async def _sent(self, of: Conversation, kind: MessageKind, read_to: MessageId | None) -> Sent | None:
        """Send what the box holds; ask first where the thread has moved on since it was read."""
        desk, who, body = self.thrumsg.desk, self.thrumsg.who, self.box.text
        try:
            return await desk.do(send, who, of.id, body=body, kind=kind, read_to=read_to)
        except MovedOn as meanwhile:
            self.ask_again()
            question = confirmation("The thread has moved on", str(meanwhile), "Send mine anyway", "Read it first")
            if not await self.app.push_screen_wait(question):
                self.mark_read()
                return None
        return await desk.do(send, who, of.id, body=body, kind=kind)

    async def _go_on_after(self, sent: Sent, of: Conversation, following: ConversationId | None) -> None:
        """Put the cursor where the next work is (`docs/rules.md 3.19`)."""
        held = ", held until the campaign opens" if sent.leaves_at else ""
        self.say(f"{_SENT[sent.kind]} to {of.name}{held}.")
        if sent.kind is not MessageKind.REPLY or self.request.tab is not Tab.RESPONSES:
            return
        desk = self.thrumsg.desk
        if await desk.ask(preference, self.thrumsg.who.user.id, AFTER_REPLY) == "stay":
            return
        if following is None:
            self.say(f"{_SENT[sent.kind]} to {of.name}{held}. Nobody else waits here: u goes on to other senders'.")
        elif self.view and of.assignment_id == self.view.viewing.id:
            self.follow = following

    async def action_after_reply(self) -> None:
        """Switch between going on and staying after a reply."""
        desk, user = self.thrumsg.desk, self.thrumsg.who.user
        before = await desk.ask(preference, user.id, AFTER_REPLY)
        after = "next" if before == "stay" else "stay"
        await desk.do(set_preference, user.id, AFTER_REPLY, after)
        goes = "goes to the next waiting contact" if after == "next" else "stays where it is"
        self.say(f"After a reply the cursor {goes}.")

    # Send All

    @work(group="send all")
    async def action_send_all(self) -> None:
        """Send all of the tab, or stop doing so (`docs/rules.md 3.12`)."""
        if self.sending_all:
            self.sending_all = False
            return
        view, tab = self.view, self.request.tab
        if view is None or tab is None:
            return
        total = view.tabs[tab]
        what = "initial messages" if tab is Tab.INITIAL else "follow-ups"
        question = f"Send all {total} {what} of {view.viewing.name}? S stops it, and it can be continued later."
        if not await self.app.push_screen_wait(confirmation("Send All", question, f"Send {total}")):
            return
        self.sending_all = True
        sent, refused, last = 0, 0, None
        try:
            while self.sending_all:
                batch = await self.thrumsg.desk.do(send_batch, self.thrumsg.who, view.viewing.id, tab, last)
                sent, refused, last = sent + len(batch.sent), refused + len(batch.refused), batch.last
                self.say(f"Sent {sent} of {total}. S stops.")
                self.ask_again()
                if last is None:
                    break
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        finally:
            stopped, self.sending_all = not self.sending_all, False
        left = f"; {refused} could not be sent, each says why when opened" if refused else ""
        self.say(f"{'Stopped: sent' if stopped else 'Sent'} {sent} of {total}{left}.", warning=bool(refused))

    # Survey and replies

    async def action_survey(self) -> None:
        """Go to the survey."""
        self.turn_sidebar(SidebarTab.SURVEY)

    async def action_replies(self) -> None:
        """Go to the recommended replies."""
        self.turn_sidebar(SidebarTab.REPLIES)

    async def action_info(self) -> None:
        """Go to the campaign's settings."""
        self.turn_sidebar(SidebarTab.INFO)

    @on(SurveyPane.Answered)
    async def _answered(self, answered: SurveyPane.Answered) -> None:
        if self._open is None:
            return
        try:
            event = await self.thrumsg.desk.do(
                record_answer, self.thrumsg.who, self._open.id, answered.question, answered.choice
            )
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        if event:
            self.say("Answer recorded; z undoes it." if answered.choice else "Answer cleared; z undoes it.")
        self.ask_again()

    @on(RepliesPane.Chosen)
    @work(group=ACTION)
    async def _reply_chosen(self, chosen: RepliesPane.Chosen) -> None:
        """Put a reply into the message box, never sending it (`docs/rules.md 3.15`)."""
        if self._open is None:
            return
        filled = await self.thrumsg.desk.ask(fill_in, self._open, self.thrumsg.who, chosen.reply.body)
        answer = "replace"
        if self.box.text.strip():
            question = "There is something in the message box already."
            choices = [
                Choice("r", "Replace it", "replace"),
                Choice("a", "Append to it", "append"),
                Choice("n", "Cancel", "cancel"),
            ]
            answer = await self.app.push_screen_wait(ChoiceDialog("Use this reply", question, choices))
        if answer == "cancel":
            return
        self.bring_to_front(Front.CONVERSATION)
        if answer == "append":
            self.box.append(filled.text)
        else:
            self.box.hold(filled.text, self.box.starting_text)
        self._say_unfilled(filled)

    def _say_unfilled(self, filled: Rendered) -> None:
        if unresolved := (*filled.unknown, *filled.missing):
            self.say(f"%{unresolved[0]}% has no value for this contact: put the words in its place.", warning=True)

    # Opting out and in

    @work(group=ACTION)
    async def action_opt_out(self) -> None:
        """Opt the number out, or in again."""
        of, view = self._open, self.view
        if of is None or view is None:
            return
        if of.opted_out:
            question = f"Opt {of.name} in again, in all campaigns? No message is sent."
            dialog, change = confirmation("Opt In", question, "Opt in"), opt_in_number
        else:
            told = f"They are told: “{view.settings.opt_out_message}”" if of.messages else "They were never texted."
            question = f"Opt {of.name} out, in all campaigns? {told}"
            dialog, change = confirmation("Opt Out", question, "Opt out"), opt_out_number
        if not await self.app.push_screen_wait(dialog):
            return
        self._worked_on = of.id
        try:
            await self.thrumsg.desk.do(change, self.thrumsg.who, of.phone)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        self.say(f"{of.name} is opted {'in' if of.opted_out else 'out'}; z undoes it.")
        self.ask_again()

    # Reassigning

    async def _chosen(self) -> tuple[ConversationId, ...]:
        """As many as were counted from the cursor down, else the marked conversations, else the open one."""
        if self.view and (number := self._counting.number):
            return tuple(await self.thrumsg.desk.ask(ids, self.wanted_list, self.list.cursor, number))
        if self.list.marks:
            return tuple(sorted(self.list.marks))
        return (self._open.id,) if self._open else ()

    @work(group=ACTION)
    async def action_reassign(self) -> None:
        """Give conversations to somebody else."""
        view = self.view
        if view is None or not (chosen := await self._chosen()):
            return
        what = self._open.name if len(chosen) == 1 and self._open else f"{len(chosen)} conversations"
        to = await self._pick_sender(f"Reassign {what} to")
        if to is None:
            return
        desk = self.thrumsg.desk
        try:
            request = Request(view.campaign.id, conversations=chosen, destinations=(to,))
            planned = await desk.ask(plan, request, desk.db.clock())
            if len(planned.moves) > 1:
                sources = sorted({planned.names[move.source] for move in planned.moves})
                question = f"Move {len(planned.moves)} conversations of {', '.join(sources)} to {planned.names[to]}?"
                if planned.already_there:
                    question += f" {len(planned.already_there)} are there already."
                if not await self.app.push_screen_wait(confirmation("Reassign", question, "Move them")):
                    return
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        self._worked_on = chosen[0] if len(chosen) == 1 else None
        if await self.apply(planned):
            self.unmark()

    async def action_undo(self) -> None:
        """Take back the person's last change, and go back to the conversation that it was about."""
        await super().action_undo()
        if self._worked_on:
            self.follow, self._worked_on = self._worked_on, None

    def action_reassign_sender(self) -> None:
        """Move this sender's conversations in bulk."""
        if (view := self.view) is not None:
            self.reassign_in_bulk(view.viewing.name, Request(view.campaign.id, sources=(view.viewing.id,)))

    async def _pick_sender(self, title: str, current: AssignmentId | None = None) -> AssignmentId | None:
        campaign_id, desk, user = self.request.campaign_id, self.thrumsg.desk, self.thrumsg.who.user
        key = preference_key(campaign_id)
        rows = await desk.ask(assignments, campaign_id, desk.db.clock())
        order = SenderOrder.parse(await desk.ask(preference, user.id, key))

        def remember(changed: SenderOrder) -> None:
            self.run_worker(desk.do(set_preference, user.id, key, str(changed)))

        waiting = await desk.ask(longest_waiting, campaign_id)
        ages = {each: age(since, desk.db.clock(), self.thrumsg.zone) for each, since in waiting.items()}
        picker = SenderPicker(title, rows, current, order, self.thrumsg.glyphs, ages=ages, on_order=remember)
        return await self.app.push_screen_wait(picker)

    # Marks

    def action_mark(self) -> None:
        """Mark the conversation under the cursor, or take its mark off, and go down."""
        if row := self.list.row:
            self.list.marks ^= {row.id}
            self.list.refresh()
            self.list.action_move(1)
            self.say(f"{len(self.list.marks)} marked, and one down. r reassigns the marked ones.")
            self.ask_again()

    async def action_mark_range(self) -> None:
        """Begin a range at the cursor, or end it there and mark all of it."""
        if self._range_start is None:
            self._range_start = self.list.cursor
            self.say("Range begun: move, then V again marks all between.")
            return
        first, last = sorted((self._range_start, self.list.cursor))
        self._range_start = None
        await self._mark(first, last - first + 1)

    async def action_mark_all(self) -> None:
        """Mark all that match the tab and the search."""
        await self._mark(0, None)

    async def _mark(self, first: int, number: int | None) -> None:
        if self.view is None:
            return
        found = await self.thrumsg.desk.ask(ids, self.wanted_list, first, number)
        self.list.marks |= set(found)
        self.list.refresh()
        self.ask_again()

    def unmark(self) -> None:
        """Take all marks off."""
        self._range_start = None
        if self.list.marks:
            self.list.marks = set()
            self.list.refresh()

    # Tabs, search, sort

    def action_digit(self, digit: int) -> None:
        """Go to a tab by its number, always the same; a digit that is none begins or continues a count for `r`."""
        if 1 <= digit <= len(Tab) and not self._counting.counts:
            here = (self.request.tab or Tab.RESPONSES, self.list.cursor, self.follow)
            self._counting = Counting.at_tab(digit, here)
            tab = list(Tab)[digit - 1]
            if self.view and tab in self.view.tabs:
                self.go_to_tab(tab)
            else:
                self.say(f"There is no tab {TAB_TITLES[tab]} here now.", warning=True)
            return
        if self._counting.before:  # the digit before only seemed to mean a tab
            tab, cursor, follow = self._counting.before
            self.go_to_tab(tab, follow, cursor)
        self._counting = self._counting.then(digit)
        self.say(f"{self._counting.digits} from here down: r reassigns them")

    def action_tab_step(self, step: int) -> None:
        """Go to the tab beside."""
        tabs = list(self.view.tabs) if self.view else []
        if self.request.tab in tabs:
            self.go_to_tab(tabs[(tabs.index(self.request.tab) + step) % len(tabs)])

    def go_to_tab(self, tab: Tab, conversation_id: ConversationId | None = None, cursor: int = 0) -> None:
        """Show a tab from its first row, or with the cursor on a conversation."""
        self.request = replace(self.request, tab=tab)
        self.follow = conversation_id
        self.list.cursor = cursor
        self.search.value = self.searches.get(tab, "")
        self.ask_again()

    def action_sent_tab(self) -> None:
        """Show or hide the Sent tab."""
        self.sent_tab = not self.sent_tab
        if self.sent_tab:
            self.go_to_tab(Tab.SENT)
        else:
            self.ask_again()

    def action_search(self) -> None:
        """Search in this tab."""
        self.bring_to_front(Front.LIST, self.search)

    async def action_sort(self) -> None:
        """Go to the next order."""
        if self.request.always_by_name:
            self.say("This tab is always in order of name.", warning=True)
            return
        orders = list(ConversationSort)
        sort = orders[(orders.index(self.request.sort) + 1) % len(orders)]
        self.request = replace(self.request, sort=sort)
        self.follow, self.list.cursor = None, 0
        self.ask_again()
        await self.thrumsg.desk.do(set_preference, self.thrumsg.who.user.id, CONVERSATION_SORT, sort)

    def action_escape(self) -> None:
        """Out of the search, then out of the marks, then back (`q` from the list)."""
        if self.search.has_focus or self.search.value:
            self.search.value = ""
            self.bring_to_front(Front.LIST)
        elif self.list.marks:
            self.unmark()
            self.ask_again()
        elif not self.list.has_focus:
            self.leave_to_list()
        else:
            self.action_back()

    # Senders

    def view_as(self, assignment_id: AssignmentId, conversation_id: ConversationId | None = None) -> None:
        """Show another assignment, with the cursor on a conversation if one is given."""
        self.unmark()
        self.searches.clear()
        tab = Tab.RESPONSES if conversation_id else self.request.tab
        self.request = replace(self.request, assignment_id=assignment_id, search="")
        self.thrumsg.viewing(assignment_id)
        self.go_to_tab(tab or Tab.RESPONSES, conversation_id)

    async def action_next_sender(self, step: int) -> None:
        """Go to the next sender in the remembered order, wrapping, Unassigned included (`docs/rules.md 3.8`)."""
        desk, campaign_id = self.thrumsg.desk, self.request.campaign_id
        stored = await desk.ask(preference, self.thrumsg.who.user.id, preference_key(campaign_id))
        rows = SenderOrder.parse(stored).sorted(await desk.ask(assignments, campaign_id, desk.db.clock()))
        found = [each.id for each in rows]
        here = found.index(self.request.assignment_id) if self.request.assignment_id in found else 0
        self.view_as(found[(here + step) % len(found)])

    @work(group=ACTION)
    async def action_viewing_as(self) -> None:
        """Choose whose assignment to look at."""
        if chosen := await self._pick_sender("Viewing as", self.request.assignment_id):
            self.view_as(chosen)

    async def action_next_waiting(self) -> None:
        """Go to the next contact that waits, this sender's first, then others'."""
        desk, here = self.thrumsg.desk, self.request.assignment_id
        if here is None:
            return
        current = self._open.id if self._open else None
        found = await desk.ask(next_waiting, here, current)
        if found is None and not self.facts().own_only:
            elsewhere = await desk.ask(next_waiting_elsewhere, self.request.campaign_id, here)
            if elsewhere is not None:
                self.view_as(*elsewhere)
                return
        found = found or await desk.ask(next_waiting, here, current, wrap=True)
        if found is None:
            self.say("Nobody else waits for a reply.")
            return
        self.searches.pop(Tab.RESPONSES, None)
        self.go_to_tab(Tab.RESPONSES, found)

    def action_copy_phone(self) -> None:
        """Copy the number to the terminal's clipboard (OSC 52)."""
        if self._open is None or self.view is None:
            return
        if self.view.settings.redact_phones:
            self.say("Phone numbers are hidden here, so they cannot be copied.", warning=True)
            return
        self.app.copy_to_clipboard(self._open.phone)
        self.say(f"Copied {self._open.phone_national}.")


_SENT = {
    MessageKind.INITIAL: "Initial message sent",
    MessageKind.FOLLOW_UP: "Follow-up sent",
    MessageKind.REPLY: "Reply sent",
}
