"""Taking changes back, and an undo back again (`docs/rules.md 4.9`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId, FollowUpId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import MessageState, OptOutKind
from thrumsg_tui.domain.events import Event, EventKind
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import Outcome, Plan
from thrumsg_tui.store.changes.answers import store_answer
from thrumsg_tui.store.changes.bulk_move_job import begin, finish, is_long
from thrumsg_tui.store.changes.follow_ups import is_active, is_pending, set_skipped
from thrumsg_tui.store.changes.opt_out_lists import put_list_back, take_list_back
from thrumsg_tui.store.changes.opt_outs import confirmations, describe_opt_out, enter_opt_out, erase_opt_out, note_wish
from thrumsg_tui.store.changes.reassign import move
from thrumsg_tui.store.changes.undo_send import unsend
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.thread import conversation
from thrumsg_tui.store.queries.undo_plan import details_of, undo_plan
from thrumsg_tui.store.queries.undo_preview import last_undoable, undoable


def undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Take back a change, by default the person's own last one that is not an undo.

    Conversations that were moved again since, or whose former sender has left, are skipped and listed. Raises
    `Refused` if the change cannot be taken back, or was already.
    """
    return finish(db, begin_undo(db, who, event_id))


def begin_undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Take back a change, or where it moved many only begin to: it is `under_way` then, and `paced.step` goes on."""
    who.require(Permission.WORK)
    with db.reading() as conn:  # what is planned for a job keeps nobody waiting
        long = _long_way_back(conn, _wanted(conn, who, event_id), db.pacing)
    with db.writing() as tx:
        wanted = _wanted(tx.conn, who, event_id)
        outcome = _undone(tx, who, wanted, long if long and long.as_of == wanted.id else None)
        if outcome.event is not None:
            tx.conn.execute("UPDATE event SET undone_by = ? WHERE id = ?", (outcome.event, wanted.id))
        return outcome


def _wanted(conn: Connection, who: Identity, event_id: EventId | None) -> Event:
    return last_undoable(conn, who) if event_id is None else undoable(conn, who, event_id)


def _long_way_back(conn: Connection, wanted: Event, pacing: Pacing) -> Plan | None:
    """The way back of a change that moved more than one transaction should."""
    row = conn.execute(
        """
        SELECT event.campaign_id, json_extract(event.details, '$.removed') AS removed,
               (SELECT COUNT(to_assignment_id) FROM event_conversation WHERE event_id = event.id) AS moved
        FROM event WHERE event.id = ?
        """,
        (wanted.id,),
    ).fetchone()
    if not pacing.too_many(row["moved"]) or row["removed"] is not None:
        return None
    back = undo_plan(conn, CampaignId(row["campaign_id"]), wanted.id)
    return back if is_long(conn, back, pacing) else None


def _undone(tx: Transaction, who: Identity, wanted: Event, long: Plan | None) -> Outcome:
    details = details_of(tx.conn, wanted.id)
    kind = EventKind.REDO if wanted.kind is EventKind.UNDO else EventKind.UNDO
    if "message" in details:
        return unsend(tx, who, wanted.id, details)
    if "phone" in details:
        return _opt_out_undone(tx, who, wanted, kind, details)
    if "numbers" in details:
        return _list_undone(tx, who, wanted, kind, details["numbers"])
    if "follow_up" in details:
        return _skip_undone(tx, who, wanted, kind, details)
    if "question" in details:
        return _answer_undone(tx, who, wanted, kind, details)
    return _moves_undone(tx, who, wanted, kind, details, long)


def _moves_undone(
    tx: Transaction, who: Identity, wanted: Event, kind: EventKind, details: dict[str, Any], long: Plan | None
) -> Outcome:
    if long:
        return begin(tx, who, long, kind=kind, undoes=wanted.id)
    removed: AssignmentId | None = details.get("removed")
    if removed is not None:
        tx.conn.execute("UPDATE assignment SET active = ? WHERE id = ?", (int(kind is EventKind.UNDO), removed))
    row = tx.conn.execute("SELECT campaign_id FROM event WHERE id = ?", (wanted.id,)).fetchone()
    back = undo_plan(tx.conn, CampaignId(row["campaign_id"]), wanted.id)
    return move(tx, who, back, kind=kind, undoes=wanted.id, removed=removed)


def _opt_out_undone(tx: Transaction, who: Identity, wanted: Event, kind: EventKind, details: dict[str, Any]) -> Outcome:
    phone: str = details["phone"]
    present = describe_opt_out(tx, phone)
    takes_effect_away = details.get("old") is None
    if takes_effect_away:
        if present is None:
            return _nothing("the number was opted in since")
        if present["at"] != details["at"]:
            return _nothing("the number was opted out again since")
        concerned = erase_opt_out(tx, phone)
        now = {"phone": phone, "old": present, "thread": f"opt-out taken back by {who.user.name}"}
        told = confirmations(tx, phone, details["at"]) - {MessageState.QUEUED, MessageState.UNSENT}
        asked = present["kind"] == OptOutKind.AUTOMATIC
        although = ", though they asked to be out" if asked else ", though told to be out" if told else ""
        sentence = f"{_called(tx, concerned)} is opted in again{although}"
    else:
        if present is not None:
            return _nothing("the number was opted out since")
        concerned = enter_opt_out(tx, phone, details["old"])
        if wanted.kind is EventKind.UNDO:
            note_wish(tx, phone, tx.now)
        was_flagged = ((each,) for each in details.get("flagged", ()))
        tx.conn.executemany("UPDATE conversation SET flagged = 1 WHERE id = ?", was_flagged)
        now = {"phone": phone, "at": details["old"]["at"], "thread": f"opted out again by {who.user.name}"}
        sentence = f"{_called(tx, concerned)} is opted out again"
    return _journalled(tx, who, wanted, kind, sentence, now, concerned)


def _list_undone(tx: Transaction, who: Identity, wanted: Event, kind: EventKind, listed: int) -> Outcome:
    out = wanted.kind is EventKind.UNDO
    batch = put_list_back(tx, wanted.id) if out else take_list_back(tx, wanted.id)
    if not batch.opt_outs:
        return _nothing("all of its numbers were opted in or out again since")
    left = listed - len(batch.opt_outs)
    sentence = f"{batch.counted} opted {'out' if out else 'in'} again"
    sentence += f", {left} changed since and left as it is now" if left else ""
    thread = f"opted out again by {who.user.name}" if out else f"opt-out taken back by {who.user.name}"
    done = _journalled(tx, who, wanted, kind, sentence, batch.details(thread), ())
    if done.event is not None:
        batch.note(tx, done.event)
    return done


def _answer_undone(tx: Transaction, who: Identity, wanted: Event, kind: EventKind, details: dict[str, Any]) -> Outcome:
    row = tx.conn.execute("SELECT conversation_id FROM event_conversation WHERE event_id = ?", (wanted.id,)).fetchone()
    conversation_id = ConversationId(row["conversation_id"])
    present = tx.conn.execute(
        "SELECT choice_id FROM answer WHERE conversation_id = ? AND question_id = ?",
        (conversation_id, details["question"]),
    ).fetchone()
    if (present["choice_id"] if present else None) != details["after"]:
        return _nothing("the answer was changed again since")
    store_answer(tx, who, conversation_id, details["question"], details["before"])
    sentence = _answer_again(tx, details)
    now = {
        "question": details["question"],
        "before": details["after"],
        "after": details["before"],
        "thread": f"{sentence}, by {who.user.name}",
    }
    name = conversation(tx.conn, conversation_id).name
    return _journalled(tx, who, wanted, kind, f"{name}'s {sentence}", now, [conversation_id])


def _answer_again(tx: Transaction, details: dict[str, Any]) -> str:
    """Say what an answer is again, and to what."""
    row = tx.conn.execute(
        """
        SELECT question.text AS question, (SELECT text FROM choice WHERE id = :before) AS before
        FROM question WHERE question.id = :question
        """,
        details,
    ).fetchone()
    if row["before"] is None:
        return f"answer to {row['question']!r} is taken back"
    return f"answer to {row['question']!r} is {row['before']!r} again"


def _skip_undone(tx: Transaction, who: Identity, wanted: Event, kind: EventKind, details: dict[str, Any]) -> Outcome:
    row = tx.conn.execute("SELECT conversation_id FROM event_conversation WHERE event_id = ?", (wanted.id,)).fetchone()
    conversation_id = ConversationId(row["conversation_id"])
    skips = wanted.kind is EventKind.UNDO
    if not is_active(tx, FollowUpId(details["follow_up"])):
        return _nothing("the follow-up has ended since")
    if not set_skipped(tx, conversation_id, FollowUpId(details["follow_up"]), skipped=skips):
        return _nothing("the follow-up was sent or skipped since, or is not for this contact now")
    what = "is skipped again" if skips else "is up again"
    if not skips and not is_pending(tx, conversation_id, FollowUpId(details["follow_up"])):
        what = "is skipped no more, but is not for them now"
    sentence = f"the follow-up for {conversation(tx.conn, conversation_id).name} {what}"
    now = {"follow_up": details["follow_up"], "thread": f"follow-up {what}, by {who.user.name}"}
    return _journalled(tx, who, wanted, kind, sentence, now, [conversation_id])


def _journalled(
    tx: Transaction,
    who: Identity,
    wanted: Event,
    kind: EventKind,
    sentence: str,
    details: dict[str, Any],
    concerned: Sequence[ConversationId],
) -> Outcome:
    row = tx.conn.execute("SELECT campaign_id FROM event WHERE id = ?", (wanted.id,)).fetchone()
    event_id = record(
        tx,
        who,
        kind,
        sentence,
        campaign_id=row["campaign_id"],
        details=details,
        undoable=True,
        undoes=wanted.id,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    return Outcome(event_id, 0, (), {}, sentence)


def _called(tx: Transaction, concerned: Sequence[ConversationId]) -> str:
    return conversation(tx.conn, concerned[0]).name if concerned else "the number"


def _nothing(why: str) -> Outcome:
    return Outcome(None, 0, (), {}, f"nothing to take back: {why}")
