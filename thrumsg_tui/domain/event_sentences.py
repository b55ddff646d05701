"""Sentences about events for the history and for threads, made from the journal's facts. Only this module redacts them.

Sentences begin with a small letter and have no full stop. mypy reports a class of facts without a sentence.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar, assert_never

from thrumsg_tui.domain.campaign_facts import (
    CampaignEdited,
    CampaignFacts,
    CampaignStateChanged,
    FollowUpFacts,
    FollowUpSkipped,
    FollowUpSkipUndone,
)
from thrumsg_tui.domain.campaign_sentences import campaign_summary, follow_up_summary, skip_in_thread
from thrumsg_tui.domain.content_facts import AnswerFacts, ReplyFacts, SurveyFacts
from thrumsg_tui.domain.content_sentences import answer_in_thread, answer_summary, reply_summary, survey_summary
from thrumsg_tui.domain.conversation_facts import (
    DoubtSettled,
    Handover,
    MessageFacts,
    MessagesReleased,
    MessageTakenBack,
    MoveFacts,
    OptOutFacts,
    OptOutUndoFacts,
)
from thrumsg_tui.domain.conversation_sentences import (
    WINDOW_OVER,
    message_in_thread,
    message_summary,
    move_summary,
    opt_out_in_thread,
    opt_out_summary,
    opt_out_undo_summary,
)
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.event_facts import EventFacts, OldSentences, SetupFacts
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.organization_facts import (
    ConversationRenumbered,
    DatabaseFacts,
    FileImported,
    NumberFacts,
    NumberReplaced,
    TeamFacts,
)
from thrumsg_tui.domain.organization_sentences import (
    database_summary,
    number_summary,
    renumbered_in_thread,
    team_summary,
)
from thrumsg_tui.domain.redaction import Ours, PhoneDisplay

_ARCHIVED = "message cancelled: the campaign was archived before it could leave"

_T = TypeVar("_T")


def summary(facts: EventFacts, phones: PhoneDisplay) -> str:
    """Return the history's sentence for an event."""
    return _summary(_redacted(facts, phones))


def thread_sentence(facts: EventFacts | Handover, by: str | None, phones: PhoneDisplay) -> str:
    """Return the sentence for an event in the thread of a conversation.

    Args:
        facts: The facts that the journal stores about the event.
        by: The name of the user who did it; None if no user did.
        phones: How phone numbers are shown.
    """
    facts, by = _redacted(facts, phones), _redacted(by, phones)
    if isinstance(facts, OptOutFacts | OptOutUndoFacts):
        return opt_out_in_thread(facts, by)
    if isinstance(facts, AnswerFacts | FollowUpSkipped | FollowUpSkipUndone | ConversationRenumbered | NumberReplaced):
        return _setup_in_thread(facts, by)
    match facts:
        case OldSentences():
            return facts.thread
        case Handover():
            undo = " (undo)" if facts.undo else ""
            return f"reassigned from {facts.source} to {facts.destination} by {by or ''}{undo}"
        case MessageTakenBack() | DoubtSettled():
            return message_in_thread(facts, by)
        case FileImported(what=ImportKind.OPT_OUTS):
            return f"opted out by {by}, with {facts.file}"
        case _:
            return _cancelled(facts) or _summary(facts)


def _setup_in_thread(
    facts: AnswerFacts | FollowUpSkipped | FollowUpSkipUndone | ConversationRenumbered | NumberReplaced, by: str | None
) -> str:
    if isinstance(facts, AnswerFacts):
        return answer_in_thread(facts, by)
    if isinstance(facts, ConversationRenumbered | NumberReplaced):
        return renumbered_in_thread(facts, by)
    return skip_in_thread(facts, by)


def _cancelled(facts: EventFacts) -> str | None:
    """Return why an event cancelled a scheduled message, if that is the only reason for it to be in a thread."""
    match facts:
        case MessagesReleased() | CampaignEdited():
            return WINDOW_OVER
        case CampaignStateChanged():
            return _ARCHIVED
        case _:
            return None


def _summary(facts: EventFacts) -> str:
    if isinstance(facts, MessageFacts):
        return message_summary(facts)
    if isinstance(facts, MoveFacts):
        return move_summary(facts)
    if isinstance(facts, OptOutFacts):
        return opt_out_summary(facts)
    if isinstance(facts, OptOutUndoFacts):
        return opt_out_undo_summary(facts)
    if isinstance(facts, OldSentences):
        return facts.summary
    return _setup_summary(facts)


def _setup_summary(facts: SetupFacts) -> str:
    if isinstance(facts, CampaignFacts):
        return campaign_summary(facts)
    if isinstance(facts, FollowUpFacts):
        return follow_up_summary(facts)
    if isinstance(facts, SurveyFacts):
        return survey_summary(facts)
    if isinstance(facts, AnswerFacts):
        return answer_summary(facts)
    if isinstance(facts, ReplyFacts):
        return reply_summary(facts)
    if isinstance(facts, TeamFacts):
        return team_summary(facts)
    if isinstance(facts, NumberFacts):
        return number_summary(facts)
    if isinstance(facts, DatabaseFacts):
        return database_summary(facts)
    assert_never(facts)


def _redacted(value: _T, phones: PhoneDisplay) -> _T:
    """Hide phone numbers, also those in names, notes and titles, if the display redacts them."""
    return _shown(value, phones) if phones.redacts else value


def _shown(value: Any, phones: PhoneDisplay) -> Any:
    match value:
        case FrozenRecord():
            return type(value)(**{name: _shown(field, phones) for name, field in value.field_values.items()})
        case tuple():
            return tuple(_shown(item, phones) for item in value)
        case str() if not isinstance(value, Enum | Ours):
            return phones.text(value)
        case _:
            return value
