"""Recommended replies, of one campaign or of all: add, edit, move and remove them (`docs/rules.md 3.15`)."""

from __future__ import annotations

from collections.abc import Container

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.content_facts import ReplyAdded, ReplyChanged, ReplyMoved, ReplyRemoved
from thrumsg_tui.domain.errors import NotFound, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.launch_check import judged
from thrumsg_tui.store.changes.reorder import reordered
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import content_locks
from thrumsg_tui.store.queries.recommended_replies import replies_of


@change
def add_reply(
    db: Database,
    who: Identity,
    campaign_id: CampaignId | None,
    title: str,
    body: str,
    *,
    confirmed: Container[str] = (),
) -> int:
    """Add a reply after all others, and return its id.

    Args:
        db: The database.
        who: The person.
        campaign_id: Its campaign; None for a reply of all campaigns.
        title: Its title.
        body: Its text, with fields.
        confirmed: The codes of the points of compliance that the person has confirmed, should it open some in a
            launched campaign (`docs/rules.md 10.10`).

    Raises:
        Refused: If the title or body is blank, another reply of the list has the title, or the campaign is archived.
        Unconfirmed: If it opens a point that is not confirmed by an owner.
    """
    who.require(Permission.EDIT_CONTENT)
    require_storable(title, body)
    with db.writing() as tx:
        tx.hold(*content_locks(campaign_id))
        with judged(tx, who, campaign_id, confirmed):
            title = _fit(tx, campaign_id, title, body)
            reply_id = insert_reply(tx, campaign_id, title, body)
            record(tx, who, EventKind.EDIT_REPLIES, ReplyAdded(title), campaign_id=campaign_id)
        return reply_id


@change
def edit_reply(
    db: Database,
    who: Identity,
    reply_id: int,
    *,
    title: str | None = None,
    body: str | None = None,
    confirmed: Container[str] = (),
) -> bool:
    """Change the title and body of a reply; None keeps the stored value. `confirmed` is that of `add_reply`.

    Returns:
        Whether anything was different. If not, nothing is journalled.

    Raises:
        NotFound: If there is no such reply.
        Refused: As `add_reply` does.
    """
    who.require(Permission.EDIT_CONTENT)
    require_storable(title or "", body or "")
    with db.writing() as tx:
        campaign_id, old_title, old_body = _hold(tx, reply_id)
        body = old_body if body is None else body
        title = _fit(tx, campaign_id, old_title if title is None else title, body, besides=reply_id)
        if (title, body) == (old_title, old_body):
            return False
        with judged(tx, who, campaign_id, confirmed):
            tx.conn.execute("UPDATE recommended_reply SET title = ?, body = ? WHERE id = ?", (title, body, reply_id))
            record(tx, who, EventKind.EDIT_REPLIES, ReplyChanged(old_title), campaign_id=campaign_id)
        return True


@change
def move_reply(db: Database, who: Identity, reply_id: int, place: int) -> None:
    """Move a reply to another place among those of its campaign, or of all campaigns.

    Nothing is journalled if the order stays the same.

    Args:
        db: The database.
        who: The person.
        reply_id: The reply.
        place: Its new place, from 1; a number beyond the last means last.

    Raises:
        NotFound: If there is no such reply.
        Refused: If its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, title, _ = _hold(tx, reply_id)
        if campaign_id is not None:
            require_not_archived(tx, campaign_id)
        rows = tx.conn.execute(
            f"SELECT id FROM recommended_reply WHERE {replies_of(campaign_id)} ORDER BY position, id",
            {"campaign_id": campaign_id},
        )
        before = [int(row["id"]) for row in rows]
        order = reordered(before, reply_id, place)
        if order == before:
            return
        tx.conn.executemany("UPDATE recommended_reply SET position = ? WHERE id = ?", list(enumerate(order, 1)))
        facts = ReplyMoved(title, place=order.index(reply_id) + 1)
        record(tx, who, EventKind.EDIT_REPLIES, facts, campaign_id=campaign_id)


@change
def remove_reply(db: Database, who: Identity, reply_id: int) -> None:
    """Delete a reply; the journal keeps its text, and sent messages stay.

    Raises:
        NotFound: If there is no such reply.
        Refused: If its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, title, body = _hold(tx, reply_id)
        if campaign_id is not None:
            require_not_archived(tx, campaign_id)
        tx.conn.execute("DELETE FROM recommended_reply WHERE id = ?", (reply_id,))
        record(tx, who, EventKind.EDIT_REPLIES, ReplyRemoved(title, body), campaign_id=campaign_id)


def insert_reply(tx: Transaction, campaign_id: CampaignId | None, title: str, body: str) -> int:
    """Store a reply after all others. The caller writes the journal."""
    row = tx.conn.execute(
        f"""
        INSERT INTO recommended_reply (campaign_id, position, title, body)
        SELECT :campaign_id, COALESCE(MAX(position), 0) + 1, :title, :body
        FROM recommended_reply WHERE {replies_of(campaign_id)}
        RETURNING id
        """,
        {"campaign_id": campaign_id, "title": title, "body": body},
    ).fetchone()
    return int(row["id"])


def _fit(tx: Transaction, campaign_id: CampaignId | None, title: str, body: str, besides: int | None = None) -> str:
    if campaign_id is not None:
        require_not_archived(tx, campaign_id)
    title = title.strip()
    if not title or is_blank(body):
        raise Refused("A reply needs a title and a body.", Nothing.CHANGED)
    known = tx.conn.execute(
        f"SELECT id FROM recommended_reply WHERE {replies_of(campaign_id)} AND title = :title",
        {"campaign_id": campaign_id, "title": title},
    ).fetchone()
    if known and known["id"] != besides:
        raise Refused(f"There is a reply {title!r} already.", Nothing.CHANGED)
    return title


def _hold(tx: Transaction, reply_id: int) -> tuple[CampaignId | None, str, str]:
    """Hold what a reply belongs to, and return its campaign, title and body; raise `NotFound` if it is gone."""
    campaign_id, _, _ = _find(tx, reply_id)
    tx.hold(*content_locks(campaign_id))
    return _find(tx, reply_id)


def _find(tx: Transaction, reply_id: int) -> tuple[CampaignId | None, str, str]:
    row = tx.conn.execute("SELECT campaign_id, title, body FROM recommended_reply WHERE id = ?", (reply_id,)).fetchone()
    if row is None:
        raise NotFound("That reply is gone: somebody has removed it meanwhile.")
    campaign_id = None if row["campaign_id"] is None else CampaignId(row["campaign_id"])
    return campaign_id, row["title"], row["body"]
