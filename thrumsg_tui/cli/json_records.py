"""The JSON that scripts rely on: keys may be added, never renamed. Times are UTC ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import Assignment, Campaign, FollowUp, Question, RecommendedReply, Target, Totals
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.store.times import iso

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import ConversationRow, OptOut
    from thrumsg_tui.domain.events import UndoPreview
    from thrumsg_tui.domain.media import Media
    from thrumsg_tui.domain.reassignment import Outcome, Plan
    from thrumsg_tui.domain.redaction import PhoneDisplay
    from thrumsg_tui.domain.users import User
    from thrumsg_tui.store.queries.bulk_move_jobs import Job
    from thrumsg_tui.store.queries.script_preview import ScriptPreview
    from thrumsg_tui.store.queries.survey_results import QuestionResult
    from thrumsg_tui.store.queries.unmatched import UnmatchedMessage

Record = dict[str, object]


def campaign_record(campaign: Campaign) -> Record:
    """Return a campaign's settings."""
    return {
        "id": campaign.id,
        "name": campaign.name,
        "description": campaign.description,
        "state": campaign.state,
        "initial": campaign.initial_script,
        "timezone": campaign.hours.timezone,
        "open": format_clock(campaign.hours.opens),
        "close": format_clock(campaign.hours.closes),
        "hours_in": campaign.hours_in,
        "quiet_hours": campaign.quiet_hours,
        "starts": campaign.window.starts.isoformat() if campaign.window.starts else None,
        "ends": campaign.window.ends.isoformat() if campaign.window.ends else None,
        "quicksend": campaign.quicksend,
        "created_by": campaign.created_by,
        "created_at": iso(campaign.created_at),
        "launched_at": iso(campaign.launched_at),
    }


def script_record(campaign: Campaign, shown: ScriptPreview) -> Record:
    """Return a campaign's script as one contact would get it, with the results of the checks."""
    return {
        "campaign": campaign.name,
        "contact": shown.contact,
        "text": shown.rendered.text,
        "complete": shown.rendered.complete,
        "segments": shown.measured.segments,
        "encoding": shown.measured.encoding,
        "characters": shown.measured.units,
        "checks": [{"fit": each.fit, "sentence": each.sentence} for each in shown.checks],
        "fields": list(shown.fields),
    }


def counters(totals: Totals | Assignment) -> Record:
    """Return the counters of a campaign or of one sender."""
    return {
        "total": totals.total if isinstance(totals, Totals) else totals.assigned,
        "not_started": totals.not_started,
        "sent": totals.sent,
        "needs_reply": totals.needs_reply,
        "answered": totals.answered,
        "opted_out": totals.opted_out,
    }


def job_record(job: Job | None) -> Record | None:
    """Return a bulk move that is under way."""
    if job is None:
        return None
    return {"event": job.event_id, "by": job.by, "total": job.total, "done": job.done, "skipped": job.skipped}


def sender_record(assignment: Assignment) -> Record:
    """Return a row of the senders table; `sent` counts conversations in which we have written (`docs/rules.md 2.2`)."""
    return {
        "login": assignment.login,
        "name": assignment.name,
        "online": assignment.online,
        "assigned": assignment.assigned,
        "sent": assignment.texted,
        "needs_reply": assignment.needs_reply,
        "progress": f"{assignment.texted}/{assignment.assigned}",
        "not_started": assignment.not_started,
        "answered": assignment.answered,
        "opted_out": assignment.opted_out,
    }


def question_record(question: Question) -> Record:
    """Return a survey question."""
    return {
        "id": question.id,
        "question": question.text,
        "choices": [each.text for each in question.choices],
        "choice_ids": [each.id for each in question.choices],
    }


def reply_record(reply: RecommendedReply) -> Record:
    """Return a recommended reply."""
    return {"id": reply.id, "title": reply.title, "body": reply.body, "global": reply.is_global}


