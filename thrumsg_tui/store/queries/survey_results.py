"""Survey results: counts per choice, in total and by sender (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, CampaignId, ChoiceId, Question, QuestionId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold, full_name
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.queries.questions import questions

Counts = Mapping[ChoiceId, int]
"""The number of conversations for each recorded choice."""


@dataclass(frozen=True, slots=True)
class SenderResult:
    """The answers in the conversations that a sender holds now; `login` is None for Unassigned."""

    login: str | None
    name: str
    conversations: int
    counts: Counts

    @property
    def unanswered(self) -> int:
        """How many of the sender's conversations have no answer."""
        return self.conversations - sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The answers to a question; contacts who opted out count too."""

    question: Question
    conversations: int
    counts: Counts
    by_sender: tuple[SenderResult, ...] = ()
    """Everybody who holds conversations, in displayed order; empty unless it was asked for."""

    @property
    def answered(self) -> int:
        """How many conversations have an answer."""
        return sum(self.counts.values())

    @property
    def unanswered(self) -> int:
        """How many conversations of the campaign have no answer."""
        return self.conversations - self.answered

    def share(self, choice_id: ChoiceId) -> int:
        """Return a choice's share of the answers in per cent, rounded half up; 0 without any answer."""
        answered = self.answered
        return (200 * self.counts.get(choice_id, 0) + answered) // (2 * answered) if answered else 0


def survey_results(conn: Connection, campaign_id: CampaignId, *, by_sender: bool = False) -> tuple[QuestionResult, ...]:
    """Count the answers to every question, in order, retired ones last; 0.1 µs an answer, 1 µs with `by_sender`."""
    rows = conn.execute(  # counted from the index answer_of_question alone
        """
        SELECT choice.id, (SELECT COUNT(*) FROM answer
                           WHERE answer.question_id = question.id AND answer.choice_id = choice.id) AS answers
        FROM question JOIN choice ON choice.question_id = question.id WHERE question.campaign_id = ?
        """,
        (campaign_id,),
    )
    counts = {ChoiceId(row["id"]): int(row["answers"]) for row in rows}
    asked = questions(conn, campaign_id, retired=True)
    holders = _holders(conn, campaign_id)
    held = _counts_by_holder(conn, campaign_id) if by_sender else {}
    total = sum(holder.conversations for holder in holders.values())
    return tuple(
        QuestionResult(
            of,
            total,
            {choice.id: counts[choice.id] for choice in of.choices if counts[choice.id]},
            tuple(
                replace(holder, counts=held.get((of.id, held_by), {}))
                for held_by, holder in holders.items()
                if by_sender
            ),
        )
        for of in sorted(asked, key=lambda each: each.retired)
    )


def _holders(conn: Connection, campaign_id: CampaignId) -> dict[AssignmentId, SenderResult]:
    """Read from the kept counts who holds conversations, in displayed order (`docs/rules.md 2.3`)."""
    rows = conn.execute(
        """
        SELECT assignment.id, assignment.assigned, users.login, users.first_name, users.last_name
        FROM assignment LEFT JOIN users ON users.id = assignment.user_id
        WHERE assignment.campaign_id = ? AND assignment.assigned > 0
        """,
        (campaign_id,),
    ).fetchall()
    rows.sort(key=lambda row: (fold(row["first_name"] or ""), fold(row["last_name"] or ""), row["login"] or ""))
    rows.sort(key=lambda row: row["login"] is not None)
    return {AssignmentId(row["id"]): SenderResult(row["login"], _name(row), row["assigned"], {}) for row in rows}


def _name(row: Row) -> str:
    if row["login"] is None:
        return UNASSIGNED
    return full_name(row["first_name"], row["last_name"]) or str(row["login"])


def _counts_by_holder(
    conn: Connection, campaign_id: CampaignId
) -> dict[tuple[QuestionId, AssignmentId], dict[ChoiceId, int]]:
    """Count the answers by holder: reads every answer, in the order of answer_of_question."""
    rows = conn.execute(
        """
        SELECT answer.question_id, answer.choice_id, conversation.assignment_id, COUNT(*) AS answers
        FROM question
        CROSS JOIN answer
        CROSS JOIN conversation
        WHERE question.campaign_id = ? AND answer.question_id = question.id
          AND conversation.id = answer.conversation_id
        GROUP BY answer.question_id, answer.choice_id, conversation.assignment_id
        """,
        (campaign_id,),
    )
    found: dict[tuple[QuestionId, AssignmentId], dict[ChoiceId, int]] = {}
    for row in rows:
        counted_by = QuestionId(row["question_id"]), AssignmentId(row["assignment_id"])
        found.setdefault(counted_by, {})[ChoiceId(row["choice_id"])] = row["answers"]
    return found
