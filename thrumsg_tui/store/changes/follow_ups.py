"""Making follow-ups, and closing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.campaigns import FollowUpId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.words import CampaignState
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.derived import refresh_pending_follow_ups
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.times import to_ms


@dataclass(frozen=True, slots=True)
class Created:
    """A new follow-up: how many conversations it reaches, and how many have not started and are left out."""

    id: FollowUpId
    reaches: int
    not_started: int


def create_follow_up(
    db: Database,
    who: Identity,
    campaign_name: str,
    title: str,
    text: str,
    *,
    expires_at: datetime | None = None,
    replied: bool | None = None,
) -> Created:
    """Make a follow-up for conversations in which somebody has written (`docs/rules.md 3.1`).

    `replied` narrows it to contacts who have, or have not, ever written. Raises `Refused` for a blank title or text, a
    moment that has passed, or an archived campaign.
    """
    who.require(Action.EDIT_CONTENT)
    with db.writing() as tx:
        of = find_campaign(tx.conn, campaign_name)
        if of.state is CampaignState.ARCHIVED:
            raise Refused(f"{of.name!r} is archived: it takes no follow-up any more.")
        if not title.strip() or not text.strip():
            raise Refused("A follow-up needs a title and a text. Nothing was changed.")
        if expires_at and expires_at <= tx.now:
            raise Refused("That follow-up would have expired already. Nothing was changed.")
        row = tx.conn.execute(
            """
            INSERT INTO follow_up (campaign_id, title, text, expires_at, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (of.id, title.strip(), text, to_ms(expires_at) if expires_at else None, who.user.id, tx.now_ms),
        ).fetchone()
        made = FollowUpId(row["id"])
        reached = tx.conn.execute(
            """
            INSERT INTO follow_up_target (follow_up_id, conversation_id, state)
            SELECT :made, id, 'pending' FROM conversation
            WHERE campaign_id = :campaign_id AND status <> 'not_started' AND (:replied IS NULL OR replied = :replied)
            """,
            {"made": made, "campaign_id": of.id, "replied": None if replied is None else int(replied)},
        ).rowcount
        refresh_pending_follow_ups(
            tx.conn,
            "campaign_id = :campaign_id AND follow_up_id IS NULL AND status <> 'not_started'",
            {"campaign_id": of.id},
        )
        left_out = tx.conn.execute(
            "SELECT COUNT(*) FROM conversation WHERE campaign_id = ? AND status = 'not_started'", (of.id,)
        ).fetchone()[0]
        summary = f"made the follow-up {title.strip()!r} for {reached} conversations"
        record(tx, who, Deed.CREATE_FOLLOW_UP, summary, campaign_id=of.id)
        return Created(made, reached, left_out)
