"""The text of the message box: the rendered initial or follow-up, or a filled-in reply (`docs/rules.md 7.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import ConversationHead
from thrumsg_tui.domain.enums import MessageKind, Status
from thrumsg_tui.domain.fields import Rendered, may_be_misspelt, render
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.users import find_user


@dataclass(frozen=True, slots=True)
class NextMessage:
    """The next message of a conversation, rendered; the text of a reply is empty."""

    kind: MessageKind
    rendered: Rendered


def field_values(conn: Connection, conversation: ConversationHead, who: Identity) -> dict[str, str]:
    """Return the value of every field; in Unassigned the author's names replace the sender's (`docs/rules.md 7.1`)."""
    sender: User = find_user(conn, conversation.sender_login) if conversation.sender_login else who.user
    return {
        **conversation.fields,
        "first_name": conversation.first_name,
        "last_name": conversation.last_name,
        "sender_first_name": sender.first_name,
        "sender_last_name": sender.last_name,
        "organization": settings(conn).organization,
    }


def fill_in(conn: Connection, conversation: ConversationHead, who: Identity, template: str) -> Rendered:
    """Fill in the fields of a template for a conversation."""
    known = field_codes(conn, conversation.campaign_id) if may_be_misspelt(template) else ()
    return render(template, field_values(conn, conversation, who), known)


def next_message(conn: Connection, conversation: ConversationHead, who: Identity) -> NextMessage:
    """Return the message that comes next: the initial, then a pending follow-up, else an empty reply."""
    if conversation.status is Status.NOT_STARTED:
        script = conn.execute(
            "SELECT initial_script FROM campaign WHERE id = ?", (conversation.campaign_id,)
        ).fetchone()["initial_script"]
        return NextMessage(MessageKind.INITIAL, fill_in(conn, conversation, who, script))
    if conversation.follow_up_id is not None:
        text = conn.execute("SELECT text FROM follow_up WHERE id = ?", (conversation.follow_up_id,)).fetchone()["text"]
        return NextMessage(MessageKind.FOLLOW_UP, fill_in(conn, conversation, who, text))
    return NextMessage(MessageKind.REPLY, Rendered("", (), ()))
