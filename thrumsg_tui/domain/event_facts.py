"""The facts that the journal stores about an event, of any kind (`docs/rules.md 8.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaign_facts import SetupFacts
from thrumsg_tui.domain.conversation_facts import MessageFacts, MoveFacts, OptOutFacts, OptOutUndoFacts
from thrumsg_tui.domain.frozen_record import FrozenRecord


class OldSentences(FrozenRecord):
    """The sentences of an event from before the journal stored facts: for the history, and for threads."""

    summary: str
    thread: str


EventFacts = MessageFacts | MoveFacts | OptOutFacts | OptOutUndoFacts | SetupFacts | OldSentences
