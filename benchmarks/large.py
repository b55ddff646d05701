"""A large campaign, made by bulk statements that keep every derived column true."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.conversation_state import MessageFact, state_from
from thrumsg_tui.domain.enums import Direction
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database, utc_now
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.store.schema import MIGRATIONS, read_migration
from thrumsg_tui.store.times import to_ms

CAMPAIGN = "Large"
OWNER = "ana"
BUSY = "kim"
"""The sender who holds half of all conversations."""

_FIRST = "Ann Ben Cleo Dev Eve Finn Gus Ida Jo Kai Lea Max Nia Omar Pia Quinn Rosa Sam Tess Uma Vic Wes Ximena Yara Zoë"
_LAST = "Alvarez Bishop Chen Diaz Evans Ford Gray Haddad Ito Jones Khan Lopez Moss Ng Otieno Patel Quill Ross Tran"

# What was said (o ours, i the contact's), whether they opted out, and in how many of a hundred conversations.
_STORIES = (("", 0, 30), ("o", 0, 30), ("oi", 0, 12), ("oioi", 0, 3), ("oio", 0, 20), ("oio", 1, 5))
_BODIES = {"o": "Hi, will you vote on the 14th? Your polling place is the Oak School.", "i": "Yes! where do I go?"}


@dataclass(frozen=True, slots=True)
class _Told:
    """One conversation: its message times and directions, and whether the contact opted out."""

    messages: Sequence[tuple[int, str]]
    opted_out: int


def cached(folder: Path, conversations: int, senders: int, *, fresh: bool = False) -> Path:
    """The database of that size, from `folder` if it was made before by this very program."""
    made_by = hashlib.sha256(
        "".join(map(read_migration, MIGRATIONS)).encode() + Path(__file__).read_bytes()
    ).hexdigest()[:8]
    path = folder / f"thrumsg-{conversations}-{senders}-{made_by}.db"
    if fresh or not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        _build(part, conversations, senders)
        part.replace(path)
    return path


def _build(path: Path, conversations: int, senders: int) -> None:
    with closing(Database(path, scratch=True)) as db:
        make_first_owner(db, OWNER, "Ana", "Ortiz")
        with db.reading() as conn:
            owner = identify(conn, OWNER)
        create_campaign(db, owner, Setup(CAMPAIGN, "Hi %first_name%", hours=DailyHours("UTC", 0, 1440), quicksend=True))
        with db.writing() as tx:
            _fill(tx.conn, conversations, senders, utc_now())


def _fill(conn: Connection, conversations: int, senders: int, now: datetime) -> None:
    chance = Random(1)
    conn.executemany(
        "INSERT INTO users (id, login, first_name, last_name, role, created_at) VALUES (?, ?, ?, ?, ?, 0)",
        ((nth, BUSY if nth == 2 else f"s{nth}", *_name(chance), Role.SENDER) for nth in range(2, senders + 2)),
    )
    conn.executemany(
        "INSERT INTO assignment (id, campaign_id, user_id) VALUES (?, 1, ?)",
        ((nth, nth) for nth in range(2, senders + 2)),
    )
    drawn = chance.choices(_STORIES, [weight for _, _, weight in _STORIES], k=conversations)
    told = [_Told(_times(story, chance, now), opted_out) for story, opted_out, _ in drawn]
    _insert_contacts(conn, told, chance, senders)
    _insert_messages(conn, told)


def _name(chance: Random) -> tuple[str, str]:
    return chance.choice(_FIRST.split()), f"{chance.choice(_LAST.split())}-{chance.randrange(1000)}"


def _times(story: str, chance: Random, now: datetime) -> list[tuple[int, str]]:
    start = to_ms(now - timedelta(days=3)) + chance.randrange(2 * 86_400_000)
    return [(start + nth * 600_000 + chance.randrange(60_000), letter) for nth, letter in enumerate(story)]


def _insert_contacts(conn: Connection, told: Sequence[_Told], chance: Random, senders: int) -> None:
    """Insert people with their conversations; message ids follow each other, conversation by conversation."""
    names = [_name(chance) for _ in told]
    conn.executemany(
        """
        INSERT INTO contact (id, phone, phone_national, first_name, last_name, created_at) VALUES (?, ?, ?, ?, ?, 0)
        """,
        (
            (nth, _phone(nth), f"({_phone(nth)[2:5]}) {_phone(nth)[5:8]}-{_phone(nth)[8:]}", *name)
            for nth, name in enumerate(names, 1)
        ),
    )
    conn.executemany(
        "INSERT INTO opt_out (phone, kind, at) VALUES (?, 'automatic', ?)",
        ((_phone(nth), each.messages[-1][0]) for nth, each in enumerate(told, 1) if each.opted_out),
    )
    conn.executemany(
        """
        INSERT INTO conversation (id, campaign_id, contact_id, assignment_id, first_key, last_key, opted_out, status,
                                  texted, replied, waiting_since, last_message_id, last_message_at, last_texted_at,
                                  message_count)
        VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        _conversations(told, names, chance, senders),
    )


def _conversations(
    told: Sequence[_Told], names: Sequence[tuple[str, str]], chance: Random, senders: int
) -> Iterator[tuple[object, ...]]:
    message_id = 1
    for nth, (each, (first_name, last_name)) in enumerate(zip(told, names, strict=True), 1):
        facts = [
            MessageFact(id, at, Direction.INCOMING if letter == "i" else Direction.OUTGOING, cancelled=False)
            for id, (at, letter) in enumerate(each.messages, message_id)
        ]
        message_id += len(facts)
        stands = state_from(facts)
        yield (
            *(nth, nth, _holder(chance, senders), fold(first_name), fold(last_name), each.opted_out, stands.status),
            *(int(stands.texted), int(stands.replied), stands.waiting_since, stands.last_message_id),
            *(stands.last_message_at or 0, stands.last_texted_at, stands.message_count),
        )


def _holder(chance: Random, senders: int) -> int:
    """Half are the busy sender's, a tenth Unassigned's, the others everybody's."""
    drawn = chance.random()
    if drawn < 0.5:
        return 2
    return 1 if drawn < 0.6 else chance.randrange(2, senders + 2)


def _insert_messages(conn: Connection, told: Sequence[_Told]) -> None:
    """Insert what was said, each with its journal entry."""
    said = [(nth, at, letter) for nth, each in enumerate(told, 1) for at, letter in each.messages]
    conn.executemany(
        """
        INSERT INTO message (conversation_id, at, direction, kind, body, author_id, state, state_at, segments)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
        """,
        (
            (nth, at, "outgoing", "reply", _BODIES["o"], 1, "delivered", at)
            if letter == "o"
            else (nth, at, "incoming", None, _BODIES["i"], None, "received", at)
            for nth, at, letter in said
        ),
    )
    conn.executemany(
        """
        INSERT INTO event (at, user_id, actor_id, action, campaign_id, conversation_id, summary)
        VALUES (?, ?, ?, ?, 1, ?, ?)
        """,
        (
            (at, 1, 1, "send", nth, "sent reply") if letter == "o" else (at, None, None, "receive", nth, "received")
            for nth, at, letter in said
        ),
    )


def _phone(nth: int) -> str:
    return f"+1{4_150_000_000 + nth}"