def follow_up_record(follow_up: FollowUp) -> Record:
    """Return a follow-up."""
    return {
        "id": follow_up.id,
        "title": follow_up.title,
        "text": follow_up.text,
        "expires_at": iso(follow_up.expires_at),
        "active": follow_up.active,
        "pending": follow_up.pending,
        "sent": follow_up.sent,
        "skipped": follow_up.skipped,
        "whom": follow_up.whom,
        "target": None if follow_up.target is None else _target_record(follow_up.target),
    }


def _target_record(target: Target) -> Record:
    if target.answer is None:
        return {"replied": target.replied, "question": None, "choice": None, "answered": True}
    asked = target.answer
    return {"replied": target.replied, "question": asked.question, "choice": asked.choice, "answered": asked.given}


def result_record(result: QuestionResult) -> Record:
    """Return the results of a question."""
    return {
        "id": result.question.id,
        "question": result.question.text,
        "retired": result.question.retired,
        "answered": result.answered,
        "unanswered": result.unanswered,
        "choices": [
            {
                "id": each.id,
                "choice": each.text,
                "answers": result.counts.get(each.id, 0),
                "percent": result.share(each.id),
            }
            for each in result.question.choices
        ],
        "by_sender": [
            {
                "login": held.login,
                "name": held.name,
                "unanswered": held.unanswered,
                "answers": {each.text: held.counts.get(each.id, 0) for each in result.question.choices},
            }
            for held in result.by_sender
        ],
    }


def user_record(user: User) -> Record:
    """Return a user."""
    return {
        "login": user.login,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role": user.role,
    }


def conversation_record(conversation: ConversationRow, phones: PhoneDisplay) -> Record:
    """Return a conversation as a list shows it."""
    return {
        "id": conversation.id,
        "contact": phones.name(conversation.first_name, conversation.last_name, conversation.phone),
        "phone": phones.number(conversation.phone),
        "sender": conversation.sender_login,
        "status": conversation.status,
        "opted_out": conversation.opted_out,
        "flagged": conversation.flagged,
        "follow_up": conversation.has_follow_up,
        "waiting_since": iso(conversation.waiting_since),
        "last_message_at": iso(conversation.last_message_at),
        "last_message_state": conversation.last_state,
    }


def opt_out_record(opt_out: OptOut | None, phones: PhoneDisplay) -> Record | None:
    """Return how and when a number was opted out, or None."""
    if opt_out is None:
        return None
    written_at = iso(opt_out.written_at)
    return {
        "kind": opt_out.kind,
        "note": phones.text(opt_out.note),
        "at": iso(opt_out.at),
        "by": opt_out.by,
        "written_at": written_at,
    }


def media_records(media: Sequence[Media]) -> list[Record]:
    """Return the files of a message."""
    return [{"url": each.url, "type": each.type, "size": each.size} for each in media]


def unmatched_record(message: UnmatchedMessage, phones: PhoneDisplay) -> Record:
    """Return an unmatched message; `phone` is the sender as given if that is no number."""
    return {
        "id": message.id,
        "at": iso(message.at),
        "phone": phones.number(message.phone),
        "body": message.body,
        "reason": message.reason,
        "our_number": message.our_number,
        "media": media_records(message.media),
    }


def outcome_record(outcome: Outcome) -> Record:
    """Return the outcome of a reassignment or an undo."""
    return {
        "event": outcome.event,
        "moved": outcome.moved,
        "skipped": len(outcome.skipped),
        "by_sender": dict(outcome.gains),
        "skipped_conversations": list(outcome.skipped),
        "sentence": outcome.sentence,
    }


def preview_record(plan: Plan) -> Record:
    """Return the preview of a reassignment."""
    return {
        "event": None,
        "moved": len(plan.moves),
        "skipped": len(plan.already_there),
        "by_sender": dict(plan.gains),
        "skipped_conversations": list(plan.already_there),
    }


def undo_record(preview: UndoPreview) -> Record:
    """Return the preview of an undo."""
    return {
        "event": None,
        "undoes": preview.entry.id,
        "moved": preview.moves,
        "skipped": len(preview.skipped),
        "by_sender": dict(preview.gains),
        "skipped_conversations": list(preview.skipped),
    }
