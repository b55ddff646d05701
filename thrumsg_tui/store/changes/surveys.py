"""Recording survey answers (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from thrumsg_tui.domain.campaigns import Choice, ChoiceId, Question, QuestionId
from thrumsg_tui.domain.conversations import Conversation, ConversationId, EventId
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity, Role
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import questions
from thrumsg_tui.store.queries.thread import conversation

_Named = TypeVar("_Named", Question, Choice)


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
    who.require(Action.WORK)
    with db.writing() as tx:
        of = conversation(tx.conn, conversation_id)
        require_own(who, of)
        asked = _question(tx, of, question)
        chosen = None if choice is None else _choice(asked, choice)
        before, after = of.answers.get(asked.id), chosen.id if chosen else None
        if before == after:
            return None
        store_answer(tx, who, of.id, asked.id, after)
        event_id = record(
            tx,
            who,
            Deed.ANSWER,
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


def require_own(who: Identity, of: Conversation) -> None:
    """Raise `Refused` for a sender in a conversation that is not theirs (`docs/rules.md 8.1`)."""
    if who.role is Role.SENDER and of.sender_id != who.user.id:
        raise Refused(f"This conversation is {of.sender_name}'s now.")


def store_answer(
    tx: Transaction,
    who: Identity,
    conversation_id: ConversationId,
    question_id: QuestionId,
    choice_id: ChoiceId | None,
) -> None:
    """Write an answer as it is, or delete it with None."""
    if choice_id is None:
        tx.conn.execute(
            "DELETE FROM answer WHERE conversation_id = ? AND question_id = ?", (conversation_id, question_id)
        )
        return
    tx.conn.execute(
        """
        INSERT INTO answer (conversation_id, question_id, choice_id, user_id, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (conversation_id, question_id)
        DO UPDATE SET choice_id = excluded.choice_id, user_id = excluded.user_id, at = excluded.at
        """,
        (conversation_id, question_id, choice_id, who.user.id, tx.now_ms),
    )


def _question(tx: Transaction, of: Conversation, wanted: QuestionId | str) -> Question:
    found = _named(questions(tx.conn, of.campaign_id), wanted)
    if found is None:
        raise NotFound(f"There is no survey question {wanted!r} in this campaign; `thrumsg campaign show` lists them.")
    return found


def _choice(of: Question, wanted: ChoiceId | str) -> Choice:
    found = _named(of.choices, wanted)
    if found is None:
        offered = ", ".join(each.text for each in of.choices)
        raise NotFound(f"{wanted!r} is not a choice of {of.text!r}; there are {offered}.")
    return found


def _named(offered: Sequence[_Named], wanted: int | str) -> _Named | None:
    """Find by id, or by words: a text that happens to be a number counts before the id that it spells."""
    by_text = [each for each in offered if each.text == wanted]
    by_id = [each for each in offered if str(each.id) == str(wanted)]
    return next(iter(by_text + by_id), None)
