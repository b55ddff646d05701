"""Sending from the message box (`docs/rules.md 3.11` to `3.19`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.departures import seconds_until
from thrumsg_tui.domain.enums import MessageKind, MessageState, Tab
from thrumsg_tui.domain.errors import MovedOn, ThrumsgError
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.preferences import AfterSend
from thrumsg_tui.domain.send_rules import Obstacle, Refusal
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.store.queries.conversations import next_waiting
from thrumsg_tui.store.queries.messenger import OpenConversation
from thrumsg_tui.store.queries.thread import get_conversation_head
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.commands import is_key, key_of
from thrumsg_tui.tui.commands.questions import LEAVE, YES
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screen_context import action_worker
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.notices import KIND_TITLES, may_ask_to_be_left, sending_verb
from thrumsg_tui.tui.screens.messenger.number_question import ask_for_number

AFTER_REPLY = "after_reply"
"""The preference for the cursor after a reply: `next` or `stay` (`docs/rules.md 3.19`)."""


class MessageSender:
    """Sends the text in the message box, asks if that may not be meant, and goes to the next contact."""

    def __init__(self, screen: MessengerContext) -> None:
        self.screen = screen
        self._conversation = screen.conversation
        self._box = screen.conversation.box

    def send(self, pressed_at: float) -> None:
        """Send the text in the box, or say why not; the box is read-only until that is done.

        Args:
            pressed_at: When Enter was pressed, by the monotonic clock.
        """
        view = self.screen.view
        if view is None or view.open is None or self._box.read_only:
            return
        verdict = self._conversation.verdict()
        if why_stale := self._box.sight.why_stale(pressed_at):
            self.screen.say(why_stale.format(key_of("box.send")), warning=True)
        elif verdict and verdict.refusal and self._may_renumber(verdict.refusal):
            self._ask_for_number(view.open.conversation)
        elif verdict and verdict.refusal:
            self.screen.say(verdict.refusal.sentence, warning=True)
        elif not self._has_read_the_wish(view.open.conversation, pressed_at):
            self.screen.key_line.ask(may_ask_to_be_left(view.open.conversation))
        else:
            self._box.read_only = True  # Enter must not send it twice
            self._send_to(view.open)

    def _has_read_the_wish(self, contact: Conversation, pressed_at: float) -> bool:
        """Whether the contact is not flagged, or the person has read that before they pressed Enter (5.4, 12.2)."""
        read_by = pressed_at - self.screen.thrumsg.timers.reading
        return not contact.flagged or self.screen.key_line.has_asked(may_ask_to_be_left(contact), read_by)

    def _may_renumber(self, refusal: Refusal) -> bool:
        """Whether another number of ours would help, and the person may give it (`docs/rules.md 10.8`)."""
        may = self.screen.thrumsg.who.may(Permission.RENUMBER)
        return may and refusal.obstacle is Obstacle.NUMBER_WITHDRAWN

    @action_worker
    async def _ask_for_number(self, contact: Conversation) -> None:
        try:
            said = await ask_for_number(self.screen, contact)
        except ThrumsgError as refusal:
            self.screen.say(str(refusal), warning=True)
        else:
            self._box.must_be_seen()
            self.screen.say(said)
        await self.screen.ask_and_paint()

    @action_worker
    async def _send_to(self, shown: OpenConversation) -> None:
        store, contact, kind = self.screen.thrumsg.store, shown.conversation, self._conversation.kind
        read_to, body = self._conversation.read_to, self._box.content
        try:
            await self._conversation.drafts.keep()
            if self._box.draft is not None and is_key(body) and not await self._is_meant(contact, body):
                return
            following = await store.query(next_waiting, contact.assignment_id, contact.id, wrap=True)
            sent = await self._sent(contact, kind, body, read_to)
            if sent:
                self.screen.thrumsg.unstored.forget(contact.id)
                if self._conversation.drafts.conversation_id == contact.id:
                    self._conversation.drafts.forget()
                await self._go_on_after(sent, contact, following)
        except ThrumsgError as refusal:
            self._box.must_be_seen()  # an Enter pressed before the refusal must not send it
            self.screen.say(str(refusal), warning=True)
        finally:
            try:
                await self.screen.ask_and_paint()
            finally:  # also without a database: the words are to be sent when it is there again
                self._box.read_only = False

    async def _sent(
        self, contact: Conversation, kind: MessageKind, body: str, read_to: MessageId | None
    ) -> Sent | None:
        """Send the text; if the thread has new messages since it was read, ask first."""
        store, who, up = self.screen.thrumsg.store, self.screen.thrumsg.who, contact.follow_up_id
        try:
            return await store.execute(
                send, who, contact.id, body=body, kind=kind, follow_up_id=up, read_to=read_to, from_box=True
            )
        except MovedOn as meanwhile:
            self.screen.ask_again()
            asks = (await store.query(get_conversation_head, contact.id)).flagged
            question = confirmation(
                "The thread has moved on",
                f"{meanwhile}{' This may be a wish to be left alone.' if asks else ''}",
                "Send mine anyway",
                "Read it first",
                left="Your message was not sent",
                must_be_seen=True,
            )
            if not await self.screen.show_dialog(question):
                self._conversation.mark_read()
                return None
        return await store.execute(send, who, contact.id, body=body, kind=kind, follow_up_id=up, from_box=True)

    async def _is_meant(self, contact: Conversation, body: str) -> bool:
        """Ask whether to send a text that may be a key pressed in the wrong place (`docs/rules.md 3.11`)."""
        question = f"“{body.strip()}” is a key too. Send it to {contact.name} as a message?"
        choices = [Choice(YES, "Send it", True), Choice(LEAVE, "Leave it", False)]
        typed: list[str] = []
        dialog = ChoiceDialog("Send", question, choices, must_be_seen=True, typing=typed.append)
        if await self.screen.show_dialog(dialog):
            return True
        if typed:
            self._box.insert("".join(typed))
        self.screen.say(f"Nothing was sent to {contact.name}. The text is still in the box.")
        return False

    async def _go_on_after(self, sent: Sent, contact: Conversation, following: ConversationId | None) -> None:
        """Say that the message was sent, and go to the next waiting contact (`docs/rules.md 3.19`)."""
        screen = self.screen
        queued = sent.leaves_at is not None or sending_verb(screen.thrumsg) == "queued"
        wait = ", waits until it may leave" if sent.state is MessageState.UNSENT else ""
        done = f"{KIND_TITLES[sent.kind]} {'queued for' if queued else 'sent to'} {contact.name}{wait}."
        self._say_sent(sent, done)
        if sent.kind is not MessageKind.REPLY or screen.state.tab is not Tab.RESPONSES:
            return
        if await self._after_reply() is AfterSend.STAY:
            return
        if following is None:
            key = key_of("triage.next_waiting")
            self._say_sent(sent, f"{done} Nobody else waits here; {key} looks elsewhere.")
        elif screen.view and contact.assignment_id == screen.view.viewing.id:
            screen.state = screen.state.follow(following)

    def _say_sent(self, sent: Sent, done: str) -> None:
        """Show `done`, and the keys that undo it for as long as they can."""
        keys = self._conversation.undo_keys
        if sent.leaves_at is None:
            self.screen.say(done)
        elif sent.state is MessageState.UNSENT:
            self.screen.say(f"{done} {keys} takes it back.")
        else:
            seconds = seconds_until(sent.leaves_at, self.screen.thrumsg.store.db.clock())
            self.screen.say_for(seconds, f"{done} {keys} takes it back within {seconds} s.", done)

    async def _after_reply(self) -> AfterSend:
        """Return what the person has chosen here, else what their configuration says."""
        thrumsg = self.screen.thrumsg
        stored = await thrumsg.store.query(preference, thrumsg.who.user.id, AFTER_REPLY)
        return AfterSend(stored) if stored in set(AfterSend) else thrumsg.preferences.after_send

    async def action_after_reply(self) -> None:
        """Switch between going on and staying after a reply, and store that."""
        store, user = self.screen.thrumsg.store, self.screen.thrumsg.who.user
        after = AfterSend.NEXT if await self._after_reply() is AfterSend.STAY else AfterSend.STAY
        await store.execute(set_preference, user.id, AFTER_REPLY, after)
        goes = "goes to the next waiting contact" if after is AfterSend.NEXT else "stays where it is"
        self.screen.say(f"After a reply the cursor {goes}.")
