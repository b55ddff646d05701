"""The draft in the message box, stored a moment after the last key (`docs/rules.md 3.11`)."""

from __future__ import annotations

from textual.timer import Timer

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.tui.app_context import AppContext, app_context
from thrumsg_tui.tui.widgets.message_box import MessageBox


class DraftKeeper:
    """Stores what is written in a box; `of` is the conversation that it is written in."""

    def __init__(self, box: MessageBox) -> None:
        self.of: ConversationId | None = None
        self._box = box
        self._timer: Timer | None = None

    @property
    def _shell(self) -> AppContext:
        return app_context(self._box)

    @property
    def is_stored(self) -> bool:
        """Whether nothing in the box is still to be stored."""
        return self._timer is None

    def typed(self) -> None:
        """Store it soon."""
        self._stop()
        self._timer = self._box.set_timer(self._shell.timers.draft, self.store)

    def store(self, *, leaving: bool = False) -> None:
        """Store it now, if it is not stored yet."""
        if self._timer is None or self.of is None:
            return
        self._stop()
        if self._box.read_only and not leaving:  # being sent: one that was refused before would outlive its message
            self._timer = self._box.set_timer(self._shell.timers.draft, self.store)
            return
        kept = self._kept(self.of, self._box.draft)
        self._box.app.run_worker(kept, name="draft")  # the app's, since the screen may be left meanwhile

    async def _kept(self, of: ConversationId, draft: str | None) -> None:
        try:
            await self._shell.store.execute(keep_draft, self._shell.who, of, draft)
        except ThrumsgError:  # somebody else writes for long: once more, unless another one is in the box by then
            if self.of == of and self._box.is_attached:
                self.typed()

    async def keep(self) -> None:
        """Store it and wait for that: what is sent next takes it away, and leaves it where it is refused."""
        if self._timer is not None and self.of is not None:
            self._stop()
            await self._shell.store.execute(keep_draft, self._shell.who, self.of, self._box.draft)

    def store_last(self) -> None:
        """Store it while the app is ending."""
        if self._timer is not None and self.of is not None:
            self._shell.store.execute_on_exit(keep_draft, self._shell.who, self.of, self._box.draft)

    def forget(self) -> None:
        """The message was sent: there is nothing to store any more, and the box is empty."""
        self._stop()
        self.of = None
        self._box.hold("", "")

    def _stop(self) -> None:
        if self._timer:
            self._timer.stop()
            self._timer = None
