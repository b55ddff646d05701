"""Follow-ups: their targets and their progress (`docs/rules.md 3.1`)."""

from __future__ import annotations

from dataclasses import field

from thrumsg_tui.domain.campaigns import (
    AnswerCondition,
    AssignmentId,
    CampaignId,
    ChoiceId,
    FollowUp,
    FollowUpId,
    QuestionId,
    Target,
)
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.times import from_ms_or_none

_NAMED = """
    conversation.campaign_id = follow_up.campaign_id
    AND (follow_up.replied IS NULL OR conversation.replied = follow_up.replied)
    AND (follow_up.question_id IS NULL OR (follow_up.answered = 1) = EXISTS (
            SELECT 1 FROM answer
            WHERE answer.conversation_id = conversation.id AND answer.question_id = follow_up.question_id
              AND (follow_up.choice_id IS NULL OR answer.choice_id = follow_up.choice_id)))
"""

IS_FOR = f"{_NAMED} AND conversation.status <> 'not_started'"
"""On `follow_up` and `conversation`: whether the conversation matches the target, opted out or not; never NULL."""

LIVE = "follow_up.active = 1 AND follow_up.settled = 0"
"""On `follow_up`: whether conversations that start to match its target get it too."""

_IN_TAB = "conversation.opted_out = 0 AND conversation.status <> 'not_started'"


def _unsent(among: str = "") -> str:
    return f"""
    (SELECT COUNT(*) FROM follow_up_target AS target JOIN conversation ON conversation.id = target.conversation_id
     WHERE target.follow_up_id = follow_up.id AND target.state = 'pending' AND {_IN_TAB} {among})
"""


def waiting_in_follow_ups(conn: Connection, assignment_id: AssignmentId) -> int:
    """Return how many conversations of the tab Follow-ups wait for a reply (`docs/rules.md 3.1`)."""
    waiting = f"assignment_id = ? AND in_follow_ups = 1 AND status = '{Status.NEEDS_REPLY}'"
    found: int = conn.execute(f"SELECT COUNT(*) FROM conversation WHERE {waiting}", (assignment_id,)).fetchone()[0]
    return found


UNSENT = _unsent()
"""On `follow_up`: in how many conversations it is pending and would be in the tab while it is active."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many conversations a follow-up reaches, and how many of its target it leaves out, by reason.

    As in a campaign's counters, an opted-out conversation that has not started counts as opted out. `example` is one
    that it reaches.
    """

    reaches: int
    opted_out: int
    not_started: int
    example: ConversationId | None = field(default=None, compare=False)


def target_parameters(campaign_id: CampaignId, target: Target) -> dict[str, object]:
    """Return a target as the columns of a follow-up."""
    answer = target.answer
    return {
        "campaign_id": campaign_id,
        "replied": None if target.replied is None else int(target.replied),
        "question_id": answer.question if answer else None,
        "choice_id": answer.choice if answer else None,
        "answered": int(answer.given) if answer else 1,
    }


def reach(conn: Connection, campaign_id: CampaignId, target: Target) -> Reach:
    """Count the conversations that a follow-up would reach now; reads all of the campaign's, 1 µs each."""
    row = conn.execute(
        f"""
        SELECT COUNT(*) AS named, COUNT(*) FILTER (WHERE {_IN_TAB}) AS reached,
               COALESCE(SUM(opted_out), 0) AS opted_out,
               MIN(CASE WHEN {_IN_TAB} THEN id END) AS example
        FROM (SELECT CAST(:campaign_id AS BIGINT) AS campaign_id, CAST(:replied AS BIGINT) AS replied,
                     CAST(:question_id AS BIGINT) AS question_id, CAST(:choice_id AS BIGINT) AS choice_id,
                     CAST(:answered AS BIGINT) AS answered) AS follow_up
        JOIN conversation ON {_NAMED}
        """,
        target_parameters(campaign_id, target),
    ).fetchone()
    left = row["named"] - row["reached"] - row["opted_out"]
    return Reach(row["reached"], row["opted_out"], left, row["example"])


def follow_ups(conn: Connection, campaign_id: CampaignId, held: AssignmentId | None = None) -> tuple[FollowUp, ...]:
    """List a campaign's follow-ups, oldest first, with their progress; 1 µs for each conversation of each.

    `held` counts the conversations of one assignment only (`docs/rules.md 8.1`).
    """
    own = "" if held is None else "AND conversation.assignment_id = :held"
    theirs = own and f"AND EXISTS (SELECT 1 FROM conversation WHERE conversation.id = target.conversation_id {own})"
    rows = conn.execute(
        f"""
        SELECT follow_up.id, follow_up.title, follow_up.text, follow_up.expires_at, follow_up.active, follow_up.settled,
               follow_up.replied, follow_up.question_id, follow_up.choice_id, follow_up.answered,
               question.text AS question, choice.text AS choice, {_unsent(own)} AS pending,
               (SELECT COUNT(*) FROM follow_up_target AS target
                WHERE target.follow_up_id = follow_up.id AND target.state = 'sent' {theirs}) AS sent,
               (SELECT COUNT(*) FROM follow_up_target AS target
                WHERE target.follow_up_id = follow_up.id AND target.state = 'skipped' {theirs}) AS skipped
        FROM follow_up
        LEFT JOIN question ON question.id = follow_up.question_id
        LEFT JOIN choice ON choice.id = follow_up.choice_id
        WHERE follow_up.campaign_id = :campaign_id ORDER BY follow_up.id
        """,
        {"campaign_id": campaign_id} | ({} if held is None else {"held": held}),
    )
    return tuple(map(_follow_up, rows))


def _follow_up(row: Row) -> FollowUp:
    target = None if row["settled"] else _target(row)
    return FollowUp(
        id=FollowUpId(row["id"]),
        title=row["title"],
        text=row["text"],
        expires_at=from_ms_or_none(row["expires_at"]),
        active=bool(row["active"]),
        pending=row["pending"],
        sent=row["sent"],
        skipped=row["skipped"],
        target=target,
        whom=target.words(row["question"], row["choice"]) if target else "settled when it was made",
    )


def _target(row: Row) -> Target:
    answer = None
    if row["question_id"] is not None:
        choice = None if row["choice_id"] is None else ChoiceId(row["choice_id"])
        answer = AnswerCondition(QuestionId(row["question_id"]), choice, given=bool(row["answered"]))
    return Target(None if row["replied"] is None else bool(row["replied"]), answer)
