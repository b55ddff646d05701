"""Checking every stored figure against what it was derived from, and putting it right."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import chain, groupby
from operator import itemgetter

from thrumsg_tui.domain.conversations import ConversationId, MessageFact, Standing, standing
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.words import Direction, MessageState
from thrumsg_tui.store.changes.paced import finish_left_behind, left_behind
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.derived import refresh, refresh_pending_follow_ups
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.history import entry
from thrumsg_tui.store.queries.jobs import Job, jobs, wrong_figures
from thrumsg_tui.store.schema import COUNTED


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: what it concerns, and what is wrong with it."""

    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A conversation's figure that differs from what it is derived from."""

    id: ConversationId
    stored: object
    derived: object


def examine(db: Database) -> list[Problem]:
    """Check the whole file, changing nothing; an empty list means that all is well.

    Reads everything once, 20 µs a message, while others go on writing.
    """
    with db.reading() as conn:
        parts = (_damage, _figures, _segments, _notes, _holders, _counts, _replies, _jobs)
        found = list(chain.from_iterable(part(conn) for part in parts))
    left = "was left behind, at {} of {}: whoever starts thrumsg next finishes it."
    return [*found, *(Problem(_move(job), left.format(job.passed, job.total)) for job in left_behind(db))]


def repair(db: Database, who: Identity) -> list[str]:
    """Recompute what is derived and stored wrongly, in one transaction, and say what was mended.

    What cannot be recomputed, `examine` still finds afterwards: damage to the file, or who holds a conversation.
    """
    who.require(Action.MAINTAIN)
    mended = [f"finished a move that had been left behind ({each.sentence})" for each in finish_left_behind(db)]
    with db.writing() as tx:
        for name, wrong in _wrong_figures(tx.conn):
            for each in wrong:
                _mend(tx.conn, name, each)
            if wrong:
                noun = "conversation" if len(wrong) == 1 else "conversations"
                mended.append(f"{name} of {len(wrong)} {noun} recomputed")
        if segments := list(_wrong_segments(tx.conn)):
            measured = ((right, message_id) for message_id, _, right in segments)
            tx.conn.executemany("UPDATE message SET segments = ? WHERE id = ?", measured)
            mended.append(f"segments of {len(segments)} {'message' if len(segments) == 1 else 'messages'} measured")
        if notes := list(_wrong_notes(tx.conn)):
            tx.conn.executemany("UPDATE opt_out SET note_key = ? WHERE phone = ?", notes)
            mended.append(f"searched notes of {len(notes)} {'opt-out' if len(notes) == 1 else 'opt-outs'} recomputed")
        for row, counts in _wrong_counts(tx.conn):
            sums = ", ".join(f"{column} = :{column}" for column in counts)
            tx.conn.execute(f"UPDATE assignment SET {sums} WHERE id = :id", {**counts, "id": row["id"]})
            mended.append(f"{', '.join(counts)} of {_holder(row)} recounted")
        if list(_replies(tx.conn)):
            tx.conn.execute("DELETE FROM reply_hour")
            tx.conn.execute(f"INSERT INTO reply_hour (campaign_id, hour, replies) {_REPLIES}")
            mended.append("replies by hour recounted")
        for job, figures in wrong_figures(tx.conn):
            right = "total = :total, done = :done, skipped = :skipped"
            tx.conn.execute(f"UPDATE job SET {right} WHERE event_id = :event_id", {**figures, "event_id": job.event_id})
            mended.append(f"{_move(job)} recounted")
        if mended:
            record(tx, who, Deed.REPAIR, f"repaired: {'; '.join(mended)[:500]}", details={"mended": mended})
        return mended


def _segments(conn: sqlite3.Connection) -> Iterator[Problem]:
    for message_id, stored, right in _wrong_segments(conn):
        yield Problem(f"message {message_id}", f"its segments should be {right}, and {stored} is stored.")


def _wrong_segments(conn: sqlite3.Connection) -> Iterator[tuple[int, int, int]]:
    """Name each message whose segments are stored wrongly, with what is stored and what is right."""
    for row in conn.execute("SELECT id, body, segments FROM message"):
        right = measure(row["body"]).segments
        if row["segments"] != right:
            yield row["id"], row["segments"], right


def _notes(conn: sqlite3.Connection) -> Iterator[Problem]:
    for _, phone in _wrong_notes(conn):
        yield Problem(f"the opt-out of {phone}", "is not found by the words of its note.")


