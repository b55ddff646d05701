"""Messages as the outbox hands them to a gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.store.world import phone_of
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.media import Media

NOW = datetime(2026, 3, 6, 18, 40, tzinfo=UTC)


def outgoing(
    nth: int = 1,
    body: str = "Hi",
    *,
    phone: str | None = None,
    our_number: str | None = None,
    kind: MessageKind = MessageKind.INITIAL,
    times: int = 1,
    tries: int = 1,
    tried_at: datetime = NOW,
    media: tuple[Media, ...] = (),
) -> Outgoing:
    """Return the message of a number: its id, key and phone follow from it."""
    return Outgoing(
        id=MessageId(nth),
        key=f"{nth:032x}",
        conversation_id=ConversationId(nth),
        phone=phone or phone_of(nth),
        our_number=our_number,
        body=body,
        kind=kind,
        segments=1,
        nth=times,
        tries=tries,
        tried_at=tried_at,
        valid_for=timedelta(hours=1),
        media=media,
    )
