"""Backends that are ended, a server that crashes, and a standby that takes its place (docs/rules.md 13.1)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import psycopg
import pytest

from tests.postgres_server import Cluster, own_cluster, shared_cluster
from tests.store.arranging import known_as
from tests.store.servers.failing_server import (
    BackendKiller,
    make_campaign,
    make_database,
    meanwhile,
    require_true,
    send_all,
)
from tests.store.servers.standbys import address_of_both, cluster_with_standby
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseUnreachable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.users import has_users

LASTING = {"synchronous_commit": "on"}
"""What is committed survives a crash of the server, though not of its host."""


def campaign_at(address: str, contacts: int) -> list[ConversationId]:
    with closing(Database(ServerAddress(address))) as db:
        return make_campaign(db, contacts)


def stored_in(address: str) -> int:
    """How many messages are stored."""
    with psycopg.connect(address) as conn:
        row = conn.execute("SELECT COUNT(*) FROM message").fetchone()
        return int(row[0]) if row else 0


def until_stored(count: int, address: str, ended: threading.Event) -> None:
    """Wait until so many messages are stored."""
    while stored_in(address) < count and not ended.wait(0.01):
        pass


def test_ended_backends_lose_nothing_and_have_nothing_sent_twice() -> None:
    address = shared_cluster().address(make_database(shared_cluster()))
    conversations = campaign_at(address, 400)
    killer = BackendKiller(address)
    with meanwhile(killer.run):
        told = send_all(address, conversations, threads=4, persistent=False)
    assert killer.killed > 10
    assert len(told.sent) > 300
    require_true(address, told)


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    with own_cluster(LASTING) as running:
        yield running


@pytest.fixture
def cluster(own: Cluster) -> Cluster:
    """A server that a test may stop."""
    if not own.is_running():
        own.start()
    return own


def test_a_server_that_crashes_and_comes_back_has_all_that_was_confirmed(cluster: Cluster) -> None:
    address = cluster.address(make_database(cluster))
    conversations = campaign_at(address, 300)

    def crash_twice(ended: threading.Event) -> None:
        for nth in (60, 150):
            until_stored(nth, address, ended)
            cluster.stop("immediate")
            cluster.start()

    with meanwhile(crash_twice):
        told = send_all(address, conversations, threads=4, persistent=True)
    assert len(told.sent) + len(told.unknown) == len(conversations)
    require_true(address, told)


def test_without_its_server_a_change_fails_soon_and_readers_go_on_when_it_is_back(cluster: Cluster) -> None:
    address = cluster.address(make_database(cluster))
    [first, second] = campaign_at(address, 2)
    with closing(Database(ServerAddress(address))) as db:
        who = known_as(db, "ana")
        send(db, who, first)
        cluster.stop("immediate")
        begun = monotonic()
        with pytest.raises(DatabaseUnreachable, match=r"does not answer.* Nothing was changed"):
            send(db, who, second)
        with pytest.raises(DatabaseUnreachable) as unread, db.reading() as conn:
            has_users(conn)
        assert "Nothing was changed" not in str(unread.value)  # a change before it may have been stored
        assert monotonic() - begun < 5
        cluster.start()
        with db.reading() as conn:
            assert has_users(conn)
        send(db, who, second)
    assert stored_in(address) == 2


def test_what_never_left_since_the_server_was_gone_before_is_not_called_doubtful(cluster: Cluster) -> None:
    """A draft, all of which goes to the server together with its COMMIT."""
    address = cluster.address(make_database(cluster))
    [first] = campaign_at(address, 1)
    with closing(Database(ServerAddress(address))) as db:
        who = known_as(db, "ana")
        keep_draft(db, who, first, "Hello")
        cluster.stop("immediate")
        begun = monotonic()
        with pytest.raises(DatabaseUnreachable, match=r"does not answer.* Nothing was changed"):
            keep_draft(db, who, first, "Hello again")
        assert monotonic() - begun < 5
        cluster.start()
        keep_draft(db, who, first, "Hello again")
        assert draft_of(db, who, first) == "Hello again"


def draft_of(db: Database, who: Identity, conversation: ConversationId) -> str | None:
    with db.reading() as conn:
        return draft(conn, who.user.id, conversation)


def test_a_transaction_whose_backend_was_ended_before_its_commit_left_has_changed_nothing() -> None:
    address = shared_cluster().address(make_database(shared_cluster()))
    [first] = campaign_at(address, 1)
    with closing(Database(ServerAddress(address))) as db, closing(Database(ServerAddress(address))) as other:
        with pytest.raises(DatabaseUnreachable, match="Nothing was changed"):
            write_and_lose(db, other)
        who = known_as(db, "ana")
        keep_draft(db, who, first, "Hello")  # on another connection
        assert draft_of(db, who, first) == "Hello"


def write_and_lose(db: Database, other: Database) -> None:
    """Write something, and lose the connection before that is committed."""
    with db.writing() as tx:
        tx.conn.execute("UPDATE conversation SET flagged = 1")
        [[backend]] = tx.conn.execute("SELECT pg_backend_pid()").fetchall()
        with other.reading() as conn:
            conn.execute("SELECT pg_terminate_backend(?, 10000)", (backend,)).fetchall()


def test_the_connections_of_a_restarted_server_are_made_anew_without_an_error(cluster: Cluster) -> None:
    address = cluster.address(make_database(cluster))
    [first] = campaign_at(address, 1)
    with closing(Database(ServerAddress(address))) as db:
        who = known_as(db, "ana")
        db.version()
        cluster.stop()
        cluster.start()
        db.version()
        with db.reading() as conn:
            assert has_users(conn)
        send(db, who, first)
    assert stored_in(address) == 1


def test_a_promoted_standby_has_all_that_was_confirmed_and_is_gone_on_with() -> None:
    with cluster_with_standby() as (primary, standby):
        name = make_database(primary)
        conversations = campaign_at(primary.address(name), 200)

        def fail_over(ended: threading.Event) -> None:
            until_stored(80, primary.address(name), ended)
            primary.stop("immediate")
            standby.promote()

        with meanwhile(fail_over):
            told = send_all(address_of_both(primary, standby, name), conversations, threads=4, persistent=True)
        assert len(told.sent) + len(told.unknown) == len(conversations)
        require_true(standby.address(name), told)
