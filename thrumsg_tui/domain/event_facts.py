"""The facts that the journal stores about an event, of any kind (`docs/rules.md 8.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaign_facts import CampaignFacts, FollowUpFacts
from thrumsg_tui.domain.content_facts import AnswerFacts, ReplyFacts, SurveyFacts
from thrumsg_tui.domain.conversation_facts import MessageFacts, MoveFacts, OptOutFacts, OptOutUndoFacts
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.organization_facts import DatabaseFacts, NumberFacts, TeamFacts


class OldSentences(FrozenRecord):
    """The sentences of an event from before the journal stored facts: for the history, and for threads."""

    summary: str
    thread: str


SetupFacts = (
    CampaignFacts | FollowUpFacts | SurveyFacts | AnswerFacts | ReplyFacts | TeamFacts | NumberFacts | DatabaseFacts
)
EventFacts = MessageFacts | MoveFacts | OptOutFacts | OptOutUndoFacts | SetupFacts | OldSentences
