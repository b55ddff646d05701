"""Taking changes back, and an undo back again (`docs/rules.md 4.9`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed, JournalEntry
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.reassignment import Move, Outcome, Plan
from thrumsg_tui.domain.words import CampaignState, Status
from thrumsg_tui.store.changes.opt_outs import describe_opt_out, erase_opt_out, restore_opt_out
from thrumsg_tui.store.changes.reassign import move
from thrumsg_tui.store.changes.surveys import store_answer
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.history import entry, last_undoable


def undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Take back a change, by default the person's own last one that is not an undo.

    Conversations that were moved again since, or whose former sender has left, are skipped and listed. Raises
    `Refused` if the change cannot be taken back, or was already.
    """
    who.require(Action.WORK)
    with db.writing() as tx:
        wanted = entry(tx.conn, event_id) if event_id is not None else last_undoable(tx.conn, who.user.id)
        if wanted is None:
            raise Refused("There is nothing of yours to undo.")
        if wanted.undone_by is not None:
            raise Refused(f"Change {wanted.id} was undone already, by change {wanted.undone_by}; undo that to redo it.")
        if not wanted.undoable:
            raise Refused(f"Change {wanted.id} cannot be undone: {wanted.summary}.")
        outcome = _undone(tx, who, wanted)
        tx.conn.execute(
            "UPDATE event SET undone_by = ?, undoable = ? WHERE id = ?",
            (outcome.event, int(outcome.event is not None), wanted.id),
        )
        return outcome


def _undone(tx: Transaction, who: Identity, wanted: JournalEntry) -> Outcome:
    details = json.loads(tx.conn.execute("SELECT details FROM event WHERE id = ?", (wanted.id,)).fetchone()[0])
    deed = Deed.REDO if wanted.deed is Deed.UNDO else Deed.UNDO
    if "phone" in details:
        return _opt_out_undone(tx, who, wanted, deed, details)
    if "question" in details:
        return _answer_undone(tx, who, wanted, deed, details)
    return _moves_undone(tx, who, wanted, deed, details)


def _moves_undone(tx: Transaction, who: Identity, wanted: JournalEntry, deed: Deed, details: dict[str, Any]) -> Outcome:
    who.require(Action.REASSIGN)
    row = tx.conn.execute("SELECT campaign_id FROM event WHERE id = ?", (wanted.id,)).fetchone()
    of = campaign(tx.conn, CampaignId(row["campaign_id"]))
    if of.state is CampaignState.ARCHIVED:
        raise Refused(f"{of.name!r} is archived: nothing in it can be reassigned any more.")
    removed: AssignmentId | None = details.get("removed")
    if removed is not None:
        tx.conn.execute("UPDATE assignment SET active = ? WHERE id = ?", (int(deed is Deed.UNDO), removed))
    return move(tx, who, _way_back(tx, of.id, wanted.id), deed=deed, undoes=wanted.id, removed=removed)


def _way_back(tx: Transaction, campaign_id: CampaignId, event_id: EventId) -> Plan:
    """The moves of an event, turned round."""
    rows = tx.conn.execute(
        """
        SELECT touched.conversation_id, touched.to_assignment_id, touched.from_assignment_id,
               conversation.status, conversation.opted_out
        FROM event_conversation AS touched
        JOIN conversation ON conversation.id = touched.conversation_id
        WHERE touched.event_id = ? AND touched.to_assignment_id IS NOT NULL
        """,
        (event_id,),
    )
    moves = tuple(
        Move(
            ConversationId(row["conversation_id"]),
            AssignmentId(row["to_assignment_id"]),
            AssignmentId(row["from_assignment_id"]),
            Status(row["status"]),
            bool(row["opted_out"]),
        )
        for row in rows
    )
    people = tx.conn.execute(
        """
        SELECT assignment.id, users.login, users.first_name || ' ' || users.last_name AS name
        FROM assignment LEFT JOIN users ON users.id = assignment.user_id WHERE assignment.campaign_id = ?
        """,
        (campaign_id,),
    ).fetchall()
    names = {AssignmentId(row["id"]): (row["name"] or "Unassigned").strip() for row in people}
    logins: dict[AssignmentId, str | None] = {AssignmentId(row["id"]): row["login"] for row in people}
    return Plan(campaign_id, event_id, moves, (), names, logins)


def _opt_out_undone(
    tx: Transaction, who: Identity, wanted: JournalEntry, deed: Deed, details: dict[str, Any]
) -> Outcome:
    phone: str = details["phone"]
    present = describe_opt_out(tx, phone)
    takes_effect_away = details.get("old") is None
    if takes_effect_away:
        who.require(Action.OPT_IN)
        if present is None:
            return _nothing(f"{phone} was opted in since")
        concerned = erase_opt_out(tx, phone)
        now = {"phone": phone, "old": present, "thread": f"opt-out taken back by {who.user.name}"}
        sentence = f"{phone} is opted in again"
    else:
        if present is not None:
            return _nothing(f"{phone} was opted out since")
        concerned = restore_opt_out(tx, phone, details["old"])
        now = {"phone": phone, "thread": f"opted out again by {who.user.name}"}
        sentence = f"{phone} is opted out again"
    return _journalled(tx, who, wanted, deed, sentence, now, concerned)


def _answer_undone(
    tx: Transaction, who: Identity, wanted: JournalEntry, deed: Deed, details: dict[str, Any]
) -> Outcome:
    row = tx.conn.execute("SELECT conversation_id FROM event_conversation WHERE event_id = ?", (wanted.id,)).fetchone()
    conversation_id = ConversationId(row["conversation_id"])
    present = tx.conn.execute(
        "SELECT choice_id FROM answer WHERE conversation_id = ? AND question_id = ?",
        (conversation_id, details["question"]),
    ).fetchone()
    if (present["choice_id"] if present else None) != details["after"]:
        return _nothing("the answer was changed again since")
    store_answer(tx, who, conversation_id, details["question"], details["before"])
    now = {
        "question": details["question"],
        "before": details["after"],
        "after": details["before"],
        "thread": f"survey answer taken back by {who.user.name}",
    }
    return _journalled(tx, who, wanted, deed, "the survey answer is as it was before", now, [conversation_id])


def _journalled(
    tx: Transaction,
    who: Identity,
    wanted: JournalEntry,
    deed: Deed,
    sentence: str,
    details: dict[str, Any],
    concerned: Sequence[ConversationId],
) -> Outcome:
    row = tx.conn.execute("SELECT campaign_id FROM event WHERE id = ?", (wanted.id,)).fetchone()
    event_id = record(
        tx,
        who,
        deed,
        sentence,
        campaign_id=row["campaign_id"],
        details=details,
        undoable=True,
        undoes=wanted.id,
    )
    touch(tx, event_id, ((each, None, None) for each in concerned))
    return Outcome(event_id, 0, (), {}, sentence)


def _nothing(why: str) -> Outcome:
    return Outcome(None, 0, (), {}, f"nothing to take back: {why}")
