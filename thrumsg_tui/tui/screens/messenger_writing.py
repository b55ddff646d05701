"""Writing in the messenger: one message, or all of a tab (`docs/rules.md 3.11` to `3.19`)."""

from __future__ import annotations

from textual import on, work
from textual.reactive import var

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind, MessageState, Tab
from thrumsg_tui.domain.errors import MovedOn, ThrumsgError
from thrumsg_tui.domain.sending import seconds_until
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.queries.conversations import next_waiting
from thrumsg_tui.store.queries.field_codes import send_all_warnings
from thrumsg_tui.store.queries.lookup import FoundConversation
from thrumsg_tui.store.queries.messenger import OpenConversation
from thrumsg_tui.store.queries.people import preference
from thrumsg_tui.tui.commands import is_key
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.messenger_moving import MessengerMoving
from thrumsg_tui.tui.screens.messenger_panes import Front
from thrumsg_tui.tui.stale_keys import TOO_EARLY
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.pane import Pane

AFTER_REPLY = "after_reply"
"""The preference that says where the cursor goes after a reply: `next` or `stay` (`docs/rules.md 3.19`)."""


class MessengerWriting(MessengerMoving):
    """The messenger with all ways to send something."""

    sending_all = var(False, init=False)
    """Whether Send All is under way; setting it to False stops it."""

    # Writing

    def action_write(self) -> None:
        """Go to the message box."""
        if self.open_one:
            self.bring_to_front(Front.CONVERSATION)
        else:
            self.say("No conversation is open: this tab is empty.")

    async def about_to_undo(self) -> None:
        await self.conversation.drafts.keep()

    async def write_again(self, found: FoundConversation) -> None:
        """Go back to the conversation of a message that was taken back, with the cursor in its box."""
        state = self.state
        if found.campaign_id != state.campaign_id:
            await super().write_again(found)
            return
        if found.assignment_id != state.assignment_id:
            state = state.view_as(found.assignment_id)
        self.bring_to_front(Front.LIST)
        self.conversation.drafts.of = None  # what is stored for it has changed
        self.go(state.reveal(found.tab, found.id))
        await self.ask_and_paint()
        self.action_write()

    @on(MessageBox.Leave)
    @on(Pane.Leave)
    def _leave(self) -> None:
        self.leave_to_list()

    @on(MessageBox.Send)
    def _send(self, pressed: MessageBox.Send) -> None:
        if self.view is None or self.view.open is None or self.box.read_only:
            return
        if not self.box.sight.before(pressed.pressed_at):
            self.say(TOO_EARLY.format("Enter"), warning=True)
            return
        verdict = self.conversation.verdict()
        if verdict and verdict.refusal:
            self.say(verdict.refusal.sentence, warning=True)
            return
        self.box.read_only = True  # until the next one is in the box, Enter must not send this one again
        self._send_what_is_shown(self.view.open)

    @work(group=ACTION)
    async def _send_what_is_shown(self, shown: OpenConversation) -> None:
        store, of, kind = self.thrumsg.store, shown.conversation, self.conversation.kind
        read_to, body = self.conversation.read_to, self.box.content
        try:
            await self.conversation.drafts.keep()
            if self.box.draft is not None and is_key(body) and not await self._meant(of, body):
                return
            following = await store.query(next_waiting, of.assignment_id, of.id, wrap=True)
            sent = await self._sent(of, kind, body, read_to)
            if sent:
                if self.conversation.drafts.of == of.id:
                    self.conversation.drafts.forget()
                await self._go_on_after(sent, of, following)
        except ThrumsgError as refusal:
            self.box.must_be_seen()  # an Enter from before it was refused is none to try again
            self.say(str(refusal), warning=True)
        finally:
            await self.ask_and_paint()
            self.box.read_only = False

    async def _sent(self, of: Conversation, kind: MessageKind, body: str, read_to: MessageId | None) -> Sent | None:
        """Send what the box held; ask first where the thread has moved on since it was read."""
        store, who, up = self.thrumsg.store, self.thrumsg.who, of.follow_up_id
        try:
            return await store.execute(
                send, who, of.id, body=body, kind=kind, follow_up_id=up, read_to=read_to, from_box=True
            )
        except MovedOn as meanwhile:
            self.ask_again()
            question = confirmation(
                "The thread has moved on",
                str(meanwhile),
                "Send mine anyway",
                "Read it first",
                left="Your message was not sent",
                must_be_seen=True,
            )
            if not await self.app.push_screen_wait(question):
                self.conversation.mark_read()
                return None
        return await store.execute(send, who, of.id, body=body, kind=kind, follow_up_id=up, from_box=True)

    async def _meant(self, of: Conversation, body: str) -> bool:
        """Ask about a text that may be a key pressed in the wrong place (`docs/rules.md 3.11`)."""
        question = f"“{body.strip()}” is a key too. Send it to {of.name} as a message?"
        choices = [Choice("y", "Send it", True), Choice("n", "Leave it", False)]
        typed: list[str] = []
        dialog = ChoiceDialog("Send", question, choices, must_be_seen=True, typing=typed.append)
        if await self.app.push_screen_wait(dialog):
            return True
        if typed:
            self.box.insert("".join(typed))
        self.say(f"Nothing was sent to {of.name}. The text is still in the box.")
        return False

    async def _go_on_after(self, sent: Sent, of: Conversation, following: ConversationId | None) -> None:
        """Put the cursor where the next work is (`docs/rules.md 3.19`)."""
        verb = "queued for" if sent.leaves_at else self._taken
        held = ", held until the campaign opens" if sent.state is MessageState.UNSENT else ""
        done = f"{_KINDS[sent.kind]} {verb} {of.name}{held}."
        self._say_sent(sent, done)
        if sent.kind is not MessageKind.REPLY or self.state.tab is not Tab.RESPONSES:
            return
        store = self.thrumsg.store
        if await store.query(preference, self.thrumsg.who.user.id, AFTER_REPLY) == "stay":
            return
        if following is None:
            key = "Esc, then u," if self.box.has_focus else "u"
            self._say_sent(sent, f"{done} Nobody else waits here: {key} goes on to other senders'.")
        elif self.view and of.assignment_id == self.view.viewing.id:
            self.state = self.state.follow(following)

    def _say_sent(self, sent: Sent, done: str) -> None:
        """Say what became of a message, and how it is taken back for as long as that can be done."""
        if sent.leaves_at is None:
            self.say(done)
            return
        seconds = seconds_until(sent.leaves_at, self.thrumsg.store.db.clock())
        if sent.state is MessageState.UNSENT:
            self.say(f"{done} {self.undo_keys} takes it back.")
            return
        offer = f"{done} {self.undo_keys} takes it back within {seconds} s."
        self.say(offer)
        self.set_timer(seconds, lambda: self.say(done) if self.key_line.notice == offer else None)

    @property
    def _taken(self) -> str:
        """What becomes of a message: nothing is called sent that no gateway takes (`docs/rules.md 6.6`)."""
        return "sent to" if self.view and self.view.settings.gateway is not None else "queued for"

    async def action_after_reply(self) -> None:
        """Switch between going on and staying after a reply."""
        store, user = self.thrumsg.store, self.thrumsg.who.user
        before = await store.query(preference, user.id, AFTER_REPLY)
        after = "next" if before == "stay" else "stay"
        await store.execute(set_preference, user.id, AFTER_REPLY, after)
        goes = "goes to the next waiting contact" if after == "next" else "stays where it is"
        self.say(f"After a reply the cursor {goes}.")

    # Send All

    @work(group=ACTION)
    async def action_send_all(self) -> None:
        """Ask whether to send all of the tab and begin, or stop doing so (`docs/rules.md 3.12`)."""
        if self.sending_all:
            self.sending_all = False
            return
        view, tab = self.view, self.state.tab
        if view is None or tab is None:
            return
        total = view.tabs[tab]
        what = pluralize(total, "initial message" if tab is Tab.INITIAL else "follow-up")
        which = "" if total == 1 else "all "
        question = f"Send {which}{what} of {view.viewing.name}? S stops it, and it can be continued later."
        warnings = await self.thrumsg.store.query(send_all_warnings, view.campaign, tab)
        question = "\n\n".join([question, *warnings])
        sure = confirmation("Send All", question, f"Send {total}", left="Nothing was sent", must_be_seen=True)
        if await self.app.push_screen_wait(sure):
            self.sending_all = True
            self._send_all(view.viewing.id, tab, total)

    @work(group="send all")
    async def _send_all(self, assignment_id: AssignmentId, tab: Tab, total: int) -> None:
        """Send the tab of an assignment, batch by batch, while keys go on."""
        verb = self._taken.partition(" ")[0]
        sent, refused, last = 0, 0, None
        try:
            while self.sending_all:
                batch = await self.thrumsg.store.execute(send_batch, self.thrumsg.who, assignment_id, tab, last)
                sent, refused, last = sent + len(batch.sent), refused + len(batch.refused), batch.last
                self.say(f"{verb.capitalize()} {sent} of {total}. S stops.")
                self.ask_again()
                if last is None:
                    break
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        finally:
            stopped, self.sending_all = not self.sending_all, False
        left = f"; {refused} could not be sent, each says why when opened" if refused else ""
        done = f"Stopped: {verb}" if stopped else verb.capitalize()
        self.say(f"{done} {sent} of {total}{left}.", warning=bool(refused))


_KINDS = {
    MessageKind.INITIAL: "Initial message",
    MessageKind.FOLLOW_UP: "Follow-up",
    MessageKind.REPLY: "Reply",
}
