"""Drafts that are not stored yet, or cannot be: the disk is full, or the database locked (`docs/rules.md 3.11`)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.safe_text import safe_text

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import ConversationId
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.tui.store_client import StoreClient


class UnstoredDrafts:
    """Keeps drafts in memory until they are stored."""

    def __init__(self, store: StoreClient) -> None:
        self._store = store
        self._drafts: dict[ConversationId, tuple[Identity, str | None]] = {}
        self.told = False
        """Whether the person knows that drafts cannot be stored."""
        self.changes = 0
        """Grows when a draft was stored, or deleted with its message: a view that was read before may have an older."""

    async def store(self, who: Identity, conversation_id: ConversationId, draft: str | None) -> None:
        """Store a draft, or delete it if it is None; it is kept here if that fails."""
        from thrumsg_tui.store.changes.drafts import keep_draft

        self.keep(who, conversation_id, draft)
        await self._store.execute(keep_draft, who, conversation_id, draft)
        self._is_stored(conversation_id, draft)

    async def try_again(self) -> None:
        """Store what could not be stored."""
        for conversation_id, (who, draft) in list(self._drafts.items()):
            await self.store(who, conversation_id, draft)

    def keep(self, who: Identity, conversation_id: ConversationId, draft: str | None) -> None:
        """Keep a draft until `end`, or until it is stored."""
        self._drafts[conversation_id] = (who, draft)

    def forget(self, conversation_id: ConversationId) -> None:
        """Forget a draft: its message was sent."""
        self.changes += 1
        self._drafts.pop(conversation_id, None)

    def newest(self, conversation_id: ConversationId, stored: str | None) -> str | None:
        """Return the draft of a conversation: the one kept here, else the stored one."""
        return self._drafts[conversation_id][1] if conversation_id in self._drafts else stored

    def end(self) -> None:
        """Store everything while the app is ending; wait at most a second for it."""
        if self._drafts:
            with suppress(ThrumsgError):  # `farewell` has what is left
                self._store.execute_on_exit(self._store_all)

    @property
    def farewell(self) -> str:
        """What to print when the app has ended: the texts that could not be stored; empty if there are none."""
        texts = [safe_text(draft, multiline=True) for _, draft in self._drafts.values() if draft]
        return "".join(f"This draft could not be stored, so that you have it here:\n{text}\n" for text in texts)

    def _store_all(self, db: Database) -> None:
        from thrumsg_tui.store.changes.drafts import keep_draft

        for conversation_id, (who, draft) in list(self._drafts.items()):
            keep_draft(db, who, conversation_id, draft)
            self._is_stored(conversation_id, draft)

    def _is_stored(self, conversation_id: ConversationId, draft: str | None) -> None:
        if conversation_id in self._drafts and self._drafts[conversation_id][1] == draft:
            del self._drafts[conversation_id]
        self.changes += 1
        self.told = False
