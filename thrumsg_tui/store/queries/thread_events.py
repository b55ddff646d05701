"""What happened to one conversation besides its messages (`docs/rules.md 3.10`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thrumsg_tui.domain.campaigns import UNASSIGNED
from thrumsg_tui.domain.conversation_facts import Handover
from thrumsg_tui.domain.conversations import (
    ConversationId,
    EventId,
    ThreadEvent,
)
from thrumsg_tui.domain.event_facts import EventFacts
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import ConversationRenumbered, NumberReplaced
from thrumsg_tui.domain.redaction import Ours
from thrumsg_tui.domain.users import UserId
from thrumsg_tui.store.engines.connection import Asked, Connection, Row
from thrumsg_tui.store.event_details import facts_of
from thrumsg_tui.store.queries.users import shown_user_name
from thrumsg_tui.store.times import from_ms


def thread_events(conn: Connection, conversation_id: ConversationId) -> tuple[ThreadEvent, ...]:
    """Read a conversation's events other than messages, oldest first (`docs/rules.md 3.10`)."""
    return ask_thread_events(conn, conversation_id)()


def ask_thread_events(conn: Connection, conversation_id: ConversationId) -> Asked[tuple[ThreadEvent, ...]]:
    """Ask for `thread_events`."""
    rows = conn.execute(
        f"""
        SELECT event.id, event.at, event.action, event.summary, event.details, event.user_id,
               touched.from_assignment_id AS source, touched.to_assignment_id AS destination,
               {shown_user_name("doer")} AS doer, {shown_user_name("giver")} AS giver,
               {shown_user_name("taker")} AS taker
        FROM event_conversation AS touched
        JOIN event ON event.id = touched.event_id
        LEFT JOIN users AS doer ON doer.id = event.user_id
        LEFT JOIN assignment AS source ON source.id = touched.from_assignment_id
        LEFT JOIN users AS giver ON giver.id = source.user_id
        LEFT JOIN assignment AS destination ON destination.id = touched.to_assignment_id
        LEFT JOIN users AS taker ON taker.id = destination.user_id
        WHERE touched.conversation_id = ? ORDER BY touched.event_id
        """,
        (conversation_id,),
    )
    return lambda: tuple(map(_event_of, rows))


def with_numbers(events: Sequence[ThreadEvent], kept: str | None) -> tuple[ThreadEvent, ...]:
    """Name in each event that replaced our number the one that this conversation got.

    The event itself concerns many conversations, each of which may have got another. So the last one gave the number
    that the conversation keeps, and any before it the one that the next replaced.
    """
    named: list[ThreadEvent] = []
    for event in reversed(events):
        facts = event.facts
        if isinstance(facts, NumberReplaced) and facts.now is None and kept is not None:
            facts = NumberReplaced(facts.was, Ours(kept), facts.conversations)
            event = replace(event, facts=facts)  # noqa: PLW2901 - the same event, in this thread
        if isinstance(facts, NumberReplaced | ConversationRenumbered):
            kept = facts.was
        named.append(event)
    return tuple(reversed(named))


def _event_of(row: Row) -> ThreadEvent:
    kind = EventKind(row["action"])
    facts: EventFacts | Handover
    if row["destination"] is None:
        facts = facts_of(kind, row["summary"], row["details"])
    else:
        facts = Handover(row["giver"] or UNASSIGNED, row["taker"] or UNASSIGNED, undo=kind is EventKind.UNDO)
    by = None if row["user_id"] is None else UserId(row["user_id"])
    return ThreadEvent(EventId(row["id"]), from_ms(row["at"]), row["action"], facts, by, row["doer"])
