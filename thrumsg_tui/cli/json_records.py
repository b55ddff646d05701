"""The JSON that scripts rely on: keys may be added, none renamed. Times are UTC ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thrumsg_tui.domain.campaigns import Assignment, Campaign, FollowUp, Question, RecommendedReply, Target, Totals
from thrumsg_tui.domain.conversations import Conversation, ConversationRow, Message, OptOut
from thrumsg_tui.domain.event_sentences import summary, thread_sentence
from thrumsg_tui.domain.events import Event, UndoPreview
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.domain.people import User
from thrumsg_tui.domain.reassignment import Outcome, Plan
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.queries.bulk_move_jobs import Job
from thrumsg_tui.store.queries.script_preview import ScriptPreview
from thrumsg_tui.store.queries.survey_results import QuestionResult
from thrumsg_tui.store.queries.unmatched import UnmatchedMessage
from thrumsg_tui.store.times import iso

Record = dict[str, object]


def campaign_record(of: Campaign) -> Record:
    """A campaign's settings."""
    return {
        "id": of.id,
        "name": of.name,
        "description": of.description,
        "state": of.state,
        "initial": of.initial_script,
        "timezone": of.hours.timezone,
        "open": format_clock(of.hours.opens),
        "close": format_clock(of.hours.closes),
        "hours_in": of.hours_in,
        "starts": of.window.starts.isoformat() if of.window.starts else None,
        "ends": of.window.ends.isoformat() if of.window.ends else None,
        "quicksend": of.quicksend,
        "created_by": of.created_by,
        "created_at": iso(of.created_at),
        "launched_at": iso(of.launched_at),
    }


def script_record(of: Campaign, shown: ScriptPreview) -> Record:
    """A campaign's script as one contact would get it, with what was looked at."""
    return {
        "campaign": of.name,
        "contact": shown.contact,
        "text": shown.rendered.text,
        "complete": shown.rendered.complete,
        "segments": shown.measured.segments,
        "encoding": shown.measured.encoding,
        "characters": shown.measured.units,
        "checks": [{"fit": each.fit, "sentence": each.sentence} for each in shown.checks],
        "fields": list(shown.fields),
    }


def counters(of: Totals | Assignment) -> Record:
    """The counters of a campaign, or of what one sender holds."""
    return {
        "total": of.total if isinstance(of, Totals) else of.assigned,
        "not_started": of.not_started,
        "sent": of.sent,
        "needs_reply": of.needs_reply,
        "answered": of.answered,
        "opted_out": of.opted_out,
    }


def job_record(of: Job | None) -> Record | None:
    """A bulk move that is under way."""
    if of is None:
        return None
    return {"event": of.event_id, "by": of.by, "total": of.total, "done": of.done, "skipped": of.skipped}


def sender_record(of: Assignment) -> Record:
    """A row of the senders table; `sent` counts conversations in which we have written (`docs/rules.md 2.2`)."""
    return {
        "login": of.login,
        "name": of.name,
        "online": of.online,
        "assigned": of.assigned,
        "sent": of.texted,
        "needs_reply": of.needs_reply,
        "progress": f"{of.texted}/{of.assigned}",
        "not_started": of.not_started,
        "answered": of.answered,
        "opted_out": of.opted_out,
    }


def question_record(of: Question) -> Record:
    """A survey question."""
    return {
        "id": of.id,
        "question": of.text,
        "choices": [each.text for each in of.choices],
        "choice_ids": [each.id for each in of.choices],
    }


def reply_record(of: RecommendedReply) -> Record:
    """A recommended reply."""
    return {"id": of.id, "title": of.title, "body": of.body, "global": of.is_global}


def follow_up_record(of: FollowUp) -> Record:
    """A follow-up."""
    return {
        "id": of.id,
        "title": of.title,
        "text": of.text,
        "expires_at": iso(of.expires_at),
        "active": of.active,
        "pending": of.pending,
        "sent": of.sent,
        "skipped": of.skipped,
        "whom": of.whom,
        "target": None if of.target is None else _target_record(of.target),
    }


def _target_record(of: Target) -> Record:
    if of.answer is None:
        return {"replied": of.replied, "question": None, "choice": None, "answered": True}
    asked = of.answer
    return {"replied": of.replied, "question": asked.question, "choice": asked.choice, "answered": asked.given}


