"""Guards: senders may only work their own conversations, and the numbers in them (`docs/rules.md 8.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import whose
from thrumsg_tui.domain.conversations import ConversationHead
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.connection import Connection


def require_own(who: Identity, conversation: ConversationHead) -> None:
    """Raise `Refused` in somebody else's conversation, unless the person may work for others."""
    if conversation.sender_id != who.user.id and not who.may(Permission.WORK_FOR_OTHERS):
        raise Refused(f"This conversation is {whose(conversation.sender_shown)} now.")


def require_own_number(conn: Connection, who: Identity, phone: str) -> None:
    """Raise `Refused` unless the person holds a conversation with the number, or may work for others."""
    if who.may(Permission.WORK_FOR_OTHERS):
        return
    own = conn.execute(
        """
        SELECT 1 FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN assignment ON assignment.id = conversation.assignment_id
        WHERE contact.phone = ? AND assignment.user_id = ?
        """,
        (phone, who.user.id),
    ).fetchone()
    if own is None:
        ask = needed_role(Permission.WORK_FOR_OTHERS)
        raise Refused(f"{{phone}} is in no conversation of yours; ask {ask}.", phone=Phone(phone))
