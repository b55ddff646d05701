"""Messages that waited for a gateway until nobody wants them sent any more (`docs/rules.md 10.1`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.times import to_ms


@dataclass(frozen=True, slots=True)
class OldMessage:
    """A message that was accepted long ago and never tried."""

    id: MessageId
    conversation_id: ConversationId


def never_tried(conn: Connection, moment: datetime) -> list[OldMessage]:
    """Return the messages, queued or scheduled, that were accepted before a moment, if no deliverer ever ran.

    Where one did, a long wait has another reason, such as a pause or a number that stopped: then there are none.
    Opening the app queues or reschedules what is due, so neither `state_at` nor `leaves_at` tells how old a message is.
    Initials whose window began after the moment have not waited: they could not leave before.
    """
    if conn.execute("SELECT 1 FROM gateway LIMIT 1").fetchone():
        return []
    rows = conn.execute(
        """
        SELECT message.id, message.conversation_id FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE (message.state = 'queued' OR message.state = 'unsent') AND message.tries = 0 AND message.at < :moment
          AND campaign.state <> 'archived'
          AND NOT (message.kind = 'initial' AND campaign.starts IS NOT NULL AND campaign.starts > :day)
        ORDER BY message.id
        """,
        {"moment": to_ms(moment), "day": moment.date().isoformat()},
    )
    return [OldMessage(MessageId(row["id"]), ConversationId(row["conversation_id"])) for row in rows]
