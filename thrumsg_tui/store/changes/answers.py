"""Survey answers: record and undo them (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from thrumsg_tui.domain.campaigns import CampaignId, ChoiceId, QuestionId
from thrumsg_tui.domain.content_facts import AnswerRecorded, AnswerUndone
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange, read_entry
from thrumsg_tui.store.conversation_state import refresh_follow_ups
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock, Lock
from thrumsg_tui.store.queries.find_by_name import choice_named, question_named
from thrumsg_tui.store.queries.ownership import require_own
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.thread import answers, get_conversation_head


@change
def record_answer(
    db: Database,
    who: Identity,
    conversation_id: ConversationId,
    question: QuestionId | str,
    choice: ChoiceId | str | None,
) -> EventId | None:
    """Record the answer of a contact in place of an earlier one, or clear it. Also in an archived campaign.

    It sends nothing and changes no status, but the follow-ups of the conversation may change.

    Args:
        db: The database.
        who: The person.
        conversation_id: The conversation.
        question: An id, or a text: the question's exact words, else its id in digits.
        choice: The same for a choice of the question; None clears the answer.

    Returns:
        The event; None if the answer was the same before.

    Raises:
        NotFound: If there is no such question or choice.
        Refused: If the conversation is somebody else's and the role may work only its own.
    """
    who.require(Permission.WORK)
    with db.writing() as tx:
        tx.hold(ConversationLock(conversation_id))
        conversation = get_conversation_head(tx.conn, conversation_id)
        require_own(who, conversation)
        asked = question_named(questions(tx.conn, conversation.campaign_id), question)
        chosen = None if choice is None else choice_named(asked, choice)
        before, after = answers(tx.conn, conversation.id).get(asked.id), chosen.id if chosen else None
        if before == after:
            return None
        store_answer(tx, who, conversation.id, asked.id, after)
        event_id = record(
            tx,
            who,
            EventKind.ANSWER,
            AnswerRecorded(asked.text, chosen.text if chosen else None, conversation.name),
            campaign_id=conversation.campaign_id,
            details={"question": asked.id, "before": before, "after": after},
            undoable=True,
        )
        touch(tx, event_id, [(conversation.id, None, None)])
        return event_id


def store_answer(
    tx: Transaction,
    who: Identity,
    conversation_id: ConversationId,
    question_id: QuestionId,
    choice_id: ChoiceId | None,
) -> None:
    """Store an answer, or delete it if `choice_id` is None, and update the follow-ups of the conversation.

    The caller writes the journal.
    """
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


@dataclass(frozen=True, slots=True)
class AnswerChange(UndoableChange):
    """An answer that was recorded, changed or cleared; None means no answer."""

    question: QuestionId
    before: ChoiceId | None
    after: ChoiceId | None

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event."""
        if "question" not in details:
            return None
        return cls(event, details["question"], details["before"], details["after"])

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the person to hold the conversation or work for others."""
        require_own(who, self.conversation(conn))

    def is_effective(self, conn: Connection) -> bool:
        """Whether the present answer is still the one that the change recorded."""
        row = conn.execute(
            """
            SELECT answer.choice_id FROM event_conversation AS touched
            LEFT JOIN answer ON answer.conversation_id = touched.conversation_id AND answer.question_id = ?
            WHERE touched.event_id = ?
            """,
            (self.question, self.event.id),
        ).fetchone()
        return row is not None and row["choice_id"] == self.after

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The conversation."""
        return self.conversation_locks(conn)

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Store the earlier answer again."""
        if not self.is_effective(tx.conn):
            return self.nothing_left("the answer was changed again since")
        to = self.conversation(tx.conn)
        store_answer(tx, who, to.id, self.question, self.before)
        details = {"question": self.question, "before": self.after, "after": self.before}
        return self.record_undo(tx, who, self._undone(tx.conn, to.name), details, [to.id])

    def _undone(self, conn: Connection, contact: str) -> AnswerUndone:
        row = conn.execute(
            """
            SELECT question.text AS question, (SELECT text FROM choice WHERE id = :before) AS before
            FROM question WHERE question.id = :question
            """,
            {"before": self.before, "question": self.question},
        ).fetchone()
        return AnswerUndone(contact, row["question"], row["before"])


def recorded_answers(conn: Connection, campaign_id: CampaignId, question_id: QuestionId) -> Iterator[AnswerChange]:
    """Yield every change of an answer to a question from the journal of its campaign; by `event_of_campaign`."""
    rows = conn.execute(
        "SELECT id, action, campaign_id, details FROM event WHERE campaign_id = ? AND action IN (?, ?, ?)",
        (campaign_id, EventKind.ANSWER, EventKind.UNDO, EventKind.REDO),
    )
    for row in rows:
        change = AnswerChange.parse(*read_entry(row))
        if change is not None and change.question == question_id:
            yield change
