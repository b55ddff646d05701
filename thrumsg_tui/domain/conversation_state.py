"""The state of a conversation, which follows from its messages."""

from __future__ import annotations

from collections.abc import Iterable

from thrumsg_tui.domain.enums import Direction, Status
from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class MessageFact:
    """The part of a message that decides the state of its conversation; `at` is in UTC milliseconds."""

    id: int
    at: int
    direction: Direction
    cancelled: bool
    confirmation: bool = False
    """Whether it is the confirmation of an opt-out."""


@dataclass(frozen=True, slots=True)
class ConversationState:
    """The state that follows from a conversation's messages (`docs/rules.md 1.1`); times are UTC milliseconds."""

    status: Status
    texted: bool
    replied: bool
    waiting_since: int | None
    last_message_id: int | None
    last_message_at: int | None
    last_texted_at: int | None
    message_count: int


def state_from(messages: Iterable[MessageFact]) -> ConversationState:
    """Derive a conversation's state from all its messages (`docs/rules.md 1.1`).

    The order of arrival decides, which is that of the ids: nobody has read a message that arrives late with an earlier
    stamp. A cancelled message does not count, since it never left. The confirmation of an opt-out counts as written,
    but answers nothing and is never the last word. A contact waits since their first unanswered message
    (`docs/rules.md 3.5`).

    Args:
        messages: All messages of the conversation, in any order.
    """
    written = sorted((fact for fact in messages if not fact.cancelled), key=lambda fact: fact.id)
    outgoing = [fact for fact in written if fact.direction is Direction.OUTGOING]
    texted, replied = bool(outgoing), len(outgoing) < len(written)
    spoken = [fact for fact in written if not fact.confirmation]
    unanswered: MessageFact | None = None
    for fact in reversed(spoken):
        if fact.direction is Direction.OUTGOING:
            break
        unanswered = fact
    if unanswered:
        status = Status.NEEDS_REPLY
    elif replied:
        status = Status.ANSWERED
    else:
        status = Status.SENT if texted else Status.NOT_STARTED
    last = (spoken or written)[-1] if written else None
    return ConversationState(
        status=status,
        texted=texted,
        replied=replied,
        waiting_since=unanswered.at if unanswered else None,
        last_message_id=last.id if last else None,
        last_message_at=max(fact.at for fact in written) if written else None,
        last_texted_at=max(fact.at for fact in outgoing) if outgoing else None,
        message_count=len(written),
    )


def state_with(before: ConversationState, added: MessageFact, *, spoken: bool) -> ConversationState:
    """Return what `state_from` derives once a message is added to a conversation, without its other messages.

    Args:
        before: The state that follows from the other messages.
        added: The message, which is the last to arrive and was not cancelled.
        spoken: Whether anything but confirmations was written before.
    """
    incoming = added.direction is Direction.INCOMING
    waited = before.status is Status.NEEDS_REPLY
    if incoming or (waited and added.confirmation):
        status, since = Status.NEEDS_REPLY, before.waiting_since if waited else added.at
    else:
        status, since = Status.ANSWERED if before.replied else Status.SENT, None
    return ConversationState(
        status=status,
        texted=before.texted or not incoming,
        replied=before.replied or incoming,
        waiting_since=since,
        last_message_id=before.last_message_id if spoken and added.confirmation else added.id,
        last_message_at=max(before.last_message_at or 0, added.at),
        last_texted_at=before.last_texted_at if incoming else max(before.last_texted_at or 0, added.at),
        message_count=before.message_count + 1,
    )
