"""Opt-outs and messages as they are stored."""

from __future__ import annotations

from tests.store.arranging import look_at, number
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.database import Database

ANN = number(0)

STRANGER = "+14155559999"

CONFIRMATION = "You are now opted-out and will receive no further messages."


def bodies(db: Database, conversation_id: ConversationId) -> list[str]:
    return [message.body for message in look_at(db, conversation_id).messages]
