"""Whom a follow-up reaches (`docs/rules.md 3.1`)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId, Target

REACHED = """
    conversation.campaign_id = :campaign_id AND conversation.status <> 'not_started'
    AND (:replied IS NULL OR conversation.replied = :replied)
    AND (:question IS NULL OR :wants_answer = EXISTS (
            SELECT 1 FROM answer WHERE answer.conversation_id = conversation.id AND answer.question_id = :question
            AND (:choice IS NULL OR answer.choice_id = :choice)))
"""
"""On `conversation`: whom a target names, opted-out ones too; with `target_parameters`."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many conversations a follow-up comes up in; how many more it names that are opted out, or not started."""

    reaches: int
    opted_out: int
    not_started: int


def target_parameters(campaign_id: CampaignId, target: Target) -> dict[str, object]:
    """The parameters of `REACHED`."""
    return {
        "campaign_id": campaign_id,
        "replied": None if target.replied is None else int(target.replied),
        "question": target.question,
        "choice": target.choice,
        "wants_answer": int(target.answered),
    }


def reach(conn: sqlite3.Connection, campaign_id: CampaignId, target: Target) -> Reach:
    """Count whom a follow-up would reach now; a pass over the campaign's conversations, 1 µs each."""
    row = conn.execute(
        f"SELECT COUNT(*) AS named, COALESCE(SUM(opted_out), 0) AS opted_out FROM conversation WHERE {REACHED}",
        target_parameters(campaign_id, target),
    ).fetchone()
    left = conn.execute(
        "SELECT COALESCE(SUM(not_started), 0) AS n FROM assignment WHERE campaign_id = ?", (campaign_id,)
    ).fetchone()
    return Reach(row["named"] - row["opted_out"], row["opted_out"], left["n"])