def _wrong_notes(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Pair the note of an opt-out as it should be searched with its number, where something else is stored."""
    for row in conn.execute("SELECT phone, note, note_key FROM opt_out"):
        if row["note_key"] != fold(row["note"]):
            yield fold(row["note"]), row["phone"]


def _jobs(conn: sqlite3.Connection) -> Iterator[Problem]:
    """Find moves in steps whose figures contradict what they moved, or whose entry in the journal does."""
    for job, right in wrong_figures(conn):
        stored = f"{job.done} moved and {job.skipped} skipped of {job.total} is stored"
        yield Problem(_move(job), f"{stored}, it is {right['done']} and {right['skipped']} of {right['total']}.")
    for job in jobs(conn):
        of = entry(conn, job.event_id)
        if not job.finished and (of.undoable or of.undone_by):
            yield Problem(_move(job), "is under way, and its entry says that it can be, or was, undone.")
        if job.finished and job.passed != job.total:
            yield Problem(_move(job), f"has ended, with {job.passed} of {job.total} dealt with.")


def _move(job: Job) -> str:
    return f"the move of change {job.event_id}"


_REPLIES = """
    SELECT conversation.campaign_id, message.at / 3600000 AS hour, COUNT(*) AS replies
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    WHERE message.direction = 'incoming' GROUP BY conversation.campaign_id, message.at / 3600000
"""


def _replies(conn: sqlite3.Connection) -> Iterator[Problem]:
    counted = {(row["campaign_id"], row["hour"]): row["replies"] for row in conn.execute(_REPLIES)}
    stored = {
        (row["campaign_id"], row["hour"]): row["replies"]
        for row in conn.execute("SELECT campaign_id, hour, replies FROM reply_hour")
    }
    if wrong := sum(counted.get(each) != stored.get(each) for each in counted.keys() | stored.keys()):
        yield Problem("the replies by hour", f"are stored wrongly for {wrong} hours.")


def _damage(conn: sqlite3.Connection) -> Iterator[Problem]:
    for row in conn.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Problem("the file", f"SQLite finds it damaged: {row[0]}.")
    for row in conn.execute("PRAGMA foreign_key_check"):
        yield Problem(f"{row['table']} {row['rowid']}", f"points at a row of {row['parent']} that does not exist.")


_STANDING = tuple(each.name for each in fields(Standing))
"""The columns of a conversation that its messages decide."""


def _figures(conn: sqlite3.Connection) -> Iterator[Problem]:
    for name, wrong in _wrong_figures(conn):
        for each in wrong:
            sentence = f"its {name} should be {each.derived}, and {each.stored} is stored."
            yield Problem(f"conversation {each.id}", sentence)


def _wrong_figures(conn: sqlite3.Connection) -> Iterator[tuple[str, list[_Wrong]]]:
    """Name each derived figure, with the conversations in which it is wrong."""
    yield "standing", list(_wrong_standings(conn))
    yield "opt-out mark", list(_wrong_marks(conn))
    yield "pending follow-up", list(_wrong_follow_ups(conn))
    yield "sorting name", list(_wrong_keys(conn))


def _mend(conn: sqlite3.Connection, name: str, wrong: _Wrong) -> None:
    match name:
        case "standing":
            refresh(conn, wrong.id)
        case "opt-out mark":
            conn.execute("UPDATE conversation SET opted_out = ? WHERE id = ?", (wrong.derived, wrong.id))
        case "pending follow-up":
            refresh_pending_follow_ups(conn, "conversation.id = :id", {"id": wrong.id})
        case "sorting name" if isinstance(wrong.derived, tuple):
            keys = wrong.derived
            conn.execute("UPDATE conversation SET first_key = ?, last_key = ? WHERE id = ?", (*keys, wrong.id))


def _wrong_standings(conn: sqlite3.Connection) -> Iterator[_Wrong]:
    """Compare with the messages (`docs/rules.md 1.1`), both read once in the order of conversations."""
    messages = groupby(  # message_in_thread
        conn.execute("SELECT conversation_id, id, at, direction, state FROM message ORDER BY conversation_id"),
        key=itemgetter("conversation_id"),
    )
    owner, facts = next(messages, (None, iter(())))
    for row in conn.execute("SELECT * FROM conversation ORDER BY id"):
        while owner is not None and owner < row["id"]:
            owner, facts = next(messages, (None, iter(())))
        derived = standing(map(_fact, facts) if owner == row["id"] else ())
        stored = tuple((row[name] or None) if name == "last_message_at" else row[name] for name in _STANDING)
        expected = tuple(getattr(derived, name) for name in _STANDING)
        if stored != expected:
            yield _Wrong(ConversationId(row["id"]), _described(stored), _described(expected))


def _fact(row: sqlite3.Row) -> MessageFact:
    cancelled = row["state"] == MessageState.CANCELLED.value
    return MessageFact(row["id"], row["at"], Direction(row["direction"]), cancelled)


def _described(columns: tuple[object, ...]) -> str:
    status, _, _, waiting_since, last_message_id, last_message_at, _, message_count = columns
    said = f"{status} with {message_count} messages"
    said += f", the last {last_message_id} at {last_message_at}" if last_message_id else ""
    return f"{said}, waiting since {waiting_since}" if waiting_since else said


def _wrong_marks(conn: sqlite3.Connection) -> Iterator[_Wrong]:
    """Compare with the opt-outs (`docs/rules.md 1.2`)."""
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.opted_out AS stored, opt_out.phone IS NOT NULL AS derived
        FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        LEFT JOIN opt_out ON opt_out.phone = contact.phone
        WHERE conversation.opted_out <> (opt_out.phone IS NOT NULL)
        """
    )
    return (_Wrong(ConversationId(row["id"]), row["stored"], row["derived"]) for row in rows)