def result_record(of: QuestionResult) -> Record:
    """What was answered to a question."""
    return {
        "id": of.question.id,
        "question": of.question.text,
        "retired": of.question.retired,
        "answered": of.answered,
        "unanswered": of.unanswered,
        "choices": [
            {"id": each.id, "choice": each.text, "answers": of.counts.get(each.id, 0), "percent": of.share(each.id)}
            for each in of.question.choices
        ],
        "by_sender": [
            {
                "login": held.login,
                "name": held.name,
                "unanswered": held.unanswered,
                "answers": {each.text: held.counts.get(each.id, 0) for each in of.question.choices},
            }
            for held in of.by_sender
        ],
    }


def user_record(of: User) -> Record:
    """A user."""
    return {
        "login": of.login,
        "name": of.name,
        "first_name": of.first_name,
        "last_name": of.last_name,
        "email": of.email,
        "role": of.role,
    }


def conversation_record(of: ConversationRow, phones: PhoneDisplay) -> Record:
    """A conversation as a list shows it."""
    return {
        "id": of.id,
        "contact": phones.name(of.first_name, of.last_name, of.phone),
        "phone": phones.number(of.phone),
        "sender": of.sender_login,
        "status": of.status,
        "opted_out": of.opted_out,
        "flagged": of.flagged,
        "follow_up": of.has_follow_up,
        "waiting_since": iso(of.waiting_since),
        "last_message_at": iso(of.last_message_at),
    }


def thread_record(of: Conversation, questions: Sequence[Question], phones: PhoneDisplay) -> Record:
    """A conversation with its messages, answers and events."""
    return {
        "id": of.id,
        "contact": phones.name(of.first_name, of.last_name, of.phone),
        "phone": phones.number(of.phone),
        "sender": of.sender_login,
        "sender_name": of.sender_name,
        "status": of.status,
        "opted_out": of.opted_out,
        "flagged": of.flagged,
        "opt_out": opt_out_record(of.opt_out, phones),
        "fields": dict(of.fields),
        "messages": [_message_record(each) for each in of.messages],
        "answers": answers(of, questions),
        "events": [
            {
                "id": each.id,
                "at": iso(each.at),
                "action": each.action,
                "sentence": thread_sentence(each.facts, each.by_name, phones),
            }
            for each in of.events
        ],
    }


def answers(of: Conversation, questions: Sequence[Question]) -> Mapping[str, str]:
    """The recorded answers as texts, by question."""
    return {
        question.text: choice.text
        for question in questions
        for choice in question.choices
        if of.answers.get(question.id) == choice.id
    }


def _message_record(of: Message) -> Record:
    return {
        "id": of.id,
        "at": iso(of.at),
        "direction": of.direction,
        "kind": of.kind,
        "body": of.body,
        "author": of.author,
        "author_login": of.author_login,
        "state": of.state,
        "segments": of.segments,
        "leaves_at": iso(of.leaves_at),
        "error": of.error,
    }


def opt_out_record(of: OptOut | None, phones: PhoneDisplay) -> Record | None:
    """How and when a number was opted out."""
    if of is None:
        return None
    written_at = iso(of.written_at)
    return {"kind": of.kind, "note": phones.text(of.note), "at": iso(of.at), "by": of.by, "written_at": written_at}


def unmatched_record(of: UnmatchedMessage, phones: PhoneDisplay) -> Record:
    """A message in no conversation; `phone` is the sender as given where that is no number."""
    return {"id": of.id, "at": iso(of.at), "phone": phones.number(of.phone), "body": of.body, "reason": of.reason}


def outcome_record(of: Outcome) -> Record:
    """What a reassignment, or an undo, did."""
    return {
        "event": of.event,
        "moved": of.moved,
        "skipped": len(of.skipped),
        "by_sender": dict(of.gains),
        "skipped_conversations": list(of.skipped),
        "sentence": of.sentence,
    }


def preview_record(of: Plan) -> Record:
    """What a reassignment would do."""
    return {
        "event": None,
        "moved": len(of.moves),
        "skipped": len(of.already_there),
        "by_sender": dict(of.gains),
        "skipped_conversations": list(of.already_there),
    }


def undo_record(of: UndoPreview) -> Record:
    """What an undo would do."""
    return {
        "event": None,
        "undoes": of.entry.id,
        "moved": of.moves,
        "skipped": len(of.skipped),
        "by_sender": dict(of.gains),
        "skipped_conversations": list(of.skipped),
    }


def entry_record(of: Event, phones: PhoneDisplay) -> Record:
    """An entry of the journal."""
    return {
        "id": of.id,
        "at": iso(of.at),
        "by": of.by,
        "acting_for": of.acting_for,
        "action": of.kind,
        "campaign": of.campaign,
        "summary": summary(of.facts, phones),
        "undoable": of.undoable and of.undone_by is None,
        "undone_by": of.undone_by,
        "undoes": of.undoes,
        "under_way": of.under_way,
    }
