"""The confirmation that a number gets when it is opted out (`docs/rules.md 5.2`, `5.9`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.departures import Departure
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.send import store_outgoing
from thrumsg_tui.store.conversation_state import ask_thread_end
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.opt_out_message import where_to_tell
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.thread import get_conversation_head


def confirm(tx: Transaction, who: Identity | None, phone: str, asked_in: ConversationId | None) -> bool:
    """Send the organization's opt-out message to a number (`docs/rules.md 5.2`, `5.9`).

    It goes to the conversation of the number that was texted last, in an active or paused campaign. A contact who asked
    to be opted out gets it in the conversation in which they asked, if its campaign can send, and also if they were
    never texted (`docs/rules.md 5.3`). The caller writes the journal.

    Args:
        tx: The transaction.
        who: The author of the message; None if the contact's own words opted the number out.
        phone: The number (E.164).
        asked_in: The conversation in which the contact asked; None if they did not ask in one.

    Returns:
        Whether a confirmation was stored.
    """
    place = where_to_tell(tx.conn, phone, asked_in)
    if place is None:
        return False
    to = get_conversation_head(tx.conn, place)
    message = settings(tx.conn).opt_out_message
    end = ask_thread_end(tx.conn, to.id)()
    at_once = Departure(None, scheduled=False)
    store_outgoing(tx, who, to, at_once, MessageKind.OPT_OUT_CONFIRMATION, message, end)
    return True


def confirmations(conn: Connection, phone: str, since: object) -> set[MessageState]:
    """Return the states of a number's confirmations since a time (ms since the epoch), without the cancelled ones."""
    rows = conn.execute(
        """
        SELECT message.state FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE contact.phone = ? AND message.kind = ? AND message.state <> ? AND message.at >= ?
        """,
        (phone, MessageKind.OPT_OUT_CONFIRMATION, MessageState.CANCELLED, since),
    )
    return {MessageState(row["state"]) for row in rows}
