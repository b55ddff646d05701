"""What the survey has found: counts per choice, of all and by sender (`docs/rules.md 3.14`)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId, ChoiceId, Question, QuestionId
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.queries.campaigns import questions

Counts = Mapping[ChoiceId, int]
"""How many conversations have each choice as their answer."""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What contacts answered to a question; those who opted out count too."""

    question: Question
    counts: Counts
    by_sender: Mapping[str, Counts]
    """By the name of who holds the conversation now; only those with an answer."""

    @property
    def answered(self) -> int:
        """How many conversations have an answer."""
        return sum(self.counts.values())

    def share(self, choice_id: ChoiceId) -> int:
        """A choice's share of the answers in per cent, rounded half up; 0 without any."""
        answered = self.answered
        return (200 * self.counts.get(choice_id, 0) + answered) // (2 * answered) if answered else 0


def survey_results(conn: sqlite3.Connection, campaign_id: CampaignId) -> tuple[QuestionResult, ...]:
    """Count the answers to every question, retired ones last.

    One pass over the answers of the campaign, by `answer_of_question`: some 2 µs each.
    """
    rows = conn.execute(
        """
        SELECT answer.question_id, answer.choice_id, users.login, users.first_name, users.last_name,
               COUNT(*) AS answers
        FROM question
        CROSS JOIN answer ON answer.question_id = question.id
        CROSS JOIN conversation ON conversation.id = answer.conversation_id
        CROSS JOIN assignment ON assignment.id = conversation.assignment_id
        LEFT JOIN users ON users.id = assignment.user_id
        WHERE question.campaign_id = ?
        GROUP BY answer.question_id, answer.choice_id, conversation.assignment_id
        """,
        (campaign_id,),
    )
    found: dict[QuestionId, dict[str, Counter[ChoiceId]]] = {}
    for row in rows:
        name = full_name(row["first_name"] or "", row["last_name"] or "") or row["login"] or "Unassigned"
        counts = found.setdefault(QuestionId(row["question_id"]), {}).setdefault(name, Counter())
        counts[ChoiceId(row["choice_id"])] += row["answers"]
    asked = questions(conn, campaign_id, retired=True)
    return tuple(
        QuestionResult(each, sum(by_sender.values(), Counter()), by_sender)
        for each in sorted(asked, key=lambda each: each.retired)
        for by_sender in [found.get(each.id, {})]
    )
