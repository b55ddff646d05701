"""Half-written messages that a restore keeps, since they are nobody's past (`docs/rules.md 11.4`)."""

from __future__ import annotations

from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.since_backup import StoredDraft


def keep_drafts(tx: Transaction, drafts: tuple[StoredDraft, ...]) -> None:
    """Store drafts in a copy of a backup, where it has the person, and the conversation with the same contact.

    Ids after a backup may be another conversation's in it. What was written newer stays.
    """
    for each in drafts:
        tx.conn.execute(
            """
            INSERT INTO draft (user_id, conversation_id, body, at)
            SELECT users.id, conversation.id, CAST(:body AS TEXT), CAST(:at AS BIGINT)
            FROM users CROSS JOIN conversation
            JOIN contact ON contact.id = conversation.contact_id
            JOIN campaign ON campaign.id = conversation.campaign_id
            WHERE users.login = :login AND conversation.id = :conversation_id AND contact.phone = :phone
              AND campaign.name = :campaign
            ON CONFLICT (user_id, conversation_id) DO UPDATE SET body = excluded.body, at = excluded.at
            WHERE excluded.at >= draft.at
            """,
            {
                "login": each.login,
                "conversation_id": each.conversation_id,
                "phone": each.phone,
                "campaign": each.campaign,
                "body": each.body,
                "at": each.at,
            },
        )