def _wrong_follow_ups(conn: sqlite3.Connection) -> Iterator[_Wrong]:
    """Compare with the targets that are pending in an active follow-up."""
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.follow_up_id AS stored, pending.id AS derived
        FROM conversation
        LEFT JOIN (SELECT target.conversation_id, MIN(target.follow_up_id) AS id
                   FROM follow_up_target AS target JOIN follow_up ON follow_up.id = target.follow_up_id
                   WHERE target.state = 'pending' AND follow_up.active = 1
                   GROUP BY target.conversation_id) AS pending ON pending.conversation_id = conversation.id
        WHERE conversation.follow_up_id IS NOT pending.id
        """
    )
    return (_Wrong(ConversationId(row["id"]), row["stored"], row["derived"]) for row in rows)


def _wrong_keys(conn: sqlite3.Connection) -> Iterator[_Wrong]:
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.first_key, conversation.last_key, contact.first_name, contact.last_name
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        """
    )
    for row in rows:
        stored = (row["first_key"], row["last_key"])
        derived = (fold(row["first_name"]), fold(row["last_name"]))
        if stored != derived:
            yield _Wrong(ConversationId(row["id"]), stored, derived)


def _holders(conn: sqlite3.Connection) -> Iterator[Problem]:
    """Find conversations that nobody could work, and campaigns without their one Unassigned."""
    rows = conn.execute(
        """
        SELECT conversation.id, assignment.active, assignment.campaign_id = conversation.campaign_id AS own
        FROM conversation JOIN assignment ON assignment.id = conversation.assignment_id
        WHERE assignment.active = 0 OR assignment.campaign_id <> conversation.campaign_id
        """
    )
    for row in rows:
        holder = "somebody who has left the campaign" if row["own"] else "an assignment of another campaign"
        yield Problem(f"conversation {row['id']}", f"is held by {holder}: reassign it.")
    rows = conn.execute(
        """
        SELECT campaign.name, COUNT(assignment.id) AS number
        FROM campaign
        LEFT JOIN assignment ON assignment.campaign_id = campaign.id AND assignment.user_id IS NULL
        GROUP BY campaign.id HAVING COUNT(assignment.id) <> 1
        """
    )
    for row in rows:
        yield Problem(f"campaign {row['name']!r}", f"has {row['number']} Unassigned in place of one.")


def _counts(conn: sqlite3.Connection) -> Iterator[Problem]:
    for row, counts in _wrong_counts(conn):
        differences = ", ".join(f"{column} is {row[column]}, counted {number}" for column, number in counts.items())
        yield Problem(_holder(row), f"{differences}.")
    rows = conn.execute(
        """
        SELECT campaign.name,
               (SELECT COALESCE(SUM(assigned), 0) FROM assignment
                WHERE assignment.campaign_id = campaign.id AND assignment.active = 1) AS held,
               (SELECT COUNT(*) FROM conversation WHERE conversation.campaign_id = campaign.id) AS total
        FROM campaign
        """
    )
    for row in rows:
        if row["held"] != row["total"]:
            sentence = f"all senders and Unassigned have {row['held']} together, and there are {row['total']}."
            yield Problem(f"campaign {row['name']!r}", sentence)


def _wrong_counts(conn: sqlite3.Connection) -> list[tuple[sqlite3.Row, dict[str, int]]]:
    """Pair each assignment that has a wrong kept count with the right ones."""
    sums = ", ".join(
        f"COALESCE(SUM(CASE WHEN {condition.format(row='conversation')} THEN 1 ELSE 0 END), 0) AS counted_{column}"
        for column, condition in COUNTED.items()
    )
    rows = conn.execute(
        f"""
        SELECT assignment.*, campaign.name AS campaign, users.login, {sums.replace("1 = 1", "conversation.id > 0")}
        FROM assignment
        JOIN campaign ON campaign.id = assignment.campaign_id
        LEFT JOIN users ON users.id = assignment.user_id
        LEFT JOIN conversation ON conversation.assignment_id = assignment.id
        GROUP BY assignment.id
        """
    ).fetchall()
    wrong = []
    for row in rows:
        counts = {column: row[f"counted_{column}"] for column in COUNTED if row[column] != row[f"counted_{column}"]}
        if counts:
            wrong.append((row, counts))
    return wrong


def _holder(row: sqlite3.Row) -> str:
    return f"{row['login'] or 'Unassigned'} in {row['campaign']!r}"
