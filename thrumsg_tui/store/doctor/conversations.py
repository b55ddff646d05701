"""Check the columns of conversations that follow from messages, opt-outs and follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import groupby
from operator import itemgetter

from thrumsg_tui.domain.conversation_state import ConversationState, state_from
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.conversation_state import FACTS, fact_of, refresh, refresh_follow_ups, refresh_pending_follow_ups
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.follow_ups import IS_FOR, LIVE


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A stored value of a conversation that differs from the derived one."""

    id: ConversationId
    stored: object
    derived: object


def find(conn: Connection) -> Iterator[Problem]:
    """Find values that differ from their sources, and conversations that nobody could work."""
    for name, wrong in _wrong_figures(conn):
        for figure in wrong:
            sentence = f"its {name} should be {figure.derived}, and {figure.stored} is stored."
            yield Problem(f"conversation {figure.id}", sentence)
    yield from _holders(conn)


def mend(tx: Transaction) -> Iterator[str]:
    """Derive wrong values again; who holds a conversation cannot be derived."""
    for name, wrong in _wrong_figures(tx.conn):
        for figure in wrong:
            _mend(tx.conn, name, figure)
        if wrong:
            yield f"{name} of {pluralize(len(wrong), 'conversation')} recomputed"


def _wrong_figures(conn: Connection) -> Iterator[tuple[str, list[_Wrong]]]:
    """Yield the name of each derived value, with the conversations in which it is wrong."""
    yield "standing", list(_wrong_standings(conn))
    yield "opt-out mark", list(_wrong_marks(conn))
    yield "pending follow-up", list(_wrong_follow_ups(conn))
    yield "sorting name", list(_wrong_keys(conn))


def _mend(conn: Connection, name: str, wrong: _Wrong) -> None:
    match name:
        case "standing":
            refresh(conn, wrong.id)
        case "opt-out mark":
            conn.execute("UPDATE conversation SET opted_out = ? WHERE id = ?", (wrong.derived, wrong.id))
        case "pending follow-up":
            refresh_follow_ups(conn, wrong.id)
            refresh_pending_follow_ups(conn, "conversation.id = :id", {"id": wrong.id})
        case "sorting name" if isinstance(wrong.derived, tuple):
            keys = wrong.derived
            conn.execute("UPDATE conversation SET first_key = ?, last_key = ? WHERE id = ?", (*keys, wrong.id))


_STANDING = tuple(field.name for field in fields(ConversationState))
"""The columns of a conversation that follow from its messages."""


def _wrong_standings(conn: Connection) -> Iterator[_Wrong]:
    """Compare with the messages (`docs/rules.md 1.1`); reads both once, in the order of conversations."""
    messages = groupby(  # by message_in_thread
        conn.stream(f"SELECT conversation_id, {FACTS} FROM message ORDER BY conversation_id"),
        key=itemgetter("conversation_id"),
    )
    owner, facts = next(messages, (None, iter(())))
    for row in conn.stream("SELECT * FROM conversation ORDER BY id"):
        while owner is not None and owner < row["id"]:
            owner, facts = next(messages, (None, iter(())))
        derived = state_from(map(fact_of, facts) if owner == row["id"] else ())
        stored = tuple((row[name] or None) if name == "last_message_at" else row[name] for name in _STANDING)
        expected = tuple(getattr(derived, name) for name in _STANDING)
        if stored != expected:
            yield _Wrong(ConversationId(row["id"]), _described(stored), _described(expected))


def _described(columns: tuple[object, ...]) -> str:
    status, _, _, waiting_since, last_message_id, last_message_at, _, message_count = columns
    messages = "1 message" if message_count == 1 else f"{message_count} messages"
    said = f"{status} with {messages}"
    said += f", the last {last_message_id} at {last_message_at}" if last_message_id else ""
    return f"{said}, waiting since {waiting_since}" if waiting_since else said


def _wrong_marks(conn: Connection) -> Iterator[_Wrong]:
    """Compare with the opt-outs (`docs/rules.md 1.2`)."""
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.opted_out AS stored,
               CASE WHEN opt_out.phone IS NULL THEN 0 ELSE 1 END AS derived
        FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        LEFT JOIN opt_out ON opt_out.phone = contact.phone
        WHERE conversation.opted_out <> CASE WHEN opt_out.phone IS NULL THEN 0 ELSE 1 END
        ORDER BY conversation.id
        """
    )
    return (_Wrong(ConversationId(row["id"]), row["stored"], row["derived"]) for row in rows)


def _wrong_follow_ups(conn: Connection) -> Iterator[_Wrong]:
    """Compare pending targets with the conversations that follow-ups match, and stored follow-ups with the targets."""
    rows = conn.execute(
        f"""
        SELECT conversation.id, target.follow_up_id AS stored, follow_up.id AS derived
        FROM follow_up JOIN conversation ON {IS_FOR}
        LEFT JOIN follow_up_target AS target
            ON target.follow_up_id = follow_up.id AND target.conversation_id = conversation.id
        WHERE {LIVE} AND target.state IS NULL
        UNION ALL
        SELECT conversation.id, follow_up.id, NULL
        FROM follow_up
        JOIN follow_up_target AS target ON target.follow_up_id = follow_up.id AND target.state = 'pending'
        JOIN conversation ON conversation.id = target.conversation_id
        WHERE {LIVE} AND NOT ({IS_FOR})
        """
    )
    for row in sorted(rows, key=lambda row: row["id"]):
        yield _Wrong(ConversationId(row["id"]), row["stored"], row["derived"])
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.follow_up_id AS stored, pending.id AS derived
        FROM conversation
        LEFT JOIN (SELECT target.conversation_id, MIN(target.follow_up_id) AS id
                   FROM follow_up_target AS target JOIN follow_up ON follow_up.id = target.follow_up_id
                   WHERE target.state = 'pending' AND follow_up.active = 1
                   GROUP BY target.conversation_id) AS pending ON pending.conversation_id = conversation.id
        WHERE COALESCE(conversation.follow_up_id, 0) <> COALESCE(pending.id, 0)
        ORDER BY conversation.id
        """
    )
    yield from (_Wrong(ConversationId(row["id"]), row["stored"], row["derived"]) for row in rows)


def _wrong_keys(conn: Connection) -> Iterator[_Wrong]:
    """Compare the sorting names with the contact's names."""
    rows = conn.stream(
        """
        SELECT conversation.id, conversation.first_key, conversation.last_key, contact.first_name, contact.last_name
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        ORDER BY conversation.id
        """
    )
    for row in rows:
        stored = (row["first_key"], row["last_key"])
        derived = (fold(row["first_name"]), fold(row["last_name"]))
        if stored != derived:
            yield _Wrong(ConversationId(row["id"]), stored, derived)


def _holders(conn: Connection) -> Iterator[Problem]:
    """Find conversations that nobody could work."""
    rows = conn.execute(
        """
        SELECT conversation.id, assignment.active, assignment.campaign_id = conversation.campaign_id AS own
        FROM conversation JOIN assignment ON assignment.id = conversation.assignment_id
        WHERE assignment.active = 0 OR assignment.campaign_id <> conversation.campaign_id
        ORDER BY conversation.id
        """
    )
    for row in rows:
        holder = "somebody who has left the campaign" if row["own"] else "an assignment of another campaign"
        yield Problem(f"conversation {row['id']}", f"is held by {holder}: reassign it.")
