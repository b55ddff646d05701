"""The text of the message box: the rendered initial or follow-up, or a filled-in reply (`docs/rules.md 7.1`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversations import ConversationHead
from thrumsg_tui.domain.enums import MessageKind, Status
from thrumsg_tui.domain.fields import Rendered, may_be_misspelt, render
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.connection import Asked, Connection
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.settings import ask_settings
from thrumsg_tui.store.queries.users import ask_user


@dataclass(frozen=True, slots=True)
class NextMessage:
    """The next message of a conversation, rendered; the text of a reply is empty."""

    kind: MessageKind
    rendered: Rendered


_REPLY = NextMessage(MessageKind.REPLY, Rendered("", (), ()))


def field_values(conn: Connection, conversation: ConversationHead, who: Identity) -> dict[str, str]:
    """Return the value of every field; in Unassigned the author's names replace the sender's (`docs/rules.md 7.1`)."""
    return _ask_values(conn, conversation, who)()


def _ask_values(conn: Connection, conversation: ConversationHead, who: Identity) -> Asked[dict[str, str]]:
    asked_settings = ask_settings(conn)
    asked_sender = ask_user(conn, conversation.sender_login) if conversation.sender_login else lambda: who.user

    def read() -> dict[str, str]:
        sender = asked_sender()
        return {
            **conversation.fields,
            "first_name": conversation.first_name,
            "last_name": conversation.last_name,
            "sender_first_name": sender.first_name,
            "sender_last_name": sender.last_name,
            "organization": asked_settings().organization,
        }

    return read


def fill_in(conn: Connection, conversation: ConversationHead, who: Identity, template: str) -> Rendered:
    """Fill in the fields of a template for a conversation."""
    return _filled_in(conn, conversation, template, _ask_values(conn, conversation, who))


def fill_in_all(
    conn: Connection, conversation: ConversationHead, who: Identity, templates: Sequence[str]
) -> tuple[Rendered, ...]:
    """Fill in the fields of several templates for a conversation."""
    values = field_values(conn, conversation, who)
    return tuple(_filled_in(conn, conversation, template, lambda: values) for template in templates)


def _filled_in(
    conn: Connection, conversation: ConversationHead, template: str, values: Asked[dict[str, str]]
) -> Rendered:
    known = field_codes(conn, conversation.campaign_id) if may_be_misspelt(template) else ()
    return render(template, values(), known)


def next_message(conn: Connection, conversation: ConversationHead, who: Identity) -> NextMessage:
    """Return the message that comes next: the initial, then a pending follow-up, else an empty reply."""
    return ask_next_message(conn, conversation, who)()


def ask_next_message(conn: Connection, conversation: ConversationHead, who: Identity) -> Asked[NextMessage]:
    """Ask for `next_message`."""
    if conversation.status is Status.NOT_STARTED:
        kind = MessageKind.INITIAL
        rows = conn.execute("SELECT initial_script FROM campaign WHERE id = ?", (conversation.campaign_id,))
    elif conversation.follow_up_id is not None:
        kind = MessageKind.FOLLOW_UP
        rows = conn.execute("SELECT text FROM follow_up WHERE id = ?", (conversation.follow_up_id,))
    else:
        return lambda: _REPLY
    values = _ask_values(conn, conversation, who)
    return lambda: NextMessage(kind, _filled_in(conn, conversation, rows.fetchone()[0], values))
