"""Storage of drafts, a moment after the last key (`docs/rules.md 3.11`)."""

from __future__ import annotations

from textual.timer import Timer

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseUnusable, ThrumsgError
from thrumsg_tui.tui.app_context import AppContext, app_context
from thrumsg_tui.tui.widgets.message_box import MessageBox


class DraftKeeper:
    """Stores the draft in a message box, for the conversation in which it is written."""

    def __init__(self, box: MessageBox) -> None:
        self.conversation_id: ConversationId | None = None
        self.is_edited = False
        """Whether the person has changed the text since the box was filled for this conversation."""
        self._box = box
        self._timer: Timer | None = None

    @property
    def _thrumsg(self) -> AppContext:
        return app_context(self._box)

    @property
    def is_stored(self) -> bool:
        """Whether the text in the box is stored."""
        return self._timer is None

    def turn_to(self, conversation_id: ConversationId | None) -> None:
        """Keep the draft of another conversation, or of none, from now on."""
        self.conversation_id, self.is_edited = conversation_id, False

    def typed(self) -> None:
        """Schedule storing the draft, a moment after the last key."""
        self.is_edited = True
        self._stop()
        self._timer = self._box.set_timer(self._thrumsg.timers.draft, self.store)

    def store(self, *, leaving: bool = False) -> None:
        """Store the draft now, if it is not stored yet; `leaving` stores it even while it is being sent."""
        if self._timer is None or self.conversation_id is None:
            return
        self._stop()
        if self._box.read_only and not leaving:  # being sent: the draft would outlive its message
            self._timer = self._box.set_timer(self._thrumsg.timers.draft, self.store)
            return
        kept = self._kept(self.conversation_id, self._box.draft)
        self._box.app.run_worker(kept, name="draft")  # of the app: the screen may be left meanwhile

    async def _kept(self, conversation_id: ConversationId, draft: str | None) -> None:
        unstored = self._thrumsg.unstored
        try:
            await unstored.store(self._thrumsg.who, conversation_id, draft)
        except ThrumsgError as error:  # another writer is slow, or the disk is full
            if isinstance(error, DatabaseUnusable) and not unstored.told:  # else it is gone, which is said
                unstored.told = True
                self._thrumsg.tell(f"What you write is kept here, not stored yet: {error}")
            if self.conversation_id == conversation_id and self._box.is_attached:
                unstored.forget(conversation_id)  # the box has it
                self.typed()  # try again

    async def keep(self) -> None:
        """Store the draft and wait. A send that follows deletes it; a refused send keeps it."""
        unstored, here = self._thrumsg.unstored, self.conversation_id
        if here is None or self._timer is None:
            return
        self._stop()
        try:
            await unstored.store(self._thrumsg.who, here, self._box.draft)
        except ThrumsgError:
            if self.conversation_id == here:
                unstored.forget(here)  # the box has it
                self.typed()
            raise

    def newest(self, conversation_id: ConversationId, stored: str | None) -> str | None:
        """Return the draft of a conversation, which may not be stored yet."""
        return self._thrumsg.unstored.newest(conversation_id, stored)

    def store_last(self) -> None:
        """Let the draft be stored, if it is not stored yet, while the app is ending."""
        if self._timer is not None and self.conversation_id is not None:
            self._thrumsg.unstored.keep(self._thrumsg.who, self.conversation_id, self._box.draft)

    def forget(self) -> None:
        """Empty the box after its message was sent, and store no draft."""
        self._stop()
        if self.conversation_id is not None:
            self._thrumsg.unstored.forget(self.conversation_id)
        self.turn_to(None)
        self._box.hold("", "")

    def _stop(self) -> None:
        if self._timer:
            self._timer.stop()
            self._timer = None
