"""What the journal keeps of a change, whatever its kind (`docs/rules.md 8.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaign_facts import SetupFacts
from thrumsg_tui.domain.conversation_facts import MessageFacts, MoveFacts, OptOutFacts, OptOutUndoFacts
from thrumsg_tui.domain.frozen_record import FrozenRecord


class OldSentences(FrozenRecord):
    """What an entry has that was written while the journal kept sentences: the history's, and the threads'."""

    summary: str
    thread: str


EventFacts = MessageFacts | MoveFacts | OptOutFacts | OptOutUndoFacts | SetupFacts | OldSentences
