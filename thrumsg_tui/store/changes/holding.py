"""What waits for its time: messages that hours or a window hold, and follow-ups that expire (`docs/rules.md` 6)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.sending import hold_until, shut_out
from thrumsg_tui.domain.words import MessageKind
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.derived import refresh, refresh_pending_follow_ups, reopen_follow_ups
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.times import to_ms

_DUE = """
    message.state = 'unsent' AND message.leaves_at <= :now
    AND EXISTS (SELECT 1 FROM conversation
                JOIN campaign ON campaign.id = conversation.campaign_id
                WHERE conversation.id = message.conversation_id AND campaign.state = 'active')
"""
"""Held messages that may leave; by `message_unsent`."""


def anything_due(db: Database) -> bool:
    """Whether time has made something change: a held message that may leave, a follow-up that has expired."""
    with db.reading() as conn:
        row = conn.execute(
            f"""
            SELECT EXISTS (SELECT 1 FROM follow_up WHERE active = 1 AND expires_at <= :now)
                OR EXISTS (SELECT 1 FROM message WHERE {_DUE})
            """,
            {"now": to_ms(db.clock())},
        ).fetchone()
        return bool(row[0])


def let_due(db: Database) -> None:
    """Queue held messages whose time has come (`docs/rules.md 6.4`), and end follow-ups that have expired."""
    if not anything_due(db):
        return
    with db.writing() as tx:
        _release(tx)
        _expire(tx)


def hold_anew(tx: Transaction, campaign_id: CampaignId) -> None:
    """Work out again until when a campaign's held messages wait, its hours or window having changed.

    An initial that the window shuts out by then is cancelled: it never left.
    """
    rows = tx.conn.execute(
        """
        SELECT message.id, message.conversation_id, message.kind, contact.phone
        FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE message.state = 'unsent' AND conversation.campaign_id = ?
        """,
        (campaign_id,),
    ).fetchall()
    for row in rows:
        of, kind = campaign_for(tx.conn, campaign_id, row["phone"]), MessageKind(row["kind"])
        leaves_at = hold_until(of, kind, tx.now) or tx.now
        if not shut_out(of, kind, leaves_at):
            tx.conn.execute("UPDATE message SET leaves_at = ? WHERE id = ?", (to_ms(leaves_at), row["id"]))
            continue
        tx.conn.execute(
            "UPDATE message SET state = 'cancelled', state_at = ?, leaves_at = NULL WHERE id = ?",
            (tx.now_ms, row["id"]),
        )
        conversation_id = ConversationId(row["conversation_id"])
        reopen_follow_ups(tx.conn, conversation_id)
        refresh(tx.conn, conversation_id)


def _release(tx: Transaction) -> None:
    now = {"now": tx.now_ms}
    released = tx.conn.execute(
        f"""
        SELECT conversation.campaign_id, COUNT(*) AS messages
        FROM message JOIN conversation ON conversation.id = message.conversation_id
        WHERE {_DUE} GROUP BY conversation.campaign_id
        """,
        now,
    ).fetchall()
    tx.conn.execute(f"UPDATE message SET state = 'queued', state_at = :now, leaves_at = NULL WHERE {_DUE}", now)
    for row in released:
        noun = "message" if row["messages"] == 1 else "messages"
        summary = f"{row['messages']} held {noun} may leave now"
        record(tx, None, Deed.RELEASE, summary, campaign_id=CampaignId(row["campaign_id"]))


def _expire(tx: Transaction) -> None:
    rows = tx.conn.execute(
        "UPDATE follow_up SET active = 0 WHERE active = 1 AND expires_at <= ? RETURNING id, campaign_id, title",
        (tx.now_ms,),
    ).fetchall()
    for row in rows:
        refresh_pending_follow_ups(tx.conn, "follow_up_id = :expired", {"expired": row["id"]})
        summary = f"the follow-up {row['title']!r} has expired"
        record(tx, None, Deed.END_FOLLOW_UP, summary, campaign_id=CampaignId(row["campaign_id"]))
