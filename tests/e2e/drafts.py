"""A reply that is half written, on the screen and in the database."""

from __future__ import annotations

from tests.e2e.conftest import Office
from tests.e2e.messenger import Messenger, open_messenger
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.users import users


def half_written(office: Office, text: str = "Your polling place is") -> Messenger:
    """Write half a reply to Abby Stone."""
    messenger = open_messenger(office, "Sender One")
    messenger.open_box()
    messenger.wait_for_conversation("Abby Stone")
    messenger.write(text)
    return messenger


def stored_draft(office: Office, contact: str = "Abby Stone") -> str | None:
    """What the database has of a reply that is being written."""
    conversation_id = ConversationId(office.ids()[contact])
    db = Database(office.database)
    try:
        with db.reading() as conn:
            drafts = [draft(conn, user.id, conversation_id) for user in users(conn)]
            return next(filter(None, drafts), None)
    finally:
        db.close()
