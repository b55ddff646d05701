"""Opt-outs and opt-ins that happened while their number was imported into a campaign (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnreachable, OutcomeUnknown
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.stored_opt_outs import cancel_unsent, mark
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.locks import AllNumbersLock, ContactLock


def newest_conversation(conn: Connection) -> int:
    """Return the highest id of a conversation; those that are stored later have higher ones."""
    return int(conn.execute("SELECT COALESCE(MAX(id), 0) FROM conversation").fetchone()[0])


_NOT_MARKED = (
    "Whether contacts were opted out meanwhile could not be marked. Nothing is sent to those who were; "
    "`thrumsg doctor --repair` marks them."
)


def mark_missed(db: Database, campaign_id: CampaignId, after: int) -> list[str]:
    """Mark in new conversations of a campaign what an import could not see. Not journalled: the opt-outs are.

    Where several write at a time, an import and an opt-out do not see each other's rows before both are committed. All
    numbers are held until the marks are right, so every opt-out has been committed, or sees the new conversations.
    Meanwhile a message is refused by the opt-out itself (`changes/send.py`, `changes/delivery.py`).

    Args:
        db: The database.
        campaign_id: The campaign.
        after: The `newest_conversation` before the import.

    Returns:
        A note if the database cannot be written now: the import itself is stored.
    """
    try:
        _mark(db, campaign_id, after)
    except (DatabaseBusy, DatabaseUnreachable, OutcomeUnknown):
        return [_NOT_MARKED]
    return []


@change
def _mark(db: Database, campaign_id: CampaignId, after: int) -> None:
    with db.writing() as tx:
        tx.hold(AllNumbersLock())
        rows = wrongly_marked(tx.conn, campaign_id, after)
        tx.hold(*(ContactLock(row["phone"]) for row in rows))
        for row in rows:
            concerned = mark(tx, row["phone"], opted_out=bool(row["opted_out"]))
            if row["opted_out"]:
                cancel_unsent(tx, concerned)


def wrongly_marked(conn: Connection, campaign_id: CampaignId, after: int) -> Sequence[Row]:
    """Return the numbers of a campaign's conversations above an id that are opted out and not marked, or the reverse.

    0.3 µs for each of these conversations, however many others the campaign has.
    """
    return conn.execute(  # the + stops SQLite from reading the whole campaign
        """
        SELECT contact.phone, opt_out.phone IS NOT NULL AS opted_out
        FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        LEFT JOIN opt_out ON opt_out.phone = contact.phone
        WHERE conversation.id > :after AND +conversation.campaign_id = :campaign_id
          AND conversation.opted_out <> CASE WHEN opt_out.phone IS NULL THEN 0 ELSE 1 END
        """,
        {"after": after, "campaign_id": campaign_id},
    ).fetchall()
