"""Follow-ups: create, edit and end them (`docs/rules.md 3.1`)."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime
from typing import NamedTuple

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaign_facts import FollowUpChanged, FollowUpCreated, FollowUpEnded
from thrumsg_tui.domain.campaigns import Campaign, CampaignId, FollowUp, FollowUpId, Target, follow_up_obstacle
from thrumsg_tui.domain.difference import difference
from thrumsg_tui.domain.errors import NotFound, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.launch_check import judged
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.conversation_state import refresh_pending_follow_ups
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import content_locks
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.follow_ups import IS_FOR, UNSENT, Reach, reach, target_parameters
from thrumsg_tui.store.times import from_ms_or_none, to_ms

_EVERYBODY = Target()


class _Content(NamedTuple):
    """The parts of a follow-up that can be edited."""

    title: str
    text: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Created:
    """A new follow-up, and the number of conversations that it reaches now."""

    id: FollowUpId
    reach: Reach


@change
def create_follow_up(
    db: Database,
    who: Identity,
    campaign_name: str,
    title: str,
    text: str,
    *,
    expires_at: datetime | None = None,
    target: Target = _EVERYBODY,
    confirmed: Container[str] = (),
) -> Created:
    """Create a follow-up for the started conversations that match a target (`docs/rules.md 3.1`).

    While it is active, it is added to conversations that come to match, and removed where it is unsent and they no
    longer match. It is for opted-out contacts too, but appears only if they opt in. 50 µs for each conversation that it
    reaches.

    Args:
        db: The database.
        who: The person.
        campaign_name: The campaign's name, or its id in digits.
        title: Its title, for the team.
        text: The text, with fields.
        expires_at: When it ends by itself; None for never.
        target: The contacts that it is for; by default all who were texted or have written.
        confirmed: The codes of the points of compliance that the person has confirmed, should it open some in a
            launched campaign (`docs/rules.md 10.10`).

    Raises:
        NotFound: If there is no such campaign.
        Refused: If the title or text is blank, `expires_at` is not in the future, or the campaign is archived.
        Unconfirmed: If it opens a point that is not confirmed by an owner.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id = find_campaign(tx.conn, campaign_name).id
        tx.hold(*content_locks(campaign_id))
        campaign = require_not_archived(tx, campaign_id)
        _require_fit(tx, title, text, expires_at)
        with judged(tx, who, campaign.id, confirmed):
            return _create(tx, who, campaign, title, text, expires_at, target)


def _create(
    tx: Transaction,
    who: Identity,
    campaign: Campaign,
    title: str,
    text: str,
    expires_at: datetime | None,
    target: Target,
) -> Created:
    row = tx.conn.execute(
        """
        INSERT INTO follow_up (campaign_id, title, text, expires_at, created_by, created_at,
                               settled, replied, question_id, choice_id, answered)
        VALUES (:campaign_id, :title, :text, :expires_at, :created_by, :created_at,
                0, :replied, :question_id, :choice_id, :answered)
        RETURNING id
        """,
        {
            "title": title.strip(),
            "text": text,
            "expires_at": to_ms(expires_at) if expires_at else None,
            "created_by": who.user.id,
            "created_at": tx.now_ms,
            **target_parameters(campaign.id, target),
        },
    ).fetchone()
    made = FollowUpId(row["id"])
    reached = reach(tx.conn, campaign.id, target)
    tx.conn.execute(
        f"""
        INSERT INTO follow_up_target (follow_up_id, conversation_id, state)
        SELECT follow_up.id, conversation.id, 'pending' FROM follow_up JOIN conversation ON {IS_FOR}
        WHERE follow_up.id = ?
        """,
        (made,),
    )
    refresh_pending_follow_ups(
        tx.conn,
        "follow_up_id IS NULL AND id IN (SELECT conversation_id FROM follow_up_target WHERE follow_up_id = :made)",
        {"made": made},
    )
    facts = FollowUpCreated(title.strip(), reached.reaches)
    record(tx, who, EventKind.CREATE_FOLLOW_UP, facts, campaign_id=campaign.id)
    return Created(made, reached)


