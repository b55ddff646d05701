"""What the message box holds: the rendered initial or follow-up, or a filled-in reply (`docs/rules.md 7.1`)."""

from __future__ import annotations

from dataclasses import dataclass

from thrumsg_tui.domain.conversations import ConversationHead
from thrumsg_tui.domain.enums import MessageKind, Status
from thrumsg_tui.domain.fields import Rendered, may_be_misspelt, render
from thrumsg_tui.domain.people import Identity, User
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.people import find_user
from thrumsg_tui.store.queries.settings import settings


@dataclass(frozen=True, slots=True)
class NextMessage:
    """The message that a conversation is ready for, rendered; a reply has no text of its own."""

    kind: MessageKind
    rendered: Rendered


def field_values(conn: Connection, of: ConversationHead, who: Identity) -> dict[str, str]:
    """Every field's value in a conversation; the author stands in where nobody holds it (`docs/rules.md 7.1`)."""
    sender: User = find_user(conn, of.sender_login) if of.sender_login else who.user
    return {
        **of.fields,
        "first_name": of.first_name,
        "last_name": of.last_name,
        "sender_first_name": sender.first_name,
        "sender_last_name": sender.last_name,
        "organization": settings(conn).organization,
    }


def fill_in(conn: Connection, of: ConversationHead, who: Identity, template: str) -> Rendered:
    """Fill a template's fields for a conversation."""
    known = field_codes(conn, of.campaign_id) if may_be_misspelt(template) else ()
    return render(template, field_values(conn, of, who), known)


def next_message(conn: Connection, of: ConversationHead, who: Identity) -> NextMessage:
    """Tell what comes next: the initial, then a pending follow-up, else a reply that a person writes."""
    if of.status is Status.NOT_STARTED:
        script = conn.execute("SELECT initial_script FROM campaign WHERE id = ?", (of.campaign_id,)).fetchone()[
            "initial_script"
        ]
        return NextMessage(MessageKind.INITIAL, fill_in(conn, of, who, script))
    if of.follow_up_id is not None:
        text = conn.execute("SELECT text FROM follow_up WHERE id = ?", (of.follow_up_id,)).fetchone()["text"]
        return NextMessage(MessageKind.FOLLOW_UP, fill_in(conn, of, who, text))
    return NextMessage(MessageKind.REPLY, Rendered("", (), ()))
