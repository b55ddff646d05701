"""Whether a contact has written since the last look, of those who wait for a sender's reply."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Asked, Connection


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What has come: the number of the newest message of all, and whether one came that waits for a reply here."""

    newest: MessageId
    any_here: bool


def ask_arrivals(conn: Connection, assignment_id: AssignmentId, after: MessageId) -> Asked[Arrivals]:
    """Ask whether a message came after another one to a conversation of an assignment that waits for a reply.

    Only the messages after that one are read. On a server one whose transaction took longer may have an earlier number:
    it is found by nobody.
    """
    rows = conn.execute(
        """
        SELECT (SELECT COALESCE(MAX(id), 0) FROM message) AS newest,
               EXISTS (SELECT 1 FROM message CROSS JOIN conversation
                       WHERE message.id > :after AND message.direction = 'incoming'
                         AND conversation.id = message.conversation_id AND conversation.assignment_id = :assignment_id
                         AND conversation.status = 'needs_reply' AND conversation.opted_out = 0) AS any_here
        """,
        {"after": after, "assignment_id": assignment_id},
    )

    def read() -> Arrivals:
        row = rows.fetchone()
        return Arrivals(MessageId(row["newest"]), bool(row["any_here"]))

    return read
