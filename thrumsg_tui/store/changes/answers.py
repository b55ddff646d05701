"""Recording survey answers (`docs/rules.md 3.14`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import ChoiceId, QuestionId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.store.conversation_state import refresh_follow_ups
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import questions
from thrumsg_tui.store.queries.find_by_name import choice_named, question_named
from thrumsg_tui.store.queries.ownership import require_own
from thrumsg_tui.store.queries.thread import conversation


def record_answer(
    db: Database,
    who: Identity,
    conversation_id: ConversationId,
    question: QuestionId | str,
    choice: ChoiceId | str | None,
) -> EventId | None:
    """Record a choice, replacing an older one, or clear the answer with None.

    `question` and `choice` are an id, or words: the exact text, else an id in digits. Returns None where nothing
    changed. Sends nothing and changes no status. Raises `NotFound` for a question or choice that there is not.
    """
    who.require(Permission.WORK)
    with db.writing() as tx:
        of = conversation(tx.conn, conversation_id)
        require_own(who, of)
        asked = question_named(questions(tx.conn, of.campaign_id), question)
        chosen = None if choice is None else choice_named(asked, choice)
        before, after = of.answers.get(asked.id), chosen.id if chosen else None
        if before == after:
            return None
        store_answer(tx, who, of.id, asked.id, after)
        event_id = record(
            tx,
            who,
            EventKind.ANSWER,
            f"{asked.text} {chosen.text if chosen else '(cleared)'} for {of.name}",
            campaign_id=of.campaign_id,
            details={
                "question": asked.id,
                "before": before,
                "after": after,
                "thread": f"{asked.text} {chosen.text if chosen else '(answer cleared)'}, by {who.user.name}",
            },
            undoable=True,
        )
        touch(tx, event_id, [(of.id, None, None)])
        return event_id


def store_answer(
    tx: Transaction,
    who: Identity,
    conversation_id: ConversationId,
    question_id: QuestionId,
    choice_id: ChoiceId | None,
) -> None:
    """Write an answer as it is, or delete it with None; a follow-up may come up or go with it."""
    if choice_id is None:
        tx.conn.execute(
            "DELETE FROM answer WHERE conversation_id = ? AND question_id = ?", (conversation_id, question_id)
        )
    else:
        tx.conn.execute(
            """
            INSERT INTO answer (conversation_id, question_id, choice_id, user_id, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (conversation_id, question_id)
            DO UPDATE SET choice_id = excluded.choice_id, user_id = excluded.user_id, at = excluded.at
            """,
            (conversation_id, question_id, choice_id, who.user.id, tx.now_ms),
        )
    refresh_follow_ups(tx.conn, conversation_id)
