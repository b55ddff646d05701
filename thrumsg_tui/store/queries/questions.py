"""The questions of a campaign's survey."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from thrumsg_tui.domain.campaigns import CampaignId, ChoiceId, Question, QuestionChoice, QuestionId
from thrumsg_tui.store.engines.connection import Asked, Connection, Row


def questions(conn: Connection, campaign_id: CampaignId, *, retired: bool = False) -> tuple[Question, ...]:
    """List the survey questions and their choices in order; with `retired`, retired questions too."""
    return ask_questions(conn, campaign_id, retired=retired)()


def ask_questions(conn: Connection, campaign_id: CampaignId, *, retired: bool = False) -> Asked[tuple[Question, ...]]:
    """Ask for `questions`."""
    rows = conn.execute(
        """
        SELECT question.id, question.text, question.retired, choice.id AS choice_id, choice.text AS choice
        FROM question JOIN choice ON choice.question_id = question.id
        WHERE question.campaign_id = ? AND question.retired <= ?
        ORDER BY question.position, question.id, choice.position, choice.id
        """,
        (campaign_id, int(retired)),
    )
    return lambda: _questions_of(rows)


def _questions_of(rows: Iterable[Row]) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=QuestionId(question_id),
            text=text,
            choices=tuple(QuestionChoice(ChoiceId(row["choice_id"]), row["choice"]) for row in group),
            retired=bool(is_retired),
        )
        for (question_id, text, is_retired), group in groupby(
            rows, key=lambda row: (row["id"], row["text"], row["retired"])
        )
    )
