"""A campaign on a server that fails, and what was done in it by those who were told that it was done."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

import psycopg

from tests.postgres_server import Cluster
from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.errors import DatabaseUnusable, OutcomeUnknown
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import ServerAddress


def make_database(cluster: Cluster) -> str:
    """Make an empty database and return its name."""
    name = f"failing_{uuid4().hex}"
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as conn:
        conn.execute(f'CREATE DATABASE "{name}"')
    return name


def make_campaign(db: Database, contacts: int) -> list[ConversationId]:
    """Make an owner, ana, and a campaign with some contacts, all unassigned."""
    make_first_owner(db, "ana", "Ana", "Ortiz")
    owner = known_as(db, "ana")
    create_campaign(db, owner, Setup("Spring", "Will you vote?", hours=DailyHours("UTC", 0, 1440)))
    return take_in(db, owner, "Spring", [f"First{nth} Last" for nth in range(contacts)])


@dataclass
class Told:
    """What senders were told of each conversation: it was sent, it was not, or nobody knows."""

    sent: dict[ConversationId, MessageId] = field(default_factory=dict)
    not_sent: set[ConversationId] = field(default_factory=set)
    unknown: set[ConversationId] = field(default_factory=set)
    sentences: set[str] = field(default_factory=set)
    """What said that it was not sent."""


def send_all(address: str, conversations: Sequence[ConversationId], threads: int, *, persistent: bool) -> Told:
    """Send an initial in each conversation, from several threads.

    Args:
        address: The address of the database.
        conversations: The conversations.
        threads: How many.
        persistent: Whether they try again after an error that says that nothing was changed.
    """
    db = Database(ServerAddress(address))
    told, lock = Told(), threading.Lock()
    who = _known(db)

    def work(some: Iterable[ConversationId]) -> None:
        for each in some:
            while True:
                try:
                    message = send(db, who, each).message_id
                except OutcomeUnknown:
                    with lock:
                        told.unknown.add(each)
                except DatabaseUnusable as error:
                    with lock:
                        told.sentences.add(str(error))
                        if not persistent:
                            told.not_sent.add(each)
                    if persistent:
                        continue
                else:
                    with lock:
                        told.sent[each] = message
                break
        db.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, [conversations[nth::threads] for nth in range(threads)]))
    db.close()
    return told


def _known(db: Database) -> Identity:
    while True:
        with suppress(DatabaseUnusable):
            return known_as(db, "ana")


def require_true(address: str, told: Told) -> None:
    """Require that what they were told is so, that nothing is there twice, and that nothing else is wrong."""
    assert [each for each in told.sentences if "Nothing was changed" not in each] == []
    with closing(Database(ServerAddress(address))) as db:
        with db.reading() as conn:
            stored = conn.execute("SELECT id, conversation_id FROM message").fetchall()
        texts = Counter(ConversationId(row["conversation_id"]) for row in stored)
        assert {MessageId(row["id"]) for row in stored} >= set(told.sent.values()), "confirmed, and missing"
        assert [each for each, count in texts.items() if count > 1] == [], "there twice"
        assert told.not_sent & texts.keys() == set(), "denied, and there"
        assert texts.keys() <= told.sent.keys() | told.unknown
        assert examine(db) == []


@contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in another thread, which is told when the body has ended; raise what it raises."""
    ended, raised = threading.Event(), []

    def run() -> None:
        try:
            work(ended)
        except BaseException as error:  # noqa: BLE001 - raised below
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if raised:
        raise raised[0]


class BackendKiller:
    """Ends backends of a database at random."""

    def __init__(self, address: str) -> None:
        self.killed = 0
        self._address = address

    def run(self, ended: threading.Event) -> None:
        """End one after the other, until the event comes."""
        chance = Random(7)
        with psycopg.connect(self._address, autocommit=True) as conn:
            while not ended.wait(chance.uniform(0, 0.2)):
                found = conn.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                    ORDER BY random() LIMIT 1
                    """
                )
                self.killed += found.rowcount
