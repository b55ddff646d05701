"""The JSON of threads and of the history, which tells events in sentences; `json_records.py` has all other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from thrumsg_tui.cli.json_records import Record, media_records, opt_out_record
from thrumsg_tui.domain.event_sentences import summary, thread_sentence
from thrumsg_tui.store.times import iso

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import Question
    from thrumsg_tui.domain.conversations import Conversation, Message
    from thrumsg_tui.domain.events import Event
    from thrumsg_tui.domain.redaction import PhoneDisplay


def thread_record(conversation: Conversation, questions: Sequence[Question], phones: PhoneDisplay) -> Record:
    """Return a conversation with its messages, answers and events."""
    return {
        "id": conversation.id,
        "contact": phones.name(conversation.first_name, conversation.last_name, conversation.phone),
        "phone": phones.number(conversation.phone),
        "our_number": conversation.our_number,
        "sender": conversation.sender_login,
        "sender_name": conversation.sender_name,
        "status": conversation.status,
        "opted_out": conversation.opted_out,
        "flagged": conversation.flagged,
        "opt_out": opt_out_record(conversation.opt_out, phones),
        "fields": {code: phones.text(value) for code, value in conversation.fields.items()},
        "messages": [_message_record(each, phones) for each in conversation.messages],
        "answers": answers(conversation, questions),
        "events": [
            {
                "id": each.id,
                "at": iso(each.at),
                "action": each.action,
                "sentence": thread_sentence(each.facts, each.by_name, phones),
            }
            for each in conversation.events
        ],
    }


def answers(conversation: Conversation, questions: Sequence[Question]) -> Mapping[str, str]:
    """Return the texts of the recorded answers, by question."""
    return {
        question.text: choice.text
        for question in questions
        for choice in question.choices
        if conversation.answers.get(question.id) == choice.id
    }


def _message_record(message: Message, phones: PhoneDisplay) -> Record:
    return {
        "id": message.id,
        "at": iso(message.at),
        "direction": message.direction,
        "kind": message.kind,
        "body": message.body,
        "author": message.author,
        "author_login": message.author_login,
        "state": message.state,
        "segments": message.segments,
        "leaves_at": iso(message.leaves_at),
        "error": message.error and phones.text(message.error),
        "media": media_records(message.media),
    }


def entry_record(event: Event, phones: PhoneDisplay) -> Record:
    """Return an event of the journal."""
    return {
        "id": event.id,
        "at": iso(event.at),
        "by": event.by,
        "acting_for": event.acting_for,
        "action": event.kind,
        "campaign": event.campaign,
        "summary": summary(event.facts, phones),
        "undoable": event.undoable and event.undone_by is None,
        "undone_by": event.undone_by,
        "undoes": event.undoes,
        "under_way": event.under_way,
    }