@change
def edit_follow_up(
    db: Database,
    who: Identity,
    follow_up_id: FollowUpId,
    title: str,
    text: str,
    expires_at: datetime | None,
    *,
    seen: FollowUp | None = None,
    confirmed: Container[str] = (),
) -> bool:
    """Change the title, text and end of a follow-up of which nothing was sent yet. The journal keeps the old ones.

    Args:
        db: The database.
        who: The person.
        follow_up_id: The follow-up.
        title: Its new title.
        text: Its new text.
        expires_at: When it is to end by itself; None for never.
        seen: The follow-up as the person saw it before editing; None to edit whatever is stored now.
        confirmed: As for `create_follow_up`.

    Returns:
        Whether anything was different. If not, nothing is journalled.

    Raises:
        NotFound: If there is no such follow-up.
        Refused: As `create_follow_up` does; if it was sent to anybody, scheduled messages included, or has ended; or
            if it differs from `seen`.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        _hold(tx, follow_up_id)
        row = tx.conn.execute(
            """
            SELECT campaign_id, title, text, expires_at, active,
                   (SELECT COUNT(*) FROM follow_up_target AS target
                    WHERE target.follow_up_id = follow_up.id AND target.state = 'sent') AS sent
            FROM follow_up WHERE id = ?
            """,
            (follow_up_id,),
        ).fetchone()
        if row is None:
            raise NotFound(f"There is no follow-up {follow_up_id}.")
        campaign = require_not_archived(tx, CampaignId(row["campaign_id"]))
        before = _Content(row["title"], row["text"], from_ms_or_none(row["expires_at"]))
        active = row["active"] and (before.expires_at is None or before.expires_at > tx.now)
        if obstacle := follow_up_obstacle(row["title"], active=active, sent=row["sent"]):
            raise Refused(f"{obstacle}", Nothing.CHANGED)
        if seen is not None and (seen.title, seen.text, seen.expires_at) != before:
            raise Refused("Somebody has changed this follow-up meanwhile; look at it again.", Nothing.CHANGED)
        after = _Content(title.strip(), text, expires_at)
        if after == before:
            return False
        _require_fit(tx, title, text, expires_at)
        with judged(tx, who, campaign.id, confirmed):
            tx.conn.execute(
                "UPDATE follow_up SET title = ?, text = ?, expires_at = ? WHERE id = ?",
                (title.strip(), text, to_ms(expires_at) if expires_at else None, follow_up_id),
            )
            record(tx, who, EventKind.CHANGE_FOLLOW_UP, _changed(before, after), campaign_id=campaign.id)
        return True


@change
def end_follow_up(db: Database, who: Identity, follow_up_id: FollowUpId) -> int:
    """End a follow-up, and return in how many conversations it was unsent, without opted-out ones.

    Its messages that are scheduled or queued still leave.

    Raises:
        NotFound: If there is no such follow-up.
        Refused: If it has ended already, or its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        _hold(tx, follow_up_id)
        row = tx.conn.execute(
            f"SELECT campaign_id, title, active, {UNSENT} AS unsent FROM follow_up WHERE id = ?", (follow_up_id,)
        ).fetchone()
        if row is None:
            raise NotFound(f"There is no follow-up {follow_up_id}.")
        campaign = require_not_archived(tx, CampaignId(row["campaign_id"]))
        if not row["active"]:
            raise Refused(f"{row['title']!r} has ended already.")
        tx.conn.execute("UPDATE follow_up SET active = 0 WHERE id = ?", (follow_up_id,))
        refresh_pending_follow_ups(tx.conn, "follow_up_id = :ended", {"ended": follow_up_id})
        facts = FollowUpEnded(row["title"], row["unsent"], expired=False)
        record(tx, who, EventKind.END_FOLLOW_UP, facts, campaign_id=campaign.id)
        return int(row["unsent"])


def _hold(tx: Transaction, follow_up_id: FollowUpId) -> None:
    """Hold the campaign of a follow-up, if there is such a one."""
    row = tx.conn.execute("SELECT campaign_id FROM follow_up WHERE id = ?", (follow_up_id,)).fetchone()
    if row is not None:
        tx.hold(*content_locks(CampaignId(row["campaign_id"])))


def _require_fit(tx: Transaction, title: str, text: str, expires_at: datetime | None) -> None:
    if not title.strip() or is_blank(text):
        raise Refused("A follow-up needs a title and a text.", Nothing.CHANGED)
    require_storable(title, text)
    if expires_at and expires_at <= tx.now:
        raise Refused("A follow-up must end in the future.", Nothing.CHANGED)


def _changed(before: _Content, after: _Content) -> FollowUpChanged:
    """Return the old and the new values of what was changed, for the journal."""
    return FollowUpChanged(
        before[0],
        titles=difference(after[0], before[0]),
        texts=difference(after[1], before[1]),
        ends=difference(_iso(after[2]), _iso(before[2])),
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
